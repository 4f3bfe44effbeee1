"""The transfer matrix is written out in full, and every cell says who allows or forbids it."""

import datetime
import re

import msgspec
import pytest
from tests.support.centre import load_rules
from tests.support.shared import ROOT

from huangpu.core.rulebook import parse_rows
from huangpu.registry.cash_accounts import AccountClass
from huangpu.venues.offshore import views
from huangpu.venues.offshore.matrix import (
    FEATURES,
    Line,
    Permission,
    cell,
    cell_names,
    line_of,
)

RULES = load_rules()
FILE = ROOT / "src/huangpu/venues/offshore/rules/transfer_matrix.toml"
FIRST_DAY = datetime.date(2014, 5, 22)
TODAY = datetime.date(2026, 11, 23)
CITE = re.compile(r"(R-(0[1-9]|1[0-6]|10b)|huangpu policy 21), .+")


def test_every_ordered_pair_has_a_cell_in_both_currencies() -> None:
    own_and_other, plain_and_upgraded, multi_functional = 2 * 2 + 2 * 1, 4 * 2 * 2, 4
    assert len(AccountClass) == 9 + multi_functional
    assert len(cell_names()) == 13 * 13 * 2 + own_and_other + plain_and_upgraded
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
        ("EFE", "DOM", Line.SECOND),
        ("FTE", "EFE", Line.FIRST),
        ("EFE", "OVS", Line.NONE),
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
                for same_name, upgraded in ((True, False), (False, False), (True, True)):
                    asked = (currency, same_name, upgraded)
                    there = cell(RULES, TODAY, (debtor, creditor), *asked)
                    back = cell(RULES, TODAY, (creditor, debtor), *asked)
                    assert (there.row.value, there.rule_id, there.line) == (
                        back.row.value,
                        back.rule_id,
                        back.line,
                    )


def test_the_table_for_people_shows_every_cell() -> None:
    shown = views.matrix(RULES, TODAY)
    assert [one.rule for one in shown] == cell_names_in_table_order()
    second = [one for one in shown if one.line == "SECOND" and one.currency == "FOREIGN"]
    assert {one.permission for one in second} == {"forbid", "feature"}
    assert {one.rule for one in second if one.permission == "feature"} == {
        "transfer.FTN.DOM.FOREIGN",
        "transfer.DOM.FTN.FOREIGN",
    }
    assert len(second) == 2 * 9


def test_a_pair_behind_a_switch_is_closed_until_the_switch_is_on() -> None:
    pair = (AccountClass.FTN, AccountClass.DOM)
    row = RULES[FEATURES["R-10b"]].at(TODAY)
    on = RULES.with_rows([msgspec.structs.replace(row, value=True)])
    assert cell(RULES, TODAY, pair, "USD", False).row.value == Permission.FORBID
    assert cell(on, TODAY, pair, "USD", False).row.value == Permission.RELEASE
    assert cell(on, FIRST_DAY, pair, "USD", False).row.value == Permission.FORBID
    assert cell(on, TODAY, pair, "USD", False).rule_id == "R-10b"


def test_an_upgraded_account_has_cells_of_its_own_since_the_measures() -> None:
    own = (AccountClass.FTE, AccountClass.DOM)
    far = (AccountClass.FTE, AccountClass.EFE)
    before, after = datetime.date(2025, 12, 4), datetime.date(2025, 12, 5)
    found = [
        (one.row.value, one.rule_id)
        for date in (before, after)
        for one in (
            cell(RULES, date, own, "CNY", True, True),
            cell(RULES, date, own, "CNY", True, False),
            cell(RULES, date, own, "CNY", False, True),
            cell(RULES, date, far, "USD", False, True),
            cell(RULES, date, far, "USD", False, False),
        )
    ]
    assert found[:5] == [
        ("release", "R-08"),
        ("release", "R-08"),
        ("release", "R-09"),
        ("forbid", "huangpu policy 21"),
        ("forbid", "R-07"),
    ]
    assert found[5:] == [
        ("allow", "R-15"),
        ("release", "R-08"),
        ("release", "R-09"),
        ("allow", "R-07"),
        ("forbid", "R-07"),
    ]


def test_the_one_multi_functional_class_of_0_1_0_is_read_as_a_companys() -> None:
    assert msgspec.json.decode(b'"EF"', type=AccountClass) is AccountClass.EFE
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'"EFX"', type=AccountClass)


def cell_names_in_table_order() -> list[str]:
    """Write the names out by their own words, not by the function under test."""
    names = []
    for debtor in AccountClass:
        for creditor in AccountClass:
            pair = {str(debtor), str(creditor)}
            for currency in ("CNY", "FOREIGN"):
                name = f"transfer.{debtor}.{creditor}.{currency}"
                if "FTE" in pair and pair & {"EFE", "EFN", "EFF", "EFU"}:
                    names += [f"{name}.PLAIN", f"{name}.UPGRADED"]
                elif currency == "CNY" and pair == {"FTE", "DOM"}:
                    names += [f"{name}.{word}" for word in ("SAME_NAME", "UPGRADED", "OTHER_NAME")]
                elif currency == "CNY" and pair == {"EFE", "DOM"}:
                    names += [f"{name}.SAME_NAME", f"{name}.OTHER_NAME"]
                else:
                    names.append(name)
    return names
