"""Gridlock: payments a second that the liquidity methods decide, beside plain first in first out and a version that adds up anew.

How: n seeded payments wait among 400 accounts (n = 100: 40), picked by Zipf's law as in domain note F. They come as trade does, in rings: two to six
accounts pay each other the same log-normal amount; one in fifty goes overseas and comes back from nowhere. The order of entry is shuffled,
and each account has a twentieth of what it owes: first in first out settles a part, netting nearly all. With a hundredth (scarce) nearly nothing can
settle, and partial netting takes almost every payment out again, which is its longest run. All methods read the same queues and balances, and
the baseline of every row is first in first out over them. The naive version adds all positions up again after each payment it takes. A row's
note gives the share of value that settles; the row of the ledger checks that set as one simultaneous chain.
"""

import itertools
from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np

from benchmarks.rows import Case, Row, clocked, interleaved, row, spread
from huangpu.ledger.accounts import Account, Side
from huangpu.ledger.book import Book
from huangpu.ledger.transfers import Leg
from huangpu.venues.offshore.liquidity.solver import (
    Money,
    Queued,
    bilateral_offset,
    fifo,
    full_netting,
    partial_netting,
)

GROUP: Final = "gridlock"
UNIT: Final = "payments/s"
SIZES: Final = (100, 1_000, 10_000)
OVERSEAS_SHARE: Final = 0.02
NAIVE_MAX: Final = 1_000
PLENTY: Final = 20
SCARCE: Final = 100
"""Balances are this part of what each account owes."""

PARTIAL: Final = "partial netting (Bech and Soramäki)"
POINTLESS_WHEN_SCARCE: Final = ("bilateral offset", "full netting")

Queues = dict[int, list[Queued]]


def run(*, quick: bool = False) -> list[Row]:
    """Measure every method at every size."""
    rows: list[Row] = []
    for size in SIZES:
        for cover in (PLENTY, SCARCE):
            rows += _at_size(size, cover, 3 if quick else 7)
    return rows


def waiting(size: int, cover: int, seed: int = 20_261_122) -> tuple[Queues, dict[int, int]]:
    """Make seeded queues and balances; the same arguments give the same payments."""
    random = np.random.default_rng(seed)
    count = 40 if size <= 100 else 400
    weights = 1.0 / np.arange(1, count + 1)
    weights /= weights.sum()
    hops: list[tuple[int, int, int]] = []
    while len(hops) < size:
        amount = int(np.ceil(np.exp(random.normal(15, 1.6))))
        ring = random.choice(count, random.integers(2, 7), replace=False, p=weights).tolist()
        if random.random() < OVERSEAS_SHARE:
            ring[-1] = count
        pairs = itertools.pairwise([*ring, ring[0]])
        hops += [(payer, payee, amount) for payer, payee in pairs if payer != count]
    queues: Queues = {}
    for place, position in enumerate(random.permutation(len(hops))[:size].tolist()):
        payer, payee, amount = hops[position]
        payment = Queued(f"P{place}", payer, payee, amount, 2, place)
        queues.setdefault(payer, []).append(payment)
    owed = {account: sum(p.amount for p in found) for account, found in queues.items()}
    return queues, {account: owed.get(account, 0) // cover for account in range(count)}


def _at_size(size: int, cover: int, runs: int) -> list[Row]:
    queues, available = waiting(size, cover)

    def money() -> Money:
        return Money(available.__getitem__, _no_ceiling)

    works: dict[str, Callable[[], list[Queued]]] = {
        "first in first out": lambda: fifo(queues, money(), queues, size),
        "bilateral offset": lambda: _joined(bilateral_offset(queues, money())),
        "full netting": lambda: full_netting(queues, money()),
        PARTIAL: lambda: partial_netting(queues, money()),
        "partial netting, naive": lambda: _added_up_anew(queues, available),
    }
    if cover == SCARCE:
        works = {name: works[name] for name in works if name not in POINTLESS_WHEN_SCARCE}
    if cover == SCARCE and size > NAIVE_MAX:
        del works["partial netting, naive"]
    cases = [Case(name, partial(_rate, size, work)) for name, work in works.items()]
    rates = interleaved(cases, runs)
    results = {name: work() for name, work in works.items()}
    netted = set(results[PARTIAL])
    assert netted >= set(results["first in first out"])
    assert netted == set(results.get("partial netting, naive", netted))
    baseline = max(rates["first in first out"])
    total = sum(payment.amount for found in queues.values() for payment in found)
    rows: list[Row] = []
    for name, found in results.items():
        share = 100 * sum(payment.amount for payment in found) / total
        note = f"settles {len(found):,} of {size:,}, {share:.1f} % of value; {spread(rates[name])}"
        title = f"{name}, n = {size:,}{', scarce' if cover == SCARCE else ''}"
        rows.append(row(GROUP, title, max(rates[name]), UNIT, baseline, note))
    if cover == PLENTY:
        rows.append(_posted(size, results[PARTIAL], available))
    return rows


def _rate(size: int, work: Callable[[], list[Queued]]) -> float:
    return size / clocked(work)


def _posted(size: int, found: list[Queued], available: dict[int, int]) -> Row:
    """Check and post the set as one simultaneous chain; the baseline are the same legs checked one by one, which refuses early."""
    book = Book()
    source = len(available)
    for account in range(source + 1):
        floor = 0 if account < source else None
        book.open_account(Account(f"A{account}", "H", "CNY", "U", "BENCH", Side.CREDIT, floor))
    book.post([Leg(0, source, account, has) for account, has in available.items() if has])
    legs = [Leg(0, payment.payer, payment.payee, payment.amount) for payment in found]
    assert book.check(legs, simultaneous=True) is None
    seconds = min(clocked(lambda: book.check(legs, simultaneous=True)) for _ in range(5))
    note = f"{len(legs):,} legs in {seconds * 1e3:.2f} ms; floors asked once at the end"
    name = f"check of the set as one chain, n = {size:,}"
    return row(GROUP, name, len(legs) / seconds if legs else None, "legs/s", None, note)


def _no_ceiling(account: int) -> None:
    """Say that an account may receive anything."""


def _joined(groups: list[list[Queued]]) -> list[Queued]:
    return [payment for group in groups for payment in group]


def _added_up_anew(queues: Queues, available: dict[int, int]) -> list[Queued]:
    """Do what partial netting does as a first version would: every position anew after every payment taken."""
    kept = {account: list(found) for account, found in queues.items()}
    while True:
        left = dict(available)
        for found in kept.values():
            for payment in found:
                left[payment.payer] -= payment.amount
                left[payment.payee] = left.get(payment.payee, 0) + payment.amount
        uncovered = [account for account in kept if kept[account] and left[account] < 0]
        if not uncovered:
            return _joined(list(kept.values()))
        kept[uncovered[0]].pop()
