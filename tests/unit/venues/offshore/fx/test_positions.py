"""Open positions: what deals leave, how much is allowed, where and by when it is squared."""

import datetime

import pytest
from tests.support.centre import MONDAY_0930_US, accepted, refused, register, send
from tests.support.fx import accept, dealt, fx_engine, quote, quoted
from tests.support.offshore import balance, balances

from huangpu.core.calendar import date_of, instant_us
from huangpu.core.message import Rejected
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import Row
from huangpu.engine.writer import Engine
from huangpu.journal.entry import Entry
from huangpu.ledger.events import PostOpeningBalance
from huangpu.registry.charter import Tick
from huangpu.registry.institutions import InstitutionKind, SuspendInstitution
from huangpu.venues.offshore.accounts import opening_code
from huangpu.venues.offshore.fx import positions, views
from huangpu.venues.offshore.fx.deals import AcceptQuote
from huangpu.venues.offshore.fx.positions import PositionOverdue, SquarePosition
from huangpu.venues.offshore.fx.state import FxSide, Position
from huangpu.venues.offshore.state import nostro_code

MONDAY = datetime.date(2026, 11, 23)
TUESDAY_1700_US = instant_us(datetime.date(2026, 11, 24), 17)
LIMIT = "offshore.fx.position_max.USD_CNY"


def position(engine: Engine, unit: str = "BK1-SAU", pair: str = "USD/CNY") -> Position:
    return engine.centre.offshore.books.fx.positions[f"{unit}|{pair}"]


def deal(
    engine: Engine, quote_id: str, side: FxSide = FxSide.BUY, amount: int = 100_000_00
) -> None:
    rate = 7_1000 if side is FxSide.BUY else 7_0900
    quoted(engine, quote_id, side=side, amount=amount, rate=rate)
    dealt(accept(engine, quote_id))


def limited(engine: Engine, value: int, name: str = LIMIT) -> None:
    """Lay a row over the book at once; only adopting one must wait for the next day."""
    unit = engine.centre.rules[name].rows[-1].unit
    row = Row(name, MONDAY, value, unit, "another figure")
    engine.centre.rules = engine.centre.rules.with_rows([row])


def funded(engine: Engine) -> None:
    """Give BK1 CNY at OVB."""
    nostro = nostro_code("BK1", "OVB", "CNY")
    opening = PostOpeningBalance(
        debit=nostro, credit=opening_code("BK1-SAU", "CNY"), amount=10_000_000_00
    )
    accepted(send(engine, "operator", opening))


def square(
    engine: Engine, base: int, counter: int, counterparty: str = "OVB", by: str = "bk1-maker"
) -> Entry | Rejected:
    command = SquarePosition(pair="USD/CNY", base=base, counter=counter, counterparty=counterparty)
    return send(engine, by, command)


def overdue(answer: Entry | Rejected) -> list[PositionOverdue]:
    outcome = accepted(answer).outcome
    assert not isinstance(outcome, Rejected)
    return [event for event in outcome if isinstance(event, PositionOverdue)]


def test_deals_add_up_and_a_flat_position_keeps_its_result() -> None:
    engine = fx_engine()
    deal(engine, "Q1")
    opened = position(engine)
    assert (opened.base, opened.counter) == (-100_000_00, 710_000_00)
    assert (opened.opened_us, opened.due_us) == (MONDAY_0930_US, TUESDAY_1700_US)
    deal(engine, "Q2", FxSide.SELL, 40_000_00)
    assert position(engine).base == -60_000_00
    assert position(engine).due_us == opened.due_us
    deal(engine, "Q3", FxSide.SELL, 60_000_00)
    flat = position(engine)
    # Sold at 7.1000, bought back at 7.0900.
    assert (flat.base, flat.counter, flat.result, flat.due_us) == (0, 0, 1_000_00, 0)
    deal(engine, "Q4", FxSide.SELL, 1_00)
    assert (position(engine).base, position(engine).result) == (1_00, 1_000_00)


