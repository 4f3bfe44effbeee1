"""A batch with more unknown parties than one entry compares ends, some ticks later, as the same orders sent one by one."""

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.centre import MONDAY_0930_US, accepted, send
from tests.support.offshore import balance, instruct, overseas_order, uetr
from tests.support.screening import LISTED, screening_engine

from huangpu.app import load_rules
from huangpu.engine.centre import Centre
from huangpu.engine.replay import audit
from huangpu.engine.writer import Engine
from huangpu.registry.charter import Tick
from huangpu.venues.offshore.orders import PaymentOrder
from huangpu.venues.offshore.payments.words import InstructPaymentBatch
from huangpu.venues.offshore.screening.books import KnownParty

LISTED_TOO = ["Simulated Listd Harbor Ltd", "Simulated Great Wave", LISTED, "Great Wave Simulated"]
QUIET = [f"Simulated Quiet Supplier {number}" for number in range(60)]
NAMES = st.lists(
    st.one_of(st.sampled_from(QUIET), st.sampled_from(LISTED_TOO)), min_size=26, max_size=90
)
SECOND_US = 1_000_000


def ended(engine: Engine, orders: list[PaymentOrder]) -> list[tuple[str, str, str, int]]:
    """Say of every order where it stands, by which list, and how near it came to it."""
    room = engine.centre.offshore
    found = []
    for order in orders:
        record = room.record_of(order.uetr)
        assert record is not None
        waits = " ".join(getattr(record, "waits", []))
        status = getattr(record, "status", waits)
        found.append((order.uetr, status, record.screened, record.score_bp))
    return found


def parties(engine: Engine) -> dict[str, KnownParty]:
    return dict(sorted(engine.centre.offshore.books.screening.parties.items()))


def cases(engine: Engine) -> list[tuple[str, str, str, str, int, str]]:
    return sorted(
        (one.uetr, one.bank, one.party, one.entry_id, one.score_bp, one.maker)
        for one in engine.centre.offshore.books.screening.cases.values()
    )


@settings(max_examples=15, deadline=None)
@given(NAMES, st.integers(0, 3))
def test_a_batch_ends_as_its_orders_one_by_one(names: list[str], reload_after: int) -> None:
    orders = [
        overseas_order(100 + n, creditor_name=name, uetr=uetr(n + 1))
        for n, name in enumerate(names)
    ]
    whole, apart = (
        screening_engine("Simulated Great Wave"),
        screening_engine("Simulated Great Wave"),
    )
    batch = InstructPaymentBatch(message_id="B1", bank="BK1", orders=orders)
    accepted(send(whole, "otc1-treasurer", batch))
    for order in orders:
        accepted(send(apart, "otc1-treasurer", instruct(order)))
    for number in range(1, 6):
        if number == reload_after:
            digest = whole.centre.digest()
            whole.centre = Centre.load(load_rules(), whole.centre.dump())
            assert whole.centre.digest() == digest
        for engine in (whole, apart):
            accepted(send(engine, "clock", Tick(), at_us=MONDAY_0930_US + number * SECOND_US))
    assert not whole.centre.offshore.books.screening.backlog
    assert ended(whole, orders) == ended(apart, orders)
    assert cases(whole) == cases(apart)
    assert parties(whole) == parties(apart)
    for code in ("FTE-OTC1/USD", "NOSTRO-BK1@OVB/USD"):
        assert balance(whole, code) == balance(apart, code), code
        account = whole.centre.ledger.number(code)
        assert account is not None
        assert whole.centre.ledger.held(account) == apart.centre.ledger.held(account)
    report = audit(load_rules(), list(whole.entries(1)))
    assert report.differences == []
    assert report.state_sha256 == whole.centre.digest()
