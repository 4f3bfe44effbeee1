"""The transfer matrix: what the rules say of one pair of account classes in one currency.

The values are dated rows (`rules/transfer_matrix.toml`), every cell written out; here is only how a cell is found and which line it
crosses. First line: between the free trade accounts and everything offshore. Second line: between them and ordinary onshore accounts.
"""

import datetime
import enum
from typing import NamedTuple

import msgspec

from huangpu.core.rulebook import Row, Rows, RuleBook
from huangpu.registry.cash_accounts import (
    FREE_TRADE_CLASSES,
    MULTI_FUNCTIONAL_CLASSES,
    AccountClass,
)


class Line(enum.StrEnum):
    """Which border of the free trade account world a transfer crosses; a transfer inside it counts as first line."""

    FIRST = "FIRST"
    SECOND = "SECOND"
    NONE = "NONE"


class Permission(enum.StrEnum):
    """What a cell says: `feature` is `release` where the switch of the cell is on, and else `forbid`."""

    ALLOW = "allow"
    FORBID = "forbid"
    RELEASE = "release"
    FEATURE = "feature"


class Cell(NamedTuple):
    """One cell on one date: the row that decides, the line that is crossed, and the number of the rule, for instance `R-05`."""

    row: Row
    line: Line
    rule_id: str


FEATURES = {"R-10b": "offshore.feature.ftn_foreign_second_line"}
"""The switch of each rule whose cells say `feature`."""


def line_of(debtor: AccountClass, creditor: AccountClass) -> Line:
    """Classify a pair of account classes.

    Rule: offshore domain note B2, column "line". The second line of Hainan lies between its accounts and ordinary ones (R-16).
    """
    pair = {debtor, creditor}
    if AccountClass.DOM in pair:
        return Line.SECOND if pair & (FREE_TRADE_CLASSES | MULTI_FUNCTIONAL_CLASSES) else Line.NONE
    return Line.FIRST if pair & FREE_TRADE_CLASSES else Line.NONE


def cell_name(
    debtor: AccountClass,
    creditor: AccountClass,
    cny: bool,
    same_name: bool,
    upgraded: bool = False,
) -> str:
    """Return the name of the rule that holds a cell; few pairs ask who holds the accounts or whether the FTE account is upgraded."""
    name = f"transfer.{debtor}.{creditor}.{'CNY' if cny else 'FOREIGN'}"
    pair = {debtor, creditor}
    if AccountClass.FTE in pair and pair & MULTI_FUNCTIONAL_CLASSES:
        return f"{name}.{'UPGRADED' if upgraded else 'PLAIN'}"
    if not cny or pair not in (
        {AccountClass.FTE, AccountClass.DOM},
        {AccountClass.EFE, AccountClass.DOM},
    ):
        return name
    if not same_name:
        return f"{name}.OTHER_NAME"
    return f"{name}.{'UPGRADED' if upgraded and AccountClass.FTE in pair else 'SAME_NAME'}"


_CELLS = {
    (debtor, creditor, cny, same_name, upgraded): (
        cell_name(debtor, creditor, cny, same_name, upgraded),
        line_of(debtor, creditor),
    )
    for debtor in AccountClass
    for creditor in AccountClass
    for cny in (False, True)
    for same_name in (True, False)
    for upgraded in (False, True)
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
    upgraded: bool = False,
) -> Cell:
    """Read the cell of a transfer from the first to the second class of `pair`; `upgraded` is said of its FTE account."""
    rows, key = rules.on(date), (*pair, currency == "CNY", same_name, upgraded)
    kept: Cell | None = rows.kept.get(key)
    if kept is not None:
        return kept
    name, line = _CELLS[key]
    row = rows[name]
    found = Cell(row, line, row.cite.partition(",")[0])
    if row.value == Permission.FEATURE:
        found = _switched(rows, found)
    rows.kept[key] = found
    return found


def _switched(rows: Rows, found: Cell) -> Cell:
    """Read a cell that waits for its switch."""
    switch = rows[FEATURES[found.rule_id]]
    word = Permission.RELEASE if switch.flag else Permission.FORBID
    return found._replace(row=msgspec.structs.replace(found.row, value=word.value))
