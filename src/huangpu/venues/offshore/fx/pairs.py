"""Currency pairs and the arithmetic of a rate, all in integers.

A rate says how much counter currency `base_units` units of the base currency cost: 71000 with 4 decimals is 7.1000. How a pair is
written is a market convention and stands here; which pairs are dealt, and how large a position may be, are dated rows.
"""

from typing import NamedTuple

from huangpu.core.values import CURRENCY_DIGITS, Rounding, divided, format_decimal, money_text
from huangpu.venues.offshore.fx.state import FxSide


class Pair(NamedTuple):
    """How the rate of a pair is written. Units: the rate is per `base_units` units of base, with `digits` decimals."""

    base: str
    counter: str
    base_units: int
    digits: int

    @property
    def name(self) -> str:
        """Return for example `USD/CNY`."""
        return f"{self.base}/{self.counter}"


PAIRS = {
    pair.name: pair
    for pair in (
        Pair("USD", "CNY", 1, 4),
        Pair("EUR", "CNY", 1, 4),
        Pair("HKD", "CNY", 1, 5),
        Pair("GBP", "CNY", 1, 4),
        Pair("SGD", "CNY", 1, 4),
        Pair("JPY", "CNY", 100, 4),
    )
}


class Amounts(NamedTuple):
    """Both sides of an exchange. Units: minor units."""

    base: int
    counter: int


def exchanged(pair: Pair, side: FxSide, currency: str, amount: int, rate: int) -> Amounts:
    """Turn the amount that the customer named, in either currency, into both amounts of the exchange.

    Rule: domain note C7: rounding is in favour of the liquidity account. What the customer pays is rounded up, what it gets down.
    Units: amount in minor units of `currency`; rate in units of the pair's last decimal.
    """
    assert currency in (pair.base, pair.counter)
    assert rate > 0
    per_base = rate * 10 ** CURRENCY_DIGITS[pair.counter]
    per_counter = pair.base_units * 10 ** (pair.digits + CURRENCY_DIGITS[pair.base])
    named_base = currency == pair.base
    # The currency that the customer did not name is paid when it buys by base or sells by counter.
    pays_the_other = named_base == (side is FxSide.BUY)
    rounding = Rounding.UP if pays_the_other else Rounding.DOWN
    if named_base:
        return Amounts(amount, divided(amount * per_base, per_counter, rounding))
    return Amounts(divided(amount * per_counter, per_base, rounding), amount)


def spread_of(side: FxSide, mid: int, rate: int) -> int:
    """Return how far the rate lies from the middle, positive in the bank's favour."""
    return rate - mid if side is FxSide.BUY else mid - rate


def rate_text(pair: Pair, rate: int) -> str:
    """Write a rate as people read it, for instance `7.1000 CNY for 1 USD`."""
    return f"{format_decimal(rate, pair.digits)} {pair.counter} for {pair.base_units} {pair.base}"


def paid_by_customer(pair: Pair, side: FxSide, amounts: Amounts) -> tuple[str, int]:
    """Return the currency and the amount that the customer pays."""
    if side is FxSide.BUY:
        return pair.counter, amounts.counter
    return pair.base, amounts.base


def got_by_customer(pair: Pair, side: FxSide, amounts: Amounts) -> tuple[str, int]:
    """Return the currency and the amount that the customer gets."""
    if side is FxSide.BUY:
        return pair.base, amounts.base
    return pair.counter, amounts.counter


def amounts_text(pair: Pair, amounts: Amounts) -> str:
    """Write both amounts of an exchange."""
    return (
        f"{money_text(amounts.base, pair.base)} against {money_text(amounts.counter, pair.counter)}"
    )
