"""Admission, seats, settlement accounts and desks: who may take part and what a refusal says."""

import datetime

import pytest
from tests.support.centre import MONDAY_0930_US, accepted, refused, register, send
from tests.support.reinsurance import by, market, quote, seat_of, slip

from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore.accounts import BlockAccount, OpenCashAccount
from huangpu.venues.reinsurance.desks import HOUR_US, Capacity, LightDesk
from huangpu.venues.reinsurance.membership import AdmitMember, GrantSeat, NameSettlementAccount


def test_a_bank_is_not_admitted_and_the_row_is_named() -> None:
    found = refused(send(market(), "operator", AdmitMember(institution_id="BK1")))
    assert found.reason is Reason.INSTITUTION_KIND_WRONG
    assert found.rule == "reinsurance.admitted_kinds"


def test_an_institution_is_admitted_once_and_its_permission_may_change() -> None:
    engine = market()
    again = AdmitMember(institution_id="RE1")
    assert refused(send(engine, "operator", again)).reason is Reason.MEMBERSHIP_KNOWN
    accepted(send(engine, "operator", AdmitMember(institution_id="RE1", trading=False)))
    accepted(by(engine, "BRK", slip()))
    found = refused(by(engine, "RE1", quote()))
    assert found.reason is Reason.MEMBERSHIP_MISSING
    assert "without trading permission" in found.detail


def test_an_overseas_reinsurer_needs_a_seat_or_a_licence_to_quote() -> None:
    engine = market(seat=False)
    accepted(by(engine, "BRK", slip()))
    found = refused(by(engine, "RE3", quote()))
    assert found.reason is Reason.SEAT_MISSING
    assert found.rule == "reinsurance.seat_needed_for"
    accepted(send(engine, "operator", AdmitMember(institution_id="RE3", licence="L-2026-1")))
    accepted(by(engine, "RE3", quote()))


@pytest.mark.parametrize("member", ["RE1", "BRK", "CED"])
def test_a_seat_is_for_overseas_reinsurers_only(member: str) -> None:
    found = refused(send(market(), "operator", seat_of(member)))
    assert found.reason is Reason.SEAT_NOT_APPLICABLE


def test_a_licensed_overseas_reinsurer_needs_no_seat() -> None:
    engine = market(seat=False)
    accepted(send(engine, "operator", AdmitMember(institution_id="RE3", licence="L-2026-1")))
    found = refused(send(engine, "operator", seat_of("RE3")))
    assert found.reason is Reason.SEAT_NOT_APPLICABLE


def test_a_seat_is_not_granted_for_the_past_or_before_admission() -> None:
    engine = market(seat=False)
    over = GrantSeat(
        institution_id="RE3",
        desk="D-01",
        valid_from=datetime.date(2026, 1, 1),
        valid_until=datetime.date(2026, 11, 22),
    )
    assert refused(send(engine, "operator", over)).reason is Reason.PERIOD_WRONG
    register(engine, "RE4", InstitutionKind.REINSURER, {}, domicile="BB")
    unknown = seat_of("RE4")
    assert refused(send(engine, "operator", unknown)).reason is Reason.MEMBERSHIP_MISSING


@pytest.mark.parametrize(
    ("member", "currency", "account", "reason"),
    [
        ("RE1", "XXX", "FTE-RE1", Reason.CURRENCY_UNKNOWN),
        ("RE1", "USD", "FTE-NOBODY", Reason.ACCOUNT_UNKNOWN),
        ("RE1", "USD", "FTE-CED", Reason.ACCOUNT_NOT_OWNED),
        ("RE1", "EUR", "FTE-RE1", Reason.ACCOUNT_CURRENCY_WRONG),
        ("RE1", "USD", "DOM-RE1", Reason.ACCOUNT_CLASS_FORBIDDEN),
    ],
)
def test_a_settlement_account_is_the_members_own_free_trade_account(
    member: str, currency: str, account: str, reason: Reason
) -> None:
    engine = market()
    ordinary = OpenCashAccount(
        account_id="DOM-RE1", account_class="DOM", holder="RE1", bank="BK1", currencies=["USD"]
    )  # type: ignore[arg-type]
    accepted(send(engine, "bk1-maker", ordinary))
    named = NameSettlementAccount(currency=currency, account_id=account)
    assert refused(by(engine, member, named)).reason is reason


def test_a_blocked_account_cannot_be_named() -> None:
    engine = market()
    register_officer(engine)
    accepted(send(engine, "bk1-officer", BlockAccount(account_id="FTE-RE1", cause="test")))
    named = NameSettlementAccount(currency="USD", account_id="FTE-RE1")
    assert refused(by(engine, "RE1", named)).reason is Reason.ACCOUNT_BLOCKED


def register_officer(engine: object) -> None:
    from huangpu.registry.people import Person, RegisterPerson

    person = Person(id="bk1-officer", institution="BK1", roles=["BANK_OFFICER"])
    accepted(send(engine, "operator", RegisterPerson(person=person)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hours", "capacity", "line", "reason"),
    [
        (73, 1, "PROPERTY", Reason.FIELD_OUT_OF_RANGE),
        (0, 1, "PROPERTY", Reason.FIELD_OUT_OF_RANGE),
        (1, 0, "PROPERTY", Reason.AMOUNT_NOT_POSITIVE),
        (1, 1, "WEATHER", Reason.FIELD_OUT_OF_RANGE),
    ],
)
def test_a_desk_is_lit_within_its_limits(
    hours: int, capacity: int, line: str, reason: Reason
) -> None:
    engine = market()
    signal = LightDesk(
        class_of_business=line,
        side=Capacity.OFFERED,
        currency="USD",
        capacity_minor=capacity,
        expires_at_us=MONDAY_0930_US + hours * HOUR_US,
    )
    assert refused(by(engine, "RE3", signal)).reason is reason


def test_every_row_of_the_room_is_cited(rules: RuleBook) -> None:
    rows = [row for row in rules.rows() if row.rule.startswith("reinsurance.")]
    assert len(rows) >= 20
    assert all(row.cite for row in rows)


@pytest.fixture(name="rules")
def _rules() -> RuleBook:
    from huangpu.app import load_rules

    return load_rules()
