"""Identifiers of institutions, securities and payments, checked by their own check digits.

LEI (ISO 17442), BIC (ISO 9362), unified social credit code (GB 32100), ISIN (ISO 6166), UETR (RFC 4122 v4).
The arithmetic is python-stdnum's; this module only names the kinds and says what is wrong.
"""

import re

from stdnum import isin as stdnum_isin
from stdnum import lei as stdnum_lei
from stdnum.cn import uscc as stdnum_uscc

_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
_UETR = re.compile(r"[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}")
# python-stdnum strips blanks and dashes before it checks; here a text is the identifier or is not.
_LEI = re.compile(r"[A-Z0-9]{18}[0-9]{2}")
_USCC = re.compile(r"[0-9A-Z]{18}")
_ISIN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]")
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def is_lei(text: str) -> bool:
    """Tell whether `text` is a well-formed legal entity identifier (20 characters, mod 97-10)."""
    return _LEI.fullmatch(text) is not None and bool(stdnum_lei.is_valid(text))


def lei_of(prefix: str) -> str:
    """Complete 18 characters to an LEI by its two check digits (used for simulated institutions)."""
    assert len(prefix) == 18
    value = int("".join(str(int(c, 36)) for c in prefix + "00"))
    return f"{prefix}{98 - value % 97:02d}"


def is_bic(text: str) -> bool:
    """Tell whether `text` has the form of a BIC of 8 or 11 characters (form only: no directory look-up)."""
    return _BIC.fullmatch(text) is not None


def is_uscc(text: str) -> bool:
    """Tell whether `text` is a unified social credit code with a right check character."""
    return _USCC.fullmatch(text) is not None and bool(stdnum_uscc.is_valid(text))


def uscc_of(prefix: str) -> str:
    """Complete 17 characters to a unified social credit code (used for simulated institutions)."""
    assert len(prefix) == 17
    return prefix + str(stdnum_uscc.calc_check_digit(prefix))


def is_isin(text: str) -> bool:
    """Tell whether `text` is a securities identification number with a right check digit."""
    return _ISIN.fullmatch(text) is not None and bool(stdnum_isin.is_valid(text))


def is_uetr(text: str) -> bool:
    """Tell whether `text` is a unique end-to-end transaction reference: a lower-case UUID of version 4."""
    return _UETR.fullmatch(text) is not None


def is_country(text: str) -> bool:
    """Tell whether `text` has the form of an ISO 3166-1 alpha-2 code."""
    return _COUNTRY.fullmatch(text) is not None


def is_code(text: str) -> bool:
    """Tell whether `text` may serve as an id: 1 to 64 letters, digits and `._:/-`, not starting with a sign."""
    return _CODE.fullmatch(text) is not None
