"""Desk signals: a member lights its desk to say which class of business it wants or offers, how much, until when.

One signal a member; a new one takes the place of the old. A signal past its expiry is dark: nothing has to put it out.
"""

import enum
from typing import TYPE_CHECKING

import msgspec

from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import AMOUNT_MAX, CURRENCY_DIGITS
from huangpu.venues.reinsurance import clauses
from huangpu.venues.reinsurance.membership import Act, act_refusal

if TYPE_CHECKING:
    from huangpu.venues.reinsurance.books import Reinsurance

HOUR_US = 3_600_000_000


class Capacity(enum.StrEnum):
    """Whether the desk offers capacity or looks for it."""

    OFFERED = "OFFERED"
    WANTED = "WANTED"


class LightDesk(Command, frozen=True):
    """Light the desk: capacity in a class of business, until an instant.

    Units: capacity_minor in minor units of `currency`; expires_at_us in microseconds since the epoch.
    """

    class_of_business: str
    side: Capacity
    currency: str
    capacity_minor: int
    expires_at_us: int


class DeskSignal(msgspec.Struct, frozen=True, kw_only=True):
    """What one desk shows."""

    institution: str
    class_of_business: str
    side: Capacity
    currency: str
    capacity_minor: int
    lit_at_us: int
    expires_at_us: int


class DeskLit(Event, frozen=True):
    """The desk shows this signal until it expires."""

    signal: DeskSignal


def light_desk(room: "Reinsurance", rules: RuleBook, command: LightDesk, stamp: Stamp) -> Decision:
    """Show a signal on the member's desk.

    Rule: huangpu policy 55; `reinsurance.desk_hours_max`.
    Rejects: CURRENCY_UNKNOWN, AMOUNT_NOT_POSITIVE, AMOUNT_TOO_LARGE, MEMBERSHIP_MISSING, SEAT_MISSING,
    FIELD_OUT_OF_RANGE (class, expiry).
    """
    if command.currency not in CURRENCY_DIGITS:
        return Rejected(Reason.CURRENCY_UNKNOWN, command.currency, clauses.DESKS)
    if command.capacity_minor < 1:
        detail = f"{command.capacity_minor} minor units, at least 1"
        return Rejected(Reason.AMOUNT_NOT_POSITIVE, detail, clauses.DESKS)
    if command.capacity_minor > AMOUNT_MAX:
        detail = f"{command.capacity_minor} minor units, at most {AMOUNT_MAX}"
        return Rejected(Reason.AMOUNT_TOO_LARGE, detail, clauses.DESKS)
    refused = act_refusal(room, rules, stamp.institution, Act.SIGNAL, stamp.date)
    if refused is not None:
        return refused
    classes = rules["reinsurance.classes"].at(stamp.date)
    if command.class_of_business not in classes.texts:
        detail = f"class {command.class_of_business!r}, one of {', '.join(classes.texts)}"
        return clauses.by_row(Reason.FIELD_OUT_OF_RANGE, detail, classes)
    hours = rules["reinsurance.desk_hours_max"].at(stamp.date)
    lit_us = command.expires_at_us - stamp.at_us
    if not 0 < lit_us <= hours.integer * HOUR_US:
        detail = f"lit for {lit_us} us, more than 0 and at most {hours.integer} hours"
        return clauses.by_row(Reason.FIELD_OUT_OF_RANGE, detail, hours)
    signal = DeskSignal(
        institution=stamp.institution,
        class_of_business=command.class_of_business,
        side=command.side,
        currency=command.currency,
        capacity_minor=command.capacity_minor,
        lit_at_us=stamp.at_us,
        expires_at_us=command.expires_at_us,
    )
    return [DeskLit(signal=signal)]


def apply_lit(room: "Reinsurance", event: DeskLit, stamp: Stamp) -> None:
    """Show the signal."""
    room.books.desks[event.signal.institution] = event.signal
