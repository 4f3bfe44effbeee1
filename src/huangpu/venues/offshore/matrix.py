"""The transfer matrix: what the rules say of one pair of account classes in one currency.

The values are dated rows (`rules/transfer_matrix.toml`), every cell written out; here is only how a cell is found and which line it
crosses. First line: between the free trade accounts and everything offshore. Second line: between them and ordinary onshore accounts.
"""

import datetime
import enum
from typing import NamedTuple

from huangpu.core.rulebook import Row, RuleBook
from huangpu.registry.cash_accounts import FREE_TRADE_CLASSES, AccountClass


class Line(enum.StrEnum):
    """Which border of the free trade account world a transfer crosses; a transfer inside it counts as first line."""

    FIRST = "FIRST"
    SECOND = "SECOND"
    NONE = "NONE"


class Permission(enum.StrEnum):
    """What a cell says."""

    ALLOW = "allow"
    FORBID = "forbid"
    RELEASE = "release"


class Cell(NamedTuple):
    """One cell on one date: the row that decides, and the line that is crossed."""

    row: Row
    line: Line

    @property
    def rule_id(self) -> str:
        """Return the number of the rule, for instance `R-05`."""
        return self.row.cite.partition(",")[0]


def line_of(debtor: AccountClass, creditor: AccountClass) -> Line:
    """Classify a pair of account classes.

    Rule: offshore domain note B2, column "line".
    """
    free_trade = (debtor in FREE_TRADE_CLASSES) + (creditor in FREE_TRADE_CLASSES)
    if free_trade == 0:
        return Line.NONE
    return Line.SECOND if AccountClass.DOM in (debtor, creditor) else Line.FIRST


def cell_name(debtor: AccountClass, creditor: AccountClass, cny: bool, same_name: bool) -> str:
    """Return the name of the rule that holds a cell; only FTE and DOM in CNY ask whether one holder is on both sides."""
    name = f"transfer.{debtor}.{creditor}.{'CNY' if cny else 'FOREIGN'}"
    if cny and {debtor, creditor} == {AccountClass.FTE, AccountClass.DOM}:
        return f"{name}.{'SAME_NAME' if same_name else 'OTHER_NAME'}"
    return name


_CELLS = {
    (debtor, creditor, cny, same_name): (
        cell_name(debtor, creditor, cny, same_name),
        line_of(debtor, creditor),
    )
    for debtor in AccountClass
    for creditor in AccountClass
    for cny in (False, True)
    for same_name in (False, True)
}


def cell_names() -> list[str]:
    """List the rule name of every cell, once each."""
    return list(dict.fromkeys(name for name, _ in _CELLS.values()))


def cell(
    rules: RuleBook,
    date: datetime.date,
    pair: tuple[AccountClass, AccountClass],
    currency: str,
    same_name: bool,
) -> Cell:
    """Read the cell of a transfer from the first to the second class of `pair`."""
    name, line = _CELLS[pair[0], pair[1], currency == "CNY", same_name]
    return Cell(rules[name].at(date), line)
