"""The transfer matrix is written out in full, and every cell says who allows or forbids it."""

import datetime
import re

import pytest
from tests.support.centre import load_rules
from tests.support.shared import ROOT

from huangpu.core.rulebook import parse_rows
from huangpu.registry.cash_accounts import AccountClass
from huangpu.venues.offshore import views
from huangpu.venues.offshore.matrix import Line, Permission, cell, cell_names, line_of

RULES = load_rules()
FILE = ROOT / "src/huangpu/venues/offshore/rules/transfer_matrix.toml"
FIRST_DAY = datetime.date(2014, 5, 22)
TODAY = datetime.date(2026, 11, 23)
CITE = re.compile(r"(R-(0[1-9]|1[0-6]|10b)|huangpu policy 21), .+")


def test_every_ordered_pair_has_a_cell_in_both_currencies() -> None:
    assert len(cell_names()) == 10 * 10 * 2 + 2
    for name in cell_names():
        for date in (FIRST_DAY, TODAY):
            row = RULES[name].at(date)
            assert row.value in list(Permission), name
            assert CITE.fullmatch(row.cite), name
            assert row.note, name


def test_the_file_holds_no_row_that_is_never_read() -> None:
    rows = parse_rows(FILE.read_text(encoding="utf-8"), FILE.name)
    assert {row.rule for row in rows} == set(cell_names())


@pytest.mark.parametrize(
    ("debtor", "creditor", "line"),
    [
        ("FTE", "FTN", Line.FIRST),
        ("FTE", "NRA", Line.FIRST),
        ("OVS", "FTU", Line.FIRST),
        ("FTE", "DOM", Line.SECOND),
        ("DOM", "FTN", Line.SECOND),
        ("DOM", "DOM", Line.NONE),
        ("NRA", "OVS", Line.NONE),
    ],
)
def test_second_line_lies_between_free_trade_and_ordinary_accounts(
    debtor: str, creditor: str, line: Line
) -> None:
    assert line_of(AccountClass(debtor), AccountClass(creditor)) is line


def test_osa_accounts_are_overseas_accounts_until_the_upgrade_names_them() -> None:
    pair = (AccountClass.FTE, AccountClass.OSA)
    before = cell(RULES, datetime.date(2025, 12, 4), pair, "USD", False)
    after = cell(RULES, datetime.date(2025, 12, 5), pair, "USD", False)
    assert (before.rule_id, after.rule_id) == ("R-04", "R-06")
    assert before.row.text == after.row.text == "allow"


def test_directions_say_the_same() -> None:
    for debtor in AccountClass:
        for creditor in AccountClass:
            for currency in ("CNY", "USD"):
                for same_name in (True, False):
                    there = cell(RULES, TODAY, (debtor, creditor), currency, same_name)
                    back = cell(RULES, TODAY, (creditor, debtor), currency, same_name)
                    assert (there.row.value, there.rule_id, there.line) == (
                        back.row.value,
                        back.rule_id,
                        back.line,
                    )


def test_the_table_for_people_shows_every_cell() -> None:
    shown = views.matrix(RULES, TODAY)
    assert [one.rule for one in shown] == cell_names_in_table_order()
    second = [one for one in shown if one.line == "SECOND" and one.currency == "FOREIGN"]
    assert {one.permission for one in second} == {"forbid"}
    assert len(second) == 2 * 5


def cell_names_in_table_order() -> list[str]:
    names = []
    for debtor in AccountClass:
        for creditor in AccountClass:
            for currency in ("CNY", "FOREIGN"):
                name = f"transfer.{debtor}.{creditor}.{currency}"
                split = currency == "CNY" and {debtor, creditor} == {
                    AccountClass.FTE,
                    AccountClass.DOM,
                }
                names += [f"{name}.SAME_NAME", f"{name}.OTHER_NAME"] if split else [name]
    return names
