"""The slip's form, the markets asked, signing around inception, lapse, and cession limits."""

import datetime

import msgspec
import pytest
from tests.support.centre import accepted, refused, send
from tests.support.reinsurance import (
    FUNDS_MINOR,
    SECTIONS,
    bound,
    by,
    fund,
    market,
    ordered,
    quote,
    slip,
    write,
)

from huangpu.app import load_rules
from huangpu.core.calendar import instant_us
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import Row
from huangpu.core.values import PERCENT, WHOLE
from huangpu.engine.centre import Centre
from huangpu.engine.writer import Engine
from huangpu.registry.charter import AdoptRules, Tick
from huangpu.venues.reinsurance.placement.binding import (
    BindSlip,
    ContractStatus,
    ContractStatusChanged,
)
from huangpu.venues.reinsurance.placement.lines import LineBasis, WriteLine
from huangpu.venues.reinsurance.placement.quoting import IssueFirmOrder
from huangpu.venues.reinsurance.placement.signing import SignDown
from huangpu.venues.reinsurance.placement.slip import ContractType, Method, SlipState

JAN_1 = datetime.date(2027, 1, 1)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"slip_id": " S"}, Reason.IDENTIFIER_MALFORMED),
        ({"currency": "XXX"}, Reason.CURRENCY_UNKNOWN),
        ({"estimated_premium_minor": 0}, Reason.AMOUNT_NOT_POSITIVE),
        ({"estimated_premium_minor": 2**62}, Reason.AMOUNT_TOO_LARGE),
        ({"cession_micro_percent": WHOLE + 1}, Reason.FIELD_OUT_OF_RANGE),
        ({"commission_micro_percent": 98 * PERCENT}, Reason.FIELD_OUT_OF_RANGE),
        ({"order_micro_percent": 9_999}, Reason.FIELD_OUT_OF_RANGE),
        ({"cedent": "BRK"}, Reason.INSTITUTION_KIND_WRONG),
        ({"cedent": "BK1"}, Reason.MEMBERSHIP_MISSING),
        ({"markets": ["BK1"]}, Reason.MEMBERSHIP_MISSING),
        ({"retroceded_contract": "SIRE-1"}, Reason.CONTRACT_UNKNOWN),
        ({"contract_type": ContractType.SURPLUS}, Reason.FIELD_OUT_OF_RANGE),
        ({"class_of_business": "WEATHER"}, Reason.FIELD_OUT_OF_RANGE),
        ({"period_to": datetime.date(2026, 12, 31)}, Reason.PERIOD_WRONG),
        ({"period_to": datetime.date(2039, 1, 1)}, Reason.PERIOD_WRONG),
        (
            {
                "period_from": datetime.date(9999, 1, 1),
                "period_to": datetime.date(9999, 12, 31),
            },
            Reason.PERIOD_WRONG,
        ),
        (
            {"sections": msgspec.structs.replace(SECTIONS, information="rate TBA")},
            Reason.TERMS_INCOMPLETE,
        ),
    ],
    ids=str,
)
def test_an_incomplete_slip_is_refused(changes: dict[str, object], reason: Reason) -> None:
    assert refused(by(market(), "BRK", slip(**changes))).reason is reason


def test_an_empty_heading_is_named() -> None:
    bare = msgspec.structs.replace(SECTIONS, fiscal=type(SECTIONS.fiscal)())
    found = refused(by(market(), "BRK", slip(sections=bare)))
    assert found.reason is Reason.TERMS_INCOMPLETE
    assert found.detail == "fiscal.country_of_origin is empty"


def test_only_markets_that_were_asked_may_quote() -> None:
    engine = market()
    accepted(by(engine, "BRK", slip(markets=["RE1"])))
    assert refused(by(engine, "RE2", quote())).reason is Reason.MARKET_NOT_ASKED
    accepted(by(engine, "RE1", quote()))