def test_a_position_that_turns_has_a_new_deadline_and_one_that_grows_has_not() -> None:
    engine = fx_engine()
    deal(engine, "Q1")
    tuesday = instant_us(datetime.date(2026, 11, 24), 9, 30)
    engine._clock_us = lambda: tuesday
    accepted(send(engine, "bk1-maker", quote("Q2")))
    accepted(send(engine, "otc1-treasurer", AcceptQuote(bank="BK1", quote_id="Q2")))
    assert position(engine).due_us == TUESDAY_1700_US
    accepted(
        send(engine, "bk1-maker", quote("Q3", side=FxSide.SELL, amount=300_000_00, rate=7_0900))
    )
    accepted(send(engine, "otc1-treasurer", AcceptQuote(bank="BK1", quote_id="Q3")))
    assert position(engine).base == 100_000_00
    assert date_of(position(engine).due_us) == datetime.date(2026, 11, 25)


def test_the_deadline_passes_over_the_weekend() -> None:
    engine = fx_engine()
    friday = instant_us(datetime.date(2026, 11, 27), 10)
    engine._clock_us = lambda: friday
    accepted(send(engine, "bk1-maker", quote()))
    accepted(send(engine, "otc1-treasurer", AcceptQuote(bank="BK1", quote_id="Q1")))
    assert position(engine).due_us == instant_us(datetime.date(2026, 11, 30), 17)


def test_the_limit_holds_and_lessening_is_always_allowed() -> None:
    engine = fx_engine()
    limited(engine, 150_000_00)
    deal(engine, "Q1")
    quoted(engine, "Q2", amount=50_000_01)
    before = balances(engine)
    found = refused(accept(engine, "Q2"))
    assert (found.reason, found.rule) == (Reason.FX_POSITION_LIMIT, LIMIT)
    assert "100" not in found.detail.replace("150000.00", ""), "the position is the bank's own"
    assert balances(engine) == before
    deal(engine, "Q3", amount=50_000_00)
    assert position(engine).base == -150_000_00
    limited(engine, 10_00)
    deal(engine, "Q4", FxSide.SELL, 20_000_00)
    assert position(engine).base == -130_000_00
    quoted(engine, "Q5", amount=1)
    assert refused(accept(engine, "Q5")).reason is Reason.FX_POSITION_LIMIT


def test_the_limit_counts_long_positions_too() -> None:
    engine = fx_engine()
    limited(engine, 99_999_99)
    quoted(engine, side=FxSide.SELL, rate=7_0900)
    assert refused(accept(engine)).reason is Reason.FX_POSITION_LIMIT


def test_without_the_limit_guard_the_position_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = fx_engine()
    limited(engine, 1_00)
    quoted(engine)
    assert refused(accept(engine)).reason is Reason.FX_POSITION_LIMIT
    monkeypatch.setattr("huangpu.venues.offshore.fx.deals.limit_refusal", lambda *given: None)
    dealt(accept(engine))
    assert position(engine).base == -100_000_00


def test_a_short_position_is_squared_offshore() -> None:
    engine = fx_engine()
    deal(engine, "Q1")
    funded(engine)
    accepted(square(engine, 60_000_00, 425_400_00))
    assert (position(engine).base, position(engine).counter) == (-40_000_00, 284_600_00)
    accepted(square(engine, 40_000_00, 283_600_00))
    assert (position(engine).base, position(engine).result) == (0, 1_000_00)
    assert balance(engine, "FXLIQ-BK1/USD") == 3_000_000_00
    assert balance(engine, "FXLIQ-BK1/CNY") == 20_001_000_00
    assert balance(engine, "NOSTRO-BK1@OVB/USD") == 50_100_000_00
    assert balance(engine, "NOSTRO-BK1@OVB/CNY") == 9_291_000_00
    room = engine.centre.offshore
    for institution, count in (("BK1", 2), ("OVB", 2), ("OTC1", 0), (None, 2)):
        assert len(views.squarings(room, institution=institution)) == count
    assert not any(engine.centre.ledger.totals().values())


def test_a_long_position_is_squared_by_selling() -> None:
    engine = fx_engine()
    deal(engine, "Q1", FxSide.SELL)
    accepted(square(engine, 100_000_00, 709_500_00))
    assert (position(engine).base, position(engine).result) == (0, 500_00)
    assert balance(engine, "NOSTRO-BK1@OVB/USD") == 49_900_000_00
    assert balance(engine, "NOSTRO-BK1@OVB/CNY") == 709_500_00


