"""Engine: payments and orders a second through the one door, on a journal in memory and on SQLite, by size of batch.

How: a batch is one `Engine.step`: every command is decided against the whole rule book, applied, encoded, and the batch is one durable write.
The plain service is the baseline: the same payments as dicts, checked for repeated ids and funds only, one JSON line each, one
fdatasync a batch; it has no rules, no roles, no double entry, no chain. The parts say where a payment's time goes.
"""

import json
import os
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec

from benchmarks import centre
from benchmarks.rows import Case, Row, clocked, interleaved, row, spread
from huangpu.core.message import Rejected
from huangpu.engine import CODEC, Engine, Entry, Submission
from huangpu.venues.offshore.payments.words import InstructPayment

GROUP: Final = "engine"
BATCHES: Final = (1, 64, 1_000)
COUNTS: Final = {1: 2_000, 64: 6_400, 1_000: 8_000}
PARTS: Final = 5_000

Numbered = Callable[[int, int], list[Submission]]


def run(*, quick: bool = False) -> list[Row]:
    """Measure payments, then orders, then the parts of a payment."""
    runs = 2 if quick else 4
    rows = []
    for what, make in (("payments", _payments), ("orders", _orders)):
        for batch in BATCHES:
            rows += _rates(what, make, batch, COUNTS[batch] // (4 if quick else 1), runs)
    return rows + _parts()


def _payments(start: int, count: int) -> list[Submission]:
    return [centre.payment_of(number) for number in range(start, start + count)]


def _orders(start: int, count: int) -> list[Submission]:
    return centre.orders_of(start, count)


# ── rates ────────────────────────────────────────────────────────────────────────────────────────────────


def _rates(what: str, make: Numbered, batch: int, count: int, runs: int) -> list[Row]:
    """Measure one size of batch on three journals, the runs in turn."""
    unit = f"{what}/s"
    with tempfile.TemporaryDirectory(prefix="huangpu-bench-") as name:
        folder = Path(name)
        engines = {"memory": centre.on_memory(), "SQLite": centre.on_sqlite(folder / "centre")}
        starts = dict.fromkeys(engines, 0)

        def through(journal: str) -> float:
            batches = _cut(make(starts[journal], count), batch)
            starts[journal] += count
            engine = engines[journal]
            seconds = clocked(lambda: _settle_all(engine, batches))
            return count / seconds

        cases = [Case(journal, partial(through, journal)) for journal in engines]
        if what == "payments":
            cases.append(Case("plain", lambda: _plain_rate(folder, make(0, count), batch)))
        found = interleaved(cases, runs)
        for engine in engines.values():
            engine.store.close()
    plain = max(found["plain"]) if "plain" in found else max(found["memory"])
    rows = []
    if what == "payments":
        title = f"plain service, JSON lines with fdatasync, batch {batch:,}"
        rows.append(row(GROUP, title, plain, unit, plain, spread(found["plain"])))
    for journal in engines:
        rates = found[journal]
        title = f"{what}, {journal} journal, batch {batch:,}"
        note = f"{1e6 / max(rates):.1f} us each; {spread(rates)}"
        rows.append(row(GROUP, title, max(rates), unit, plain, note))
    return rows


def _settle_all(engine: Engine, batches: Sequence[list[Submission]]) -> None:
    for part in batches:
        centre.settle(engine, part)


def _cut(submissions: Sequence[Submission], batch: int) -> list[list[Submission]]:
    return [list(submissions[at : at + batch]) for at in range(0, len(submissions), batch)]


def _plain_rate(folder: Path, submissions: list[Submission], batch: int) -> float:
    """Run the plain service once, from a fresh state."""
    orders = [_as_dict(submission) for submission in submissions]
    batches = [orders[at : at + batch] for at in range(0, len(orders), batch)]
    balances = {order["debtor_account"]: 10**15 for order in orders}
    seen: set[str] = set()
    with (folder / "plain.jsonl").open("wb", buffering=0) as file:

        def work() -> None:
            for part in batches:
                lines = [_plain_payment(order, balances, seen) for order in part]
                os.write(file.fileno(), b"".join(lines))
                os.fdatasync(file.fileno())

        seconds = clocked(work)
    assert len(seen) == 2 * len(orders), "the plain service refused payments"
    return len(orders) / seconds


def _as_dict(submission: Submission) -> dict[str, Any]:
    command = submission.command
    assert isinstance(command, InstructPayment)
    order: dict[str, Any] = msgspec.to_builtins(command.order)
    return {"message_id": command.message_id, **order}


def _plain_payment(order: dict[str, Any], balances: dict[str, int], seen: set[str]) -> bytes:
    """Check ids and funds, move the money, write the line."""
    if order["message_id"] in seen or order["uetr"] in seen:
        return b""
    account, amount = order["debtor_account"], order["amount"]
    if balances[account] < amount:
        return b""
    seen.update((order["message_id"], order["uetr"]))
    balances[account] -= amount
    creditor = order["creditor_account"]
    balances[creditor] = balances.get(creditor, 0) + amount
    return json.dumps(order).encode() + b"\n"


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────


def _parts() -> list[Row]:
    """Measure what one payment costs, step by step, on a warm engine."""
    engine = centre.on_memory()
    for part in _cut(_payments(0, 2_000), 1_000):
        centre.settle(engine, part)
    submissions = _payments(2_000, PARTS)
    state = engine.centre
    stamps = [state.stamp(engine.next_seq, centre.AT_US, each.by) for each in submissions]
    pairs = list(zip(submissions, stamps, strict=True))
    decide = _best(lambda: [state.decide(each.command, stamp) for each, stamp in pairs])
    found: list[Entry] = []
    both = clocked(lambda: found.extend(_decided(engine, submissions)))
    encode = _best(lambda: CODEC.encode(found))
    body = CODEC.encode(found)
    decode = _best(lambda: CODEC.decode(body))
    assert CODEC.decode(body) == found, "decoded entries differ from the encoded ones"
    answer = _best(lambda: [engine.answer(entry) for entry in found])
    texts = [msgspec.json.encode(each.command) for each in submissions]
    read = _best(lambda: [CODEC.command_from_json(text) for text in texts])
    replay = _replayed_seconds(found)
    steps = (
        ("read the command from JSON", read),
        ("decide", decide),
        ("decide, apply and remember", both),
        ("encode for the journal", encode),
        ("decode from the journal", decode),
        ("apply again, as on replay", replay),
        ("write the answer as JSON", answer),
    )
    note = f"mean of {PARTS:,}; {len(body) // PARTS} bytes an entry"
    return [
        row(GROUP, f"one payment: {name}", seconds / PARTS * 1e6, "us", both / PARTS * 1e6, note)
        for name, seconds in steps
    ]


def _best(work: Callable[[], object]) -> float:
    """Give the seconds of the best of three calls of what changes nothing."""
    return min(clocked(work) for _ in range(3))


def _decided(engine: Engine, submissions: list[Submission]) -> list[Entry]:
    entries = [engine.decided(submission, centre.AT_US) for submission in submissions]
    refused = [entry.outcome for entry in entries if isinstance(entry.outcome, Rejected)]
    assert not refused, refused[0]
    return entries


def _replayed_seconds(entries: list[Entry]) -> float:
    """Apply the entries of the parts to a centre that has not seen them."""
    other = centre.on_memory()
    for part in _cut(_payments(0, 2_000), 1_000):
        centre.settle(other, part)
    state = other.centre

    def work() -> None:
        for entry in entries:
            assert not isinstance(entry.outcome, Rejected)
            state.apply(entry.outcome, state.stamp(entry.seq, entry.at_us, entry.by))

    return clocked(work)
