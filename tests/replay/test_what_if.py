"""What-if against a plain recount: the report says exactly which commands would have ended differently, and under which clause.

The recount knows nothing of the engine: it walks the recorded entries and counts what a changed number or cell must refuse.
"""

import datetime
from collections import Counter

import pytest
from tests.support.market import market, played, seeded_entries

from huangpu.app import load_rules
from huangpu.core.rulebook import Row
from huangpu.engine import Entry, replay
from huangpu.engine.writer import Submission
from huangpu.registry.cash_accounts import AccountClass
from huangpu.venues.growth.orders import CancelOrder, PlaceOrder
from huangpu.venues.offshore.payments.words import InstructPayment

FROM = datetime.date(2014, 5, 22)


@pytest.fixture(scope="module")
def day() -> list[Entry]:
    """A recorded day: the seed, then 600 drawn commands."""
    return [*seeded_entries(), *played(market(), list(range(600)))]


def test_no_changed_row_changes_nothing(day: list[Entry]) -> None:
    report = replay.what_if(load_rules(), [], day)
    assert (report.changed, report.totals, report.other_figures) == (0, [], {})
    assert report.entries == len(day)


def test_a_minimum_order_of_500_shares(day: list[Entry]) -> None:
    rules = load_rules()
    row = Row(
        "order.quantity_shares_min",
        rules["order.quantity_shares_min"].rows[0].from_date,
        500,
        "shares",
        "proposal 7",
    )
    report = replay.what_if(rules, [row], day)
    # A plain recount: accepted buys below 500; an accepted sell below 500 could only be a whole odd balance, and nobody holds one.
    direct = {
        entry.seq
        for entry in day
        if isinstance(entry.command, PlaceOrder)
        and entry.rejected is None
        and entry.command.quantity < 500
    }
    assert len(direct) > 20
    refused = {
        d.seq
        for d in report.differences
        if d.now == "QUANTITY_BELOW_MINIMUM" and d.was == "accepted"
    }
    assert refused == direct
    total = [t for t in report.totals if t.now == "QUANTITY_BELOW_MINIMUM" and t.was == "accepted"]
    assert [(t.venue, t.cite, t.rule, t.entries) for t in total] == [
        ("growth", "proposal 7", "order.quantity_shares_min", len(direct))
    ]
    # Consequences stay in the venue: orders that would have met other orders, or cancels of orders that never were.
    others = [d for d in report.differences if d.seq not in direct]
    assert all(d.venue == "growth" for d in others)
    assert {d.command for d in others} <= {"PlaceOrder", "CancelOrder", "Tick"}
    assert report.changed == len(report.differences) == sum(t.entries for t in report.totals)


def test_a_matrix_cell_turned_from_allowed_to_forbidden(day: list[Entry]) -> None:
    rules = load_rules()
    name = "transfer.FTE.NRA.FOREIGN"
    before = rules[name].rows[0]
    assert before.value == "allow"
    row = Row(name, before.from_date, "forbid", before.unit, "proposal 8")
    report = replay.what_if(rules, [row], day)
    classes = {
        event.account.id: event.account.account_class
        for entry in day
        if entry.rejected is None
        for event in entry.outcome
        if type(event).__name__ == "CashAccountOpened"
    }
    direct = {
        entry.seq
        for entry in day
        if isinstance(entry.command, InstructPayment)
        and entry.rejected is None
        and classes.get(entry.command.order.creditor_account) is AccountClass.NRA
        and entry.command.order.currency != "CNY"
    }
    assert len(direct) > 3
    refused = {
        d.seq for d in report.differences if d.was == "accepted" and d.now == "TRANSFER_FORBIDDEN"
    }
    assert refused == direct
    totals = Counter(
        (t.venue, t.was, t.now, t.cite, t.rule) for t in report.totals for _ in range(t.entries)
    )
    assert totals["offshore", "accepted", "TRANSFER_FORBIDDEN", "proposal 8", name] == len(direct)


def test_a_cancel_of_an_order_that_would_not_have_been_is_a_consequence() -> None:
    engine = market()
    entries = [*seeded_entries(), *played(engine, [2, 3, 7, 8, 12, 13, 17, 18, 22, 23, 27, 28])]
    growth = engine.centre.growth
    order = next(
        order
        for order in growth.books.orders
        if order.quantity < 1_000
        and growth.order_books.open_quantity(order.number) == order.quantity
    )
    command = CancelOrder(client_order_id=order.client_order_id)
    cancel = engine.step([Submission(f"{order.firm.lower()}-trader", "cancel", command)])[0]
    assert isinstance(cancel, Entry)
    assert cancel.rejected is None
    rules = load_rules()
    name = "order.quantity_shares_min"
    row = Row(name, rules[name].rows[0].from_date, 1_000, "shares", "proposal 9")
    report = replay.what_if(rules, [row], [*entries, cancel])
    now = {difference.seq: difference.now for difference in report.differences}
    assert now[cancel.seq] == "ORDER_UNKNOWN"
