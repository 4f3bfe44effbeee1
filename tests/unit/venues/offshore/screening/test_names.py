"""Names in one spelling, and scores that do what the field complained of in others: no CORP, no single words, no word used twice."""

import itertools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pypinyin.constants import PINYIN_DICT
from rapidfuzz.distance import OSA

from huangpu.venues.offshore.screening import words
from huangpu.venues.offshore.screening.matching import alike, score
from huangpu.venues.offshore.screening.names import normal, normal_text, party_key

WORDS = st.sampled_from(
    [
        "Simulated", "Harbour", "harbor", "Trading", "TRADE", "Co.,", "Ltd", "Limited", "GmbH", "Great", "Wave", "Waves",
        "Wong", "Wang", "Huang", "Siu", "Xiao", "ming", "Xiaoming", "Hsiao-ming", "al", "Rashid", "alrashid", "J.", "7", "07",
        "上海", "张伟", "張偉", "章威", "贸易有限公司", "O'Neil", "ONeil", "Société", "L.L.C.",
    ]
)  # fmt: skip
NAMES = st.one_of(st.lists(WORDS, max_size=6).map(" ".join), st.text(max_size=24))


def points(left: str, right: str) -> int:
    return score(normal(left), normal(right))


@pytest.mark.parametrize(
    ("left", "right", "least", "most"),
    [
        ("Simulated Harbour Trading Co., Ltd.", "SIMULATED HARBOUR TRADING LIMITED", 10_000, 10_000),
        ("Simulated Harbour GmbH", "Simulated Harbour LLC", 9_900, 9_900),
        ("Great Harbour Wave", "Wave Great Harbour Ltd", 9_900, 9_900),
        ("Simulated Harbour Tradng", "Simulated Harbour Trading", 9_500, 9_999),
        ("Simulatd Harbr", "Simulated Harbour", 8_500, 9_499),
        ("Adam Albert Simlisted", "Adam Simlisted", 8_500, 9_499),
        ("J. Simlisted", "John Simlisted", 8_500, 9_499),
        ("Wong Siu Ming", "Wang Xiaoming", 9_500, 9_999),
        ("Hsiao-ming Wang", "Xiaoming Wang", 9_500, 9_999),
        ("王小明", "Wang Xiaoming", 9_900, 10_000),
        ("張偉", "张伟", 10_000, 10_000),
        ("张伟", "章威", 9_000, 9_400),
        ("上海蓝鲸贸易有限公司", "Shanghai Lanjing Maoyi Youxian Gongsi", 9_500, 10_000),
        ("上海蓝鲸贸易有限公司", "上海蓝鲸贸易股份有限公司", 10_000, 10_000),
        ("Al Rashid Oil", "Alrashid Oil", 9_500, 10_000),
        ("Corp", "Great Wave Corp", 0, 0),
        ("Ltd", "Ltd", 0, 0),
        ("Wave", "Great Wave Shipping Holdings", 0, 8_499),
        ("Wave Wave Wave", "Great Wave Shipping", 0, 8_499),
        ("Great Wave Shipping", "Great Wave Trading", 0, 8_499),
        ("Simulated Supplier 1", "Simulated Supplier 2", 0, 8_499),
        ("Wang Wei", "Tang Wei", 0, 8_499),
        ("Simulated OTC1", "Simulated OTC2", 0, 8_499),
        ("International Trading Company", "International Trading Group", 0, 8_499),
    ],
)  # fmt: skip
def test_scores_fall_into_their_bands(left: str, right: str, least: int, most: int) -> None:
    assert least <= points(left, right) <= most


@given(NAMES)
@example("İ")
@example("ﬁ\u0345")
@example("A.B.C")
@settings(max_examples=300)
def test_normalising_again_changes_nothing(name: str) -> None:
    once = normal_text(name)
    assert normal_text(once) == once
    assert party_key(once, "HK") == party_key(name, "HK")


@given(NAMES, NAMES)
@settings(max_examples=300)
def test_score_is_the_same_both_ways_and_within_its_range(left: str, right: str) -> None:
    assert points(left, right) == points(right, left)
    assert 0 <= points(left, right) <= 10_000


@given(NAMES)
def test_equal_names_score_all_and_no_name_scores_nothing(name: str) -> None:
    assert points(name, f" {name}") == (10_000 if normal(name).tokens else 0)


def edits(left: str, right: str, limit: int) -> int:
    """Count the letters to change, insert, leave out or exchange with their neighbour; `limit + 1` when there are more.

    Reading: optimal string alignment, the form of Damerau-Levenshtein in which no letter is edited twice.
    """
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    before: list[int] = []
    above = list(range(len(right) + 1))
    for row, sign in enumerate(left, 1):
        line = [row]
        for column, other in enumerate(right, 1):
            cost = min(above[column] + 1, line[column - 1] + 1, above[column - 1] + (sign != other))
            if (
                row > 1
                and column > 1
                and sign == right[column - 2]
                and left[row - 2] == other
                and before[column - 2] + 1 < cost
            ):
                cost = before[column - 2] + 1
            line.append(cost)
        if min(line) > limit and min(above) > limit:
            return limit + 1
        before, above = above, line
    return min(above[-1], limit + 1)


@given(st.text("abcdeé王", max_size=9), st.text("abcdeé王", max_size=9), st.integers(0, 4))
def test_edits_are_those_of_a_plain_count(left: str, right: str, limit: int) -> None:
    assert OSA.distance(left, right, score_cutoff=limit) == edits(left, right, limit)


@given(st.text("abcdeé1", min_size=1, max_size=9), st.text("abcdeé1", min_size=1, max_size=9))
def test_tokens_are_alike_both_ways(left: str, right: str) -> None:
    assert alike(left, right) == alike(right, left)


def test_every_usual_syllable_is_known_in_pinyin() -> None:
    read = set(itertools.chain.from_iterable(row.split(",") for row in PINYIN_DICT.values()))
    known = {normal_text(syllable).replace("v", "u") for syllable in read}
    rare = {"biang", "bong", "cei", "din", "fiao", "hm", "hng", "len", "m", "n", "ng", "nia", "tei", "wong"}  # fmt: skip
    assert known - words.SYLLABLES <= rare
    assert known >= words.SYLLABLES


def test_spellings_lead_to_their_syllable() -> None:
    assert "zhang" in words.variants("chang")
    assert words.variants("hsiao") == {"xiao"}
    assert words.variants("wong") == {"wang", "huang"}
    assert {"zhang", "chang", "cheung"} <= set(words.spellings("zhang"))
    assert words.variants("harbour") == frozenset()


def test_simplified_characters_stay_as_they_are() -> None:
    for target in words.SIMPLIFIED.values():
        assert str(target).translate(words.SIMPLIFIED) == target
