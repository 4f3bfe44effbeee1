"""Returns: once a payment, whoever asks; the whole amount; to an account that can take it; and what one lets settle."""

import pytest
from tests.support.boundary import boundary_engine
from tests.support.centre import accepted, load_rules, refused, send
from tests.support.offshore import (
    BK2_BIC,
    balance,
    balances,
    book_order,
    instruct,
    offshore_engine,
    overseas_order,
    uetr,
)
from tests.support.recalls import answer, days_later, give_back, outcome, paid, recall, take_back

from huangpu.core.message import Command, Rejected
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import Row
from huangpu.engine.centre import Centre
from huangpu.engine.replay import audit, replayed
from huangpu.engine.writer import Engine
from huangpu.venues.offshore.accounts import BlockAccount
from huangpu.venues.offshore.payments.words import PaymentSettled
from huangpu.venues.offshore.recalls import returns
from huangpu.venues.offshore.recalls.words import PaymentReturned
from huangpu.venues.offshore.second_line.claims import quota_key
from huangpu.venues.offshore.state import Offshore


def back_again(engine: Engine, name: str) -> list[tuple[str, Command]]:
    """List every command by which a party could try to move the money back."""
    return [
        ("sup1-treasurer", answer(name)),
        ("bk1-checker", answer(name, consent="HOLDER")),
        ("bk1-checker", give_back(name)),
        ("bk1-checker", give_back(name, "RR04", amount=400_000_00)),
        ("ovb-desk", take_back(name, 400_000_00)),
        ("ovb-desk", take_back(name, 400_000_00, "FOCR")),
        ("bk1-maker", recall(name, "TECH")),
        ("otc1-treasurer", recall(name, "UPAY")),
    ]


@pytest.mark.parametrize("way", ["BOOK", "INWARD", "OUTWARD"])
def test_nothing_refunds_twice(way: str) -> None:
    """Blnk PR 315: a refund that was asked for twice was paid twice."""
    engine = offshore_engine()
    before = balances(engine)
    name = paid(engine, way)
    first = take_back(name, 400_000_00) if way == "OUTWARD" else give_back(name)
    accepted(send(engine, "ovb-desk" if way == "OUTWARD" else "bk1-checker", first))
    assert balances(engine) == before
    for by, command in back_again(engine, name):
        refused(send(engine, by, command))
    assert balances(engine) == before
    assert len(engine.centre.offshore.books.recalls.returns) == 1


def test_without_the_guard_the_books_stop_rather_than_pay_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = offshore_engine()
    name = paid(engine, "INWARD")
    accepted(send(engine, "bk1-checker", give_back(name)))
    monkeypatch.setattr(returns, "_returned_refusal", lambda room, payment: None)
    with pytest.raises(AssertionError):
        send(engine, "bk1-checker", give_back(name))


def test_a_recall_answered_twice_pays_once() -> None:
    engine = offshore_engine()
    before = balances(engine)
    name = paid(engine)
    accepted(send(engine, "otc1-treasurer", recall(name)))
    accepted(send(engine, "sup1-treasurer", answer(name)))
    again = refused(send(engine, "bk1-checker", answer(name, consent="HOLDER")))
    assert again.reason is Reason.RECALL_ANSWERED
    assert balances(engine) == before


def test_a_return_while_a_recall_is_open_answers_it() -> None:
    engine = offshore_engine()
    name = paid(engine)
    accepted(send(engine, "otc1-treasurer", recall(name)))
    assert outcome(send(engine, "bk1-checker", give_back(name))) == "AC04 RJCR ARDT"
    assert refused(send(engine, "sup1-treasurer", answer(name))).reason is Reason.RECALL_ANSWERED


def test_a_message_and_a_return_id_are_used_once_across_both_worlds() -> None:
    engine = offshore_engine()
    one, two = paid(engine, "OUTWARD", 1_00), paid(engine, "OUTWARD", 1_00)
    accepted(send(engine, "ovb-desk", take_back(one, 1_00, message_id="X", return_id="Y")))
    by_message = take_back(two, 1_00, message_id="X")
    assert refused(send(engine, "ovb-desk", by_message)).reason is Reason.MESSAGE_ID_REUSED
    by_return = take_back(two, 1_00, return_id="Y")
    assert refused(send(engine, "ovb-desk", by_return)).reason is Reason.MESSAGE_ID_REUSED
    accepted(send(engine, "otc1-treasurer", recall(two, message_id="Z")))
    order = instruct(overseas_order(1_00), message_id="Z")
    assert refused(send(engine, "otc1-treasurer", order)).reason is Reason.MESSAGE_ID_REUSED


