"""The index over names on the lists: from one party to the entries that may be it, without looking at the others.

Every token leads to the names that hold it; a token of the party is looked up with every listed token that is spelt alike. Of the party's
tokens the ones that most names share are left out as long as the rest still weighs more than half: a name that agrees in the left-out ones
alone cannot reach FLOOR_BP. Words that are written together on one side only are found by their own tables. Two filters of integers come before
the comparison of tokens, and let through all that may be alike: the sets of letters, and rapidfuzz's edit distance.
"""

from collections.abc import Iterable, Iterator
from itertools import product

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from huangpu.venues.offshore.screening.matching import (
    FLOOR_BP,
    alike,
    edits_allowed,
    is_rare,
    points_of,
    score,
    syllabified,
    window_spellings,
    windows,
)
from huangpu.venues.offshore.screening.names import Name, normal
from huangpu.venues.offshore.screening.words import spellings, variants

Owner = tuple[str, str]
"""List id and entry id."""
_MEMO_MAX = 50_000


class _Words:
    """The listed tokens of one length, each with its letters as bits: those that occur, and above them those that occur twice."""

    __slots__ = ("_bits", "_letters", "_listed", "tokens")

    def __init__(self) -> None:
        self.tokens: list[str] = []
        self._bits: list[int] = []
        self._letters = np.zeros(0, dtype=np.uint64)
        self._listed = np.zeros(0, dtype=np.object_)

    def add(self, token: str) -> None:
        self.tokens.append(token)
        self._bits.append(_letters_of(token))

    def near(self, token: str, letters: int, allowed: int) -> list[str]:
        """Give the tokens within so many edits of one whose letters these are.

        Reading: a letter changed turns two bits at most, one put in or left out a single one, and the lengths tell how many of those there are.
        """
        if len(self._letters) != len(self._bits):
            self._letters = np.array(self._bits, dtype=np.uint64)
            self._listed = np.array(self.tokens, dtype=np.object_)
        most = 2 * allowed - abs(len(self.tokens[0]) - len(token))
        differ = np.bitwise_count(self._letters ^ np.uint64(letters))
        words: list[str] = self._listed[differ <= most].tolist()
        if not words:
            return words
        found = cdist([token], words, scorer=OSA.distance, score_cutoff=allowed, dtype=np.uint8)
        return [words[place] for place in np.flatnonzero(found[0] <= allowed).tolist()]


def _letters_of(token: str) -> int:
    bits = 0
    for sign in token:
        bit = 1 << (ord(sign) & 31)
        bits |= bit << 32 if bits & bit else bit
    return bits


