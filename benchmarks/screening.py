"""Screening: precision and recall at each band on a labelled set, and the time a party costs against 20,000 entries.

How: the list is generated (fixed seed, invented words, Chinese names of random characters), and so is the labelled set. Its positives are an
entry's name written otherwise: other company form, word order, one letter wrong or two, a word left out, another transliteration. Its
negatives share words with entries and are others: another rare word beside the same ones, one word in common, a number that differs. There are as
many negatives as positives; recall counts only the entry meant, precision every alarm. The baseline is a plain scan that scores every name.
"""

import gc
import itertools
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeVar

import msgspec

from benchmarks import centre
from benchmarks.rows import Row, row
from huangpu.core.calendar import date_of
from huangpu.engine import Engine, Submission
from huangpu.registry.charter import Tick
from huangpu.registry.people import Person, RegisterPerson
from huangpu.venues.offshore.payments.words import InstructPaymentBatch
from huangpu.venues.offshore.screening.books import EntryKind, KnownParty, ListEntry
from huangpu.venues.offshore.screening.index import NameIndex
from huangpu.venues.offshore.screening.lists import AdoptScreeningList, ProposeScreeningList
from huangpu.venues.offshore.screening.matching import score
from huangpu.venues.offshore.screening.names import normal, party_key
from huangpu.venues.offshore.screening.verdicts import PartiesScreened, screened, verdict
from huangpu.venues.offshore.screening.words import COMMON, SYLLABLES, spellings

T = TypeVar("T")
GROUP: Final = "screening"
SEED: Final = 20_261_123
ENTRIES: Final = 20_000
EACH: Final = 400
SCANNED: Final = 3
UNKNOWN: Final = 400
NEWCOMERS: Final = 10_000
BANDS: Final = (("hold", 9_500), ("review", 8_500))
SURNAMES: Final = tuple(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
)
GIVEN: Final = tuple(
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国志文晓东海燕春生永康健辉宁欣怡子轩浩然思远佳琪雨泽天宇鹏程"
)
FORMS: Final = (
    "Co., Ltd",
    "Limited",
    "LLC",
    "GmbH",
    "Inc.",
    "Company Limited",
    "Pte. Ltd.",
    "S.A.",
)


class Labelled(NamedTuple):
    """One question: what is asked, of which kind, and the entry meant (empty: nobody on the list)."""

    kind: str
    name: str
    entry: str


