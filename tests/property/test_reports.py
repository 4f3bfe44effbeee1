"""Whatever is paid on whatever day: statements close, files are gap-free and derived anew, and nothing is left unexplained."""

import datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.centre import MONDAY_0930_US, send
from tests.support.fx import quote
from tests.support.offshore import (
    ACCOUNTS,
    balance,
    book_order,
    instruct,
    inward_order,
    offshore_engine,
    overseas_order,
    receive,
)
from tests.support.recalls import bank_order, bank_pays, give_back, take_back
from tests.support.reports import MONDAY, UNITS, check_stream, close_day, records

from huangpu.app import load_rules
from huangpu.core.calendar import DAY_US
from huangpu.engine.centre import Centre
from huangpu.engine.replay import audit, replayed
from huangpu.engine.writer import Engine
from huangpu.venues.offshore.fx.deals import AcceptQuote
from huangpu.venues.offshore.fx.positions import SquarePosition
from huangpu.venues.offshore.fx.state import FxSide
from huangpu.venues.offshore.orders import Direction
from huangpu.venues.offshore.payments.words import InstructPaymentBatch
from huangpu.venues.offshore.reports import reconciliation
from huangpu.venues.offshore.reports.books import BreakKind, FileKind
from huangpu.venues.offshore.reports.reconciliation import ReceiveCorrespondentStatement
from huangpu.venues.offshore.reports.statements import statement
from huangpu.venues.offshore.state import Nostro

DAYS = 3
NOSTRO = Nostro("BK1", "OVB", "USD")
STEPS = st.lists(
    st.tuples(
        st.integers(0, DAYS - 1),
        st.sampled_from(["out", "in", "FTN-SUP1", "NRA-BUY2", "FTE-OTC2", "batch"]),
        st.integers(1, 300_000_00),
    ),
    max_size=12,
)


def play(engine: Engine, what: str, amount: int, at_us: int) -> None:
    by = "otc1-treasurer"
    if what == "out":
        command: Any = instruct(overseas_order(amount))
    elif what == "in":
        command, by = receive(inward_order(amount)), "ovb-desk"
    elif what == "batch":
        orders = [
            book_order("FTN-SUP1", amount),
            overseas_order(amount),
            book_order("FTN-SUP1", amount),
        ]
        command = InstructPaymentBatch(message_id=f"B{engine.next_seq}", bank="BK1", orders=orders)
    else:
        command = instruct(book_order(what, amount))
    send(engine, by, command, at_us=at_us)


def played(steps: list[tuple[int, str, int]]) -> Engine:
    """Play every step on its day and close the days."""
    engine = offshore_engine()
    for day in range(DAYS):
        for _, what, amount in (step for step in steps if step[0] == day):
            play(engine, what, amount, MONDAY_0930_US + day * DAY_US)
        close_day(engine, day + 1)
    return engine


BESIDE = st.lists(
    st.tuples(
        st.integers(0, DAYS - 1),
        st.sampled_from(["out", "in", "FTN-SUP1", "FTE-OTC2", "return", "bank", "deal", "square"]),
        st.integers(1, 90_000_00),
    ),
    max_size=16,
)


def play_beside(engine: Engine, what: str, amount: int, at_us: int) -> None:
    """Play a payment, or what moves money beside payments; what is refused leaves nothing."""
    room = engine.centre.offshore
    if what == "return":
        payments = [one for one in room.payments if one.order.uetr not in room.recalls.returned]
        if not payments:
            return
        payment = payments[amount % len(payments)]
        if payment.direction is Direction.OUTWARD:
            back = take_back(payment.order.uetr, payment.order.amount)
            send(engine, "ovb-desk", back, at_us=at_us)
        else:
            by = f"{payment.creditor_bank.lower()}-checker"
            send(engine, by, give_back(payment.order.uetr), at_us=at_us)
    elif what == "bank":
        send(engine, "bk1-maker", bank_pays(bank_order(amount)), at_us=at_us)
    elif what == "deal":
        side = FxSide.BUY if amount % 2 else FxSide.SELL
        name = f"Q{engine.next_seq}"
        offer = quote(name, amount=amount, side=side)
        send(engine, "bk1-maker", offer, at_us=at_us)
        send(engine, "otc1-treasurer", AcceptQuote(bank="BK1", quote_id=name), at_us=at_us)
    elif what == "square":
        for position in list(room.books.fx.positions.values()):
            squared = SquarePosition(
                pair=position.pair,
                base=abs(position.base),
                counter=abs(position.counter),
                counterparty="OVB",
            )
            send(engine, "bk1-maker", squared, at_us=at_us)
    else:
        play(engine, what, amount, at_us)


