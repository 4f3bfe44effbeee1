"""Whatever is quoted, held and accepted: both legs of a deal are there or none, money is conserved, and the bank never loses by rounding."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.centre import MONDAY_0930_US, send
from tests.support.fx import accept, fx_engine, hold, quote
from tests.support.offshore import balance, balances

from huangpu.core.message import Rejected
from huangpu.core.values import CURRENCY_DIGITS
from huangpu.engine.centre import Centre
from huangpu.engine.writer import Engine
from huangpu.journal.entry import Entry
from huangpu.ledger.events import LegsPosted
from huangpu.venues.offshore.fx.deals import FxDealSettled
from huangpu.venues.offshore.fx.pairs import (
    PAIRS,
    Amounts,
    exchanged,
    got_by_customer,
    paid_by_customer,
)
from huangpu.venues.offshore.fx.state import FxSide, position_key

SIDES = st.sampled_from(list(FxSide))
AMOUNTS = st.one_of(st.integers(1, 1_000), st.integers(1, 400_000_00), st.just(2**61))
RATES = st.one_of(st.integers(60_000, 80_000), st.integers(1, 10**7))
STEPS = st.lists(
    st.fixed_dictionaries(
        {
            "pair": st.sampled_from(["USD/CNY", "JPY/CNY"]),
            "side": SIDES,
            "dealt_base": st.booleans(),
            "amount": AMOUNTS,
            "rate": RATES,
            "after_s": st.sampled_from([0, 0, 0, 9, 10]),
            "by": st.sampled_from(["otc1-treasurer", "otc1-treasurer", "bk1-desk", "bk1-maker"]),
            "times": st.sampled_from([1, 1, 2]),
        }
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=300)
@given(st.sampled_from(list(PAIRS.values())), SIDES, st.booleans(), AMOUNTS, RATES)
def test_rounding_is_in_favour_of_the_liquidity_account(
    pair_name: object, side: FxSide, dealt_base: bool, amount: int, rate: int
) -> None:
    pair = next(found for found in PAIRS.values() if found == pair_name)
    found = exchanged(pair, side, pair.base if dealt_base else pair.counter, amount, rate)
    base = Fraction(found.base, 10 ** CURRENCY_DIGITS[pair.base])
    counter = Fraction(found.counter, 10 ** CURRENCY_DIGITS[pair.counter])
    fair = base * Fraction(rate, 10**pair.digits) / pair.base_units
    given_away = counter - fair if side is FxSide.BUY else fair - counter
    assert given_away >= 0
    smallest = Fraction(1, 10 ** CURRENCY_DIGITS[pair.counter])
    one_base = Fraction(rate, 10 ** (pair.digits + CURRENCY_DIGITS[pair.base]) * pair.base_units)
    assert given_away < (smallest if dealt_base else one_base)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 5_000_000_00), STEPS)
def test_both_legs_or_none(held: int, steps: list[dict[str, object]]) -> None:
    engine = fx_engine()
    if held:
        hold(engine, "FTE-OTC1/CNY", held)
    for number, step in enumerate(steps):
        play(engine, f"Q{number}", dict(step))
    copy = Centre.load(engine.centre.base_rules, engine.centre.dump())
    assert copy.digest() == engine.centre.digest()


def play(engine: Engine, quote_id: str, step: dict[str, object]) -> None:
    """Quote and accept once or twice; check what each answer did to the money."""
    pair = PAIRS[str(step.pop("pair"))]
    dealt_base, after_s, by, times = (
        step.pop(name) for name in ("dealt_base", "after_s", "by", "times")
    )
    command = quote(
        quote_id,
        pair=pair.name,
        currency=pair.base if dealt_base else pair.counter,
        mid=step["rate"],
        **step,
    )
    # Every step has its own instant base: a quote lives from the entry that made it.
    send(engine, "bk1-maker", command, at_us=MONDAY_0930_US)
    deals = 0
    for _ in range(int(str(times))):
        before = balances(engine)
        answer = accept(engine, quote_id, by=str(by), after_s=int(str(after_s)))
        assert isinstance(answer, Entry)
        after = balances(engine)
        changed = {
            code: after[code] - before[code] for code in after if after[code] != before[code]
        }
        if isinstance(answer.outcome, Rejected):
            assert changed == {}
        else:
            deals += 1
            check_legs(engine, answer, changed)
        assert not any(engine.centre.ledger.totals().values())
        ledger = engine.centre.ledger
        for code in ("FTE-OTC1/CNY", "FTE-OTC1/USD", "FTE-OTC1/JPY", "FXLIQ-BK1/CNY"):
            found = ledger.number(code)
            assert found is not None
            assert ledger.available(found) >= 0, code
    assert deals <= 1, "a quote is accepted once"


def check_legs(engine: Engine, answer: Entry, changed: dict[str, int]) -> None:
    """Four accounts moved by exactly the deal's amounts; the position says the same as the liquidity accounts."""
    assert not isinstance(answer.outcome, Rejected)
    (event,) = [found for found in answer.outcome if isinstance(found, FxDealSettled)]
    assert len([found for found in answer.outcome if isinstance(found, LegsPosted)]) == 1
    deal = event.deal
    pair, amounts = PAIRS[deal.pair], Amounts(deal.base, deal.counter)
    paid, paid_amount = paid_by_customer(pair, deal.side, amounts)
    got, got_amount = got_by_customer(pair, deal.side, amounts)
    assert changed == {
        f"FTE-OTC1/{paid}": -paid_amount,
        f"FXLIQ-BK1/{paid}": paid_amount,
        f"FXLIQ-BK1/{got}": -got_amount,
        f"FTE-OTC1/{got}": got_amount,
    }
    assert balance(engine, f"FTE-OTC1/{paid}") == deal.paid_booked_after
    assert balance(engine, f"FTE-OTC1/{got}") == deal.received_booked_after
    books = engine.centre.offshore.books.fx
    position = books.positions[position_key("BK1-SAU", deal.pair)]
    same = [found for found in books.deals if found.pair == deal.pair]
    net = sum(-one.base if one.side is FxSide.BUY else one.base for one in same)
    assert position.base == net
    counter = sum(one.counter if one.side is FxSide.BUY else -one.counter for one in same)
    assert position.counter + position.result == counter
