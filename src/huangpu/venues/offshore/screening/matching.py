"""How alike two names are, in basis points, and which of many names are worth asking: a score of names alone, and an index that finds.

A score depends on the two names and on nothing else: not on what else is on a list, nor on who asks. So an entry that did not change keeps its
scores, and a new list version is a matter of its changed entries. Tokens are paired once each, by letters that differ, by spellings of one
Chinese syllable, by words written together or apart; each weighs by length and rarity. What one name has more than the other counts
little when at least two rare words agree, and in full otherwise: a single word is no match for a long name.

The index is exact: it passes only over names that cannot reach the lowest band, which a test checks against the full scan.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA

from huangpu.venues.offshore.screening.names import Name
from huangpu.venues.offshore.screening.words import (
    COMMON,
    PARTICLES,
    SYLLABLES,
    spellings,
    variants,
)

EXACT: Final = 10_000
REORDERED: Final = 9_900
SPELT: Final = 9_700
AMBIGUOUS: Final = 9_000
HOMOPHONE_MAX: Final = 9_400
INITIAL: Final = 8_000
FORM_PENALTY: Final = 100
FLOOR_BP: Final = 8_500
"""The index finds every name from this score on; a band may not begin lower."""

WINDOW_MAX: Final = 3
_SHARE_NEEDED: Final = 5_000
"""A score of FLOOR_BP needs at least half of either name: 70 % of all and 30 % of half are 85 %."""


def edits_allowed(longest: int) -> int:
    """Return how many letters may differ between two tokens of which the longer has so many."""
    if longest < 4:
        return 0
    return 1 if longest < 6 else 2 if longest < 10 else 3


@lru_cache(maxsize=65_536)
def alike(left: str, right: str) -> int:
    """Compare two tokens; one with a digit in it is itself or another. Units: basis points; 0 where they are no spellings of one word."""
    if left == right:
        return EXACT
    if not (left.isalpha() and right.isalpha()):
        return 0
    if len(left) == 1 or len(right) == 1:
        return INITIAL if left[0] == right[0] else 0
    if variants(left) & variants(right):
        return AMBIGUOUS if left in SYLLABLES and right in SYLLABLES else SPELT
    if left in SYLLABLES and right in SYLLABLES:
        return 0
    longest = max(len(left), len(right))
    allowed = edits_allowed(longest)
    if len(set(left) ^ set(right)) > 2 * allowed:
        return 0
    found = OSA.distance(left, right, score_cutoff=allowed)
    if found > allowed:
        return 0
    plain = EXACT - EXACT * found // longest
    same = next((n for n in range(4) if left[n : n + 1] != right[n : n + 1]), 4)
    return plain + (EXACT - plain) * same // 10


@lru_cache(maxsize=16_384)
def syllabified(token: str) -> tuple[tuple[str, ...], ...]:
    """Return every way to read a token as two or three Pinyin syllables: `xiaoming` is xiao ming."""
    if len(token) < 4 or len(token) > 18 or not token.isascii():
        return ()
    return tuple(_readings(token, WINDOW_MAX))


def _readings(rest: str, parts: int) -> Iterator[tuple[str, ...]]:
    for length in range(1, min(6, len(rest)) + 1):
        head, tail = rest[:length], rest[length:]
        if head not in SYLLABLES:
            continue
        if tail in SYLLABLES:
            yield (head, tail)
        if parts > 2 and tail:
            yield from (
                (head, *more) for more in _readings(tail, parts - 1) if len(more) == parts - 1
            )


def joined(window: tuple[str, ...], token: str) -> int:
    """Compare words in a row with one word. Units: basis points."""
    if "".join(window) == token:
        return EXACT
    for reading in syllabified(token):
        if len(reading) == len(window) and all(
            syllable in variants(word) for syllable, word in zip(reading, window, strict=True)
        ):
            return SPELT
    return 0


@lru_cache(maxsize=16_384)
def windows(tokens: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return every two or three words in a row that may be one word elsewhere."""
    return tuple(
        tokens[start : start + size]
        for size in (2, WINDOW_MAX)
        for start in range(len(tokens) - size + 1)
        if not any(word in COMMON or word.isdigit() for word in tokens[start : start + size])
    )


def score(left: Name, right: Name) -> int:
    """Compare two names. Units: basis points, 10,000 for equal names; the same both ways."""
    if left.text == right.text:
        return EXACT if left.tokens else 0
    if not left.tokens or not right.tokens:
        return 0
    if right < left:
        left, right = right, left
    found = _token_score(left, right)
    if left.han and right.han:
        found = _han_score(left, right, found)
    if found and left.forms and right.forms and not left.forms & right.forms:
        found -= FORM_PENALTY
    return found


