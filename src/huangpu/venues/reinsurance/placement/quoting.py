"""Quotes and the firm order: reinsurers quote or decline, the cedent chooses a leader and orders at its terms.

A reinsurer has at most one standing quote on a slip; declining withdraws it, after which it may quote again. Other markets' quotes are
shown to broker, cedent and the quoting reinsurer only (`views.py`).
"""

import datetime
from typing import TYPE_CHECKING

import msgspec

from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import WHOLE, percent_text
from huangpu.venues.reinsurance import clauses
from huangpu.venues.reinsurance.membership import Act, act_refusal
from huangpu.venues.reinsurance.placement.slip import (
    FirmOrder,
    SlipState,
    market_refusal,
    own_refusal,
    state_refusal,
)

if TYPE_CHECKING:
    from huangpu.venues.reinsurance.books import Reinsurance

OPEN_FOR_QUOTES = frozenset({SlipState.SUBMITTED, SlipState.QUOTED})
BEFORE_SIGNING = OPEN_FOR_QUOTES | {SlipState.FIRM_ORDER, SlipState.LINES_WRITTEN}


class QuoteSlip(Command, frozen=True):
    """Quote: the commission the reinsurer would pay and the share it would lead with.

    Units: micro-percent; the share is of the order. `valid_until` is included.
    """

    slip_id: str
    commission_micro_percent: int
    share_micro_percent: int
    valid_until: datetime.date
    subjectivities: list[str] = msgspec.field(default_factory=list)


class DeclineSlip(Command, frozen=True):
    """Decline a slip, withdrawing a quote that stands."""

    slip_id: str
    cause: str = ""


class IssueFirmOrder(Command, frozen=True):
    """Order at the chosen leader's terms; say whether a short placement or unequal signing is agreed."""

    slip_id: str
    leader: str
    short_placement_agreed: bool = False
    unequal_signing_authorised: bool = False


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """A standing quote."""

    reinsurer: str
    commission_micro_percent: int
    share_micro_percent: int
    valid_until: datetime.date
    subjectivities: list[str]
    quoted_at_us: int


class SlipQuoted(Event, frozen=True):
    """The quote stands."""

    slip_id: str
    quote: Quote


class SlipDeclined(Event, frozen=True):
    """The reinsurer will not take part; `state` is the slip's state without its quote."""

    slip_id: str
    reinsurer: str
    cause: str
    state: SlipState


class FirmOrderIssued(Event, frozen=True):
    """Lines may be written at these terms."""

    slip_id: str
    order: FirmOrder


def quote_slip(room: "Reinsurance", rules: RuleBook, command: QuoteSlip, stamp: Stamp) -> Decision:
    """Accept one quote from a market that was asked.

    Rule: domain note B2 (a quote from a leader: price and share); huangpu policy 45.
    Rejects: MEMBERSHIP_MISSING, INSTITUTION_KIND_WRONG, SEAT_MISSING, SLIP_UNKNOWN, MARKET_NOT_ASKED, SLIP_STATE_WRONG,
    QUOTE_KNOWN, PERIOD_WRONG, FIELD_OUT_OF_RANGE.
    """
    refused = market_refusal(room, rules, command.slip_id, Act.QUOTE, stamp)
    if refused is not None:
        return refused
    slip = room.books.slips[command.slip_id]
    if slip.state not in OPEN_FOR_QUOTES:
        return state_refusal(slip, "SUBMITTED or QUOTED")
    if stamp.institution in room.books.quotes.get(slip.id, {}):
        detail = f"{stamp.institution} has a standing quote on {slip.id}"
        return Rejected(Reason.QUOTE_KNOWN, detail, clauses.QUOTES)
    if command.valid_until < stamp.date:
        detail = f"valid until {command.valid_until}, today is {stamp.date}"
        return Rejected(Reason.PERIOD_WRONG, detail, clauses.QUOTES)
    commission_max = WHOLE - slip.offer.brokerage_micro_percent
    ranges = (
        ("commission", command.commission_micro_percent, 0, commission_max),
        ("share", command.share_micro_percent, 1, WHOLE),
    )
    for name, value, low, high in ranges:
        if not low <= value <= high:
            detail = f"{name} {value} micro-percent, from {low} to {high}"
            return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, clauses.QUOTES)
    quote = Quote(
        reinsurer=stamp.institution,
        commission_micro_percent=command.commission_micro_percent,
        share_micro_percent=command.share_micro_percent,
        valid_until=command.valid_until,
        subjectivities=command.subjectivities,
        quoted_at_us=stamp.at_us,
    )
    return [SlipQuoted(slip_id=slip.id, quote=quote)]


