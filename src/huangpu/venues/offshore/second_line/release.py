"""Release across the second line: an officer of the bank, never the person who entered the payment, lets it go or refuses it.

Rule: R-18, four-eyes release before execution. What the release changes is `payments/waiting.py`: with the last wait gone the payment
settles by the rules of that moment.
"""

from huangpu.core.message import Command, Decision, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.venues.offshore.liquidity.queue import with_released
from huangpu.venues.offshore.orders import Pending, Wait
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.payments.waiting import end, resolve
from huangpu.venues.offshore.refusals import not_yours
from huangpu.venues.offshore.state import Offshore

RELEASE = "R-18, four-eyes release before execution"
TEXT_LENGTH_MAX = 140


class ReleaseSecondLine(Command, frozen=True):
    """Let a payment across the second line go, as an officer of its bank who did not enter it."""

    uetr: str


class RefuseSecondLine(Command, frozen=True):
    """Refuse a payment across the second line, as an officer of its bank who did not enter it."""

    uetr: str
    cause: str


def release_second_line(
    room: Offshore, rules: RuleBook, command: ReleaseSecondLine, stamp: Stamp
) -> Decision:
    """Take the wait for release away.

    Rejects: PAYMENT_UNKNOWN, NOT_YOUR_INSTITUTION, OWN_ACT_NOT_APPROVABLE.
    """
    pending = _waiting(room, command.uetr, stamp)
    if isinstance(pending, Rejected):
        return pending
    draft = Draft(room, rules, stamp)
    return with_released(draft, resolve(draft, pending, Wait.RELEASE))


def refuse_second_line(
    room: Offshore, rules: RuleBook, command: RefuseSecondLine, stamp: Stamp
) -> Decision:
    """End the payment without money.

    Rejects: PAYMENT_UNKNOWN, NOT_YOUR_INSTITUTION, OWN_ACT_NOT_APPROVABLE, FIELD_OUT_OF_RANGE.
    """
    pending = _waiting(room, command.uetr, stamp)
    if isinstance(pending, Rejected):
        return pending
    if not 0 < len(command.cause) <= TEXT_LENGTH_MAX:
        detail = f"a cause of {len(command.cause)} characters, 1 to {TEXT_LENGTH_MAX}"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, RELEASE)
    cause = Rejected(Reason.RELEASE_REFUSED, command.cause, RELEASE)
    draft = Draft(room, rules, stamp)
    return with_released(draft, end(draft, pending, "RJCT", cause))


def _waiting(room: Offshore, uetr: str, stamp: Stamp) -> Pending | Rejected:
    """Find a payment that waits for release, for an officer who may decide on it."""
    pending = room.books.pending.get(uetr)
    if pending is None or Wait.RELEASE not in pending.waits:
        detail = f"{uetr[:80]!r}, no payment that waits for release"
        return Rejected(Reason.PAYMENT_UNKNOWN, detail, RELEASE)
    if pending.bank != stamp.institution:
        return not_yours(stamp, pending.bank, RELEASE)
    if pending.maker == stamp.person:
        detail = f"{stamp.person} entered the payment; a second person releases it"
        return Rejected(Reason.OWN_ACT_NOT_APPROVABLE, detail, RELEASE)
    return pending
