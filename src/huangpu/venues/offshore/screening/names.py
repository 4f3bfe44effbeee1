"""One spelling for every way to write a name: the text that a decision is kept under, and the tokens that are compared.

Compatibility forms, case, accents and punctuation go; company forms are recognised and set aside; traditional characters become simplified;
Chinese characters are read as Pinyin without tones beside being kept. Leaves out: scripts other than Latin and Chinese are compared as
they are written, and nothing is translated.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

from huangpu.venues.offshore.screening.words import (
    COMMON,
    FORMS,
    HAN_FORMS,
    PARTICLES,
    SIMPLIFIED,
    STOP,
    TRAILING_FORMS,
)

TOKENS_MAX: Final = 24
"""A payment's name has at most 140 characters; what is longer is compared by its first words."""

_HAN: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_ABBREVIATION: Final = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.){2,}")
_APOSTROPHES: Final = re.compile(r"['’‘`´ʹʻʼ]")
_WORD: Final = re.compile(
    r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+|[^\W_\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+"
)
_LETTERS: Final = str.maketrans(
    {
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ı": "i",
        "&": " and ",
    }
)


class Name(NamedTuple):
    """A name ready to be compared.

    `text` is all of it in one spelling; `tokens` what is compared, in order, without company forms; `han` the characters, also without.
    Units: weights as `weight_of`, one a token; `weight` is their sum.
    """

    text: str
    tokens: tuple[str, ...]
    weights: tuple[int, ...]
    weight: int
    han: str
    forms: frozenset[str]


def normal_text(name: str) -> str:
    """Write a name in the one spelling under which decisions are kept; again gives the same."""
    text = name
    while True:
        lowered = unicodedata.normalize("NFKD", text.casefold())
        bare = "".join(sign for sign in lowered if not unicodedata.combining(sign))
        text = unicodedata.normalize("NFKC", bare).translate(_LETTERS)
        text = _APOSTROPHES.sub("", text)
        text = _ABBREVIATION.sub(lambda found: f"{found[0].replace('.', '')} ", text)
        text = " ".join(word.translate(SIMPLIFIED) for word in _WORD.findall(text))
        if text == name:
            return text
        name = text


@lru_cache(maxsize=65_536)
def normal(name: str) -> Name:
    """Read a name; the same name is read once, as long as it is remembered."""
    text = normal_text(name)
    words: list[str] = []
    forms: set[str] = set()
    han: list[str] = []
    for word in text.split():
        if _HAN.fullmatch(word):
            core = _without_forms(word)
            if core != word:
                forms.add("ltd")
            if core:
                han.append(core)
                words.extend(_syllables(core))
        elif word in FORMS:
            forms.add(FORMS[word])
        elif word not in STOP:
            words.append(word.lstrip("0") or "0" if word.isdigit() else word)
    while len(words) > 1 and words[-1] in TRAILING_FORMS:
        forms.add(words.pop())
    tokens = tuple(words[:TOKENS_MAX])
    weights = tuple(weight_of(token) for token in tokens)
    return Name(text, tokens, weights, sum(weights), "".join(han), frozenset(forms))


def weight_of(token: str) -> int:
    """Weigh a token: by its length up to ten letters, a third of that where many names share it; a number weighs as six letters.

    Units: 30 a letter.
    """
    if token.isdigit():
        return 180
    weight = 30 * min(len(token), 10)
    return weight // 3 if token in COMMON or token in PARTICLES else weight


@lru_cache(maxsize=65_536)
def party_key(name: str, country: str) -> str:
    """Return the key under which the decision on a party that is no member is kept."""
    return f"{normal_text(name)}|{country}"


def member_key(institution: str) -> str:
    """Return the key of a member of the centre; no name can be normalised to it."""
    return f"@{institution}"


def _without_forms(word: str) -> str:
    for form in HAN_FORMS:
        word = word.replace(form, "")
    return word


def _syllables(characters: str) -> list[str]:
    """Read characters as Pinyin without tones; ü is u, as most documents print it."""
    from pypinyin import Style, lazy_pinyin

    read = lazy_pinyin(characters, style=Style.NORMAL, errors="ignore")
    return [syllable.replace("ü", "u").replace("v", "u") for syllable in read]