def decline_slip(
    room: "Reinsurance", rules: RuleBook, command: DeclineSlip, stamp: Stamp
) -> Decision:
    """Record that a market declines; a chosen leader and a market with a line cannot.

    Rule: domain note B2, side state declined; huangpu policy 45.
    Rejects: MEMBERSHIP_MISSING, INSTITUTION_KIND_WRONG, SEAT_MISSING, SLIP_UNKNOWN, MARKET_NOT_ASKED, SLIP_STATE_WRONG,
    LINE_KNOWN.
    """
    refused = market_refusal(room, rules, command.slip_id, Act.QUOTE, stamp)
    if refused is not None:
        return refused
    slip = room.books.slips[command.slip_id]
    leads = slip.firm_order is not None and slip.firm_order.leader == stamp.institution
    if slip.state not in BEFORE_SIGNING or leads:
        return state_refusal(slip, "any state before signing, and another leader")
    if stamp.institution in room.books.lines.get(slip.id, {}):
        detail = f"{stamp.institution} has a written line on {slip.id}: withdraw it first"
        return Rejected(Reason.LINE_KNOWN, detail, clauses.LINES)
    others = [name for name in room.books.quotes.get(slip.id, {}) if name != stamp.institution]
    state = slip.state
    if state is SlipState.QUOTED and not others:
        state = SlipState.SUBMITTED
    declined = SlipDeclined(
        slip_id=slip.id, reinsurer=stamp.institution, cause=command.cause, state=state
    )
    return [declined]


def issue_firm_order(
    room: "Reinsurance", rules: RuleBook, command: IssueFirmOrder, stamp: Stamp
) -> Decision:
    """Order at the terms of a standing quote that is still valid.

    Rule: domain note B2 (firm order terms: one price for all followers); huangpu policy 46.
    Rejects: SLIP_UNKNOWN, NOT_YOUR_INSTITUTION, MEMBERSHIP_MISSING, SLIP_STATE_WRONG, QUOTE_MISSING.
    """
    slip = room.books.slips.get(command.slip_id)
    refused = own_refusal(slip, command.slip_id, stamp.institution, Act.CEDE) or act_refusal(
        room, rules, stamp.institution, Act.CEDE, stamp.date
    )
    if refused is not None:
        return refused
    assert slip is not None
    if slip.state is not SlipState.QUOTED:
        return state_refusal(slip, "QUOTED")
    quote = room.books.quotes[slip.id].get(command.leader)
    if quote is None or quote.valid_until < stamp.date:
        word = "has no quote" if quote is None else f"quoted until {quote.valid_until}"
        detail = f"{command.leader} {word} on {slip.id}, today is {stamp.date}"
        return Rejected(Reason.QUOTE_MISSING, detail, clauses.FIRM_ORDER)
    order = FirmOrder(
        leader=quote.reinsurer,
        commission_micro_percent=quote.commission_micro_percent,
        leader_share_micro_percent=quote.share_micro_percent,
        short_placement_agreed=command.short_placement_agreed,
        unequal_signing_authorised=command.unequal_signing_authorised,
        issued_at_us=stamp.at_us,
    )
    return [FirmOrderIssued(slip_id=slip.id, order=order)]


def apply_quoted(room: "Reinsurance", event: SlipQuoted, stamp: Stamp) -> None:
    """Keep the quote."""
    quote = event.quote
    quotes = room.books.quotes.setdefault(event.slip_id, {})
    assert quote.reinsurer not in quotes
    quotes[quote.reinsurer] = quote
    room.books.declines.get(event.slip_id, {}).pop(quote.reinsurer, None)
    room.move(event.slip_id, SlipState.QUOTED)
    detail = (
        f"commission {percent_text(quote.commission_micro_percent)}, "
        f"share {percent_text(quote.share_micro_percent)}, valid until {quote.valid_until}"
    )
    room.note(event.slip_id, stamp, "QUOTED", detail, party=quote.reinsurer)


def apply_declined(room: "Reinsurance", event: SlipDeclined, stamp: Stamp) -> None:
    """Drop the quote and remember the decline."""
    room.books.quotes.get(event.slip_id, {}).pop(event.reinsurer, None)
    room.books.declines.setdefault(event.slip_id, {})[event.reinsurer] = event.cause
    room.move(event.slip_id, event.state)
    room.note(event.slip_id, stamp, "DECLINED", event.cause, party=event.reinsurer)


def apply_firm_order(room: "Reinsurance", event: FirmOrderIssued, stamp: Stamp) -> None:
    """Keep the order on the slip."""
    order = event.order
    room.move(event.slip_id, SlipState.FIRM_ORDER, firm_order=order)
    detail = f"leader {order.leader}, commission {percent_text(order.commission_micro_percent)}"
    room.note(event.slip_id, stamp, "FIRM_ORDER", detail)