class Author:
    """Writes names of nobody, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        starts = [
            "b",
            "c",
            "d",
            "f",
            "g",
            "h",
            "j",
            "k",
            "l",
            "m",
            "n",
            "p",
            "r",
            "s",
            "t",
            "v",
            "w",
            "z",
            "br",
            "cr",
            "dr",
            "gr",
            "st",
            "tr",
            "sh",
            "ch",
            "kl",
            "pr",
        ]
        vowels = ["a", "e", "i", "o", "u", "ai", "ou", "ea"]
        ends = ("", "n", "r", "s", "x", "lt", "nd", "m")
        words: dict[str, None] = {}
        while len(words) < 30_000:
            parts = (self.pick(starts) + self.pick(vowels) for _ in range(self.pick((2, 2, 3))))
            words["".join(parts) + self.pick(ends)] = None
        self.words = [word.title() for word in words if word not in SYLLABLES]
        self.common = sorted(COMMON)

    def pick(self, among: Sequence[T]) -> T:
        """Draw one."""
        return self.chance.choice(among)

    def word(self) -> str:
        """Write a word of no meaning."""
        return self.pick(self.words)


def run(*, quick: bool = False) -> list[Row]:
    """Measure quality on the labelled set, then the time of a cached and of an unknown party."""
    author = Author(SEED)
    entries = entries_of(author, ENTRIES)
    index = NameIndex()
    start = time.perf_counter()
    for entry in entries:
        index.add(("SIM", entry.id), entry.names)
    seconds = time.perf_counter() - start
    names = sum(len(entry.names) for entry in entries)
    rows = _quality(index, labelled(author, entries, EACH // (4 if quick else 1)))
    rows.append(
        row(GROUP, "index built", seconds, "s", None, f"{len(entries):,} entries, {names:,} names")
    )
    return rows + _times(author, entries, quick=quick)


def entries_of(author: Author, count: int) -> list[ListEntry]:
    """Write a list: four in ten firms, three persons, three Chinese persons and firms with characters and Pinyin."""
    entries = []
    for number in range(count):
        kind, names = EntryKind.ENTITY, [_firm(author)]
        if number % 10 >= 4:
            kind, names = EntryKind.PERSON, [" ".join(author.word() for _ in range(3))]
        if number % 10 >= 7:
            names = list(_chinese(author))
        if author.chance.random() < 0.4:
            names.append(
                _firm(author) if kind is EntryKind.ENTITY else f"{author.word()} {author.word()}"
            )
        entries.append(ListEntry(f"S{number}", kind, names, [author.pick(("HK", "SG", "AE"))]))
    return entries


def _firm(author: Author) -> str:
    words = [author.word() for _ in range(author.pick((1, 2, 2, 3)))]
    words += [author.pick(author.common).title() for _ in range(author.pick((1, 1, 2)))]
    return f"{' '.join(words)} {author.pick(FORMS)}"


def _chinese(author: Author) -> tuple[str, str]:
    characters = author.pick(SURNAMES) + author.pick(GIVEN) + author.pick(GIVEN)
    surname, first, second = normal(characters).tokens
    return characters, f"{surname.title()} {first.title()}{second}"


def labelled(author: Author, entries: list[ListEntry], each: int) -> list[Labelled]:
    """Write the labelled set: `each` questions of every kind that is no negative, and as many negatives."""
    firms = [entry for entry in entries if entry.kind is EntryKind.ENTITY]
    others = [
        entry
        for entry in entries
        if len(normal(entry.names[0]).tokens) >= 2 and not normal(entry.names[0]).han
    ]
    chinese = [entry for entry in entries if normal(entry.names[0]).han]
    ways: list[tuple[str, list[ListEntry], Callable[[Author, str], str]]] = [
        ("company form", firms, _other_form),
        ("word order", others, _other_order),
        ("one letter", others, _typo),
        ("two letters", others, lambda author, name: _typo(author, _typo(author, name))),
        ("word left out", others, _omission),
        ("transliteration", chinese, _transliteration),
    ]
    asked = [
        Labelled(kind, write(author, entry.names[0]), entry.id)
        for kind, among, write in ways
        for entry in (author.pick(among) for _ in range(each))
    ]
    wrong = (_other_word, _one_in_common, _other_number, _other_person)
    negatives = [
        Labelled("negative", write(author, author.pick(others).names[0]), "")
        for _, write in zip(asked, itertools.cycle(wrong), strict=False)
    ]
    return asked + negatives


def _other_form(author: Author, name: str) -> str:
    bare = next(
        name.removesuffix(form)
        for form in sorted(FORMS, key=len, reverse=True)
        if name.endswith(form)
    )
    return f"{bare.strip().upper()} {author.pick(FORMS)}"


def _other_order(_author: Author, name: str) -> str:
    words = list(normal(name).tokens)
    return " ".join([*words[1:], words[0]]).upper()


def _typo(author: Author, name: str) -> str:
    words = name.split()
    place = max(range(len(words)), key=lambda n: (len(words[n]) > 4, author.chance.random()))
    word, at = words[place], author.chance.randrange(1, max(2, len(words[place]) - 1))
    letter = author.pick("aeiourstnl")
    edited = (word[:at] + word[at + 1 :], word[:at] + letter + word[at:], word[:at] + letter + word[at + 1 :],
              word[:at] + word[at : at + 2][::-1] + word[at + 2 :])  # fmt: skip
    words[place] = author.pick(edited)
    return " ".join(words)


def _omission(author: Author, name: str) -> str:
    words = list(normal(name).tokens)
    if len(words) < 3:
        return " ".join(words)
    common = [word for word in words if word in COMMON]
    words.remove(author.pick(common) if common else words[1])
    return " ".join(words)


def _transliteration(author: Author, name: str) -> str:
    surname, first, second = (author.pick(spellings(one)) for one in normal(name).tokens)
    return author.pick(
        [
            f"{surname.title()} {first.title()}-{second}",
            f"{first.title()} {second.title()} {surname.title()}",
            f"{surname.upper()} {first.upper()} {second.upper()}",
        ]
    )


def _other_word(author: Author, name: str) -> str:
    words = list(normal(name).tokens)
    rare = [place for place, word in enumerate(words) if word not in COMMON]
    words[author.pick(rare)] = author.word()
    return " ".join(words)


def _one_in_common(author: Author, name: str) -> str:
    words = normal(name).tokens
    return f"{author.pick(list(words))} {author.word()} {author.pick(author.common)} Ltd"


def _other_number(author: Author, _name: str) -> str:
    return f"{author.word()} {author.pick(author.common)} {author.chance.randrange(2, 99)} Limited"


def _other_person(author: Author, _name: str) -> str:
    return (
        _chinese(author)[1] if author.chance.random() < 0.5 else f"{author.word()} {author.word()}"
    )


def _quality(index: NameIndex, asked: list[Labelled]) -> list[Row]:
    found = [(one, index.scores([one.name])) for one in asked]
    negatives = sum(not one.entry for one in asked)
    rows = []
    for band, least in BANDS:
        alarms: Counter[str] = Counter()
        right: Counter[str] = Counter()
        for one, hits in found:
            alarms[one.kind] += any(score_bp >= least for score_bp in hits.values())
            right[one.kind] += hits.get(("SIM", one.entry), 0) >= least
        kinds = {
            one.kind: sum(other.kind == one.kind for other in asked) for one in asked if one.entry
        }
        positives = sum(kinds.values())
        hit, false = sum(right[kind] for kind in kinds), alarms["negative"]
        by_kind = ", ".join(
            f"{kind} {100 * right[kind] / number:.1f}" for kind, number in kinds.items()
        )
        text = f"from {least:,}; {positives:,} positives; by kind: {by_kind}"
        rows.append(row(GROUP, f"recall at {band}", 100 * hit / positives, "%", None, text))
        text = f"from {least:,}; {false:,} of {negatives:,} negatives give an alarm"
        rows.append(
            row(GROUP, f"precision at {band}", 100 * hit / max(1, hit + false), "%", None, text)
        )
    return rows


def _times(author: Author, entries: list[ListEntry], *, quick: bool) -> list[Row]:
    engine = centre.on_memory()
    adopted_s = adopt(engine, entries)
    room, rules = engine.centre.offshore, engine.centre.rules
    person, account, bank = centre.payer_of(0)
    stamp = engine.centre.stamp(engine.next_seq, centre.AT_US, person)
    company = room.registry.cash_accounts[account].holder
    orders = [centre.order_of(number, account) for number in range(centre.SUPPLIERS)]
    for order in orders:
        news = verdict(room, rules, stamp, order, (company, ""), bank).news
        engine.centre.apply([PartiesScreened(parties=list(news))], stamp)
    count = 20_000 if quick else 200_000
    gc.collect()
    start = time.perf_counter()
    for number in range(count):
        verdict(room, rules, stamp, orders[number % len(orders)], (company, ""), bank)
    cached_us = (time.perf_counter() - start) / count * 1e6
    listed = room.screening.at(room.books.screening).names
    fresh = [
        _firm(author) if n % 3 else _chinese(author)[1]
        for n in range(UNKNOWN // (4 if quick else 1))
    ]
    listed.scores([_firm(author)])
    times = []
    for name in fresh:
        party = KnownParty(key=party_key(name, "HK"), names=[name], country="HK")
        start = time.perf_counter()
        screened(room, party)
        times.append((time.perf_counter() - start) * 1e6)
    times.sort()
    texts = [normal(name) for entry in entries for name in entry.names]
    start = time.perf_counter()
    for name in fresh[:SCANNED]:
        one = normal(name)
        assert sum(score(one, other) >= 8_500 for other in texts) >= 0
    scan_us = (time.perf_counter() - start) / SCANNED * 1e6
    note = f"p50 {times[len(times) // 2]:,.0f}, p99 {times[-1 - len(times) // 100]:,.0f}, most {times[-1]:,.0f} us; budget 50,000"
    mean_us = sum(times) / len(times)
    return [
        row(GROUP, "plain scan of every name", scan_us, "us/party", scan_us, f"{SCANNED} parties"),
        row(GROUP, "unknown party", mean_us, "us/party", scan_us, note),
        row(
            GROUP, "payment between known parties", cached_us, "us/payment", scan_us, "aim below 3"
        ),
        row(
            GROUP,
            "list of 20,000 adopted",
            adopted_s,
            "s",
            None,
            "both commands and the index over names; the members follow by ticks",
        ),
        *_newcomers(engine, author),
    ]


def _newcomers(engine: Engine, author: Author) -> list[Row]:
    """Send one file of NEWCOMERS parties never seen before, and let the ticks compare some of them."""
    person, account, bank = centre.payer_of(0)
    books = engine.centre.offshore.books.screening
    while books.stale or books.members < len(engine.centre.registry.institutions):
        centre.settle(engine, [Submission("clock", f"tick-{engine.next_seq}", Tick())])
    orders = [
        msgspec.structs.replace(centre.order_of(10**6 + n, account), creditor_name=_firm(author))
        for n in range(NEWCOMERS)
    ]
    batch = InstructPaymentBatch(message_id="newcomers", bank=bank, orders=orders)
    start = time.perf_counter()
    centre.settle(engine, [Submission(person, "newcomers", batch)])
    batch_ms = (time.perf_counter() - start) * 1e3
    waiting = len(books.backlog)
    ticks = []
    for _ in range(40):
        start = time.perf_counter()
        centre.settle(engine, [Submission("clock", f"tick-{engine.next_seq}", Tick())])
        ticks.append((time.perf_counter() - start) * 1e3)
    ticks.sort()
    note = f"p50 {ticks[20]:,.1f}, most {ticks[-1]:,.1f} ms; {waiting - len(books.backlog):,} compared in 40"
    text = f"{NEWCOMERS:,} orders of one file, {waiting:,} wait for a tick"
    return [
        row(GROUP, "file of unknown parties", batch_ms, "ms", None, text),
        row(GROUP, "tick with a backlog", sum(ticks) / len(ticks), "ms", None, note),
    ]


def adopt(engine: Engine, entries: list[ListEntry]) -> float:
    """Propose and adopt a list by two people; give the seconds it took."""
    people = ("bench-comp-1", "bench-comp-2")
    for person in people:
        registered = Person(id=person, institution="HUANGPU", roles=["COMPLIANCE"])
        centre.settle(engine, [Submission("operator", person, RegisterPerson(person=registered))])
    proposed = ProposeScreeningList(
        list_id="SIM", version="1", published=date_of(centre.AT_US), entries=entries
    )
    start = time.perf_counter()
    centre.settle(engine, [Submission(people[0], "propose", proposed)])
    adopted = AdoptScreeningList(list_id="SIM", version="1")
    centre.settle(engine, [Submission(people[1], "adopt", adopted)])
    return time.perf_counter() - start
