"""Premium is settled in one chain over free trade accounts, at binding or by the cedent's command."""

import datetime

from tests.support.centre import accepted, refused, send
from tests.support.reinsurance import (
    FUNDS_MINOR,
    booked,
    bound,
    by,
    fund,
    market,
    ordered,
    slip,
    write,
)

from huangpu.app import load_rules
from huangpu.core.calendar import instant_us
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import Row
from huangpu.engine.writer import Engine
from huangpu.ledger.events import LegsPosted
from huangpu.registry.people import Person, RegisterPerson
from huangpu.venues.offshore.accounts import BlockAccount
from huangpu.venues.reinsurance.accounting import AccountStatus
from huangpu.venues.reinsurance.placement.binding import BindSlip
from huangpu.venues.reinsurance.placement.signing import SignDown
from huangpu.venues.reinsurance.settlement import PaymentKind, SettleAccount

TUESDAY = datetime.date(2026, 11, 24)


def signed(engine: Engine, premium_minor: int = 100_000_000) -> str:
    slip_id = ordered(engine, slip(estimated_premium_minor=premium_minor))
    write(engine, slip_id, {"RE1": 40, "RE2": 50, "RE3": 30}, stand=("RE1",))
    accepted(by(engine, "BRK", SignDown(slip_id=slip_id)))
    return slip_id


def test_binding_pays_every_line_and_the_broker_in_one_chain() -> None:
    engine = market()
    entry = accepted(by(engine, "BRK", BindSlip(slip_id=signed(engine))))
    names = [type(event).__name__ for event in entry.outcome]
    assert names == ["ContractBound", "PremiumAccountDerived", "LegsPosted", "PremiumSettled"]
    legs = next(event for event in entry.outcome if isinstance(event, LegsPosted)).legs
    assert len(legs) == 8  # two of the six payments cross banks
    found = {name: booked(engine, name) for name in ("RE1", "RE2", "RE3", "BRK", "CED")}
    assert found == {
        "RE1": 11_120_000,
        "RE2": 10_425_000,
        "RE3": 6_255_000,
        "BRK": 1_000_000,
        "CED": FUNDS_MINOR - 28_800_000,
    }


def test_payments_name_account_contract_and_share() -> None:
    engine = market()
    code = bound(engine)
    books = engine.centre.reinsurance.books
    assert books.accounts[f"{code}/A1"].status is AccountStatus.SETTLED
    kinds = [(p.share, p.kind) for p in books.payments.values() if p.account_id == f"{code}/A1"]
    assert kinds == [(share, kind) for share in ("RE1", "RE2", "RE3") for kind in PaymentKind]


def test_without_funds_nothing_is_bound_and_the_refusal_says_what_is_missing() -> None:
    engine = market()
    slip_id = signed(engine, premium_minor=10_000_000_000)
    before = engine.centre.digest()
    found = refused(by(engine, "BRK", BindSlip(slip_id=slip_id)))
    assert found.reason is Reason.FUNDS_INSUFFICIENT
    assert found.detail == "FTE-CED: available 10000000.00 USD, due 28800000.00 USD"
    assert engine.centre.digest() == before
    fund(engine, "CED", 2_000_000_000)
    accepted(by(engine, "BRK", BindSlip(slip_id=slip_id)))


def test_a_party_without_an_account_in_the_currency_is_named() -> None:
    engine = market()
    slip_id = ordered(engine, slip(currency="EUR"))
    write(engine, slip_id, {"RE1": 100})
    accepted(by(engine, "BRK", SignDown(slip_id=slip_id)))
    found = refused(by(engine, "BRK", BindSlip(slip_id=slip_id)))
    assert found.reason is Reason.SETTLEMENT_ACCOUNT_MISSING
    assert found.detail == "CED has named no account for EUR"


def test_a_premium_that_rounds_to_nothing_is_refused() -> None:
    engine = market()
    found = refused(by(engine, "BRK", BindSlip(slip_id=signed(engine, premium_minor=1))))
    assert found.reason is Reason.PREMIUM_NOT_POSITIVE


def test_where_binding_does_not_settle_the_cedent_does_once() -> None:
    rules = load_rules()
    old = rules["reinsurance.settle_at_bind"].rows[-1]
    row = Row(old.rule, TUESDAY, value=False, unit=old.unit, cite="test")
    engine = market()
    engine.centre.base_rules = engine.centre.rules = rules.with_rows([row])
    slip_id = signed(engine)
    later = instant_us(TUESDAY, 10)
    entry = accepted(by(engine, "BRK", BindSlip(slip_id=slip_id), at_us=later))
    assert len(entry.outcome) == 2
    (account,) = engine.centre.reinsurance.books.accounts.values()
    assert account.status is AccountStatus.DUE
    assert booked(engine, "CED") == FUNDS_MINOR
    settle = SettleAccount(account_id=account.id)
    accepted(by(engine, "CED", settle))
    assert booked(engine, "CED") == FUNDS_MINOR - account.net_minor - account.brokerage_minor
    assert refused(by(engine, "CED", settle)).reason is Reason.PREMIUM_ALREADY_SETTLED
    unknown = SettleAccount(account_id="SIRE-1/A1")
    assert refused(by(engine, "CED", unknown)).reason is Reason.ACCOUNT_UNKNOWN


def test_an_account_blocked_after_it_was_named_stops_the_whole_settlement() -> None:
    engine = market()
    officer = Person(id="bk2-officer", institution="BK2", roles=["BANK_OFFICER"])
    accepted(send(engine, "operator", RegisterPerson(person=officer)))
    slip_id = signed(engine)
    accepted(send(engine, "bk2-officer", BlockAccount(account_id="FTN-RE3", cause="test")))
    found = refused(by(engine, "BRK", BindSlip(slip_id=slip_id)))
    assert found.reason is Reason.ACCOUNT_BLOCKED
    assert booked(engine, "RE1") == 0
