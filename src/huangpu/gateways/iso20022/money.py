"""Amounts: the decimal text of a message to whole minor units of a currency, and back, exactly.

No binary or decimal arithmetic: digits are shifted by the currency's number of decimals (ISO 4217).
Codes without a settled unit of payment (metals, special drawing rights, test codes) are not listed
and so are refused; CNH is a market name, the code of the renminbi is CNY.
"""

import msgspec

from huangpu.gateways.iso20022.reader import AmountText
from huangpu.gateways.iso20022.refusal import Fault, at, shown

AMOUNT_MINOR_MAX = 2**63 - 1
COMMODITIES = frozenset({"XAU", "XAG", "XPD", "XPT"})

_TWO_DECIMALS = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL
HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP
MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD
SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS
VED VES WST XCD XCG YER ZAR ZMW ZWG
"""
_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
DECIMALS: dict[str, int] = (
    dict.fromkeys(_TWO_DECIMALS.split(), 2)
    | dict.fromkeys(_NO_DECIMALS.split(), 0)
    | dict.fromkeys(_THREE_DECIMALS.split(), 3)
)


class Money(msgspec.Struct, frozen=True, gc=False):
    """An amount in whole minor units of its currency (fen, cents, yen)."""

    amount_minor: int
    currency: str


def minor_units(text: str, currency: str, *, allow_zero: bool = False) -> int:
    """Read decimal text as whole minor units.

    Rule: CBPR+ pacs.008 R31 (no commodity codes); ISO 4217 (number of decimals).
    Raises: Fault AM03 currency, FF01 malformed or negative or too large, CH20 decimals, AM01 zero.
    """
    decimals = DECIMALS.get(currency)
    if decimals is None:
        known = "a commodity" if currency in COMMODITIES else "no ISO 4217 currency settled here"
        rule = "R31" if currency in COMMODITIES else ""
        raise Fault("AM03", f"{shown(currency)} is {known}", "@Ccy", rule=rule)
    whole, point, fraction = text.partition(".")
    digits = whole + fraction
    if not whole or bool(point) != bool(fraction) or not (digits.isascii() and digits.isdigit()):
        raise Fault("FF01", f"{shown(text)} is no amount: digits, at most one point, no sign")
    if len(fraction) > decimals:
        raise Fault(
            "CH20", f"{shown(text)} has {len(fraction)} decimals, {currency} has {decimals}"
        )
    amount_minor = int(digits + "0" * (decimals - len(fraction)))
    if amount_minor == 0 and not allow_zero:
        raise Fault("AM01", f"{shown(text)} {currency} is zero")
    if amount_minor > AMOUNT_MINOR_MAX:
        raise Fault("FF01", f"{shown(text)} {currency} exceeds {AMOUNT_MINOR_MAX} minor units")
    return amount_minor


def read_money(amount: AmountText, *path: str, allow_zero: bool = False) -> Money:
    """Read an amount of the tree, the one at `path`; a fault names the path."""
    text, currency = amount
    with at(*path):
        return Money(minor_units(text, currency, allow_zero=allow_zero), currency)


def amount_text(money: Money) -> AmountText:
    """Write an amount with all decimals of its currency.

    Raises: Fault AM03 for a currency not listed, FF01 for a negative amount.
    """
    decimals = DECIMALS.get(money.currency)
    if decimals is None:
        raise Fault("AM03", f"{shown(money.currency)} is no currency settled here", "@Ccy")
    if not 0 <= money.amount_minor <= AMOUNT_MINOR_MAX:
        limit = f"limits 0 and {AMOUNT_MINOR_MAX}"
        raise Fault("FF01", f"{money.amount_minor} minor units, {limit}")
    digits = str(money.amount_minor).rjust(decimals + 1, "0")
    if decimals == 0:
        return AmountText(digits, money.currency)
    return AmountText(f"{digits[:-decimals]}.{digits[-decimals:]}", money.currency)


def decimal_sum(texts: list[str]) -> str:
    """Add unsigned decimal texts exactly and write the sum without trailing zeros.

    A control sum adds the written numbers whatever their currencies are.
    """
    places = 18
    total = sum(_scaled(text, places) for text in texts)
    digits = str(total).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}".rstrip("0").rstrip(".")


def same_decimal(first: str, second: str) -> bool:
    """Compare two decimal texts by value."""
    return decimal_sum([first]) == decimal_sum([second])


def _scaled(text: str, places: int) -> int:
    whole, _, fraction = text.partition(".")
    return int(whole + fraction.ljust(places, "0"))
