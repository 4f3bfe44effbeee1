"""The operator's own commands on the ledger: what may be opened by hand, and where an opening balance may come from."""

import pytest
from tests.support.centre import accepted, founded_engine, refused, send
from tests.support.offshore import balance, offshore_engine

from huangpu.app import load_rules, open_engine
from huangpu.core.reasons import Reason
from huangpu.engine import Engine, replay
from huangpu.ledger import Leg, LegKind, events, pack
from huangpu.ledger.accounts import PAYMENT_KINDS, VENUE_HELD_KINDS, Account, Side
from huangpu.ledger.events import OpenLedgerAccount, PostOpeningBalance, PostTransferBlock
from huangpu.registry.cash_accounts import AccountClass
from huangpu.registry.people import Person, RegisterPerson


def by_hand(code: str, low: int | None = 0, high: int | None = None) -> OpenLedgerAccount:
    account = Account(code, "BK1", "USD", "BK1-SAU", "FXLIQ", Side.CREDIT, low, high)
    return OpenLedgerAccount(account=account)


def engine_with_bulk(kind: str) -> Engine:
    """Return a centre with two accounts of one kind and a person who may send blocks."""
    engine = founded_engine()
    for code in ("A/CNY", "B/CNY"):
        account = Account(code, "HUANGPU", "CNY", "U", kind, Side.CREDIT, booked_min=None)
        accepted(send(engine, "operator", OpenLedgerAccount(account=account)))
    bulk = Person(id="bulk", institution="HUANGPU", roles=["BULK"])
    accepted(send(engine, "operator", RegisterPerson(person=bulk)))
    return engine


@pytest.mark.parametrize(
    ("low", "high"), [(2**62, None), (-(2**62), None), (0, -1), (0, 2**62), (0, 2**64 - 1)]
)
def test_limits_that_the_ledger_cannot_hold_are_refused(low: int | None, high: int | None) -> None:
    engine = offshore_engine()
    answer = refused(send(engine, "operator", by_hand("FXLIQ-9/USD", low, high)))
    assert answer.reason is Reason.FIELD_OUT_OF_RANGE


@pytest.mark.parametrize(
    "code", ["", "GROWTH-INV/CNY", "ISSUED-GROWTH/CNY", "INTERUNIT-BK2-SAU/EUR", "OPENING-X/USD"]
)
def test_names_that_the_venues_give_are_not_opened_by_hand(code: str) -> None:
    answer = refused(send(offshore_engine(), "operator", by_hand(code)))
    assert answer.reason is Reason.IDENTIFIER_MALFORMED


@pytest.mark.parametrize(
    ("debit", "credit"),
    [
        ("FTE-OTC1/USD", "FTE-OTC3/USD"),
        ("FTE-OTC1/USD", "OPENING-BK1-SAU/USD"),
        ("INTERUNIT-BK1-SAU/USD", "FTE-OTC1/USD"),
        ("NOSTRO-BK1@OVB/USD", "FTE-OTC1/USD"),
    ],
)
def test_the_operator_moves_no_holders_money(debit: str, credit: str) -> None:
    engine = offshore_engine()
    before = balance(engine, debit)
    command = PostOpeningBalance(debit=debit, credit=credit, amount=1_00)
    assert refused(send(engine, "operator", command)).reason is Reason.ACCOUNT_CLASS_FORBIDDEN
    assert balance(engine, debit) == before


def test_a_balance_comes_in_through_the_opening_mirror() -> None:
    engine = offshore_engine()
    opening = PostOpeningBalance(debit="OPENING-BK1-SAU/USD", credit="FTE-OTC1/USD", amount=1_00)
    accepted(send(engine, "operator", opening))
    mirrored = PostOpeningBalance(
        debit="NOSTRO-BK1@OVB/USD", credit="OPENING-BK1-SAU/USD", amount=1_00
    )
    accepted(send(engine, "operator", mirrored))


def test_a_block_debits_only_accounts_of_the_senders_institution() -> None:
    engine = founded_engine()
    for code, holder in (("A/CNY", "HUANGPU"), ("B/CNY", "OTHER")):
        account = Account(
            code=code,
            holder=holder,
            asset="CNY",
            unit="U",
            kind="TEST",
            normal=Side.CREDIT,
            booked_min=None,
        )
        accepted(send(engine, "operator", OpenLedgerAccount(account=account)))
    bulk = Person(id="bulk", institution="HUANGPU", roles=["BULK"])
    accepted(send(engine, "operator", RegisterPerson(person=bulk)))
    own, foreign = (
        PostTransferBlock(records=pack([[leg]]).tobytes())
        for leg in (Leg(0, 0, 1, 5), Leg(0, 1, 0, 5))
    )
    accepted(send(engine, "bulk", own))
    before = engine.centre.digest()
    refusal = refused(send(engine, "bulk", foreign))
    assert refusal.reason is Reason.NOT_YOUR_INSTITUTION
    assert "B/CNY is held by OTHER" in refusal.detail
    assert engine.centre.digest() == before


def test_a_block_makes_and_closes_its_own_holds_where_no_venue_has_any() -> None:
    engine = engine_with_bulk("TEST")
    ledger = engine.centre.ledger

    def posted(*legs: Leg) -> None:
        records = pack([[leg] for leg in legs]).tobytes()
        accepted(send(engine, "bulk", PostTransferBlock(records=records)))

    posted(Leg(LegKind.HOLD, 0, 1, 5), Leg(LegKind.VOID, 0, 1, 5, 0), Leg(LegKind.HOLD, 0, 1, 7))
    assert ledger.held(0) == 7
    posted(Leg(LegKind.POST, 0, 1, 7, 1))
    assert (ledger.held(0), ledger.booked(0), ledger.booked(1)) == (0, -7, 7)


def test_every_class_of_a_cash_account_is_one_where_venues_hold() -> None:
    assert set(AccountClass) | {"NOSTRO", "INTERUNIT", "OPENING"} == PAYMENT_KINDS
    assert PAYMENT_KINDS | {"CASH", "SHARES"} == VENUE_HELD_KINDS


def test_a_block_that_would_be_refused_today_stays_what_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = engine_with_bulk("CASH")
    held = PostTransferBlock(records=pack([[Leg(LegKind.HOLD, 0, 1, 5)]]).tobytes())
    with monkeypatch.context() as of_before:
        of_before.setattr(events, "VENUE_HELD_KINDS", frozenset())
        entry = accepted(send(engine, "bulk", held))
    assert refused(send(engine, "bulk", held)).reason is Reason.ACCOUNT_CLASS_FORBIDDEN
    again = open_engine(engine.store, load_rules(), lambda: 0)
    assert again.centre.digest() == engine.centre.digest()
    report = replay.audit(load_rules(), engine.entries(1))
    assert [(each.seq, each.now) for each in report.differences] == [
        (entry.seq, "ACCOUNT_CLASS_FORBIDDEN")
    ]
    assert report.state_sha256 == engine.centre.digest()