def test_less_than_the_whole_is_taken_only_where_the_switch_is_on() -> None:
    row = load_rules()["offshore.return.partial"].rows[-1]
    on = Row(row.rule, row.from_date, True, row.unit, row.cite)
    for rules, expected in ((load_rules(), None), (load_rules().with_rows([on]), 399_975_00)):
        engine = offshore_engine(rules) if expected else offshore_engine()
        name = paid(engine, "OUTWARD")
        found = send(engine, "ovb-desk", take_back(name, 399_975_00))
        if expected is None:
            assert refused(found).reason is Reason.RETURN_AMOUNT_WRONG
            continue
        accepted(found)
        assert balance(engine, "FTE-OTC1/USD") == 600_000_00 + expected
        rest = refused(send(engine, "ovb-desk", take_back(name, 25_00)))
        assert rest.reason is Reason.PAYMENT_RETURNED


def test_a_wrong_bank_currency_or_code_is_refused() -> None:
    engine = offshore_engine()
    name = paid(engine, "OUTWARD")
    full = 400_000_00
    wrong = {
        Reason.NOT_YOUR_INSTITUTION: take_back(name, full, instructed_agent=BK2_BIC),
        Reason.ACCOUNT_CURRENCY_WRONG: take_back(name, full, currency="EUR"),
        Reason.RETURN_REASON_WRONG: take_back(name, full, "no"),
        Reason.IDENTIFIER_MALFORMED: take_back(name, full, return_id=""),
        Reason.AGENT_UNKNOWN: take_back(name, full, instructing_agent=BK2_BIC),
        Reason.PAYMENT_UNKNOWN: take_back(uetr(77), full),
    }
    for reason, command in wrong.items():
        assert refused(send(engine, "ovb-desk", command)).reason is reason


def test_money_does_not_return_to_a_blocked_account() -> None:
    engine = offshore_engine()
    name = paid(engine)
    accepted(send(engine, "bk1-checker", BlockAccount(account_id="FTE-OTC1", cause="order")))
    accepted(send(engine, "bk1-maker", recall(name)))
    assert refused(send(engine, "sup1-treasurer", answer(name))).reason is Reason.ACCOUNT_BLOCKED
    assert name in engine.centre.offshore.recalls.open


def test_a_blocked_creditor_gives_back_by_legal_order_alone() -> None:
    engine = offshore_engine()
    name = paid(engine)
    accepted(send(engine, "bk1-checker", BlockAccount(account_id="FTN-SUP1", cause="order")))
    accepted(send(engine, "bk1-maker", recall(name, "FRAD")))
    assert refused(send(engine, "sup1-treasurer", answer(name))).reason is Reason.ACCOUNT_BLOCKED
    order = answer(name, consent="LEGAL_ORDER", information="ORDER-12")
    assert outcome(send(engine, "bk1-checker", order)) == "FOCR CNCL"


def test_returned_money_releases_what_waits_for_it_in_the_same_entry() -> None:
    engine = offshore_engine()
    name = paid(engine, "OUTWARD", 900_000_00)
    queued = book_order("FTN-SUP1", 500_000_00)
    assert outcome(send(engine, "otc1-treasurer", instruct(queued))) == "PDNG"
    entry = accepted(send(engine, "ovb-desk", take_back(name, 900_000_00)))
    assert not isinstance(entry.outcome, Rejected)
    kinds = [type(event) for event in entry.outcome]
    assert PaymentReturned in kinds
    assert PaymentSettled in kinds
    assert balance(engine, "FTE-OTC1/USD") == 500_000_00


def test_a_return_across_the_second_line_gives_its_quota_back() -> None:
    engine = boundary_engine(upgraded=["OTC1"])
    order = book_order("DOM-OTC1", 500_000_00, currency="CNY", purpose="CURR")
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    running = engine.centre.offshore.books.boundary.running
    assert running[quota_key("OTC1")].net == 500_000_00
    accepted(send(engine, "bk1-checker", give_back(order.uetr)))
    assert balance(engine, "FTE-OTC1/CNY") == 5_000_000_00
    assert running[quota_key("OTC1")].net == 0


def test_a_journal_with_recalls_and_returns_replays_and_audits() -> None:
    engine = offshore_engine()
    one, two, three = paid(engine), paid(engine, "OUTWARD", 1_00), paid(engine, "INWARD", 5_00)
    accepted(send(engine, "otc1-treasurer", recall(one)))
    accepted(send(engine, "bk1-checker", answer(one, "RJCR", reason="AGNT")))
    accepted(send(engine, "otc1-treasurer", recall(two)))
    accepted(send(engine, "ovb-desk", answer(two, "PDCR")))
    accepted(send(engine, "bk1-checker", give_back(three)))
    days_later(engine, 40)
    entries = list(engine.entries(1))
    again = Centre(load_rules())
    assert len(list(replayed(again, entries))) == len(entries)
    assert again.digest() == engine.centre.digest()
    assert not audit(load_rules(), entries).differences
    loaded = Offshore.load(engine.centre.offshore.dump(), again.registry, again.ledger)
    for index in ("by_uetr", "open", "returned", "due", "keys"):
        assert getattr(loaded.recalls, index) == getattr(engine.centre.offshore.recalls, index)