class _Best:
    """The most that a listed name can score against a party, were every token free to pair with the one it is most alike.

    It holds of names that need no words written together; `matching.score` never comes above it.
    """

    __slots__ = ("_alike", "_asked", "_rare")

    def __init__(self, asked: Name, known: dict[str, list[str]]) -> None:
        self._asked = asked
        self._rare = [is_rare(token) for token in asked.tokens]
        self._alike: dict[str, list[tuple[int, int]]] = {}
        for place, token in enumerate(asked.tokens):
            for word in known[token]:
                self._alike.setdefault(word, []).append((place, alike(token, word)))

    def reaches(self, listed: Name) -> bool:
        """Tell whether a listed name may reach FLOOR_BP."""
        asked = self._asked
        ours = [0] * len(asked.tokens)
        theirs = rare = 0
        for token, weight in zip(listed.tokens, listed.weights, strict=True):
            found = self._alike.get(token)
            if found is None:
                continue
            most = 0
            for place, points in found:
                most = max(most, points)
                ours[place] = max(ours[place], points)
            theirs += most * weight
            rare += is_rare(token)
        covered = sum(points * weight for points, weight in zip(ours, asked.weights, strict=True))
        rare = max(
            rare, sum(1 for points, own in zip(ours, self._rare, strict=True) if points and own)
        )
        return points_of(covered // asked.weight, theirs // listed.weight, rare) >= FLOOR_BP


class NameIndex:
    """Names of list entries, findable by what a party is called."""

    def __init__(self) -> None:
        self._names: list[Name] = []
        self._owners: list[Owner | None] = []
        self._of_owner: dict[Owner, list[int]] = {}
        self._postings: dict[str, list[int]] = {}
        self._by_length: dict[int, _Words] = {}
        self._by_initial: dict[str, list[str]] = {}
        self._by_reading: dict[tuple[str, ...], list[str]] = {}
        self._together: dict[str, list[int]] = {}
        self._alike: dict[str, list[str]] = {}

    def __len__(self) -> int:
        return len(self._of_owner)

    def add(self, owner: Owner, names: Iterable[str]) -> None:
        """Make an entry findable under its names."""
        assert owner not in self._of_owner, owner
        places = self._of_owner[owner] = []
        for text in dict.fromkeys(names):
            name = normal(text)
            if not name.tokens:
                continue
            place = len(self._names)
            places.append(place)
            self._names.append(name)
            self._owners.append(owner)
            for token in dict.fromkeys(name.tokens):
                self._posting(token).append(place)
            for together in dict.fromkeys("".join(part) for part in windows(name.tokens)):
                self._together.setdefault(together, []).append(place)

    def remove(self, owner: Owner) -> None:
        """Find an entry no more; its words stay known."""
        for place in self._of_owner.pop(owner, ()):
            self._owners[place] = None

    def scores(self, names: Iterable[str], floor_bp: int = FLOOR_BP) -> dict[Owner, int]:
        """Return the best score of every entry that reaches the floor for one of the party's names.

        Units: basis points; floor_bp at least FLOOR_BP.
        """
        assert floor_bp >= FLOOR_BP
        best: dict[Owner, int] = {}
        for text in names:
            asked = normal(text)
            for place in self._candidates(asked):
                owner = self._owners[place]
                if owner is None:
                    continue
                found = score(asked, self._names[place])
                if found >= floor_bp and found > best.get(owner, 0):
                    best[owner] = found
        return best

    def _posting(self, token: str) -> list[int]:
        posting = self._postings.get(token)
        if posting is not None:
            return posting
        posting = self._postings[token] = []
        self._alike.clear()
        self._by_length.setdefault(len(token), _Words()).add(token)
        self._by_initial.setdefault(token[0], []).append(token)
        for reading in syllabified(token):
            self._by_reading.setdefault(reading, []).append(token)
        return posting

    def _candidates(self, asked: Name) -> Iterable[int]:
        """Give the places of all names that may reach the floor, in a fixed order."""
        if not asked.tokens:
            return ()
        known = {token: self._known_as(token) for token in dict.fromkeys(asked.tokens)}
        best = _Best(asked, known)
        names = self._names
        found = [place for place in self._sharing(asked, known) if best.reaches(names[place])]
        return dict.fromkeys([*found, *self._written_apart(asked)])

    def _sharing(self, asked: Name, known: dict[str, list[str]]) -> Iterable[int]:
        """Give the places of all names that share enough with the party to reach the floor, by the weight of its tokens alone."""
        weights: dict[str, int] = {}
        for token, weight in zip(asked.tokens, asked.weights, strict=True):
            weights[token] = weights.get(token, 0) + weight
        sizes = {token: sum(len(self._postings[word]) for word in known[token]) for token in known}
        left_out = 0
        reached: dict[int, int] = {}
        for token in sorted(weights, key=lambda word: (-sizes[word], word)):
            if 2 * (left_out + weights[token]) < asked.weight:
                left_out += weights[token]
                continue
            for place in dict.fromkeys(n for word in known[token] for n in self._postings[word]):
                reached[place] = reached.get(place, 0) + weights[token]
        return [n for n, weight in reached.items() if 2 * (weight + left_out) >= asked.weight]

    def _known_as(self, token: str) -> list[str]:
        """Return the listed tokens that are spelt like this one."""
        found = self._alike.get(token)
        if found is not None:
            return found
        words: dict[str, None] = {}
        if token in self._postings:
            words[token] = None
        for spelling in self._near(token):
            if spelling != token and alike(token, spelling):
                words[spelling] = None
        if len(self._alike) >= _MEMO_MAX:
            self._alike.clear()
        found = self._alike[token] = list(words)
        return found

    def _near(self, token: str) -> Iterator[str]:
        if not token.isalpha():
            return
        if len(token) == 1:
            yield from self._by_initial.get(token, ())
        elif token[0] in self._postings:
            yield token[0]
        for syllable in sorted(variants(token)):
            for spelling in spellings(syllable):
                if spelling in self._postings:
                    yield spelling
        letters = _letters_of(token)
        for length in range(max(1, len(token) - 3), len(token) + 4):
            allowed = edits_allowed(max(length, len(token)))
            listed = self._by_length.get(length)
            if listed is not None and abs(length - len(token)) <= allowed:
                yield from listed.near(token, letters, allowed)

    def _written_apart(self, asked: Name) -> Iterator[int]:
        """Give the names that write together what the party writes apart, or the other way round."""
        for token in asked.tokens:
            if len(token) >= 4:
                for together in window_spellings(token):
                    yield from self._together.get(together, ())
        for window in windows(asked.tokens):
            yield from self._postings.get("".join(window), ())
            meant = [sorted(variants(word)) for word in window]
            for reading in product(*meant):
                for word in self._by_reading.get(reading, ()):
                    yield from self._postings[word]