def test_nothing_is_squared_onshore_or_beyond_the_position() -> None:
    engine = fx_engine()
    deal(engine, "Q1")
    register(engine, "OV2", InstitutionKind.OVERSEAS_BANK, {}, domicile="SG", bic="TSTDSGSG")
    before = balances(engine)
    for base, counterparty, expect in (
        (100_000_00, "BK2", Reason.FX_COUNTERPARTY_ONSHORE),
        (100_000_00, "BK1", Reason.FX_COUNTERPARTY_ONSHORE),
        (100_000_00, "HOLD1", Reason.FX_COUNTERPARTY_ONSHORE),
        (100_000_00, "SUP1", Reason.INSTITUTION_KIND_WRONG),
        (100_000_00, "NOBODY", Reason.INSTITUTION_UNKNOWN),
        (100_000_01, "OVB", Reason.FX_POSITION_SMALLER),
        (0, "OVB", Reason.FIELD_OUT_OF_RANGE),
        (100_000_00, "OV2", Reason.AGENT_UNKNOWN),
        # No CNY at OVB to pay with: the mirror is never overdrawn.
        (100_000_00, "OVB", Reason.BALANCE_LIMIT_EXCEEDED),
    ):
        assert refused(square(engine, base, 709_000_00, counterparty)).reason is expect
    assert refused(square(engine, 1, 1, by="bk2-maker")).reason is Reason.FX_POSITION_SMALLER
    accepted(send(engine, "operator", SuspendInstitution(institution_id="OVB", cause="x")))
    assert refused(square(engine, 1, 7)).reason is Reason.INSTITUTION_SUSPENDED
    assert balances(engine) == before


def test_a_position_is_squared_inside_the_zone_by_another_units_quote() -> None:
    engine = fx_engine()
    deal(engine, "Q1")
    zone = quote("Z1", account="FXLIQ-BK1", rate=7_0960)
    accepted(send(engine, "bk2-maker", zone))
    # Only the other bank itself accepts: the quoting one keeps no account of it.
    accept_it = AcceptQuote(bank="BK2", quote_id="Z1")
    assert refused(send(engine, "bk2-maker", accept_it)).reason is Reason.NOT_YOUR_INSTITUTION
    dealt(send(engine, "bk1-maker", accept_it))
    assert (position(engine).base, position(engine).result) == (0, 400_00)
    other = position(engine, "BK2-SAU")
    assert (other.base, other.counter) == (-100_000_00, 709_600_00)
    assert balance(engine, "FXLIQ-BK1/USD") == 3_000_000_00
    assert balance(engine, "FXLIQ-BK2/USD") == 2_900_000_00
    assert balance(engine, "FXLIQ-BK2/CNY") == 20_709_600_00
    assert not any(engine.centre.ledger.totals().values())


def test_in_the_zone_the_limit_of_both_units_holds() -> None:
    engine = fx_engine()
    limited(engine, 50_000_00)
    accepted(send(engine, "bk2-maker", quote("Z1", account="FXLIQ-BK1")))
    answer = send(engine, "bk1-maker", AcceptQuote(bank="BK2", quote_id="Z1"))
    assert refused(answer).reason is Reason.FX_POSITION_LIMIT


def test_an_open_position_is_told_once_at_its_deadline() -> None:
    engine = fx_engine()
    deal(engine, "Q1")
    assert overdue(send(engine, "clock", Tick(), at_us=TUESDAY_1700_US - 1)) == []
    told = overdue(send(engine, "clock", Tick(), at_us=TUESDAY_1700_US))
    assert [(event.unit, event.pair, event.base) for event in told] == [
        ("BK1-SAU", "USD/CNY", -100_000_00)
    ]
    assert position(engine).overdue
    assert overdue(send(engine, "clock", Tick(), at_us=TUESDAY_1700_US + 1)) == []
    assert views.positions(engine.centre.offshore, "BK1")[0].overdue


def test_a_squared_position_is_not_told() -> None:
    engine = fx_engine()
    deal(engine, "Q1", FxSide.SELL)
    accepted(square(engine, 100_000_00, 709_500_00))
    assert overdue(send(engine, "clock", Tick(), at_us=TUESDAY_1700_US)) == []
    assert not position(engine).overdue


def test_no_row_makes_a_deadline_that_cannot_be_written() -> None:
    engine = fx_engine()
    for name in ("offshore.fx.squaring.business_days", "offshore.fx.squaring.hour"):
        limited(engine, 2**63 - 1, name)
    deal(engine, "Q1")
    assert date_of(position(engine).due_us) == datetime.date(2027, 1, 4)
    assert positions.BUSINESS_DAYS_MAX == 30
