"""Written lines: what each reinsurer writes on the firm order, with the basis it was stated on.

A line is stored as it was written (basis and number) and as micro-percent of the order, which is what signing works with. The leader's line
comes first; a line may be withdrawn until the slip is signed.
"""

import enum
from typing import TYPE_CHECKING

import msgspec

from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import WHOLE, Rounding, percent_text, scaled
from huangpu.venues.reinsurance import clauses
from huangpu.venues.reinsurance.membership import Act
from huangpu.venues.reinsurance.placement.slip import SlipState, market_refusal, state_refusal

if TYPE_CHECKING:
    from huangpu.venues.reinsurance.books import Reinsurance

OPEN_FOR_LINES = frozenset({SlipState.FIRM_ORDER, SlipState.LINES_WRITTEN})


class LineBasis(enum.StrEnum):
    """What a written line is a percentage of."""

    ORDER = "ORDER"
    WHOLE = "WHOLE"


class WriteLine(Command, frozen=True):
    """Write a line on the firm order.

    Units: written_micro_percent of the order, or of the whole where `basis` says so.
    """

    slip_id: str
    written_micro_percent: int
    basis: LineBasis = LineBasis.ORDER
    to_stand: bool = False
    conditions: list[str] = msgspec.field(default_factory=list)


class WithdrawLine(Command, frozen=True):
    """Take back one's own written line before the slip is signed."""

    slip_id: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One written line as stated, and of the order.

    Units: micro-percent.
    """

    reinsurer: str
    written_micro_percent: int
    basis: LineBasis
    written_of_order: int
    to_stand: bool
    conditions: list[str]
    written_at_us: int


class LineWritten(Event, frozen=True):
    """The line is on the slip."""

    slip_id: str
    line: Line


class LineWithdrawn(Event, frozen=True):
    """The line is off the slip; `state` is the slip's state without it."""

    slip_id: str
    reinsurer: str
    state: SlipState


def of_order(written: int, basis: LineBasis, order: int) -> int:
    """Turn a written line into micro-percent of the order.

    Rule: domain note B3: `share of whole = signed x order / 100`, read backwards.
    """
    if basis is LineBasis.ORDER:
        return written
    return scaled(written, WHOLE, order, Rounding.HALF_EVEN)


def write_line(room: "Reinsurance", rules: RuleBook, command: WriteLine, stamp: Stamp) -> Decision:
    """Accept a line of a market that was asked, the leader's first.

    Rule: domain note B3 (basis stored with every line); huangpu policy 47.
    Rejects: MEMBERSHIP_MISSING, INSTITUTION_KIND_WRONG, SEAT_MISSING, SLIP_UNKNOWN, MARKET_NOT_ASKED, SLIP_STATE_WRONG,
    LINE_KNOWN, LEADER_LINE_MISSING, LINE_OUT_OF_RANGE.
    """
    refused = market_refusal(room, rules, command.slip_id, Act.WRITE, stamp)
    if refused is not None:
        return refused
    slip = room.books.slips[command.slip_id]
    if slip.state not in OPEN_FOR_LINES:
        return state_refusal(slip, "FIRM_ORDER or LINES_WRITTEN")
    assert slip.firm_order is not None
    lines = room.books.lines.get(slip.id, {})
    if stamp.institution in lines:
        detail = f"{stamp.institution} has a line on {slip.id}: withdraw it first"
        return Rejected(Reason.LINE_KNOWN, detail, clauses.LINES)
    leader = slip.firm_order.leader
    first = rules["reinsurance.leader_writes_first"].at(stamp.date)
    if first.flag and leader not in lines and stamp.institution != leader:
        detail = f"{leader} leads {slip.id} and has written no line"
        return clauses.by_row(Reason.LEADER_LINE_MISSING, detail, first)
    written = of_order(command.written_micro_percent, command.basis, slip.offer.order_micro_percent)
    minimum = rules["reinsurance.line_micro_percent_min"].at(stamp.date)
    least = max(minimum.integer, 1)
    if not least <= written <= WHOLE:
        detail = f"{written} micro-percent of the order, from {least} to {WHOLE}"
        return clauses.by_row(Reason.LINE_OUT_OF_RANGE, detail, minimum)
    line = Line(
        reinsurer=stamp.institution,
        written_micro_percent=command.written_micro_percent,
        basis=command.basis,
        written_of_order=written,
        to_stand=command.to_stand,
        conditions=command.conditions,
        written_at_us=stamp.at_us,
    )
    return [LineWritten(slip_id=slip.id, line=line)]


def withdraw_line(
    room: "Reinsurance", rules: RuleBook, command: WithdrawLine, stamp: Stamp
) -> Decision:
    """Take a line off a slip that is not signed.

    Rule: huangpu policy 47.
    Rejects: SLIP_UNKNOWN, LINE_UNKNOWN, SLIP_STATE_WRONG.
    """
    slip = room.books.slips.get(command.slip_id)
    if slip is None:
        return Rejected(Reason.SLIP_UNKNOWN, command.slip_id, clauses.LINES)
    lines = room.books.lines.get(slip.id, {})
    if stamp.institution not in lines:
        detail = f"{stamp.institution} has no line on {slip.id}"
        return Rejected(Reason.LINE_UNKNOWN, detail, clauses.LINES)
    if slip.state is not SlipState.LINES_WRITTEN:
        return state_refusal(slip, "LINES_WRITTEN")
    state = SlipState.LINES_WRITTEN if len(lines) > 1 else SlipState.FIRM_ORDER
    return [LineWithdrawn(slip_id=slip.id, reinsurer=stamp.institution, state=state)]


def apply_written(room: "Reinsurance", event: LineWritten, stamp: Stamp) -> None:
    """Put the line on the slip."""
    line = event.line
    lines = room.books.lines.setdefault(event.slip_id, {})
    assert line.reinsurer not in lines
    lines[line.reinsurer] = line
    room.move(event.slip_id, SlipState.LINES_WRITTEN)
    stand = ", to stand" if line.to_stand else ""
    detail = f"{percent_text(line.written_micro_percent)} of {line.basis.lower()}{stand}"
    room.note(event.slip_id, stamp, "LINE_WRITTEN", detail, party=line.reinsurer)


def apply_withdrawn(room: "Reinsurance", event: LineWithdrawn, stamp: Stamp) -> None:
    """Take the line off the slip."""
    del room.books.lines[event.slip_id][event.reinsurer]
    room.move(event.slip_id, event.state)
    room.note(event.slip_id, stamp, "LINE_WITHDRAWN", "", party=event.reinsurer)
