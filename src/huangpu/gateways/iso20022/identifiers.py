"""Structure of the identifiers in payment messages: BIC, IBAN, UETR.

Only the structure: whether a bank is a member or an account exists is for the engine to say.
"""

import re
import string

_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_UETR = re.compile(r"[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12}")
_IBAN_DIGITS = str.maketrans({letter: str(ord(letter) - 55) for letter in string.ascii_uppercase})
HEAD_OFFICE = "XXX"


def is_bic(text: str) -> bool:
    """Tell whether the text has the form of a business identifier code (ISO 9362)."""
    return _BIC.fullmatch(text) is not None


def is_iban(text: str) -> bool:
    """Tell whether the text has the form of an IBAN and its check digits fit (ISO 13616)."""
    if _IBAN.fullmatch(text) is None:
        return False
    return int((text[4:] + text[:4]).translate(_IBAN_DIGITS)) % 97 == 1


def is_uetr(text: str) -> bool:
    """Tell whether the text is a lower-case UUID of version 4."""
    return _UETR.fullmatch(text) is not None


def same_bic(first: str, second: str) -> bool:
    """Compare two BICs; eight characters mean the head office."""
    return first.ljust(11, HEAD_OFFICE[0]) == second.ljust(11, HEAD_OFFICE[0])
