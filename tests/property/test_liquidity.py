"""The liquidity methods against brute force: same sets, no account below zero, every queue's order kept."""

import itertools

from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.support.plain_liquidity import covered, feasible_sets, one_by_one
from tests.support.plain_liquidity import partial_netting_rescanned as rescanned

from huangpu.venues.offshore.liquidity.solver import (
    Money,
    Queued,
    bilateral_offset,
    bypass_fifo,
    fifo,
    full_netting,
    net_positions,
    partial_netting,
)

ACCOUNTS = 5
OVERSEAS = 90
"""A nostro: it is paid and never pays."""

Case = tuple[dict[int, list[Queued]], dict[int, int]]
MANY = settings(max_examples=300, deadline=None)


@st.composite
def cases(draw: st.DrawFn, most: int = 12) -> Case:
    """Draw up to twelve payments among five accounts and overseas, and small balances."""
    queues: dict[int, list[Queued]] = {}
    for place in range(draw(st.integers(0, most))):
        payer = draw(st.integers(0, ACCOUNTS - 1))
        others = [*(n for n in range(ACCOUNTS) if n != payer), OVERSEAS]
        payment = Queued(
            key=f"P{place}",
            payer=payer,
            payee=draw(st.sampled_from(others)),
            amount=draw(st.integers(1, 9)),
            rank=draw(st.sampled_from([2, 2, 2, 1, 0])),
            place=place,
        )
        queues.setdefault(payer, []).append(payment)
    for waiting in queues.values():
        waiting.sort(key=lambda payment: (payment.rank, payment.place))
    available = {n: draw(st.sampled_from([0, 0, 0, 1, 2, 5, 12])) for n in range(ACCOUNTS)}
    return queues, available


def money(available: dict[int, int], headroom: dict[int, int] | None = None) -> Money:
    """Wrap plain balances."""
    return Money(lambda account: available.get(account, 0), (headroom or {}).get)


def in_prefix_order(settled: list[Queued], queues: dict[int, list[Queued]]) -> bool:
    """Tell whether what settled of each account is the beginning of its queue."""
    return all(
        [payment for payment in settled if payment.payer == account]
        == waiting[: sum(payment.payer == account for payment in settled)]
        for account, waiting in queues.items()
    )


@MANY
@given(cases())
def test_partial_netting_is_the_one_largest_set_that_keeps_every_order(case: Case) -> None:
    queues, available = case
    found = partial_netting(queues, money(available))
    sets = list(feasible_sets(queues, available))
    union = frozenset[Queued]().union(*sets)
    # The theorem: feasible sets are closed under union, so there is one largest set and it holds every other.
    assert union in sets
    assert set(found) == union == rescanned(queues, available)
    assert in_prefix_order(found, queues)
    assert covered(found, available)


@MANY
@given(cases())
def test_full_netting_settles_all_exactly_when_brute_force_says_it_can(case: Case) -> None:
    queues, available = case
    everything = [payment for waiting in queues.values() for payment in waiting]
    found = full_netting(queues, money(available))
    assert set(found) == (set(everything) if covered(everything, available) else set())


@MANY
@given(cases())
def test_fifo_settles_what_a_scan_of_all_heads_settles(case: Case) -> None:
    queues, available = case
    found = fifo(queues, money(available), queues, 100)
    assert set(found) == one_by_one(queues, available)
    assert in_prefix_order(found, queues)
    assert all(covered(found[:count], available) for count in range(len(found) + 1))


@MANY
@given(cases(), st.integers(0, 12))
def test_fifo_stops_at_its_limit_with_the_same_beginning(case: Case, limit: int) -> None:
    queues, available = case
    whole = fifo(queues, money(available), queues, 100)
    assert fifo(queues, money(available), queues, limit) == whole[:limit]


@MANY
@given(cases(), st.sampled_from([(), (0,), (0, 1)]))
def test_bypass_leaves_nothing_that_fits_and_overtakes_nothing_firm(
    case: Case, firm: tuple[int, ...]
) -> None:
    queues, available = case
    purse = money(available)
    found = bypass_fifo(queues, purse, queues, 100, firm=firm)
    assert all(covered(found[:count], available) for count in range(len(found) + 1))
    for waiting in queues.values():
        stopped = False
        for payment in waiting:
            if payment in found:
                assert not stopped
                continue
            if not stopped:
                assert not purse.fits(payment)
            stopped = stopped or payment.rank in firm


@MANY
@given(cases())
def test_bilateral_offset_settles_in_steps_that_are_each_covered(case: Case) -> None:
    queues, available = case
    groups = bilateral_offset(queues, money(available))
    done: list[Queued] = []
    for group in groups:
        accounts = {payment.payer for payment in group}
        assert len(accounts | {payment.payee for payment in group}) == 2
        done += group
        assert covered(done, available)
    assert in_prefix_order(done, queues)
    assert set(done) <= set(partial_netting(queues, money(available)))


@MANY
@given(cases(), st.randoms(use_true_random=False))
@example(({}, {}), None)
def test_the_order_in_which_queues_are_handed_over_does_not_matter(
    case: Case, shuffle: object
) -> None:
    queues, available = case
    expected = partial_netting(queues, money(available))
    orders = list(itertools.permutations(queues))[:: max(1, len(queues))]
    if shuffle is not None:
        shuffle.shuffle(orders)  # type: ignore[attr-defined]
    for order in orders[:4]:
        permuted = {account: queues[account] for account in order}
        assert partial_netting(permuted, money(available)) == expected
        assert full_netting(permuted, money(available)) == full_netting(queues, money(available))
        assert set(fifo(permuted, money(available), permuted, 99)) == set(
            fifo(queues, money(available), queues, 99)
        )
        assert bilateral_offset(permuted, money(available)) == bilateral_offset(
            queues, money(available)
        )


@MANY
@given(cases(6), cases(6))
def test_payments_among_other_accounts_change_nothing(case: Case, other: Case) -> None:
    queues, available = case
    shifted = {
        account + 100: [
            p._replace(key=f"Q{p.place}", payer=p.payer + 100, payee=p.payee + 100) for p in waiting
        ]
        for account, waiting in other[0].items()
    }
    both_available = available | {account + 100: amount for account, amount in other[1].items()}
    both = shifted | queues
    alone = partial_netting(queues, money(available))
    together = partial_netting(both, money(both_available))
    assert [payment for payment in together if payment.payer < 100] == alone
    for waiting in shifted.values():
        assert all(payment.payer >= 100 for payment in waiting)


@MANY
@given(cases(), st.integers(0, 20))
def test_a_ceiling_overseas_is_never_broken(case: Case, headroom: int) -> None:
    queues, available = case
    capped = {OVERSEAS: headroom}
    found = partial_netting(queues, money(available, capped))
    assert net_positions(found).get(OVERSEAS, 0) <= headroom
    assert covered(found, available)
    assert in_prefix_order(found, queues)
    assert set(found) <= set(partial_netting(queues, money(available)))
    for settled in (
        fifo(queues, money(available, capped), queues, 99),
        full_netting(queues, money(available, capped)),
    ):
        assert net_positions(settled).get(OVERSEAS, 0) <= headroom


@MANY
@given(cases())
def test_sums_do_not_change(case: Case) -> None:
    queues, available = case
    purse = money(available)
    for payment in fifo(queues, purse, queues, 99):
        assert payment.amount > 0
    for group in bilateral_offset(queues, money(available)):
        assert sum(net_positions(group).values()) == 0
    assert sum(purse.moved.values()) == 0
    assert sum(net_positions(partial_netting(queues, money(available))).values()) == 0
