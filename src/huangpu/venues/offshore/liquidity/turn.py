"""Whose turn it is: what a new order may do while others of its account wait, and which words a priority may have.

The decision of a payment asks here before it asks for money.
"""

import datetime
from bisect import bisect_left
from operator import itemgetter

from huangpu.core.message import Rejected
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.venues.offshore.liquidity.lines import RANKS, Priority
from huangpu.venues.offshore.payments.draft import Draft

BYPASS = "BYPASS_FIFO"
_rank = itemgetter(4)


def firm_ranks(rules: RuleBook, date: datetime.date) -> frozenset[int] | None:
    """Return the ranks of the priorities that are not overtaken in their line; None: nothing is overtaken.

    Rule: domain note C8, methods 1 and 2.
    """
    if rules["offshore.queue.method"].at(date).text != BYPASS:
        return None
    firm = rules["offshore.queue.firm"].at(date).texts
    return frozenset(RANKS[word] for word in firm if word in RANKS)


def must_wait(draft: Draft, payer: int, priority: str) -> bool:
    """Tell whether a new order has to join its account's line although its money suffices.

    Reading: it may not overtake a payment of its own or a higher priority that is not to be overtaken, of this entry neither.
    """
    line = draft.room.lines.by_account.get(payer)
    counts = draft.moves.counts
    joined = counts.get(_joined(payer), 0) if counts else 0
    if line is None and not joined:
        return False
    firm = firm_ranks(draft.rules, draft.stamp.date)
    rank = RANKS.get(priority, RANKS[Priority.NORMAL])
    for ahead in range(rank + 1):
        if firm is not None and ahead not in firm:
            continue
        if joined >> ahead & 1:
            return True
        found = bisect_left(line, ahead, key=_rank) if line else 0
        if line and found < len(line) and line[found].rank == ahead:
            return True
    return False


def note_queued(draft: Draft, payer: int, priority: str) -> None:
    """Count in that a payment joins its account's line by this entry."""
    key = _joined(payer)
    rank = RANKS.get(priority, RANKS[Priority.NORMAL])
    draft.moves.counts[key] = draft.moves.counts.get(key, 0) | 1 << rank


def _joined(payer: int) -> str:
    return f"JOINED|{payer}"


def priority_refusal(rules: RuleBook, date: datetime.date, priority: str) -> Rejected | None:
    """Refuse a priority that is no word of the row.

    Rejects: FIELD_OUT_OF_RANGE.
    """
    row = rules["offshore.queue.priorities"].at(date)
    if priority in row.texts and priority in RANKS:
        return None
    detail = f"priority {priority!r}, one of {' '.join(row.texts)}"
    return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, row.cite, row.rule)