@settings(max_examples=25)
@given(BESIDE)
def test_every_movement_of_a_kept_account_is_named(steps: list[tuple[int, str, int]]) -> None:
    engine = offshore_engine()
    for day in range(DAYS):
        for _, what, amount in (step for step in steps if step[0] == day):
            play_beside(engine, what, amount, MONDAY_0930_US + day * DAY_US)
        close_day(engine, day + 1)
    room = engine.centre.offshore
    kinds = {BreakKind.RATE_MISSING}
    assert {one.kind for one in room.books.reports.breaks} <= kinds
    dates = (MONDAY, MONDAY + datetime.timedelta(days=DAYS - 1))
    named: list[tuple[str, str]] = []
    for account_id, _, _, _, amounts in ACCOUNTS:
        for currency in amounts:
            found = statement(
                room, account_id, currency, dates, now_us=engine.last_at_us, institution=None
            )
            assert found is not None
            assert found.closing == found.opening + found.credits - found.debits
            assert found.closing == balance(engine, f"{account_id}/{currency}")
            assert "OTHER" not in {one.kind for one in found.entries}
            named += [(one.kind, one.uetr or one.deal) for one in found.entries]
    returned = [one.uetr for one in room.books.recalls.returns]
    dealt = {f"FX{one.number:012d}" for one in room.books.fx.deals}
    assert {name for kind, name in named if kind == "RETURN"} == set(returned)
    assert {name for kind, name in named if kind == "FX_DEAL"} == dealt
    assert sum(kind == "FX_DEAL" for kind, _ in named) == 2 * len(dealt)
    rows = [row for text in texts_of(engine) for row in records(text) if "record" in row]
    assert {row["counter_class"] for row in rows if row["record"] == "OTHER"} <= {"OPENING"}
    assert {row["uetr"] for row in rows if row["record"] == "RETURN"} == set(returned)
    items = reconciliation.mirror_items(room, NOSTRO, *dates)
    assert sum(not one.uetr for one in items) == 1 + len(room.books.fx.squarings)


def test_the_named_movements_hold_every_kind() -> None:
    engine = offshore_engine()
    for what in ("out", "in", "FTN-SUP1", "return", "return", "return", "bank", "deal"):
        play_beside(engine, what, 90_001, MONDAY_0930_US)
    room = engine.centre.offshore
    assert len(room.books.recalls.returns) == 3
    assert len(room.books.fx.deals) == len(room.books.bank_transfers.transfers) == 1


def texts_of(engine: Engine) -> list[str]:
    return [
        text for unit in UNITS for kind in FileKind for text in check_stream(engine, unit, kind)
    ]


@settings(max_examples=25)
@given(STEPS)
def test_files_are_gap_free_balanced_and_the_same_after_replay(
    steps: list[tuple[int, str, int]],
) -> None:
    engine = played(steps)
    texts = texts_of(engine)
    assert len(texts) == len(UNITS) * 2 * DAYS
    opened = engine.centre.offshore.books.reports.breaks
    assert {one.kind for one in opened} <= {BreakKind.RATE_MISSING}
    paid = [payment.order.uetr for payment in engine.centre.offshore.payments]
    listed: dict[str, list[str]] = {}
    for text in texts:
        unit = text.split(",", 5)[4]
        for row in records(text):
            if row.get("record") == "PAYMENT":
                listed.setdefault(row["uetr"], []).append(unit)
    assert sorted(listed) == sorted(paid)
    assert all(len(set(units)) == len(units) for units in listed.values())
    centre = Centre(load_rules())
    for _ in replayed(centre, engine.entries(1)):
        pass
    assert centre.digest() == engine.centre.digest()
    assert audit(load_rules(), engine.entries(1)).differences == []
    engine.centre = Centre.load(load_rules(), centre.dump())
    assert texts_of(engine) == texts


@settings(max_examples=25)
@given(STEPS)
def test_every_statement_closes_and_opens_where_the_day_before_closed(
    steps: list[tuple[int, str, int]],
) -> None:
    engine = played(steps)
    for account_id, _, _, _, amounts in ACCOUNTS:
        for currency in amounts:
            closing = 0
            for day in range(DAYS):
                date = MONDAY + datetime.timedelta(days=day)
                found = statement(
                    engine.centre.offshore,
                    account_id,
                    currency,
                    (date, date),
                    now_us=engine.last_at_us,
                    institution=None,
                )
                assert found is not None
                assert found.opening == closing
                closing = found.closing
                assert closing == found.opening + found.credits - found.debits
            assert closing == balance(engine, f"{account_id}/{currency}")


@settings(max_examples=25)
@given(STEPS, st.data())
def test_a_statement_with_one_entry_changed_opens_breaks_for_that_entry_alone(
    steps: list[tuple[int, str, int]], data: st.DataObject
) -> None:
    engine = played(steps)
    room = engine.centre.offshore
    last = MONDAY + datetime.timedelta(days=DAYS - 1)
    items = reconciliation.mirror_items(room, NOSTRO, MONDAY, last)
    place = data.draw(st.integers(0, len(items) - 1))
    left_out = items.pop(place) if data.draw(st.booleans()) else None
    opening = 0
    for day in range(DAYS):
        date = MONDAY + datetime.timedelta(days=day)
        entries = [one for one in items if one.value_date == date]
        closing = opening + sum(
            one.amount if one.side == "CREDIT" else -one.amount for one in entries
        )
        command = ReceiveCorrespondentStatement(
            bank="BK1",
            correspondent="OVB",
            currency="USD",
            date=date,
            opening=opening,
            closing=closing,
            entries=entries,
        )
        before = len(room.books.reports.breaks)
        send(engine, "bk1-maker", command)
        found = [(one.kind, one.item) for one in room.books.reports.breaks[before:]]
        hit = left_out is not None and left_out.value_date == date
        assert found == ([(BreakKind.MISSING_THERE, left_out)] if hit else [])
        opening = closing
