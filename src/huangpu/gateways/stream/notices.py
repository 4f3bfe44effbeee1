"""What a stream tells of an entry, and to whom: a notice says what happened and where to read it, never the content.

Reading: a notice goes to the institution that sent the command and to those the outcome makes a party; who reads everything
gets every notice. One entry may settle payments of many, so each reader is told of those alone that concern the reader, be it the sender:
a credit releases what others had waiting, netting settles for all at once. Only the sender, or who sees the slip, is told the command's own
references. What a notice points to is read over REST, which decides anew what the reader may see.
"""

from functools import cache
from typing import Any, NamedTuple

import msgspec

from huangpu.core.calendar import date_of
from huangpu.core.message import Command, Event, Rejected
from huangpu.engine import Centre, Entry
from huangpu.venues.growth.orders import TradeExecuted
from huangpu.venues.offshore.fx.deals import FxDealSettled
from huangpu.venues.offshore.fx.quotes import QuoteRequested, RateQuoted
from huangpu.venues.offshore.orders import Payment, parties_of
from huangpu.venues.offshore.payments.words import (
    PaymentEnded,
    PaymentSettled,
    PaymentWaiting,
)
from huangpu.venues.offshore.telling import OFFICERS_OWN
from huangpu.venues.reinsurance.placement.slip import Slip
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
PUBLIC_REFERENCES = ("code",)
"""What a party that did not send the command is told of its references, beside the id of a message that carried a payment it may see."""
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


class Audience(NamedTuple):
    """To whom an entry is told: who sent it, who sees its slip, whom its outcome concerns, and whom each settled payment."""

    sender: str
    slip: Slip | None
    concerned: frozenset[str]
    settled: list[tuple[Payment, list[str]]]


class Share(NamedTuple):
    """What one reader is told of an entry; readers with the same share get the same notice."""

    uetrs: tuple[str, ...]
    references: tuple[str, ...] = REFERENCES


@cache
def topic_of(command: type[Command]) -> str:
    """Return the room a command belongs to, by the module it is written in."""
    parts = command.__module__.split(".")
    return parts[2] if parts[1] == "venues" else parts[1]


def audience_of(centre: Centre, entry: Entry) -> Audience:
    """Find out to whom an entry is told, once for all readers."""
    person = centre.registry.people.persons.get(entry.by)
    sender = "" if person is None else person.institution
    if isinstance(entry.outcome, Rejected):
        return Audience(sender, None, frozenset(), [])
    concerned: set[str] = set()
    settled: list[tuple[Payment, list[str]]] = []
    for event in entry.outcome:
        parties = _parties(centre, event, entry)
        concerned.update(parties)
        if isinstance(event, PaymentSettled):
            settled.append((event.payment, parties))
    slip = centre.reinsurance.books.slips.get(_text(entry.command, "slip_id"))
    return Audience(sender, slip, frozenset(concerned), settled)


def share_of(
    centre: Centre, entry: Entry, audience: Audience, institution: str | None
) -> Share | None:
    """Return what a reader is told of an entry, nothing where it is none of theirs; None reads everything."""
    settled = audience.settled
    if institution is None:
        return Share(tuple(payment.order.uetr for payment, _ in settled[:UETRS_MAX]))
    own = [payment for payment, parties in settled if institution in parties]
    uetrs = tuple(payment.order.uetr for payment in own[:UETRS_MAX])
    slip = audience.slip
    if institution == audience.sender or (
        slip is not None and sees_slip(centre.reinsurance, slip, institution)
    ):
        return Share(uetrs)
    if institution not in audience.concerned:
        return None
    message_id = _text(entry.command, "message_id")
    if any(payment.message_id == message_id for payment in own):
        return Share(uetrs, (*PUBLIC_REFERENCES, "message_id"))
    return Share(uetrs, PUBLIC_REFERENCES)


def notice_of(entry: Entry, share: Share) -> Notice:
    """Tell a reader's share of an entry in the stream's words; a command that only officers may know of has no name."""
    command, refused = entry.command, entry.rejected
    return Notice(
        seq=entry.seq,
        at_us=entry.at_us,
        topic=topic_of(type(command)),
        command="" if type(command) in OFFICERS_OWN else type(command).__name__,
        outcome="accepted" if refused is None else "rejected",
        reason="" if refused is None else refused.reason,
        refers_to={name: text for name in share.references if (text := _text(command, name))},
        uetrs=list(share.uetrs),
    )


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


def _text(command: Any, name: str) -> str:
    found = getattr(command, name, "")
    return found if isinstance(found, str) else ""
