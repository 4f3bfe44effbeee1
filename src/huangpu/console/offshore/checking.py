"""The table of checks of one payment: what the record proves of each, and what it says when it is asked again now, with the time that took.

The recorded result is the decision's own; the one of now reads the books as they stand and changes nothing. Who may not know of screening gets
no row of it; who is not on the payer's side gets no table.
"""

from time import perf_counter_ns
from typing import NamedTuple

from huangpu.console.pages import Visitor
from huangpu.core.message import Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.venues.offshore.orders import SETTLED, Payment, Pending
from huangpu.venues.offshore.retrace import REASONS, WAITS, Check, Finding, checks_of
from huangpu.venues.offshore.screening.views import EVERYTHING, reach

ONLY_WITH_MONEY = ("FUNDS", "SAMPLING")


class Row(NamedTuple):
    """One check: its recorded state, the refusal where the record has one, and the finding of now with its time (0: not asked)."""

    name: str
    cite: str
    rule: str
    state: str
    refusal: Rejected | None
    now: Finding | None
    took_ns: int


class Table(NamedTuple):
    """The checks that a visitor may see, and whether screening and sampling are among them."""

    rows: list[Row]
    screening_shown: bool


def table_of(visitor: Visitor, record: Payment | Pending) -> Table | None:
    """Write the table; None for who is neither on the payer's side nor the instructed bank, nor sees all."""
    scope = visitor.scope
    if scope not in (None, record.bank, record.debtor, record.sender):
        return None
    centre = visitor.centre
    whose = reach(centre.offshore, centre.rules, visitor.signed_in.id, visitor.date)
    officer = whose in (EVERYTHING, record.bank) and bool(whose)
    hidden = set() if officer else {"SCREENING"}
    if scope not in (None, record.bank):
        hidden.add("SAMPLING")
    stamp = Stamp(
        visitor.gate.engine.next_seq,
        visitor.now_us,
        visitor.date,
        visitor.signed_in.id,
        record.sender,
    )
    checks = checks_of(centre.offshore, centre.rules, stamp, record)
    rows = [_row(check, record) for check in checks if check.name not in hidden]
    return Table(rows, officer)


def _row(check: Check, record: Payment | Pending) -> Row:
    found, took_ns = None, 0
    if check.ask is not None:
        began_ns = perf_counter_ns()
        found = check.ask()
        took_ns = max(1, perf_counter_ns() - began_ns)
    state = state_of(check.name, record)
    refusal = _refusal_of(record) if state == "REFUSED" else None
    return Row(check.name, check.cite, check.rule, state, refusal, found, took_ns)


def state_of(name: str, record: Payment | Pending) -> str:
    """Say what the record proves of a check: PASSED, WAITS, HELD, REFUSED, LATER or NOT_REACHED."""
    if isinstance(record, Pending):
        if WAITS.get(name) in record.waits:
            return "WAITS"
        if name == "FUNDS" and record.holds:
            return "HELD"
        return "LATER" if name in ONLY_WITH_MONEY else "PASSED"
    if record.status in SETTLED:
        return "PASSED"
    if record.reason in REASONS.get(name, ()):
        return "REFUSED"
    if name in ONLY_WITH_MONEY or name in _unreached(record):
        return "NOT_REACHED"
    return "PASSED"


def _unreached(record: Payment) -> set[str]:
    """List the reviews that the payment still waited for when it ended."""
    last = record.steps[-1].wait if record.steps else ""
    order = list(WAITS)
    names = [name for name, wait in WAITS.items() if wait == last]
    return set(order[order.index(names[0]) :]) if names else set()


def _refusal_of(record: Payment | Pending) -> Rejected | None:
    if not isinstance(record, Payment) or not record.reason:
        return None
    return Rejected(Reason(record.reason), record.detail, record.cite)
