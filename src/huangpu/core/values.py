"""Money, shares of a whole and decimal text as exact integers, with all rounding in one place.

Every amount is an integer with a unit: minor units of a currency, fen a share, shares, micro-percent.
Decimal text from the wire becomes an integer exactly or is refused; nothing here knows a float.
Leaves out: exchange rates (they enter as journaled rows) and formatting for people (the console).
"""

import enum
import re
from collections.abc import Sequence

import msgspec

MICRO_PERCENT = 1
"""Unit of a share of a whole: one millionth of one percent."""
PERCENT = 1_000_000
"""One percent in micro-percent."""
WHOLE = 100 * PERCENT
"""The whole (100 %) in micro-percent."""

AMOUNT_MAX = 2**62 - 1
"""Largest amount in minor units that any command may carry (ledger balances stay below 2**62)."""

CURRENCY_DIGITS = {
    "AED": 2, "AUD": 2, "BHD": 3, "CAD": 2, "CHF": 2, "CNY": 2, "EUR": 2, "GBP": 2, "HKD": 2,
    "IDR": 2, "INR": 2, "JPY": 0, "KRW": 0, "KWD": 3, "MOP": 2, "MYR": 2, "NZD": 2, "OMR": 3,
    "RUB": 2, "SAR": 2, "SEK": 2, "SGD": 2, "THB": 2, "TWD": 2, "USD": 2, "VND": 0, "ZAR": 2,
}  # fmt: skip
"""Minor-unit digits of the currencies the centre accounts in (ISO 4217)."""

_DECIMAL = re.compile(r"(0|[1-9][0-9]{0,17})(?:\.([0-9]{1,9}))?")


class Rounding(enum.Enum):
    """How a quotient becomes an integer; always an argument, never a default."""

    DOWN = "down"
    UP = "up"
    HALF_UP = "half_up"
    HALF_EVEN = "half_even"


def divided(numerator: int, denominator: int, rounding: Rounding) -> int:
    """Divide two integers and round the exact quotient once.

    Reading: DOWN is towards minus infinity, UP towards plus infinity, HALF_UP away from zero on a tie.
    """
    assert denominator > 0
    quotient, remainder = divmod(numerator, denominator)
    if remainder == 0 or rounding is Rounding.DOWN:
        return quotient
    if rounding is Rounding.UP:
        return quotient + 1
    twice = 2 * remainder
    if twice != denominator:
        return quotient + (twice > denominator)
    if rounding is Rounding.HALF_EVEN:
        return quotient + (quotient & 1)
    return quotient + (numerator > 0)


def scaled(amount: int, numerator: int, denominator: int, rounding: Rounding) -> int:
    """Return `amount x numerator / denominator`, rounded once at the end."""
    return divided(amount * numerator, denominator, rounding)


def allocated(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` over `weights` so that the parts add back to it exactly.

    Rule: largest remainder (domain note, technical account): each part is first rounded down, then the units
    left go to the largest remainders; a tie goes to the earlier weight.
    Raises: AssertionError when total or a weight is negative, or all weights are zero.
    """
    whole = sum(weights)
    assert total >= 0
    assert whole > 0
    assert min(weights) >= 0
    parts = [total * weight // whole for weight in weights]
    left = total - sum(parts)
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in order[:left]:
        parts[i] += 1
    assert sum(parts) == total
    return parts


def parse_decimal(text: str, digits: int) -> int | None:
    """Read a plain non-negative decimal with at most `digits` decimals as an integer of that scale.

    Returns None when the text is no such number (sign, exponent, blanks, leading zeros, too many decimals).
    """
    match = _DECIMAL.fullmatch(text)
    if match is None:
        return None
    fraction = match.group(2) or ""
    if len(fraction) > digits:
        return None
    return int(match.group(1) + fraction.ljust(digits, "0"))


def format_decimal(amount: int, digits: int) -> str:
    """Write an integer of scale `digits` as plain decimal text; the inverse of `parse_decimal`."""
    sign = "-" if amount < 0 else ""
    text = str(abs(amount)).rjust(digits + 1, "0")
    if digits == 0:
        return sign + text
    return f"{sign}{text[:-digits]}.{text[-digits:]}"


class Money(msgspec.Struct, frozen=True, order=True):
    """An amount in minor units of an ISO 4217 currency."""

    currency: str
    minor: int

    def __add__(self, other: "Money") -> "Money":
        assert self.currency == other.currency
        return Money(self.currency, self.minor + other.minor)

    def __sub__(self, other: "Money") -> "Money":
        assert self.currency == other.currency
        return Money(self.currency, self.minor - other.minor)

    def scaled(self, numerator: int, denominator: int, rounding: Rounding) -> "Money":
        """Return this amount times a ratio, rounded once to the minor unit."""
        return Money(self.currency, scaled(self.minor, numerator, denominator, rounding))

    def text(self) -> str:
        """Return for example `1250000.00 USD`."""
        return f"{format_decimal(self.minor, CURRENCY_DIGITS[self.currency])} {self.currency}"


def money_text(minor: int, currency: str) -> str:
    """Write minor units with their currency, for refusal details; an unknown currency keeps its minor units."""
    digits = CURRENCY_DIGITS.get(currency)
    if digits is None:
        return f"{minor} minor units of {currency}"
    return f"{format_decimal(minor, digits)} {currency}"


def percent_text(micro_percent: int) -> str:
    """Write a share in micro-percent as percent, without trailing zeros: 37_500_000 is `37.5 %`."""
    text = format_decimal(micro_percent, 6).rstrip("0").rstrip(".")
    return f"{text} %"
