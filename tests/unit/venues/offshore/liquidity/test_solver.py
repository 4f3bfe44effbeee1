"""The liquidity methods on the cases that textbooks draw."""

from huangpu.venues.offshore.liquidity.solver import (
    Money,
    Queued,
    bilateral_offset,
    bypass_fifo,
    fifo,
    full_netting,
    partial_netting,
)

A, B, C, NOSTRO = 0, 1, 2, 9
URGENT, HIGH, NORMAL = 0, 1, 2


def queues(*payments: tuple[str, int, int, int]) -> dict[int, list[Queued]]:
    found: dict[int, list[Queued]] = {}
    for place, (key, payer, payee, amount) in enumerate(payments):
        found.setdefault(payer, []).append(Queued(key, payer, payee, amount, NORMAL, place))
    return found


def money(balances: dict[int, int], **headroom: int) -> Money:
    return Money(lambda account: balances.get(account, 0), {NOSTRO: headroom.get("nostro")}.get)


def keys(settled: list[Queued]) -> str:
    return " ".join(payment.key for payment in settled)


RING = queues(("1", A, B, 100_000_00), ("2", B, C, 100_000_00), ("3", C, A, 100_000_00))


def test_a_ring_without_money_needs_netting() -> None:
    assert fifo(RING, money({}), RING, 10) == []
    assert bilateral_offset(RING, money({})) == []
    assert keys(full_netting(RING, money({}))) == "1 2 3"
    assert keys(partial_netting(RING, money({}))) == "1 2 3"


def test_a_ring_with_money_anywhere_runs_round_by_itself() -> None:
    assert keys(fifo(RING, money({B: 100_000_00}), RING, 10)) == "2 3 1"


def test_two_payments_offset_to_the_cent() -> None:
    pair = queues(("1", A, B, 100_000_00), ("2", B, A, 40_000_00))
    assert [keys(group) for group in bilateral_offset(pair, money({A: 60_000_00}))] == ["1 2"]
    assert bilateral_offset(pair, money({A: 59_999_99})) == []
    assert partial_netting(pair, money({A: 59_999_99})) == []


def test_the_last_payment_of_an_uncovered_account_is_taken_first() -> None:
    found = queues(("1", A, B, 10), ("2", A, NOSTRO, 5), ("3", B, A, 10), ("4", A, B, 1))
    assert keys(partial_netting(found, money({A: 5}))) == "1 2 3"
    assert keys(partial_netting(found, money({A: 4}))) == "1 3"


def test_taking_one_payment_may_take_others_with_it() -> None:
    found = queues(("1", A, B, 10), ("2", B, C, 10), ("3", C, NOSTRO, 10))
    assert partial_netting(found, money({A: 9})) == []
    assert keys(partial_netting(found, money({A: 9, B: 1, C: 9}))) == ""
    assert keys(partial_netting(found, money({A: 9, B: 10}))) == "2 3"


def test_a_smaller_payment_passes_a_larger_one_only_by_bypass() -> None:
    found = queues(("1", A, B, 100), ("2", A, B, 30), ("3", A, B, 80), ("4", A, B, 20))
    assert fifo(found, money({A: 60}), [A], 10) == []
    assert keys(bypass_fifo(found, money({A: 60}), [A], 10)) == "2 4"
    assert keys(bypass_fifo(found, money({A: 60}), [A], 1)) == "2"
    urgent = {A: [found[A][0]._replace(rank=URGENT), *found[A][1:]]}
    assert bypass_fifo(urgent, money({A: 60}), [A], 10, firm=(URGENT,)) == []


def test_a_credit_is_passed_on_down_the_chain() -> None:
    found = queues(("1", B, C, 10), ("2", C, A, 10), ("3", A, NOSTRO, 10))
    assert keys(fifo(found, money({B: 10}), [B], 10)) == "1 2 3"
    assert keys(fifo(found, money({B: 10}), [B], 2)) == "1 2"
    assert fifo(found, money({B: 10}), [A, C], 10) == []


def test_money_overseas_is_not_spent_twice() -> None:
    found = queues(("1", A, NOSTRO, 10), ("2", B, NOSTRO, 10))
    rich = {A: 100, B: 100}
    assert keys(fifo(found, money(rich, nostro=15), [A, B], 10)) == "1"
    assert full_netting(found, money(rich, nostro=15)) == []
    assert keys(partial_netting(found, money(rich, nostro=15))) == "1"
    assert keys(full_netting(found, money(rich, nostro=20))) == "1 2"


def test_movements_that_are_decided_count() -> None:
    found = queues(("1", A, B, 10))
    assert fifo(found, Money({A: 10}.__getitem__, {}.get, {A: -1}), [A], 10) == []
    assert keys(fifo(found, Money({A: 3}.__getitem__, {}.get, {A: 7}), [A], 10)) == "1"


def test_nothing_that_waits_is_nothing_that_settles() -> None:
    for found in ({}, {A: []}):
        assert fifo(found, money({}), [A], 10) == []
        assert bilateral_offset(found, money({})) == []
        assert full_netting(found, money({})) == []
        assert partial_netting(found, money({})) == []
