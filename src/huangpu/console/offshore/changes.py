"""What a proposal of the monitors would change, in words."""

from huangpu.console.pages import Visitor
from huangpu.venues.offshore.monitoring.books import (
    Change,
    Explanation,
    GradeChange,
    LimitChange,
    LimitKind,
)


def limit_text(visitor: Visitor, kind: LimitKind, value: int) -> str:
    """Write a limit with its unit."""
    words = visitor.words
    if not value:
        return words.text("no limit")
    if kind is LimitKind.MINUTE:
        return words.text("%(number)s payments in a minute", number=words.number(value))
    return f"{words.money(value, 'CNY')} CNY"


def change_title(visitor: Visitor, change: Change) -> str:
    """Name what would change."""
    words = visitor.words
    if isinstance(change, LimitChange):
        whose = visitor.name_of(change.customer) if change.customer else words.text("all customers")
        return f"{whose} · {words.code('limit_kind', change.kind)}"
    if isinstance(change, GradeChange):
        return f"{visitor.name_of(change.company)} → {words.code('grade', change.grade)}"
    if isinstance(change, Explanation):
        finding = visitor.centre.offshore.books.monitor.findings[change.finding]
        kind = words.code("finding_kind", finding.kind)
        return f"{kind} · {visitor.name_of(finding.company)}"
    return f"{visitor.name_of(change.company)} → {words.code('listing_state', 'SUSPENDED')}"


def change_lines(visitor: Visitor, change: Change) -> list[tuple[str, str]]:
    """Write what there is to know of a change before one approves it."""
    words = visitor.words
    if isinstance(change, LimitChange):
        lines = [(words.text("Limit"), limit_text(visitor, change.kind, change.value))]
        if change.target:
            lines.append((words.text("For"), change.target))
        return lines
    if isinstance(change, Explanation):
        finding = visitor.centre.offshore.books.monitor.findings[change.finding]
        return [
            (words.text("Finding"), finding.detail),
            (words.text("Explanation"), change.text),
        ]
    return [(words.text("Cause"), change.cause)]
