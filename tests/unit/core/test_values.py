"""Laws of exact integers: rounding, allocation, decimal text."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huangpu.core.values import (
    CURRENCY_DIGITS,
    PERCENT,
    WHOLE,
    Money,
    Rounding,
    allocated,
    divided,
    format_decimal,
    money_text,
    parse_decimal,
    percent_text,
)

AMOUNTS = st.integers(min_value=-(10**18), max_value=10**18)


@given(AMOUNTS, st.integers(min_value=1, max_value=10**9), st.sampled_from(Rounding))
def test_a_quotient_is_rounded_by_less_than_one(
    numerator: int, denominator: int, rounding: Rounding
) -> None:
    exact = Fraction(numerator, denominator)
    found = divided(numerator, denominator, rounding)
    assert abs(found - exact) < 1
    if exact.denominator == 1:
        assert found == exact


@given(AMOUNTS, st.integers(min_value=1, max_value=10**9))
def test_rounding_to_nearest_is_nearest(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator)
    assert abs(divided(numerator, denominator, Rounding.HALF_UP) - exact) <= Fraction(1, 2)
    assert divided(numerator, denominator, Rounding.HALF_EVEN) == round(exact)


@pytest.mark.parametrize(
    ("numerator", "rounding", "expect"),
    [
        (5, Rounding.HALF_UP, 3),
        (-5, Rounding.HALF_UP, -3),
        (5, Rounding.HALF_EVEN, 2),
        (7, Rounding.HALF_EVEN, 4),
        (-5, Rounding.DOWN, -3),
        (-5, Rounding.UP, -2),
        (4, Rounding.UP, 2),
    ],
)
def test_halves_go_where_the_rounding_says(numerator: int, rounding: Rounding, expect: int) -> None:
    assert divided(numerator, 2, rounding) == expect


@given(
    st.integers(min_value=0, max_value=10**18),
    st.lists(st.integers(min_value=0, max_value=WHOLE), min_size=1, max_size=35).filter(sum),
)
def test_parts_add_back_and_miss_their_share_by_less_than_a_unit(
    total: int, weights: list[int]
) -> None:
    parts = allocated(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1


def test_a_tie_of_remainders_goes_to_the_earlier_weight() -> None:
    assert allocated(100, [1, 1, 1]) == [34, 33, 33]
    assert allocated(1, [1, 1]) == [1, 0]


@given(st.integers(min_value=0, max_value=10**17), st.integers(min_value=0, max_value=6))
def test_decimal_text_round_trips(amount: int, digits: int) -> None:
    assert parse_decimal(format_decimal(amount, digits), digits) == amount


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", "1e3", "01", "1.", ".5", " 1", "1 ", "1.234", "NaN", "1,0", "１"]
)
def test_what_is_no_plain_decimal_is_none(text: str) -> None:
    assert parse_decimal(text, 2) is None


def test_money_adds_only_its_own_currency() -> None:
    assert Money("USD", 150) + Money("USD", 50) == Money("USD", 200)
    assert Money("USD", 150) - Money("USD", 50) == Money("USD", 100)
    with pytest.raises(AssertionError):
        Money("USD", 1) + Money("CNY", 1)


def test_money_is_written_with_the_digits_of_its_currency() -> None:
    assert Money("USD", 125_000_000).text() == "1250000.00 USD"
    assert money_text(5, "JPY") == "5 JPY"
    assert money_text(5, "KWD") == "0.005 KWD"
    assert money_text(-5, "XXQ") == "-5 minor units of XXQ"
    assert set(CURRENCY_DIGITS.values()) <= {0, 2, 3}


def test_a_share_is_written_in_percent() -> None:
    assert percent_text(37 * PERCENT + 500_000) == "37.5 %"
    assert percent_text(WHOLE) == "100 %"
