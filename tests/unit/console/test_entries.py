"""The journal as it is shown: no secrets, the right room, the fields by their path."""

from tests.support.centre import accepted, founded_engine, send
from tests.support.liquidity import give, liquidity_engine, pay, tick
from tests.support.offshore import book_order, instruct

from huangpu.console.entries import events_for, fields_of, lane_of
from huangpu.engine import Entry
from huangpu.registry.people import IssueCredential
from huangpu.venues.growth.orders import CancelOrder
from huangpu.venues.offshore.payments.words import PaymentSettled
from huangpu.venues.reinsurance.placement.quoting import DeclineSlip


def test_hashes_of_secrets_are_hidden() -> None:
    fields = dict(fields_of(IssueCredential(person_id="p", scheme="token", hashed="f" * 64)))
    assert fields == {"person_id": "p", "scheme": "token", "hashed": "••••••"}
    founding = founded_engine().entry(1)
    assert founding is not None
    assert "$argon2id$test" not in str(fields_of(founding.command))


def test_empty_fields_are_left_out() -> None:
    assert fields_of(DeclineSlip(slip_id="S", cause="")) == [("slip_id", "S")]


def test_a_command_lies_in_the_room_that_decides_it() -> None:
    assert lane_of(CancelOrder(client_order_id="x")) == "growth"
    assert lane_of(IssueCredential(person_id="p", scheme="token", hashed="")) == "centre"


def told(scope: str | None, entry: Entry) -> list[str]:
    """Name the events that a reader sees, settled payments by their UETR."""
    return [
        event.payment.order.uetr if isinstance(event, PaymentSettled) else type(event).__name__
        for event in events_for(scope, entry)
    ]


def test_an_entry_shows_no_payments_that_it_released_for_others() -> None:
    engine = liquidity_engine()
    give(engine, "FTE-A", 100)
    released = pay(engine, "B", "C", 100)
    order = book_order("FTE-B", 100, debtor_account="FTE-A")
    entry = accepted(send(engine, "a-treasurer", instruct(order)))
    everything = ["LegsPosted", order.uetr, "LegsPosted", released, "QueueReleased"]
    assert told(None, entry) == everything
    assert told("A", entry) == everything[:2]
    assert told("BK1", entry) == everything[:4]


def test_a_tick_shows_each_reader_own_payments() -> None:
    engine = liquidity_engine()
    first, second, third = (pay(engine, payer, payee, 100) for payer, payee in ("AB", "BC", "CA"))
    entry = tick(engine)
    assert "GridlockResolved" in told(None, entry)
    assert set(told("A", entry)) == {"Ticked", first, third}
    assert set(told("B", entry)) == {"Ticked", first, second}
    assert told("OTC1", entry) == ["Ticked"]
