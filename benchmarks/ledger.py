"""Ledger: transfers a second of the compiled kernel, and durable through the engine's block lane.

How: 4,096 accounts that may not fall below zero, each first given a balance; then seeded random pairs. A durable block is one command
(`PostTransferBlock`) in one step: decided by the kernel, encoded, chained by SHA-256, written to SQLite and synced before the next one
starts. Beside it, in turn with it, runs a plain loop that appends the same bytes to a file and calls fdatasync: what the disk allows.
The loop over a Python dict is what the same checks cost without a kernel and without a journal.
"""

import os
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from benchmarks import centre
from benchmarks.rows import Case, Row, clocked, interleaved, row, spread
from huangpu.core.message import Rejected
from huangpu.engine import Engine, Entry, Submission
from huangpu.journal.sqlite import SqliteStore
from huangpu.ledger.accounts import Account, Side
from huangpu.ledger.book import Book
from huangpu.ledger.events import BLOCK_RECORDS_MAX, PostTransferBlock, TransferBlockPosted
from huangpu.ledger.transfers import TRANSFER_RECORD

Records = npt.NDArray[np.void]

GROUP: Final = "ledger"
UNIT: Final = "transfers/s"
ACCOUNTS: Final = 4_096
START: Final = 10**12
SIZES: Final = (BLOCK_RECORDS_MAX, 64, 1)
COMMITS: Final = {BLOCK_RECORDS_MAX: 60, 64: 1_000, 1: 2_000}
AIMS: Final = {BLOCK_RECORDS_MAX: "aim 600,000", 64: "aim 200,000", 1: "aim 2,000"}


def run(*, quick: bool = False) -> list[Row]:
    """Measure dict, kernel and journal."""
    runs = 2 if quick else 4
    plain, kernel = _in_memory(runs)
    best_plain, best_kernel = max(plain), max(kernel)
    rows = [
        row(
            GROUP, "plain loop over a dict, in memory", best_plain, UNIT, best_plain, spread(plain)
        ),
        row(
            GROUP,
            "kernel, blocks of 8,190, in memory",
            best_kernel,
            UNIT,
            best_plain,
            spread(kernel),
        ),
    ]
    for size in SIZES:
        rows += _durable(size, COMMITS[size] // (4 if quick else 1), runs, best_plain)
    return rows


# ── in memory ────────────────────────────────────────────────────────────────────────────────────────────────


def pairs(count: int, source: int, seed: int = 20_261_122) -> Records:
    """Make transfers between seeded random accounts; the same arguments give the same bytes."""
    random = np.random.default_rng(seed)
    records = np.zeros(count, TRANSFER_RECORD)
    records["debit"] = random.integers(0, ACCOUNTS, count) + source + 1
    step = random.integers(1, ACCOUNTS, count)
    records["credit"] = (records["debit"] - source - 1 + step) % ACCOUNTS + source + 1
    records["amount"] = random.integers(1, 1_000, count)
    return records


def gifts(source: int) -> Records:
    """Make the transfers that give every account its first balance."""
    records = np.zeros(ACCOUNTS, TRANSFER_RECORD)
    records["debit"] = source
    records["credit"] = np.arange(ACCOUNTS) + source + 1
    records["amount"] = START
    return records


def _in_memory(runs: int) -> tuple[list[float], list[float]]:
    blocks = [pairs(BLOCK_RECORDS_MAX, 0, seed) for seed in range(40)]
    rows = [
        list(zip(*(block[name].tolist() for name in ("debit", "credit", "amount")), strict=True))
        for block in blocks[:10]
    ]
    booked_plain: dict[int, int] = {}
    books: list[Book] = []

    def plain() -> float:
        booked_plain.clear()
        booked_plain.update(dict.fromkeys(range(1, ACCOUNTS + 1), START))
        seconds = clocked(lambda: _post_all_plain(booked_plain, rows))
        return len(rows) * BLOCK_RECORDS_MAX / seconds

    def kernel() -> float:
        books[:] = [_book()]
        seconds = clocked(lambda: [books[0].post_block(block) for block in blocks])
        return len(blocks) * BLOCK_RECORDS_MAX / seconds

    kernel()
    found = interleaved([Case("plain", plain), Case("kernel", kernel)], runs)
    again = _book()
    for block in blocks[:10]:
        again.post_block(block)
    same = all(again.booked(number) == booked_plain[number] for number in booked_plain)
    assert same, "the kernel and the plain loop left different balances"
    return found["plain"], found["kernel"]


def _post_all_plain(booked: dict[int, int], blocks: list[list[tuple[Any, ...]]]) -> None:
    for rows in blocks:
        _post_plain(booked, rows)


def _post_plain(booked: dict[int, int], rows: list[tuple[Any, ...]]) -> None:
    """Post one block as a first version in Python would: look both accounts up, check the funds, move."""
    for debit, credit, amount in rows:
        if debit == credit or amount <= 0 or credit not in booked:
            continue
        if booked[debit] < amount:
            continue
        booked[debit] -= amount
        booked[credit] += amount


def _book() -> Book:
    book = Book()
    for number in range(ACCOUNTS + 1):
        floor = 0 if number else None
        account = Account(f"A{number}", "H", "CNY", "U", "BENCH", Side.CREDIT, floor)
        book.open_account(account)
    assert not book.post_block(gifts(0)).any()
    return book


# ── durable ────────────────────────────────────────────────────────────────────────────────────────────────


def _durable(size: int, commits: int, runs: int, plain_memory: float) -> list[Row]:
    """Measure one block size: engine, kernel and SQLite beside the disk alone."""
    with tempfile.TemporaryDirectory(prefix="huangpu-bench-") as name:
        folder = Path(name)
        engine = centre.on_sqlite(folder / "centre")
        source = centre.open_wallets(engine, ACCOUNTS)
        _send(engine, [gifts(source).tobytes()])
        blocks = [pairs(size, source, seed).tobytes() for seed in range(commits)]

        def through_engine() -> float:
            return size * commits / clocked(lambda: _send(engine, blocks))

        def to_file() -> float:
            with (folder / "plain.log").open("wb", buffering=0) as file:
                return size * commits / clocked(lambda: _append(file.fileno(), blocks))

        cases = [Case("engine", through_engine), Case("file", to_file)]
        found = interleaved(cases, runs)
        assert isinstance(engine.store, SqliteStore)
        engine.store.close()
    ours, disk = found["engine"], found["file"]
    times = max(ours) / plain_memory
    title = f"blocks of {size:,}"
    note = f"{AIMS[size]}; {spread(ours)}; {times:.3g} x the dict loop, which keeps nothing"
    return [
        row(
            GROUP,
            f"append and fdatasync of the same bytes, {title}",
            max(disk),
            UNIT,
            max(disk),
            spread(disk),
        ),
        row(GROUP, f"durable through engine and SQLite, {title}", max(ours), UNIT, max(disk), note),
    ]


def _send(engine: Engine, blocks: list[bytes]) -> None:
    """Send blocks one by one, each durable before the next; assert that all their records were posted."""
    for records in blocks:
        command = PostTransferBlock(records=records)
        answer = engine.step([Submission(centre.BULK, f"b-{engine.next_seq}", command)])[0]
        assert isinstance(answer, Entry), answer
        assert not isinstance(answer.outcome, Rejected), answer.outcome
        event = answer.outcome[0]
        assert isinstance(event, TransferBlockPosted), event
        assert event.refused == 0, event


def _append(file: int, blocks: list[bytes]) -> None:
    for records in blocks:
        os.write(file, records)
        os.fdatasync(file)
