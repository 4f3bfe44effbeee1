"""Dated rows: the value in force on a date, strict loading, laying rows over a book."""

import datetime

import pytest

from huangpu.app import load_rules
from huangpu.core.rulebook import Row, RuleBook, RuleBookError, RuleNotInForce, parse_rows

TEXT = """
[[order.min]]
from = 2019-06-15
value = 200
unit = "shares"
cite = "clause 1"

[[order.min]]
from = 2026-07-06
value = 100
unit = "shares"
cite = "clause 2"
note = "[B]"
"""
DAY = datetime.date


def test_the_row_in_force_is_the_last_that_has_begun() -> None:
    rule = RuleBook(parse_rows(TEXT, "t"))["order.min"]
    assert rule.at(DAY(2019, 6, 15)).integer == 200
    assert rule.at(DAY(2026, 7, 5)).integer == 200
    assert rule.at(DAY(2026, 7, 6)).cite == "clause 2"
    with pytest.raises(RuleNotInForce, match="first row is from 2019-06-15"):
        rule.at(DAY(2019, 6, 14))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = 1", "a rule is a list of rows"),
        ("[[a]]\nfrom=2020-01-01\nvalue=1\nunit='x'", "missing keys \\['cite'\\]"),
        (
            "[[a]]\nfrom=2020-01-01\nvalue=1\nunit='x'\ncite=''",
            "`cite` is a text that is not empty",
        ),
        ("[[a]]\nfrom='2020-01-01'\nvalue=1\nunit='x'\ncite='c'", "`from` is a date"),
        ("[[a]]\nfrom=2020-01-01\nvalue=1.5\nunit='x'\ncite='c'", "`value` is an integer"),
        (
            "[[a]]\nfrom=2020-01-01\nvalue=1\nunit='x'\ncite='c'\nwho='me'",
            "unknown keys \\['who'\\]",
        ),
        ("[[a]]\nfrom=2020-01-01\nvalue=1\nunit='x'\ncite='c'\n" * 2, "two rows from 2020-01-01"),
        ("[[a", "t: "),
    ],
)
def test_a_fault_in_a_file_is_named(text: str, message: str) -> None:
    with pytest.raises(RuleBookError, match=message):
        parse_rows(text, "t")


def test_rows_laid_over_a_book_replace_equal_dates_and_leave_the_book() -> None:
    book = RuleBook(parse_rows(TEXT, "t"))
    row = Row("order.min", DAY(2026, 7, 6), 500, "shares", "what if")
    changed = book.with_rows([row])
    assert changed["order.min"].at(DAY(2026, 11, 23)).integer == 500
    assert book["order.min"].at(DAY(2026, 11, 23)).integer == 100
    assert changed.digest() != book.digest()
    assert book.with_rows([]).digest() == book.digest()


def test_every_row_of_the_centre_is_cited_and_has_a_unit() -> None:
    rows = load_rules().rows()
    assert len(rows) > 100
    for row in rows:
        assert row.cite, row
        assert row.unit, row
