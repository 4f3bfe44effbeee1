"""pacs.009 COV: the customer is credited once, when payment and cover are both there, in whichever order they come."""

import pytest
from tests.support.centre import accepted, refused, send
from tests.support.offshore import (
    balance,
    balances,
    inward_order,
    offshore_engine,
    receive,
    uetr,
)
from tests.support.recalls import (
    announce,
    bank_order,
    bank_receives,
    days_later,
    outcome,
    recall,
)

from huangpu.core.message import Command
from huangpu.core.reasons import Reason
from huangpu.venues.offshore.accounts import BlockAccount
from huangpu.venues.offshore.bank_transfers.books import TransferIndex


def cover(amount: int, name: str, **changes: object) -> Command:
    order = bank_order(amount, uetr=name, debtor_account="", **changes)
    return bank_receives(order, cover=True)


@pytest.mark.parametrize("cover_first", [True, False])
def test_payment_and_cover_meet_in_either_order(cover_first: bool) -> None:
    engine = offshore_engine()
    before, name = balances(engine), uetr()
    steps = [cover(70_000_00, name), announce(70_000_00, name)]
    first, second = steps if cover_first else steps[::-1]
    assert outcome(send(engine, "ovb-desk", first)) == ("COV PDNG" if cover_first else "PDNG")
    assert balances(engine) == before
    assert outcome(send(engine, "ovb-desk", second)) == "ACCC COV ACCC"
    assert balance(engine, "FTE-OTC1/USD") == 1_070_000_00
    assert balance(engine, "NOSTRO-BK1@OVB/USD") == 50_070_000_00
    room = engine.centre.offshore
    assert not room.books.bank_transfers.awaited
    assert not room.transfers.waiting
    after = balances(engine)
    for again in (cover(70_000_00, name), announce(70_000_00, name)):
        assert refused(send(engine, "ovb-desk", again)).reason is Reason.UETR_REUSED
    days_later(engine, 60)
    assert balances(engine) == after
    rebuilt = TransferIndex.of(room.books.bank_transfers)
    assert rebuilt.keys == room.transfers.keys
    assert rebuilt.waiting == room.transfers.waiting


@pytest.mark.parametrize("cover_first", [True, False])
def test_a_cover_of_another_amount_does_not_credit(cover_first: bool) -> None:
    engine = offshore_engine()
    before, name = balances(engine), uetr()
    steps = [cover(70_000_00, name), announce(70_000_01, name)]
    first, second = steps if cover_first else steps[::-1]
    accepted(send(engine, "ovb-desk", first))
    assert refused(send(engine, "ovb-desk", second)).reason is Reason.COVER_MISMATCH
    assert balances(engine) == before


def test_while_a_cover_waits_no_other_payment_takes_its_uetr() -> None:
    engine = offshore_engine()
    name = uetr()
    accepted(send(engine, "ovb-desk", cover(70_000_00, name)))
    plain = receive(inward_order(70_000_00, uetr=name))
    assert refused(send(engine, "ovb-desk", plain)).reason is Reason.UETR_REUSED
    assert refused(send(engine, "ovb-desk", cover(1_00, name))).reason is Reason.UETR_REUSED


def test_what_waits_in_vain_ends_refused_and_leaves_nothing() -> None:
    engine = offshore_engine()
    before, alone, announced = balances(engine), uetr(), uetr()
    accepted(send(engine, "ovb-desk", cover(70_000_00, alone)))
    accepted(send(engine, "ovb-desk", announce(70_000_00, announced)))
    days_later(engine, 4)
    assert announced in engine.centre.offshore.books.pending
    days_later(engine, 5)
    room = engine.centre.offshore
    ended = room.payments.get(announced)
    assert ended is not None
    assert (ended.status, ended.reason) == ("RJCT", Reason.COVER_MISSING)
    assert room.books.bank_transfers.transfers[0].status == "RJCT"
    assert not room.books.bank_transfers.awaited
    assert balances(engine) == before
    late = refused(send(engine, "ovb-desk", cover(70_000_00, announced)))
    assert late.reason is Reason.UETR_REUSED


def test_an_announced_payment_is_recalled_like_any_that_waits() -> None:
    engine = offshore_engine()
    before, name = balances(engine), uetr()
    accepted(send(engine, "ovb-desk", announce(70_000_00, name)))
    assert outcome(send(engine, "ovb-desk", recall(name, "DUPL"))) == "CANC PDCR CNCL"
    late = refused(send(engine, "ovb-desk", cover(70_000_00, name)))
    assert late.reason is Reason.UETR_REUSED
    days_later(engine, 10)
    assert not engine.centre.offshore.books.bank_transfers.awaited
    assert balances(engine) == before


def test_a_cover_ends_with_its_payment_when_the_account_can_take_it_no_more() -> None:
    engine = offshore_engine()
    before, name = balances(engine), uetr()
    accepted(send(engine, "ovb-desk", announce(70_000_00, name)))
    accepted(send(engine, "bk1-checker", BlockAccount(account_id="FTE-OTC1", cause="order")))
    assert outcome(send(engine, "ovb-desk", cover(70_000_00, name))) == "RJCT COV RJCT"
    assert balances(engine) == before


def test_an_unknown_reimbursement_agent_is_refused() -> None:
    engine = offshore_engine()
    wrong = announce(1_00, uetr(), reimbursement_agent="TSTXHKHHXXX")
    assert refused(send(engine, "ovb-desk", wrong)).reason is Reason.AGENT_UNKNOWN