def test_a_broker_cannot_sign_or_bind_anothers_slip_and_a_cedent_orders_its_own() -> None:
    engine = market()
    slip_id = ordered(engine)
    write(engine, slip_id, {"RE1": 100})
    assert refused(by(engine, "CED", SignDown(slip_id=slip_id))).reason is Reason.PERMISSION_MISSING
    assert refused(by(engine, "BRK", SignDown(slip_id="S9"))).reason is Reason.SLIP_UNKNOWN


def test_a_line_on_the_whole_is_turned_into_a_line_on_the_order() -> None:
    engine = market()
    slip_id = ordered(engine, slip(order_micro_percent=50 * PERCENT))
    on_whole = WriteLine(slip_id=slip_id, written_micro_percent=20 * PERCENT, basis=LineBasis.WHOLE)
    accepted(by(engine, "RE1", on_whole))
    line = engine.centre.reinsurance.books.lines[slip_id]["RE1"]
    assert (line.basis, line.written_micro_percent) == (LineBasis.WHOLE, 20 * PERCENT)
    assert line.written_of_order == 40 * PERCENT
    too_much = WriteLine(slip_id=slip_id, written_micro_percent=51 * PERCENT, basis=LineBasis.WHOLE)
    assert refused(by(engine, "RE2", too_much)).reason is Reason.LINE_OUT_OF_RANGE


def test_an_expired_quote_cannot_be_ordered() -> None:
    engine = market()
    accepted(by(engine, "BRK", slip()))
    accepted(by(engine, "RE1", quote(valid_until=datetime.date(2026, 11, 23))))
    order = IssueFirmOrder(slip_id="S1", leader="RE1")
    tomorrow = instant_us(datetime.date(2026, 11, 24), 9)
    found = refused(by(engine, "CED", order, at_us=tomorrow))
    assert found.reason is Reason.QUOTE_MISSING
    assert found.detail == "RE1 quoted until 2026-11-23 on S1, today is 2026-11-24"


def signed(engine: Engine, slip_id: str) -> dict[str, int]:
    found = engine.centre.reinsurance.books.slips[slip_id].signed
    return {line.reinsurer: line.signed_of_order for line in found}


def test_lines_written_before_an_inception_that_found_the_order_short_are_signed_in_full() -> None:
    engine = market()
    slip_id = ordered(engine)
    write(engine, slip_id, {"RE1": 40, "RE2": 20})
    late = WriteLine(slip_id=slip_id, written_micro_percent=80 * PERCENT)
    after = instant_us(JAN_1, 10)
    accepted(by(engine, "RE3", late, at_us=after))
    accepted(by(engine, "BRK", SignDown(slip_id=slip_id), at_us=after))
    assert signed(engine, slip_id) == {
        "RE1": 40 * PERCENT,
        "RE2": 20 * PERCENT,
        "RE3": 40 * PERCENT,
    }


def test_an_order_completed_by_inception_is_signed_down_after_it() -> None:
    engine = market()
    slip_id = ordered(engine)
    write(engine, slip_id, {"RE1": 50, "RE2": 75})
    accepted(by(engine, "BRK", SignDown(slip_id=slip_id), at_us=instant_us(JAN_1, 10)))
    assert signed(engine, slip_id) == {"RE1": 40 * PERCENT, "RE2": 60 * PERCENT}


def test_unequal_signing_is_over_at_inception() -> None:
    engine = market()
    slip_id = ordered(engine, unequal=True)
    write(engine, slip_id, {"RE1": 60, "RE2": 60})
    unequal = SignDown(slip_id=slip_id, unequal={"RE1": 60 * PERCENT, "RE2": 40 * PERCENT})
    found = refused(by(engine, "BRK", unequal, at_us=instant_us(JAN_1, 0)))
    assert found.reason is Reason.UNEQUAL_SIGNING_FORBIDDEN
    assert "inception" in found.detail


def test_a_slip_that_is_not_bound_lapses_and_keeps_its_record() -> None:
    engine = market()
    accepted(by(engine, "BRK", slip()))
    room = engine.centre.reinsurance
    last = room.books.slips["S1"].lapses_on
    accepted(send(engine, "clock", Tick(), at_us=instant_us(last, 23)))
    assert room.books.slips["S1"].state is SlipState.SUBMITTED
    accepted(send(engine, "clock", Tick(), at_us=instant_us(last + datetime.timedelta(1), 0)))
    assert room.books.slips["S1"].state is SlipState.LAPSED
    assert [step.what for step in room.books.histories["S1"]] == ["SUBMITTED", "LAPSED"]
    assert room.lapsing == {}


