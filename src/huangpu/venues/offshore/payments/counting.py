"""Counting: what the rooms that keep figures of payments are told, in the entry in the making and when it is applied.

The second line keeps its quotas, the monitors their limits, flows and samples. Each is told once when a payment settles, starts to wait,
ends without money, or goes back: in a decision by counters of the draft, so that the next order of the same entry sees it; in `apply` by its own books.
"""

from huangpu.core.message import Stamp
from huangpu.venues.offshore.monitoring import limits, returned, run
from huangpu.venues.offshore.orders import SETTLED, Payment, Pending
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.recalls.books import Return
from huangpu.venues.offshore.second_line import claims
from huangpu.venues.offshore.state import Offshore


def counted(draft: Draft, record: Payment | Pending) -> None:
    """Count a payment into the entry in the making: its ids and number, its quota, its limits."""
    room, moves = draft.room, draft.moves
    moves.take(record, draft.stamp.date)
    counts = moves.counts
    if isinstance(record, Pending):
        claims.draft_pending(room, counts, record)
        limits.take(draft, record)
    elif record.status in SETTLED:
        claims.draft_settled(room, counts, record)
        limits.take(draft, record)
    else:
        claims.draft_ended(room, counts, record.order.uetr)


def noted(room: Offshore, record: Payment | Pending, stamp: Stamp) -> None:
    """Tell the rooms of a payment that waits, has settled, or has ended without money."""
    if isinstance(record, Pending):
        claims.note_pending(room, record)
        limits.note_waiting(room, record, stamp)
    elif record.status in SETTLED:
        claims.note_settled(room, record)
        run.note_settled(room, record, stamp)
    else:
        claims.note_ended(room, record.order.uetr)
        limits.note_ended(room, record, stamp)


def note_returned(room: Offshore, back: Return, stamp: Stamp) -> None:
    """Tell the rooms that money of a settled payment has gone back."""
    payment = room.payments.at(back.payment)
    claims.note_returned(room, payment, back.amount)
    returned.note_returned(room, payment, back, stamp)
