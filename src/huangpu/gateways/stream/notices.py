"""What a stream tells of an entry, and to whom: a notice says what happened and where to read it, never the content.

Reading: a notice goes to the institution that sent the command and to those the outcome makes a party; who reads everything
gets every notice. What a notice points to is read over REST, which decides anew what the reader may see.
"""

from typing import Any

import msgspec

from huangpu.core.calendar import date_of
from huangpu.core.message import Command, Event, Rejected
from huangpu.engine import Centre, Entry
from huangpu.venues.growth.orders import TradeExecuted
from huangpu.venues.offshore.fx.deals import FxDealSettled
from huangpu.venues.offshore.fx.quotes import QuoteRequested, RateQuoted
from huangpu.venues.offshore.orders import parties_of
from huangpu.venues.offshore.payments.words import (
    PaymentEnded,
    PaymentSettled,
    PaymentWaiting,
)
from huangpu.venues.offshore.screening.telling import OFFICERS_OWN
from huangpu.venues.reinsurance.views import sees_slip

REFERENCES = (
    "slip_id",
    "trade_code",
    "account_id",
    "company",
    "code",
    "client_order_id",
    "message_id",
)
UETRS_MAX = 100


class Notice(msgspec.Struct, frozen=True, omit_defaults=True):
    """One entry as the stream tells it. Units: at_us in microseconds since the epoch."""

    seq: int
    at_us: int
    topic: str
    command: str
    outcome: str
    reason: str = ""
    refers_to: dict[str, str] = {}
    uetrs: list[str] = []


def topic_of(command: type[Command]) -> str:
    """Return the room a command belongs to, by the module it is written in."""
    parts = command.__module__.split(".")
    return parts[2] if parts[1] == "venues" else parts[1]


def notice_of(entry: Entry) -> Notice:
    """Tell an entry in the stream's words; a command that only officers may know of has no name."""
    command, refused = entry.command, entry.rejected
    uetrs = [event.payment.order.uetr for event in _settled(entry)]
    return Notice(
        seq=entry.seq,
        at_us=entry.at_us,
        topic=topic_of(type(command)),
        command="" if type(command) in OFFICERS_OWN else type(command).__name__,
        outcome="accepted" if refused is None else "rejected",
        reason="" if refused is None else refused.reason,
        refers_to={name: text for name in REFERENCES if (text := _text(command, name))},
        uetrs=uetrs[:UETRS_MAX],
    )


def concerns(centre: Centre, entry: Entry, institution: str | None) -> bool:
    """Tell whether an entry is told to a reader; None reads everything."""
    if institution is None:
        return True
    person = centre.registry.people.persons.get(entry.by)
    if person is not None and person.institution == institution:
        return True
    if entry.rejected is not None:
        return False
    slip = centre.reinsurance.books.slips.get(_text(entry.command, "slip_id"))
    if slip is not None and sees_slip(centre.reinsurance, slip, institution):
        return True
    return any(institution in _parties(centre, event, entry) for event in _events(entry))


def _parties(centre: Centre, event: Event, entry: Entry) -> list[str]:
    if isinstance(event, PaymentSettled | PaymentEnded):
        return parties_of(event.payment)
    if isinstance(event, PaymentWaiting):
        return parties_of(event.pending)
    if isinstance(event, QuoteRequested):
        return [event.request.bank, event.request.customer]
    if isinstance(event, RateQuoted):
        return [event.quote.bank, event.quote.customer]
    if isinstance(event, FxDealSettled):
        return [event.deal.bank, event.deal.customer]
    if isinstance(event, TradeExecuted):
        # Order numbers begin anew each day: an older trade's numbers may by now be other people's.
        orders, number = centre.growth.books.orders, event.trade.maker
        order = orders[number] if number < len(orders) else None
        if order is not None and date_of(order.at_us) == date_of(entry.at_us):
            return [order.firm]
    return []


def _events(entry: Entry) -> list[Event]:
    return [] if isinstance(entry.outcome, Rejected) else entry.outcome


def _settled(entry: Entry) -> list[PaymentSettled]:
    return [event for event in _events(entry) if isinstance(event, PaymentSettled)]


def _text(command: Any, name: str) -> str:
    found = getattr(command, name, "")
    return found if isinstance(found, str) else ""
