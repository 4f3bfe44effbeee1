"""Reconciliation: every injected difference is found, nothing else is, and a break ends by four eyes or by a later statement."""

import datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.centre import MONDAY_0930_US, accepted, refused, send
from tests.support.offshore import (
    instruct,
    inward_order,
    offshore_engine,
    overseas_order,
    receive,
    uetr,
)
from tests.support.reports import MONDAY, breaks_in, close_day

from huangpu.core.calendar import DAY_US
from huangpu.core.reasons import Reason
from huangpu.engine.writer import Engine
from huangpu.journal.entry import Entry
from huangpu.ledger.accounts import Side
from huangpu.ledger.transfers import Leg
from huangpu.venues.offshore.reports import reconciliation, views
from huangpu.venues.offshore.reports.books import Break, BreakKind, BreakState, Item
from huangpu.venues.offshore.reports.breaks import AssignBreak, CloseBreak, DecideBreakClosure
from huangpu.venues.offshore.reports.reconciliation import (
    Listed,
    ReceiveCorrespondentStatement,
    compare,
)
from huangpu.venues.offshore.state import Nostro

NOSTRO = Nostro("BK1", "OVB", "USD")
TUESDAY = MONDAY + datetime.timedelta(days=1)
CREDIT, DEBIT = Side.CREDIT, Side.DEBIT


def a_day() -> Engine:
    engine = offshore_engine()
    accepted(send(engine, "otc1-treasurer", instruct(overseas_order(900_000_00, uetr=uetr(1)))))
    accepted(send(engine, "ovb-desk", receive(inward_order(1_250_000_00, uetr=uetr(2)))))
    accepted(send(engine, "ovb-desk", receive(inward_order(70_00, uetr=uetr(3)))))
    return engine


def statement_of(
    engine: Engine, date: datetime.date = MONDAY, **changes: Any
) -> ReceiveCorrespondentStatement:
    """Return the statement that agrees with the mirror, opening balance and all; changed entries keep the sum right."""
    room = engine.centre.offshore
    entries = changes.pop("entries", None)
    if entries is None:
        entries = reconciliation.mirror_items(room, NOSTRO, date, date)
    opening = changes.pop("opening", reconciliation.mirror_balance(room, NOSTRO, date))
    closing = opening + sum(one.amount if one.side is CREDIT else -one.amount for one in entries)
    fields = {"opening": opening, "closing": closing, "entries": entries, "date": date}
    return ReceiveCorrespondentStatement(
        bank="BK1", correspondent="OVB", currency="USD", **(fields | changes)
    )


def compared(engine: Engine, command: ReceiveCorrespondentStatement, days: int = 1) -> list[Break]:
    at_us = MONDAY_0930_US + days * DAY_US
    entry = accepted(send(engine, "bk1-maker", command, at_us=at_us))
    assert isinstance(entry.outcome, list)
    return breaks_in(entry.outcome)


def kinds(found: list[Break]) -> list[tuple[BreakKind, str]]:
    return [(one.kind, one.subject) for one in found]


def items(engine: Engine) -> list[Item]:
    return reconciliation.mirror_items(engine.centre.offshore, NOSTRO, MONDAY, MONDAY)


def test_the_mirror_lists_what_the_correspondent_would() -> None:
    found = [(one.uetr, one.side, one.amount) for one in items(a_day())]
    assert found == [
        ("", CREDIT, 50_000_000_00),
        (uetr(1), DEBIT, 900_000_00),
        (uetr(2), CREDIT, 1_250_000_00),
        (uetr(3), CREDIT, 70_00),
    ]


def test_a_statement_that_agrees_opens_nothing() -> None:
    engine = a_day()
    assert compared(engine, statement_of(engine)) == []
    received = views.statements_received(engine.centre.offshore, "OVB")
    assert [(one.entries, one.matched, one.breaks) for one in received] == [(4, 4, 0)]
    assert views.statements_received(engine.centre.offshore, "BK2") == []


def changed(engine: Engine, place: int, **changes: Any) -> list[Item]:
    found = items(engine)
    found[place] = msgspec.structs.replace(found[place], **changes)
    return found


@pytest.mark.parametrize(
    ("place", "changes", "expected"),
    [
        (1, {"amount": 900_000_01}, [(BreakKind.AMOUNT_DIFFERS, uetr(1))]),
        (1, {"side": CREDIT}, [(BreakKind.AMOUNT_DIFFERS, uetr(1))]),
        (2, {"value_date": TUESDAY}, [(BreakKind.VALUE_DATE_DIFFERS, uetr(2))]),
        (
            2,
            {"uetr": uetr(9)},
            [(BreakKind.MISSING_THERE, uetr(2)), (BreakKind.MISSING_HERE, uetr(9))],
        ),
        (2, {"uetr": ""}, []),
        (
            0,
            {"amount": 1},
            [(BreakKind.MISSING_THERE, "entry 30"), (BreakKind.MISSING_HERE, "entry 30")],
        ),
    ],
)
def test_one_difference_is_found_and_nothing_else(
    place: int, changes: dict[str, Any], expected: list[tuple[BreakKind, str]]
) -> None:
    engine = a_day()
    reference = items(engine)[0].reference
    named = [(kind, reference if what == "entry 30" else what) for kind, what in expected]
    found = compared(engine, statement_of(engine, entries=changed(engine, place, **changes)))
    assert kinds(found) == named
    assert {(one.bank, one.place, one.state, one.owner) for one in found} <= {
        ("BK1", NOSTRO.code, BreakState.OPEN, "")
    }


