"""The seven invariants of the centre, each held on drawn streams, each shown to fail when its guard is taken away.

A check that cannot fail proves nothing: for every invariant a second test breaks the guard and expects the check to notice.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.market import drawn, market, played, seeded_entries

from huangpu.app import load_rules
from huangpu.core.keys import KeyTable
from huangpu.core.message import Rejected
from huangpu.core.reasons import Reason
from huangpu.engine import CODEC, EngineStopped, Entry, replay
from huangpu.engine.centre import Centre
from huangpu.engine.writer import Engine, Submission
from huangpu.journal.memory import MemoryStore
from huangpu.journal.store import Append
from huangpu.ledger.book import Book
from huangpu.ledger.events import LegsPosted
from huangpu.ledger.transfers import Leg

STREAMS = st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=12)
STREAM = [4, 7, 10, 12, 13, 23, 35, 41, 42, 44, 57, 66, 78, 99, 101, 103, 202, 303, 404, 506]


# 1 · One order: nothing changes between entries, and entries are numbered without a gap.


def check_one_order(engine: Engine, numbers: list[int]) -> None:
    before = engine.centre.digest()
    for position, number in enumerate(numbers):
        for step, (by, command) in enumerate(drawn(engine, number)):
            assert engine.centre.digest() == before, "the state changed outside the one order"
            seq = engine.next_seq
            answer = engine.step([Submission(by, f"o{position}-{step}", command)])[0]
            assert isinstance(answer, Entry)
            assert answer.seq == seq == engine.store.tail().next_seq - 1
            before = engine.centre.digest()


@settings(max_examples=15)
@given(STREAMS)
def test_one_order(numbers: list[int]) -> None:
    check_one_order(market(), numbers)


def test_one_order_notices_a_change_beside_the_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = market()
    draw = drawn

    def meddling(engine: Engine, number: int) -> Any:
        engine.centre.registry.charter.last_tick_us += 1
        return draw(engine, number)

    monkeypatch.setitem(check_one_order.__globals__, "drawn", meddling)
    with pytest.raises(AssertionError, match="outside the one order"):
        check_one_order(engine, STREAM)


# 2 · Durable before answered: whoever was answered finds the entry in the journal, whatever the disk does.


class DyingStore(MemoryStore):
    """A store that stops writing after some rows and cannot tell."""

    rows_left = 3

    def append(self, expected_seq: int, epoch: int, count: int, body: bytes) -> Append:
        if self.rows_left == 0:
            return Append.UNKNOWN
        self.rows_left -= 1
        return super().append(expected_seq, epoch, count, body)


def check_durable_before_answered(numbers: list[int]) -> None:
    store = DyingStore()
    engine = market(store)
    answered: list[Entry] = []
    try:
        for position, number in enumerate(numbers):
            for step, (by, command) in enumerate(drawn(engine, number)):
                answer = engine.step([Submission(by, f"s{position}-{step}", command)])[0]
                assert isinstance(answer, Entry)
                answered.append(answer)
    except EngineStopped:
        pass
    durable = (
        {entry.seq for row in store.read(1) for entry in CODEC.decode(row.body)}
        if store.tail().next_seq > 1
        else set()
    )
    assert {entry.seq for entry in answered} <= durable, "answered before it was durable"


@settings(max_examples=15)
@given(STREAMS)
def test_durable_before_answered(numbers: list[int]) -> None:
    check_durable_before_answered(numbers)


def test_durable_before_answered_notices_an_ignored_write_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Engine, "finish", lambda self, result, prepared: None)
    with pytest.raises(AssertionError, match="before it was durable"):
        check_durable_before_answered(STREAM)


# 3 · Money is conserved: every asset of every unit sums to zero after every entry.


def check_money_is_conserved(engine: Engine, numbers: list[int]) -> None:
    for number in numbers:
        played(engine, [number])
        wrong = {key: total for key, total in engine.centre.ledger.totals().items() if total}
        assert not wrong, f"sums are not zero: {wrong}"


@settings(max_examples=15)
@given(STREAMS)
def test_money_is_conserved(numbers: list[int]) -> None:
    check_money_is_conserved(market(), numbers)


def test_money_is_conserved_notices_a_leg_that_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    post = Book.post

    def losing(self: Book, legs: list[Leg], *, simultaneous: bool = False) -> None:
        post(self, legs, simultaneous=simultaneous)
        self._booked[legs[-1].credit] -= 1

    monkeypatch.setattr(Book, "post", losing)
    with pytest.raises(AssertionError, match="sums are not zero"):
        check_money_is_conserved(market(), STREAM)


# 4 · Same journal, same bytes: replay gives the same hash, in another process with another hash seed too.


def check_same_journal_same_bytes(entries: list[Entry], digest: str) -> None:
    centre = Centre(load_rules())
    for entry in entries:
        replay.apply_entry(centre, entry)
    assert centre.digest() == digest, "replay gave other bytes"


@settings(max_examples=8)
@given(STREAMS)
def test_same_journal_same_bytes(numbers: list[int]) -> None:
    engine = market()
    entries = [*seeded_entries(), *played(engine, numbers)]
    check_same_journal_same_bytes(entries, engine.centre.digest())


REPLAYING = """
import sys
from huangpu.app import load_rules
from huangpu.engine import CODEC, replay
from huangpu.engine.centre import Centre
centre = Centre(load_rules())
for entry in CODEC.decode(sys.stdin.buffer.read()):
    replay.apply_entry(centre, entry)