def _han_score(left: Name, right: Name, by_sound: int) -> int:
    """Compare names that both are written in characters: those that only sound the same may be other people."""
    if left.han == right.han:
        return by_sound
    return min(by_sound, HOMOPHONE_MAX)


class _Side(NamedTuple):
    tokens: list[str]
    weights: list[int]


def _token_score(left: Name, right: Name) -> int:
    if left.tokens == right.tokens:
        return EXACT
    ours, theirs, pairs = _joined_sides(left, right)
    taken_left: set[int] = {pair[1] for pair in pairs}
    taken_right: set[int] = {pair[2] for pair in pairs}
    open_pairs = [
        (found, place, other)
        for place, token in enumerate(ours.tokens)
        if place not in taken_left
        for other, against in enumerate(theirs.tokens)
        if other not in taken_right and (found := alike(token, against))
    ]
    open_pairs.sort(
        key=lambda pair: (-pair[0] * (ours.weights[pair[1]] + theirs.weights[pair[2]]), pair)
    )
    for pair in open_pairs:
        if pair[1] not in taken_left and pair[2] not in taken_right:
            pairs.append(pair)
            taken_left.add(pair[1])
            taken_right.add(pair[2])
    return _weighed(ours, theirs, pairs)


def _weighed(ours: _Side, theirs: _Side, pairs: list[tuple[int, int, int]]) -> int:
    """Turn pairs of tokens into a score of the names."""
    covered_left = sum(found * ours.weights[place] for found, place, _ in pairs)
    covered_right = sum(found * theirs.weights[other] for found, _, other in pairs)
    rare = sum(is_rare(ours.tokens[place]) for _, place, _ in pairs)
    found = points_of(covered_left // sum(ours.weights), covered_right // sum(theirs.weights), rare)
    in_order = all(
        one[2] < next_one[2]
        for one, next_one in zip(
            sorted(pairs, key=lambda pair: pair[1]),
            sorted(pairs, key=lambda pair: pair[1])[1:],
            strict=False,
        )
    )
    return found if in_order else min(found, REORDERED)


def points_of(one: int, other: int, rare: int) -> int:
    """Join what is covered of either name, both in basis points, by how many rare words agree."""
    less, more = (one, other) if one < other else (other, one)
    return less if rare < 2 else (7 * more + 3 * less) // 10


def is_rare(token: str) -> bool:
    """Tell whether a word is one that few names share."""
    return len(token) > 1 and token not in COMMON and token not in PARTICLES


def _joined_sides(left: Name, right: Name) -> tuple[_Side, _Side, list[tuple[int, int, int]]]:
    """Write words together on one side that are one word on the other."""
    ours = _Side(list(left.tokens), list(left.weights))
    theirs = _Side(list(right.tokens), list(right.weights))
    pairs: list[tuple[int, int, int]] = []
    for window, token, found in _joins(left, right):
        place, other = _place_of(ours.tokens, window), _index_of(theirs.tokens, token)
        if place is not None and other is not None:
            _join(ours, place, len(window))
            pairs = [(f, p - (len(window) - 1) * (p > place), o) for f, p, o in pairs]
            pairs.append((found, place, other))
            theirs.tokens[other] += "+"
    for window, token, found in _joins(right, left):
        other, place = _place_of(theirs.tokens, window), _index_of(ours.tokens, token)
        if place is not None and other is not None:
            _join(theirs, other, len(window))
            pairs = [(f, p, o - (len(window) - 1) * (o > other)) for f, p, o in pairs]
            pairs.append((found, place, other))
            ours.tokens[place] += "+"
    return ours, theirs, pairs


def _joins(parts: Name, whole: Name) -> Iterator[tuple[tuple[str, ...], str, int]]:
    ours, theirs = frozenset(parts.tokens), frozenset(whole.tokens)
    for token in whole.tokens:
        if token in ours or len(token) < 4:
            continue
        for window in windows(parts.tokens):
            if not any(word in theirs for word in window) and (found := joined(window, token)):
                yield window, token, found


def _join(side: _Side, place: int, size: int) -> None:
    """Make one word of several; a mark keeps it from being paired again."""
    side.tokens[place : place + size] = ["".join(side.tokens[place : place + size]) + "+"]
    side.weights[place : place + size] = [sum(side.weights[place : place + size])]


def _place_of(tokens: list[str], window: tuple[str, ...]) -> int | None:
    size = len(window)
    return next(
        (n for n in range(len(tokens) - size + 1) if tuple(tokens[n : n + size]) == window), None
    )


def _index_of(tokens: list[str], token: str) -> int | None:
    return next((place for place, word in enumerate(tokens) if word == token), None)


def window_spellings(token: str) -> Iterator[str]:
    """Give every way to spell a token's syllables, written together: what words in a row elsewhere may look like."""
    yield token
    for reading in syllabified(token):
        for spelt in product(*(spellings(syllable) for syllable in reading)):
            yield "".join(spelt)
