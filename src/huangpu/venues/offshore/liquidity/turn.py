"""Whose turn it is: what a new order may do while others of its account wait, and which words a priority may have.

A leaf beside `lines.py`: the decision of a payment asks here before it asks for money.
"""

import datetime
from bisect import bisect_left
from operator import itemgetter

from huangpu.core.message import Rejected
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.venues.offshore.liquidity.lines import RANKS, Lines, Priority

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


def must_wait(
    lines: Lines, rules: RuleBook, date: datetime.date, payer: int, priority: str
) -> bool:
    """Tell whether a new order has to join its account's line although its money suffices.

    Reading: it may not overtake a payment of its own or a higher priority that is not to be overtaken.
    """
    line = lines.by_account.get(payer)
    if line is None:
        return False
    firm = firm_ranks(rules, date)
    rank = RANKS.get(priority, RANKS[Priority.NORMAL])
    if firm is None:
        return line[0].rank <= rank
    return any(
        found < len(line) and line[found].rank == own
        for own, found in ((own, bisect_left(line, own, key=_rank)) for own in firm)
        if own <= rank
    )


def priority_refusal(rules: RuleBook, date: datetime.date, priority: str) -> Rejected | None:
    """Refuse a priority that is no word of the row.

    Rejects: FIELD_OUT_OF_RANGE.
    """
    row = rules["offshore.queue.priorities"].at(date)
    if priority in row.texts and priority in RANKS:
        return None
    detail = f"priority {priority!r}, one of {' '.join(row.texts)}"
    return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, row.cite, row.rule)