print(centre.digest())
"""


def test_another_process_with_another_hash_seed_gives_the_same_hash() -> None:
    engine = market()
    body = CODEC.encode([*seeded_entries(), *played(engine, STREAM)])
    for hash_seed in ("1", "77"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        done = subprocess.run(
            [sys.executable, "-c", REPLAYING],
            input=body,
            capture_output=True,
            env=environment,
            check=True,
        )
        assert done.stdout.decode().strip() == engine.centre.digest()


def test_same_journal_same_bytes_notices_an_apply_that_asks_the_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = market()
    entries = [*seeded_entries(), *played(engine, STREAM)]
    digest = engine.centre.digest()
    apply, ticks = Centre.apply, iter(range(10**6))

    def clocked(self: Centre, events: Any, stamp: Any) -> None:
        apply(self, events, msgspec.structs.replace(stamp, at_us=stamp.at_us + next(ticks)))

    monkeypatch.setattr(Centre, "apply", clocked)
    with pytest.raises(AssertionError, match="other bytes"):
        check_same_journal_same_bytes(entries, digest)


# 5 · A refusal changes nothing and names the rule that refused.


def check_refusals(engine: Engine, numbers: list[int]) -> int:
    found = 0
    for number in numbers:
        for by, command in drawn(engine, number):
            before = engine.centre.digest()
            answer = engine.step([Submission(by, f"r-{engine.next_seq}", command)])[0]
            assert isinstance(answer, Entry)
            refusal = answer.rejected
            if refusal is None:
                continue
            found += 1
            assert engine.centre.digest() == before, "a refusal changed the state"
            assert refusal.detail, "a refusal without a detail"
            assert refusal.cite, "a refusal without a clause"
            assert not refusal.rule or refusal.rule.split(".")[0] in {
                r.name.split(".")[0] for r in engine.centre.rules
            }
    return found


@settings(max_examples=20)
@given(STREAMS)
def test_a_refusal_changes_nothing(numbers: list[int]) -> None:
    check_refusals(market(), numbers)


def test_the_stream_has_refusals() -> None:
    assert check_refusals(market(), list(range(0, 400, 7))) > 3


def test_a_refusal_changes_nothing_notices_a_decision_that_writes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    decide = Centre.decide

    def writing(self: Centre, command: Any, stamp: Any) -> Any:
        self.registry.charter.last_tick_us += 1
        return decide(self, command, stamp)

    monkeypatch.setattr(Centre, "decide", writing)
    with pytest.raises(AssertionError, match="a refusal changed the state"):
        check_refusals(market(), list(range(0, 400, 7)))


# 6 · A command is answered once: the same id gets the same bytes, also after a restart, and moves nothing.


def check_answered_once(
    engine: Engine, numbers: list[int], reopened: Callable[[Engine], Engine]
) -> None:
    for position, number in enumerate(numbers):
        for step, (by, command) in enumerate(drawn(engine, number)):
            submission = Submission(by, f"a{position}-{step}", command)
            first = engine.step([submission])[0]
            assert isinstance(first, Entry)
            after = engine.centre.digest()
            second = reopened(engine).step([submission])[0]
            assert isinstance(second, Entry)
            assert engine.answer(second) == engine.answer(first), "the second answer differs"
            assert engine.centre.digest() == after, "the repeat moved something"


@settings(max_examples=10)
@given(STREAMS)
def test_a_command_is_answered_once(numbers: list[int]) -> None:
    check_answered_once(market(), numbers, lambda engine: engine)


def test_a_command_is_answered_once_also_by_an_engine_that_replayed() -> None:
    from huangpu.app import open_engine

    store = MemoryStore()
    engine = Engine(Centre(load_rules()), store, lambda: 0)
    for entry in seeded_entries()[:120]:
        engine.step([Submission(entry.by, entry.id, entry.command, entry.at_us)])
    first = [engine.answer(entry) for entry in engine.entries(1)]
    again = open_engine(store, load_rules(), lambda: 5)
    seq = again.next_seq
    for entry, answer in zip(seeded_entries()[:120], first, strict=True):
        second = again.step([Submission(entry.by, entry.id, entry.command)])[0]
        assert isinstance(second, Entry)
        assert engine.answer(second) == answer
    assert again.next_seq == seq


def test_answered_once_notices_a_forgotten_id() -> None:
    def forgetful(engine: Engine) -> Engine:
        engine.answered = KeyTable()
        return engine

    with pytest.raises(AssertionError, match="the second answer differs"):
        check_answered_once(market(), STREAM, forgetful)


# 7 · Every rule is cited: every row has its clause, and every refusal of a market day names one.


def check_every_rule_is_cited(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        assert row["cite"], f"{row['rule']} from {row['from']} has no clause"
        assert row["unit"], f"{row['rule']} from {row['from']} has no unit"


def test_every_rule_is_cited() -> None:
    check_every_rule_is_cited(json.loads(msgspec.json.encode(load_rules().rows())))


def test_every_rule_is_cited_notices_a_row_without_a_clause() -> None:
    rows = json.loads(msgspec.json.encode(load_rules().rows()))
    rows[7]["cite"] = ""
    with pytest.raises(AssertionError, match="has no clause"):
        check_every_rule_is_cited(rows)


# What is outside the seven but holds all of them together.


@settings(max_examples=8)
@given(STREAMS)
def test_an_audit_of_any_day_finds_no_difference(numbers: list[int]) -> None:
    engine = market()
    entries = [*seeded_entries(), *played(engine, numbers)]
    report = replay.audit(load_rules(), entries)
    assert report.differences == []
    assert report.state_sha256 == engine.centre.digest()


def test_a_chain_that_does_not_pass_is_never_posted() -> None:
    engine = market()
    with pytest.raises(AssertionError):
        engine.centre.apply(
            [LegsPosted(legs=[Leg(kind=0, debit=0, credit=0, amount=1)])],
            engine.centre.stamp(1, 1, "operator"),
        )


def test_the_reasons_of_a_market_day_are_the_venues_own() -> None:
    entries = played(market(), list(range(0, 2_000, 7)))
    reasons = {entry.outcome.reason for entry in entries if isinstance(entry.outcome, Rejected)}
    assert reasons <= set(Reason)
    assert len(reasons) >= 3
