"""Identifier structure, with an independent library as oracle for the check digits."""

import pytest
from stdnum import iban as oracle

from huangpu.gateways.iso20022.identifiers import is_bic, is_iban, is_uetr, same_bic

IBANS = ["GB29NWBK60161331926819", "DE89370400440532013000", "CH9300762011623852957"]


@pytest.mark.parametrize("text", IBANS)
def test_iban_check_digits_agree_with_the_oracle(text: str) -> None:
    assert is_iban(text)
    assert oracle.is_valid(text)
    for position in range(4, len(text)):
        wrong = text[:position] + ("1" if text[position] != "1" else "2") + text[position + 1 :]
        assert not is_iban(wrong)
        assert not oracle.is_valid(wrong)


def test_bic_structure() -> None:
    assert is_bic("TSTACNSHXXX")
    assert is_bic("CVNBSGSX")
    assert not is_bic("CVNBSGS")
    assert not is_bic("CVNB12SX")
    assert not is_bic("cvnbsgsx")
    assert not is_bic("CVNBSGSX\n")


def test_eight_characters_mean_the_head_office() -> None:
    assert same_bic("CVNBSGSX", "CVNBSGSXXXX")
    assert not same_bic("CVNBSGSX", "CVNBSGSX001")


def test_uetr_is_a_lower_case_uuid_of_version_4() -> None:
    assert is_uetr("e5f6a7b8-c9d0-4234-ab12-345678901234")
    assert not is_uetr("E5F6A7B8-C9D0-4234-AB12-345678901234")
    assert not is_uetr("e5f6a7b8-c9d0-1234-ab12-345678901234")
    assert not is_uetr("e5f6a7b8-c9d0-4234-cb12-345678901234")