def test_a_contract_comes_on_risk_and_expires_by_the_clock() -> None:
    engine = market()
    code = bound(engine)
    room = engine.centre.reinsurance
    days = (
        (datetime.date(2026, 12, 31), ContractStatus.BOUND),
        (JAN_1, ContractStatus.ON_RISK),
        (datetime.date(2027, 12, 31), ContractStatus.ON_RISK),
        (datetime.date(2028, 1, 1), ContractStatus.EXPIRED),
    )
    for date, status in days:
        accepted(send(engine, "clock", Tick(), at_us=instant_us(date, 9)))
        assert room.books.contracts[code].status is status
    assert room.changing == {}


def facultative(engine: Engine) -> str:
    one_risk = slip(method=Method.FACULTATIVE, cession_micro_percent=90 * PERCENT)
    slip_id = ordered(engine, one_risk)
    write(engine, slip_id, {"RE1": 95, "RE2": 5})
    return slip_id


def test_cession_limits_warn_by_default_and_the_warning_stays_on_the_contract() -> None:
    engine = market(group="G1")
    slip_id = facultative(engine)
    accepted(by(engine, "BRK", SignDown(slip_id=slip_id)))
    accepted(by(engine, "BRK", BindSlip(slip_id=slip_id)))
    (contract,) = engine.centre.reinsurance.books.contracts.values()
    assert [warned.rule for warned in contract.warnings] == [
        "reinsurance.cession_limit.one_reinsurer",
        "reinsurance.cession_limit.affiliates",
    ]
    assert contract.warnings[0].detail == "RE1: 85.5 % of the risk, at most 80 %"


def test_cession_limits_block_from_the_day_the_switch_says_so() -> None:
    engine = market()
    old = load_rules()["reinsurance.cession_limit.action"].rows[-1]
    row = Row(old.rule, datetime.date(2026, 11, 24), "block", old.unit, "Order 8 of 2021")
    accepted(send(engine, "operator", AdoptRules(rows=[row])))
    slip_id = facultative(engine)
    tomorrow = instant_us(row.from_date, 10)
    found = refused(by(engine, "BRK", SignDown(slip_id=slip_id), at_us=tomorrow))
    assert found.reason is Reason.CESSION_LIMIT_EXCEEDED
    assert found.rule == "reinsurance.cession_limit.one_reinsurer"
    assert found.detail == "RE1: 85.5 % of the risk, at most 80 %"


def test_trade_codes_count_up_within_a_year() -> None:
    engine = market()
    codes = [bound(engine, slip(f"S{n}")) for n in (1, 2)]
    assert codes == ["SIRE-2026-000001-QS", "SIRE-2026-000002-QS"]


def test_a_room_rebuilt_from_a_dump_ends_contracts_in_the_same_order() -> None:
    """The later bound comes on risk first; both expire on one day."""
    engine = market()
    fund(engine, "CED", FUNDS_MINOR)
    until = datetime.date(2027, 6, 30)
    for slip_id, day in (("S1", 20), ("S2", 1)):
        bound(engine, slip(slip_id, period_from=datetime.date(2026, 12, day), period_to=until))
    for day in (2, 21):
        at_us = instant_us(datetime.date(2026, 12, day), 10)
        accepted(send(engine, "clock", Tick(), at_us=at_us))
    stamp = engine.centre.stamp(engine.next_seq, instant_us(datetime.date(2027, 7, 2), 10), "clock")
    twin = Centre.load(load_rules(), engine.centre.dump())
    live = engine.centre.decide(Tick(), stamp)
    assert isinstance(live, list)
    assert sum(isinstance(event, ContractStatusChanged) for event in live) == 2
    assert twin.decide(Tick(), stamp) == live
