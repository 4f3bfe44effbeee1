"""Balance-of-payments records: which payments have one, what it says, and how its code is corrected by two persons."""

import pytest
from tests.support.boundary import boundary_engine, do
from tests.support.centre import refused, send
from tests.support.offshore import book_order, instruct, inward_order, overseas_order, receive

from huangpu.core.message import Command
from huangpu.core.reasons import Reason
from huangpu.engine.writer import Engine
from huangpu.venues.offshore.boundary_views import bop_records
from huangpu.venues.offshore.second_line.bop import (
    ApproveBopCorrection,
    BopRecord,
    CorrectBopRecord,
    record_of,
)
from huangpu.venues.offshore.second_line.release import ReleaseSecondLine


def paid(engine: Engine) -> dict[str, str]:
    """Settle one payment of each kind and return the UETRs."""
    out, back = overseas_order(10_00), inward_order(20_00)
    own = book_order("DOM-OTC1", 30_00, currency="CNY", purpose="CURR")
    home = book_order(
        "FTE-HOLD1", 40_00, currency="CNY", purpose="INVT", debtor_account="DOM-HOLD1"
    )
    free = book_order("FTN-SUP1", 50_00)
    do(engine, "otc1-treasurer", instruct(out))
    do(engine, "ovb-desk", receive(back))
    do(engine, "otc1-treasurer", instruct(own))
    do(engine, "bk1-checker", ReleaseSecondLine(uetr=own.uetr))
    do(engine, "hold1-treasurer", instruct(home))
    do(engine, "otc1-treasurer", instruct(free))
    return {"out": out.uetr, "back": back.uetr, "own": own.uetr, "home": home.uetr}


def record(engine: Engine, uetr: str) -> BopRecord:
    room = engine.centre.offshore
    payment = room.payments.get(uetr)
    assert payment is not None
    return record_of(room, engine.centre.rules, payment)


def test_second_line_and_overseas_have_a_record_and_nothing_else() -> None:
    engine = boundary_engine()
    uetrs = paid(engine)
    page = bop_records(engine.centre.offshore, engine.centre.rules, institution=None)
    assert {one.uetr for one in page.records} == set(uetrs.values())


def test_what_a_record_says() -> None:
    engine = boundary_engine()
    uetrs = paid(engine)
    out, back = record(engine, uetrs["out"]), record(engine, uetrs["back"])
    own, home = record(engine, uetrs["own"]), record(engine, uetrs["home"])
    assert (out.rule, out.incoming, out.code, out.counter_country) == (
        "R-04",
        False,
        "122010",
        "HK",
    )
    assert (out.bank, out.institution, out.account) == ("BK1", "OTC1", "FTE-OTC1")
    assert (back.incoming, back.account, back.counter_account) == (True, "FTE-OTC1", "HK-BUYER-1")
    assert (back.counter_class, back.code, back.amount) == ("OVS", "", 20_00)
    assert (own.rule, own.line, own.same_name, own.incoming) == ("R-08/CURR", "SECOND", True, False)
    assert (own.account_class, own.counter_class, own.code) == ("FTE", "DOM", "122010")
    assert (home.rule, home.incoming, home.account) == ("R-15/INVT", True, "FTE-HOLD1")


def test_a_pending_payment_has_no_record_yet() -> None:
    engine = boundary_engine()
    own = book_order("DOM-OTC1", 30_00, currency="CNY", purpose="CURR")
    do(engine, "otc1-treasurer", instruct(own))
    page = bop_records(engine.centre.offshore, engine.centre.rules, institution=None)
    assert page.records == []


def test_a_code_is_corrected_by_two_persons_of_the_bank() -> None:
    engine = boundary_engine()
    uetr = paid(engine)["back"]
    proposed = CorrectBopRecord(uetr=uetr, code="122010", cause="merchanting")
    do(engine, "bk1-both", proposed)
    assert record(engine, uetr).code == ""
    own = refused(send(engine, "bk1-both", ApproveBopCorrection(uetr=uetr)))
    assert own.reason is Reason.OWN_ACT_NOT_APPROVABLE
    again = refused(send(engine, "bk1-maker", proposed))
    assert again.reason is Reason.BOP_CORRECTION_WRONG
    do(engine, "bk1-checker", ApproveBopCorrection(uetr=uetr))
    found = record(engine, uetr)
    assert (found.code, found.corrections[0].maker, found.corrections[0].checker) == (
        "122010",
        "bk1-both",
        "bk1-checker",
    )


@pytest.mark.parametrize(
    ("by", "code", "kind", "reason"),
    [
        ("bk1-maker", "12201", "back", Reason.FIELD_OUT_OF_RANGE),
        ("bk1-maker", "122010", "out", Reason.BOP_CORRECTION_WRONG),
        ("bk2-maker", "122990", "back", Reason.NOT_YOUR_INSTITUTION),
        ("otc1-treasurer", "122990", "back", Reason.PERMISSION_MISSING),
        ("bk1-maker", "122990", "nothing", Reason.PAYMENT_UNKNOWN),
    ],
)
def test_what_a_correction_is_refused_for(by: str, code: str, kind: str, reason: Reason) -> None:
    engine = boundary_engine()
    uetrs = paid(engine)
    command: Command = CorrectBopRecord(uetr=uetrs.get(kind, "none"), code=code, cause="error")
    before = engine.centre.digest()
    assert refused(send(engine, by, command)).reason is reason
    assert engine.centre.digest() == before


def test_an_approval_needs_a_correction_that_waits() -> None:
    engine = boundary_engine()
    uetr = paid(engine)["out"]
    answer = refused(send(engine, "bk1-checker", ApproveBopCorrection(uetr=uetr)))
    assert answer.reason is Reason.BOP_CORRECTION_WRONG


def test_records_are_read_by_the_reporting_bank_and_its_customer() -> None:
    engine = boundary_engine()
    paid(engine)
    room, rules = engine.centre.offshore, engine.centre.rules
    for reader, seen in ((None, 4), ("BK1", 4), ("OTC1", 3), ("HOLD1", 1), ("OVB", 0), ("BK2", 0)):
        assert len(bop_records(room, rules, institution=reader).records) == seen, reader
    first = bop_records(room, rules, institution="BK1", limit=3)
    rest = bop_records(room, rules, institution="BK1", limit=3, after=first.next_after)
    assert (len(first.records), len(rest.records), rest.next_after) == (3, 1, "")
