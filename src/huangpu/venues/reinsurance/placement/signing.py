"""Signing: from written lines to signed lines that add up to the order exactly.

Rule: domain note B3, rules 1 to 6. `signed_shares` is the whole arithmetic, on integers; the decision adds who may ask, when, and
what the cession limits say. An unequal signing needs the authority that came with the firm order, and happens before inception.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from huangpu.core.calendar import date_of
from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import WHOLE, Rounding, allocated, percent_text, scaled
from huangpu.venues.reinsurance import clauses, security
from huangpu.venues.reinsurance.membership import Act, act_refusal
from huangpu.venues.reinsurance.placement.lines import Line
from huangpu.venues.reinsurance.placement.slip import (
    SignedLine,
    Slip,
    SlipState,
    Warned,
    own_refusal,
    state_refusal,
)

if TYPE_CHECKING:
    from huangpu.venues.reinsurance.books import Reinsurance


class SignDown(Command, frozen=True):
    """Sign the written lines: in full where they do not pass the order, else down.

    Units: `unequal` maps each reinsurer to micro-percent of the order; empty for the pro-rata rule.
    """

    slip_id: str
    unequal: dict[str, int] = msgspec.field(default_factory=dict)


class LinesSigned(Event, frozen=True):
    """These lines are signed; nothing is written or withdrawn any more."""

    slip_id: str
    signed: list[SignedLine]
    signed_of_order: int
    warnings: list[Warned]


class Written(NamedTuple):
    """A written line in micro-percent of the order, and whether it stands."""

    of_order: int
    stands: bool


def standing_sum(lines: Sequence[Written]) -> int:
    """Add up the lines that stand."""
    return sum(line.of_order for line in lines if line.stands)


def signed_shares(lines: Sequence[Written]) -> list[int]:
    """Sign written lines down to the order.

    Rule: domain note B3: (1) not over 100 %: signed = written; (2) over: lines to stand in full, the others pro rata to what is left;
    (6) rounded to one micro-percent and repaired by largest remainder, so that the sum is the whole.
    Units: micro-percent of the order.
    Raises: AssertionError when the lines to stand pass the order (rule 3: impossible without agreement).
    """
    if sum(line.of_order for line in lines) <= WHOLE:
        return [line.of_order for line in lines]
    left = WHOLE - standing_sum(lines)
    assert left >= 0
    weights = [line.of_order for line in lines if not line.stands]
    parts = iter(allocated(left, weights) if weights else [])
    signed = [line.of_order if line.stands else next(parts) for line in lines]
    assert sum(signed) == WHOLE
    return signed


def sign_down(room: "Reinsurance", rules: RuleBook, command: SignDown, stamp: Stamp) -> Decision:
    """Sign the lines of the broker's own slip.

    Rule: domain note B3, rules 1 to 6; London signing provision; huangpu policies 48 and 52.
    Rejects: SLIP_UNKNOWN, NOT_YOUR_INSTITUTION, MEMBERSHIP_MISSING, SLIP_STATE_WRONG, LEADER_LINE_MISSING,
    LINES_TO_STAND_EXCEED_ORDER, UNEQUAL_SIGNING_FORBIDDEN, LINE_OUT_OF_RANGE, CESSION_LIMIT_EXCEEDED.
    """
    slip = room.books.slips.get(command.slip_id)
    refused = own_refusal(slip, command.slip_id, stamp.institution, Act.PLACE) or act_refusal(
        room, rules, stamp.institution, Act.PLACE, stamp.date
    )
    if refused is not None:
        return refused
    assert slip is not None
    if slip.state is not SlipState.LINES_WRITTEN:
        return state_refusal(slip, "LINES_WRITTEN")
    assert slip.firm_order is not None
    lines = list(room.books.lines[slip.id].values())
    leader = slip.firm_order.leader
    first = rules["reinsurance.leader_writes_first"].at(stamp.date)
    if first.flag and leader not in room.books.lines[slip.id]:
        detail = f"{leader} leads {slip.id} and its line was withdrawn"
        return clauses.by_row(Reason.LEADER_LINE_MISSING, detail, first)
    written = _standing(slip, lines, stamp)
    refused = _standing_refusal(written) or _unequal_refusal(slip, lines, written, command, stamp)
    if refused is not None:
        return refused
    if command.unequal:
        shares = [command.unequal[line.reinsurer] for line in lines]
    else:
        shares = signed_shares(written)
    signed = _signed_lines(slip, lines, shares)
    found = security.passed_limits(room.registry, rules, slip, signed, stamp.date)
    refused = security.limit_refusal(rules, found, stamp.date)
    if refused is not None:
        return refused
    return [
        LinesSigned(slip_id=slip.id, signed=signed, signed_of_order=sum(shares), warnings=found)
    ]


def _standing(slip: Slip, lines: list[Line], stamp: Stamp) -> list[Written]:
    """Say which lines stand: those marked, and (rule 4) those written before an inception that found the order short."""
    inception = slip.offer.period_from
    early = [date_of(line.written_at_us) < inception for line in lines]
    before = sum(
        line.written_of_order for line, is_early in zip(lines, early, strict=True) if is_early
    )
    short_at_inception = stamp.date >= inception and before < WHOLE
    return [
        Written(line.written_of_order, line.to_stand or (short_at_inception and is_early))
        for line, is_early in zip(lines, early, strict=True)
    ]


def _standing_refusal(written: list[Written]) -> Rejected | None:
    total = standing_sum(written)
    if total <= WHOLE:
        return None
    detail = f"lines to stand {percent_text(total)} of the order, at most {percent_text(WHOLE)}"
    return Rejected(Reason.LINES_TO_STAND_EXCEED_ORDER, detail, clauses.SIGNING)


def _unequal_refusal(
    slip: Slip, lines: list[Line], written: list[Written], command: SignDown, stamp: Stamp
) -> Rejected | None:
    """Refuse an unequal signing without authority, too late, or out of range (rule 5)."""
    if not command.unequal:
        return None
    assert slip.firm_order is not None
    late = stamp.date >= slip.offer.period_from
    if late or not slip.firm_order.unequal_signing_authorised:
        word = (
            f"inception was {slip.offer.period_from}" if late else "no authority in the firm order"
        )
        detail = f"{slip.id}: {word}"
        return Rejected(Reason.UNEQUAL_SIGNING_FORBIDDEN, detail, clauses.SIGNING)
    names = {line.reinsurer for line in lines}
    if set(command.unequal) != names:
        detail = (
            f"shares for {', '.join(sorted(command.unequal))}; lines of {', '.join(sorted(names))}"
        )
        return Rejected(Reason.LINE_OUT_OF_RANGE, detail, clauses.SIGNING)
    for line, share in zip(lines, written, strict=True):
        value = command.unequal[line.reinsurer]
        low = share.of_order if share.stands else 0
        if not low <= value <= share.of_order:
            detail = f"{line.reinsurer} {value} micro-percent, from {low} to {share.of_order}"
            return Rejected(Reason.LINE_OUT_OF_RANGE, detail, clauses.SIGNING)
    total, wanted = sum(command.unequal.values()), min(sum(w.of_order for w in written), WHOLE)
    if total != wanted:
        detail = f"shares add to {total} micro-percent, needed {wanted}"
        return Rejected(Reason.LINE_OUT_OF_RANGE, detail, clauses.SIGNING)
    return None


def _signed_lines(slip: Slip, lines: list[Line], shares: list[int]) -> list[SignedLine]:
    """State each signed share of the order and of the whole; both add up exactly."""
    total = scaled(sum(shares), slip.offer.order_micro_percent, WHOLE, Rounding.HALF_EVEN)
    wholes = allocated(total, shares)
    return [
        SignedLine(
            reinsurer=line.reinsurer,
            written_of_order=line.written_of_order,
            signed_of_order=share,
            signed_of_whole=whole,
        )
        for line, share, whole in zip(lines, shares, wholes, strict=True)
    ]


def apply_signed(room: "Reinsurance", event: LinesSigned, stamp: Stamp) -> None:
    """Keep the signed lines on the slip."""
    room.move(
        event.slip_id,
        SlipState.SIGNED,
        signed=event.signed,
        signed_of_order=event.signed_of_order,
        warnings=event.warnings,
    )
    detail = f"{len(event.signed)} lines, {percent_text(event.signed_of_order)} of the order"
    room.note(event.slip_id, stamp, "SIGNED", detail)
