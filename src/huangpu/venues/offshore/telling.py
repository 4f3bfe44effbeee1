"""What the sender of a command is told of its events: whether a payment waits, never that a name was compared and with what.

A review is a review, be it screening or a release; scores, list versions and who looked are left out. Officers read them in their views.
Nor is anybody told of other people's payments that an entry moved, such as those that a credit let out of the queue.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from huangpu.core.message import Event
from huangpu.ledger.events import LegsPosted
from huangpu.venues.offshore.liquidity.queue import GridlockResolved, QueueReleased
from huangpu.venues.offshore.orders import Payment, Pending, Wait, parties_of
from huangpu.venues.offshore.payments.words import PaymentEnded, PaymentSettled, PaymentWaiting
from huangpu.venues.offshore.screening.cases import (
    ClearScreeningCase,
    ConfirmScreeningCase,
    NoteScreeningCase,
)
from huangpu.venues.offshore.screening.verdicts import (
    PartiesRescreened,
    PartiesScreened,
    ScreeningCaseOpened,
)
from huangpu.venues.offshore.second_line.release import RefuseSecondLine, ReleaseSecondLine

REVIEW: Final = "REVIEW"
OFFICERS_OWN: Final = frozenset(
    {
        NoteScreeningCase,
        ClearScreeningCase,
        ConfirmScreeningCase,
        ReleaseSecondLine,
        RefuseSecondLine,
    }
)
"""Commands whose very name would tell a customer of a case; those of a release too, lest the missing name be one."""

_REVIEWS = (Wait.SCREENING, Wait.RELEASE)
_UNTOLD = ("screened", "score_bp", "released")


def told_of(events: Sequence[Event], institution: str) -> list[object]:
    """Return what an institution is told of an entry that it sent."""
    told_each = (told(event) for event in concerning(events, institution))
    return [shown for shown in told_each if shown is not None]


def concerning(events: Sequence[Event], institution: str) -> list[Event]:
    """Leave out of an entry's events other people's payments, their legs, and the lists of all that were released.

    Reading: legs stand before the payment that they move; those of netting move many people's money at once and are told to nobody.
    """
    shown: list[Event] = []
    legs: list[LegsPosted] = []
    for event in events:
        if isinstance(event, LegsPosted):
            legs.append(event)
            continue
        record = _record_of(event)
        if record is None:
            shown += legs
            if not isinstance(event, QueueReleased | GridlockResolved):
                shown.append(event)
        elif institution in parties_of(record):
            shown += [each for each in legs if not each.simultaneous]
            shown.append(event)
        legs.clear()
    return shown + legs


def _record_of(event: Event) -> Payment | Pending | None:
    if isinstance(event, PaymentSettled | PaymentEnded):
        return event.payment
    return event.pending if isinstance(event, PaymentWaiting) else None


def told(event: Event) -> object | None:
    """Return what is told of an event; None where nothing is."""
    teller = _TELLERS.get(type(event))
    return event if teller is None else teller(event)


def told_wait(wait: str) -> str:
    """Return how a wait is called to a customer."""
    return REVIEW if wait in _REVIEWS else wait


def _payment(event: Any) -> object:
    payment: Payment = event.payment
    if payment.steps:
        return _tree(event, "payment")
    if not payment.screened:
        return event
    # Left out of every payment, so that nobody learns from one without it that its names had a score.
    bare = msgspec.structs.replace(payment, screened="", score_bp=0)
    return msgspec.structs.replace(event, payment=bare)


def _pending(event: PaymentWaiting) -> object:
    pending: Pending = event.pending
    tree = _tree(event, "pending")
    tree["pending"]["waits"] = list(dict.fromkeys(told_wait(wait) for wait in pending.waits))
    return tree


def _tree(event: Event, field: str) -> dict[str, Any]:
    tree: dict[str, Any] = msgspec.to_builtins(event)
    inner = tree[field]
    for name in _UNTOLD:
        inner.pop(name, None)
    steps = [
        (at_us, seq, status, told_wait(wait))
        for at_us, seq, status, wait, _ in inner.get("steps", ())
    ]
    inner["steps"] = [step for n, step in enumerate(steps) if not n or step[2:] != steps[n - 1][2:]]
    return tree


def _nothing(_event: Event) -> None:
    return None


_TELLERS: Final[Mapping[type[Event], Callable[[Any], object | None]]] = {
    PartiesScreened: _nothing,
    PartiesRescreened: _nothing,
    ScreeningCaseOpened: _nothing,
    PaymentWaiting: _pending,
    PaymentSettled: _payment,
    PaymentEnded: _payment,
}
