"""One payment: its life on a time line, the rule that allowed it, what was checked, booked, held and sent."""

from itertools import pairwise
from typing import NamedTuple

from litestar import Response, get

from huangpu.console.entries import may_see
from huangpu.console.offshore.checking import table_of
from huangpu.console.offshore.files import XML, attachment
from huangpu.console.offshore.tabs import venue_page
from huangpu.console.pages import NotFound, Visitor
from huangpu.core.calendar import date_of
from huangpu.core.message import Rejected
from huangpu.ledger.accounts import Account
from huangpu.ledger.events import LegsPosted
from huangpu.venues.offshore import views
from huangpu.venues.offshore.liquidity.views import position_of
from huangpu.venues.offshore.orders import Payment, Pending
from huangpu.venues.offshore.pages import PaymentDetail
from huangpu.venues.offshore.payments.words import PaymentSettled

SCALE = 1_000
"""Width of the drawing of where the time went, in its own units."""
NARROWEST = 14


class Step(NamedTuple):
    """One step of the time line; `after_us` is the time since the step before, `open` whether the visitor may read its entry."""

    status: str
    at_us: int
    wait: str
    cite: str
    person: str
    entry: int
    open: bool
    after_us: int


class Stretch(NamedTuple):
    """A stretch of waiting in the drawing. Units: x and width of `SCALE`, took in microseconds."""

    wait: str
    x: int
    width: int
    took_us: int


class Booked(NamedTuple):
    """One leg, or one hold, as it lies in the ledger."""

    debit: Account
    credit: Account
    amount: int


@get("/offshore/payments/{uetr:str}")
async def show_payment(visitor: Visitor, uetr: str) -> Response[str]:
    """Show one payment with everything that the visitor may know of it."""
    _ = visitor.signed_in
    await visitor.gate.readable()
    centre = visitor.centre
    found = views.payment(centre.offshore, centre.rules, uetr, visitor.scope)
    record = centre.offshore.record_of(uetr)
    if found is None or record is None:
        raise NotFound
    steps = steps_of(visitor, found, record)
    told = visitor.scope in (None, record.bank)
    data = {
        "found": found,
        "p": found.payment,
        "order": record.order,
        "steps": steps,
        "stretches": stretches_of(steps, visitor.now_us if found.payment.waits else 0),
        "waited_us": (visitor.now_us if found.payment.waits else steps[-1].at_us) - steps[0].at_us,
        "final": found.payment.number >= 0 and not found.payment.reason,
        "checks": table_of(visitor, record),
        "booked": _booked(visitor, record),
        "holds": _holds(visitor, record) if told or visitor.scope == record.debtor else [],
        "place": position_of(centre.offshore, uetr, visitor.scope),
        "messages": visitor.console.desk.messages(uetr, visitor.scope),
        "row": centre.rules[found.rule_name].at(date_of(found.payment.at_us)),
        "screened": record.screened,
        "score_bp": record.score_bp,
        "debtor_after": _debtor_after(visitor, record),
    }
    return await venue_page(visitor, "offshore/payment.html", "payments", data)


@get("/offshore/payments/{uetr:str}/messages/{message_id:str}")
async def download_message(visitor: Visitor, uetr: str, message_id: str) -> Response[bytes]:
    """Hand out one message of a payment that the visitor may see."""
    _ = visitor.signed_in
    await visitor.gate.readable()
    for message in visitor.console.desk.messages(uetr, visitor.scope):
        if message.message_id == message_id:
            name = f"{message.definition}-{message.message_id}.xml"
            return attachment(message.xml.encode(), XML, name)
    raise NotFound


def steps_of(visitor: Visitor, found: PaymentDetail, record: Payment | Pending) -> list[Step]:
    """Write the time line with the entry of every step and, where the visitor may know, who acted."""
    received = record.steps[0].seq if record.steps else record.seq
    steps: list[Step] = []
    waited = False
    for step in found.time_line:
        waited = waited or bool(step.entry)
        seq = step.entry or (record.seq if waited else received)
        person, is_open = _actor(visitor, seq)
        after_us = step.at_us - steps[-1].at_us if steps else 0
        steps.append(
            Step(
                step.status,
                step.at_us,
                step.wait,
                step.cite,
                step.person or person,
                seq,
                is_open,
                after_us,
            )
        )
    return steps


def _actor(visitor: Visitor, seq: int) -> tuple[str, bool]:
    """Return who sent an entry, and whether the visitor may read it; nobody where not."""
    entry = visitor.gate.engine.entry(seq)
    if entry is None or not may_see(visitor.gate, visitor.scope, entry):
        return "", False
    return entry.by, True


def stretches_of(steps: list[Step], now_us: int) -> list[Stretch]:
    """Draw where the time went, to scale, with a least width for what is too short to be seen; nothing where no time passed.

    Shape: now_us is 0 where the payment has ended.
    """
    instants = [(step.at_us, step.wait) for step in steps]
    if now_us > instants[-1][0]:
        instants.append((now_us, ""))
    spans = [
        (wait, later - earlier)
        for (earlier, wait), (later, _) in pairwise(instants)
        if later > earlier
    ]
    total = sum(took for _, took in spans)
    stretches: list[Stretch] = []
    x = 0
    room = SCALE - NARROWEST * len(spans)
    for wait, took in spans:
        width = NARROWEST + took * room // total
        stretches.append(Stretch(wait, x, width, took))
        x += width
    return stretches


def _booked(visitor: Visitor, record: Payment | Pending) -> list[Booked]:
    """List the ledger legs of a settled payment."""
    if isinstance(record, Pending):
        return []
    entry = visitor.gate.engine.entry(record.seq)
    assert entry is not None
    assert not isinstance(entry.outcome, Rejected)
    ledger = visitor.centre.ledger
    for event, after in pairwise(entry.outcome):
        if not isinstance(event, LegsPosted) or not isinstance(after, PaymentSettled):
            continue
        if after.payment.order.uetr == record.order.uetr:
            return [
                Booked(ledger.account(leg.debit), ledger.account(leg.credit), leg.amount)
                for leg in event.legs
            ]
    return []


def _holds(visitor: Visitor, record: Payment | Pending) -> list[Booked]:
    """List the open holds that keep a waiting payment's money."""
    if not isinstance(record, Pending):
        return []
    ledger = visitor.centre.ledger
    found = (ledger.open_hold(number) for number in record.holds)
    return [
        Booked(ledger.account(hold.debit), ledger.account(hold.credit), hold.amount)
        for hold in found
        if hold is not None
    ]


def _debtor_after(visitor: Visitor, record: Payment | Pending) -> int | None:
    """Return the debtor's balance that the payment left, to the payer's side."""
    if isinstance(record, Pending) or record.reason or not record.debtor:
        return None
    own = visitor.scope in (None, record.bank, record.debtor)
    return record.debtor_booked_after if own else None
