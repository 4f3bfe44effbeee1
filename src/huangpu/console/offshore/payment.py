"""One payment: its life on a time line, the rule that allowed it, what was checked, booked, held and sent."""

from itertools import pairwise

from litestar import Response, get

from huangpu.console.offshore.tabs import venue_page
from huangpu.console.pages import NotFound, Visitor
from huangpu.core.calendar import date_of
from huangpu.core.message import Rejected
from huangpu.ledger.accounts import Account
from huangpu.ledger.events import LegsPosted
from huangpu.venues.offshore import views
from huangpu.venues.offshore.payments.words import PaymentSettled


@get("/offshore/payments/{uetr:str}")
async def show_payment(visitor: Visitor, uetr: str) -> Response[str]:
    """Show one payment on its time line, with the rule that allowed it."""
    _ = visitor.signed_in
    await visitor.gate.readable()
    centre = visitor.centre
    found = views.payment(centre.offshore, centre.rules, uetr, visitor.scope)
    record = centre.offshore.record_of(uetr)
    if found is None or record is None:
        raise NotFound
    data = {
        "topic": "",
        "found": found,
        "p": found.payment,
        "order": record.order,
        "legs": _legs(visitor, found.entry, uetr),
        "row": centre.rules[found.rule_name].at(date_of(found.payment.at_us)),
    }
    return await venue_page(visitor, "payment.html", "payments", data)


def _legs(visitor: Visitor, seq: int, uetr: str) -> list[tuple[Account, Account, int]]:
    """List the ledger legs of a payment: the account debited, the account credited, the amount."""
    entry = visitor.gate.engine.entry(seq)
    assert entry is not None
    assert not isinstance(entry.outcome, Rejected)
    ledger = visitor.centre.ledger
    legs: list[tuple[Account, Account, int]] = []
    for event, after in pairwise(entry.outcome):
        if not isinstance(event, LegsPosted) or not isinstance(after, PaymentSettled):
            continue
        if after.payment.order.uetr == uetr:
            for leg in event.legs:
                legs.append((ledger.account(leg.debit), ledger.account(leg.credit), leg.amount))
    return legs