def test_a_statement_opens_where_the_last_one_closed() -> None:
    engine = a_day()
    first = statement_of(engine, opening=5_00)
    assert kinds(compared(engine, first)) == [(BreakKind.OPENING_DIFFERS, "opening")]
    second = statement_of(engine, TUESDAY, opening=first.closing)
    assert compared(engine, second, 2) == []
    third = statement_of(engine, TUESDAY + datetime.timedelta(days=1), opening=first.closing + 1)
    assert kinds(compared(engine, third, 3)) == [(BreakKind.OPENING_DIFFERS, "opening")]


def test_what_a_later_statement_brings_closes_its_break() -> None:
    engine = a_day()
    late = items(engine)[2]
    without = [one for one in items(engine) if one is not late and one.uetr != late.uetr]
    first = statement_of(engine, entries=without)
    assert kinds(compared(engine, first)) == [(BreakKind.MISSING_THERE, uetr(2))]
    second = statement_of(engine, TUESDAY, entries=[late], opening=first.closing)
    assert compared(engine, second, 2) == []
    room = engine.centre.offshore
    found = room.books.reports.breaks[-1]
    assert (found.state, found.closed_by) == (BreakState.CLOSED, "")
    assert found.cause == f"matched by the statement of {TUESDAY}"
    assert room.books.reports.open_items == {}


def test_a_statement_covers_the_days_without_one() -> None:
    engine = a_day()
    compared(engine, statement_of(engine))
    at_us = MONDAY_0930_US + DAY_US + 1
    order = receive(inward_order(5_00, uetr=uetr(7)))
    accepted(send(engine, "ovb-desk", order, at_us=at_us))
    wednesday = TUESDAY + datetime.timedelta(days=1)
    room = engine.centre.offshore
    empty = statement_of(
        engine, wednesday, entries=[], opening=reconciliation.mirror_balance(room, NOSTRO, TUESDAY)
    )
    assert kinds(compared(engine, empty, 3)) == [(BreakKind.MISSING_THERE, uetr(7))]


@pytest.mark.parametrize(
    ("by", "changes", "reason"),
    [
        ("bk2-maker", {}, Reason.NOT_YOUR_INSTITUTION),
        ("bk1-maker", {"currency": "EUR"}, Reason.ACCOUNT_UNKNOWN),
        ("bk1-maker", {"date": TUESDAY}, Reason.DATE_NOT_SUPPORTED),
        ("bk1-maker", {"closing": 1}, Reason.STATEMENT_UNBALANCED),
        ("bk1-maker", {"opening": 2**63 - 1}, Reason.FIELD_OUT_OF_RANGE),
        (
            "bk1-maker",
            {"entries": [Item(amount=0, side=CREDIT, value_date=MONDAY)]},
            Reason.AMOUNT_NOT_POSITIVE,
        ),
        (
            "bk1-maker",
            {"entries": [Item(amount=1, side=CREDIT, value_date=MONDAY, uetr="x")]},
            Reason.IDENTIFIER_MALFORMED,
        ),
    ],
)
def test_what_is_no_statement(by: str, changes: dict[str, Any], reason: Reason) -> None:
    engine = a_day()
    command = msgspec.structs.replace(statement_of(engine), **changes)
    answer = send(engine, by, command, at_us=MONDAY_0930_US + DAY_US)
    assert refused(answer).reason is reason


def test_a_day_is_compared_once() -> None:
    engine = a_day()
    compared(engine, statement_of(engine))
    answer = send(engine, "bk1-maker", statement_of(engine), at_us=MONDAY_0930_US + DAY_US)
    assert refused(answer).reason is Reason.STATEMENT_KNOWN


def act(engine: Engine, by: str, command: Any) -> Entry | Any:
    return send(engine, by, command, at_us=MONDAY_0930_US + DAY_US + 60_000_000)


