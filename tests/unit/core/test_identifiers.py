"""Identifiers carry right check digits, or are told apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huangpu.core import identifiers


@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=18, max_size=18))
def test_a_completed_lei_is_valid_and_one_wrong_digit_is_not(prefix: str) -> None:
    lei = identifiers.lei_of(prefix)
    assert identifiers.is_lei(lei)
    wrong = lei[:-1] + str((int(lei[-1]) + 1) % 10)
    assert not identifiers.is_lei(wrong)


def test_published_identifiers_are_valid() -> None:
    assert identifiers.is_lei("5493001KJTIIGC8Y1R12")
    assert identifiers.is_isin("US0378331005")
    assert not identifiers.is_isin("US0378331006")
    assert identifiers.is_uscc("91110000600037341L")
    assert identifiers.is_uscc(identifiers.uscc_of("91310000MA0000001"))


@pytest.mark.parametrize(
    ("bic", "expect"),
    [("TSTACNSHXXX", True), ("TSTACNSH", True), ("TSTACNSHX", False), ("tstacnsh", False)],
)
def test_a_bic_has_eight_or_eleven_characters(bic: str, expect: bool) -> None:
    assert identifiers.is_bic(bic) is expect


@pytest.mark.parametrize(
    ("uetr", "expect"),
    [
        ("eb6305c9-1f7f-49de-aed0-16487c27b42d", True),
        ("EB6305C9-1F7F-49DE-AED0-16487C27B42D", False),
        ("eb6305c9-1f7f-19de-aed0-16487c27b42d", False),
    ],
)
def test_a_uetr_is_a_lower_case_uuid_of_version_four(uetr: str, expect: bool) -> None:
    assert identifiers.is_uetr(uetr) is expect


def test_codes_and_countries_have_a_form() -> None:
    assert identifiers.is_code("FTE-OTC1/USD")
    assert not identifiers.is_code("-x")
    assert not identifiers.is_code("a b")
    assert identifiers.is_country("CN")
    assert not identifiers.is_country("CHN")


def test_an_identifier_is_the_whole_text() -> None:
    """A line break at the end, blanks, dashes and small letters make another text: registers compare texts."""
    assert not identifiers.is_code("FTE-OTC1\n")
    assert not identifiers.is_bic("TSTACNSHXXX\n")
    assert not identifiers.is_country("CN\n")
    assert not identifiers.is_uetr("eb6305c9-1f7f-49de-aed0-16487c27b42d\n")
    assert not identifiers.is_isin("us0378331005")
    assert not identifiers.is_isin("US0378331005\n")
    assert not identifiers.is_uscc("91-110000600037341L")
    assert not identifiers.is_uscc("91110000600037341l")
    assert not identifiers.is_lei("5493001KJTIIGC8Y1R1\u0662")
