"""The answer to a command tells its sender nothing of other people's payments that the entry moved."""

import msgspec
from tests.support import liquidity as queue
from tests.support.centre import accepted, send
from tests.support.offshore import book_order, instruct

from huangpu.core.message import Rejected
from huangpu.engine import Engine, Entry
from huangpu.registry.charter import Tick
from huangpu.venues.offshore.telling import concerning


def kinds(engine: Engine, entry: Entry) -> list[str]:
    """Return the types of the events in the answer."""
    return [event["type"] for event in msgspec.json.decode(engine.answer(entry))["events"]]


def test_a_credit_that_releases_a_payment_tells_its_sender_of_the_credit_alone() -> None:
    engine = queue.liquidity_engine()
    queue.give(engine, "FTE-A", 100)
    released = queue.pay(engine, "B", "C", 100)
    order = book_order("FTE-B", 100, debtor_account="FTE-A")
    entry = accepted(send(engine, "a-treasurer", instruct(order)))
    assert not isinstance(entry.outcome, Rejected)
    settled = [e.payment.order.uetr for e in entry.outcome if type(e).__name__ == "PaymentSettled"]
    assert settled == [order.uetr, released]
    assert kinds(engine, entry) == ["LegsPosted", "PaymentSettled"]
    assert released.encode() not in engine.answer(entry)
    # The bank of both is told of both.
    both = [type(event).__name__ for event in concerning(entry.outcome, "BK1")]
    assert both == ["LegsPosted", "PaymentSettled"] * 2


def test_netting_tells_each_of_its_own_payments_and_nobody_of_the_legs() -> None:
    engine = queue.liquidity_engine()
    ring = [queue.pay(engine, payer, payee, 100) for payer, payee in ("AB", "BC", "CA")]
    entry = accepted(send(engine, "clock", Tick(), at_us=queue.later(10)))
    assert not isinstance(entry.outcome, Rejected)
    for institution, own in (("A", {ring[0], ring[2]}), ("B", {ring[0], ring[1]}), ("X", set())):
        shown = concerning(entry.outcome, institution)
        names = [type(event).__name__ for event in shown]
        assert "LegsPosted" not in names
        assert "GridlockResolved" not in names
        assert {e.payment.order.uetr for e in shown if hasattr(e, "payment")} == own
