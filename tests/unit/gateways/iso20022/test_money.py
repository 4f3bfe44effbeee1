"""Amounts are exact whole minor units or refused."""

import pytest

from huangpu.gateways.iso20022.money import (
    DECIMALS,
    Money,
    amount_text,
    decimal_sum,
    minor_units,
    read_money,
    same_decimal,
)
from huangpu.gateways.iso20022.reader import AmountText
from huangpu.gateways.iso20022.refusal import Fault, at


@pytest.mark.parametrize(
    ("text", "currency", "amount_minor"),
    [
        ("1250000.00", "USD", 125_000_000),
        ("0.01", "CNY", 1),
        ("7.1", "EUR", 710),
        ("5", "HKD", 500),
        ("1500", "JPY", 1500),
        ("1.234", "KWD", 1234),
        ("1.23", "BHD", 1230),
        ("0007.50", "SGD", 750),
        ("92233720368547758.07", "GBP", 2**63 - 1),
    ],
)
def test_decimal_text_becomes_minor_units(text: str, currency: str, amount_minor: int) -> None:
    assert minor_units(text, currency) == amount_minor


@pytest.mark.parametrize(
    ("text", "currency", "code"),
    [
        ("1.234", "USD", "CH20"),
        ("1.000", "CHF", "CH20"),
        ("1.0", "JPY", "CH20"),
        ("1.2345", "KWD", "CH20"),
        ("0.00", "USD", "AM01"),
        ("0", "JPY", "AM01"),
        ("-1.00", "USD", "FF01"),
        ("+1.00", "USD", "FF01"),
        ("1,00", "USD", "FF01"),
        ("1.", "USD", "FF01"),
        (".5", "USD", "FF01"),
        ("1e3", "USD", "FF01"),
        ("", "USD", "FF01"),
        ("١٢", "USD", "FF01"),
        (" 1", "USD", "FF01"),
        ("92233720368547758.08", "USD", "FF01"),
        ("1", "XAU", "AM03"),
        ("1", "XAG", "AM03"),
        ("1", "XPD", "AM03"),
        ("1", "XPT", "AM03"),
        ("1", "CNH", "AM03"),
        ("1", "ZZZ", "AM03"),
    ],
)
def test_what_is_no_payable_amount_is_refused(text: str, currency: str, code: str) -> None:
    with pytest.raises(Fault) as raised:
        minor_units(text, currency)
    assert raised.value.code == code


def test_zero_is_allowed_where_asked() -> None:
    assert minor_units("0.00", "USD", allow_zero=True) == 0


def test_decimals_follow_iso_4217() -> None:
    wanted = {"CNY": 2, "USD": 2, "EUR": 2, "HKD": 2, "SGD": 2, "GBP": 2, "CHF": 2}
    wanted |= {"JPY": 0, "KRW": 0, "KWD": 3, "BHD": 3}
    assert {currency: DECIMALS[currency] for currency in wanted} == wanted


def test_amounts_are_written_with_all_decimals() -> None:
    assert amount_text(Money(5, "USD")) == ("0.05", "USD")
    assert amount_text(Money(123_456, "KWD")) == ("123.456", "KWD")
    assert amount_text(Money(7, "JPY")) == ("7", "JPY")
    assert amount_text(Money(0, "CNY")) == ("0.00", "CNY")


@pytest.mark.parametrize(
    ("amount", "code"), [(Money(-1, "USD"), "FF01"), (Money(1, "XAU"), "AM03")]
)
def test_amounts_that_cannot_be_sent_are_refused(amount: Money, code: str) -> None:
    with pytest.raises(Fault) as raised:
        amount_text(amount)
    assert raised.value.code == code


def test_control_sums_add_exactly() -> None:
    assert decimal_sum(["0.1"] * 10 + ["0.2"]) == "1.2"
    assert decimal_sum(["9007199254740993", "0.01"]) == "9007199254740993.01"
    assert decimal_sum([]) == "0"
    assert same_decimal("1.50", "1.5")
    assert not same_decimal("1.50", "1.51")


def test_a_fault_names_the_elements_from_the_outermost_in() -> None:
    with pytest.raises(Fault) as caught, at("Document", "PmtRtr"), at("TxInf"):
        read_money(AmountText("0.00", "EUR"), "ChrgsInf[2]", "Amt")
    refusal = caught.value.refusal()
    assert (refusal.code, refusal.path) == ("AM01", "/Document/PmtRtr/TxInf/ChrgsInf[2]/Amt")