def test_a_break_has_an_owner_an_age_and_ends_by_four_eyes() -> None:
    engine = a_day()
    without = statement_of(engine, entries=items(engine)[:3])
    number = compared(engine, without)[0].number
    room, close = engine.centre.offshore, CloseBreak(break_id=number, cause="paid back by cheque")
    assert refused(act(engine, "bk1-maker", close)).reason is Reason.PERMISSION_MISSING
    stranger = AssignBreak(break_id=number, owner="bk2-maker")
    assert refused(act(engine, "bk1-maker", stranger)).reason is Reason.PERSON_UNKNOWN
    accepted(act(engine, "bk1-checker", AssignBreak(break_id=number, owner="bk1-maker")))
    accepted(act(engine, "bk1-maker", close))
    agree = DecideBreakClosure(break_id=number, approve=True)
    assert refused(act(engine, "bk1-maker", agree)).reason is Reason.OWN_ACT_NOT_APPROVABLE
    assert refused(act(engine, "bk2-checker", agree)).reason is Reason.NOT_YOUR_INSTITUTION
    back = DecideBreakClosure(break_id=number, approve=False)
    accepted(act(engine, "bk1-checker", back))
    assert room.books.reports.breaks[number].state is BreakState.OPEN
    assert refused(act(engine, "bk1-checker", agree)).reason is Reason.BREAK_STATE_WRONG
    accepted(act(engine, "bk1-maker", close))
    shown = next(views.breaks(room, institution="BK1", now_us=engine.last_at_us))
    assert (shown.age_us, shown.found.owner) == (60_000_000, "bk1-maker")
    accepted(act(engine, "bk1-checker", agree))
    found = room.books.reports.breaks[number]
    assert (found.state, found.closed_by) == (BreakState.CLOSED, "bk1-checker")
    assert room.books.reports.open_items == {}
    assert list(views.breaks(room, institution="BK2", now_us=0)) == []
    unknown = CloseBreak(break_id=99, cause="x")
    assert refused(act(engine, "bk1-maker", unknown)).reason is Reason.BREAK_UNKNOWN


# Differences inside the centre itself: none can come about by a command, so they are put there by hand.


def closing_kinds(engine: Engine) -> list[tuple[BreakKind, str]]:
    found = breaks_in(close_day(engine))
    return [(one.kind, one.subject) for one in found if one.kind is not BreakKind.RATE_MISSING]


def test_a_day_in_order_has_no_break() -> None:
    assert closing_kinds(a_day()) == []


def test_a_unit_that_does_not_sum_to_zero_is_found() -> None:
    engine = a_day()
    ledger = engine.centre.ledger
    number = ledger.number("FTE-OTC1/USD")
    assert number is not None
    ledger._booked[number] += 1
    assert closing_kinds(engine) == [(BreakKind.UNIT_UNBALANCED, "USD")]


def test_a_payment_without_its_legs_is_found() -> None:
    engine = a_day()
    rows = engine.centre.ledger.history._rows
    place = next(n for n in range(15) if rows[n]["amount"] == 900_000_00)
    rows["amount"][place] -= 1
    engine.centre.ledger._booked[int(rows["debit"][place])] += 1
    engine.centre.ledger._booked[int(rows["credit"][place])] -= 1
    assert closing_kinds(engine) == [(BreakKind.POSTING_MISSING, uetr(1))]


def test_a_payment_that_was_posted_twice_is_found() -> None:
    engine = a_day()
    ledger = engine.centre.ledger
    row = ledger.history.rows(len(ledger.history) - 1)[0]
    leg = Leg(0, int(row["debit"]), int(row["credit"]), int(row["amount"]))
    ledger.post([leg])
    ledger.history.note(int(row["seq"]), int(row["at_us"]), [leg])
    assert closing_kinds(engine) == [(BreakKind.POSTING_TWICE, uetr(3))]


def test_a_payment_that_was_counted_and_is_not_in_the_records_is_found() -> None:
    engine = a_day()
    engine.centre.offshore.books.totals[f"{MONDAY}/USD"].payments += 1
    assert closing_kinds(engine) == [(BreakKind.RECORDS_DIFFER, "USD")]


# The comparison itself, against whatever two sides say.

SOME = st.builds(
    Item,
    amount=st.integers(1, 3),
    side=st.sampled_from(Side),
    value_date=st.sampled_from([MONDAY, TUESDAY]),
    uetr=st.sampled_from(["", uetr(1), uetr(2), uetr(3), uetr(4)]),
)


@given(st.lists(SOME, max_size=8), st.lists(SOME, max_size=8))
def test_every_entry_is_told_of_exactly_once(ours: list[Item], theirs: list[Item]) -> None:
    found = compare(map(Listed, ours), map(Listed, theirs))
    for mine, yours in found.agreed:
        one, other = mine.item, yours.item
        assert (one.side, one.amount, one.value_date) == (
            other.side,
            other.amount,
            other.value_date,
        )
        assert one.uetr == other.uetr or "" in (one.uetr, other.uetr)
    for mine, yours in found.differing:
        assert mine.item.uetr == yours.item.uetr != ""
        assert mine.item != yours.item
    pairs = [*found.agreed, *found.differing]
    for side, place, left in ((ours, 0, found.ours), (theirs, 1, found.theirs)):
        told = [id(pair[place].item) for pair in pairs] + [id(one.item) for one in left]
        assert sorted(told) == sorted(map(id, side))
    for mine in found.ours:
        for yours in found.theirs:
            assert not mine.item.uetr or mine.item.uetr != yours.item.uetr


@given(st.lists(SOME, max_size=8), st.randoms(use_true_random=False))
def test_two_equal_sides_agree_in_any_order(listed: list[Item], chance: Any) -> None:
    shuffled = list(listed)
    chance.shuffle(shuffled)
    found = compare(map(Listed, listed), map(Listed, shuffled))
    assert len(found.agreed) == len(listed)
    assert (found.differing, found.ours, found.theirs) == ([], [], [])
