"""The single writer: answers once, durable before answered, a refusal changes nothing."""

from pathlib import Path

import msgspec
import pytest
from tests.support.centre import founded_engine, refused, register, send

from huangpu.app import load_rules, open_engine, write_snapshot
from huangpu.core.reasons import Reason
from huangpu.engine import replay
from huangpu.engine.centre import Centre
from huangpu.engine.writer import CODEC, RECENT_ENTRIES, Engine, EngineStopped, Submission
from huangpu.journal.entry import Entry
from huangpu.journal.memory import MemoryStore
from huangpu.journal.sqlite import SqliteStore
from huangpu.journal.store import Append
from huangpu.ledger.events import PostOpeningBalance
from huangpu.registry.charter import Tick
from huangpu.registry.institutions import InstitutionKind, RegisterInstitution


class UnknownStore(MemoryStore):
    """A store whose next write may or may not have happened."""

    failing = False

    def append(self, expected_seq: int, epoch: int, count: int, body: bytes) -> Append:
        if self.failing:
            return Append.UNKNOWN
        return super().append(expected_seq, epoch, count, body)


def test_the_same_id_gets_the_stored_answer_and_changes_nothing() -> None:
    engine = founded_engine()
    bank = register(engine, "BK1", InstitutionKind.BANK, {}, bic="TSTACNSHXXX")
    other = msgspec.structs.replace(bank, id="BK2")
    command = RegisterInstitution(institution=other)
    before = engine.centre.digest()
    one = send(engine, "operator", command, id="x")
    two = send(engine, "operator", command, id="x")
    assert engine.answer(one) == engine.answer(two)  # type: ignore[arg-type]
    assert refused(one).reason is Reason.INSTITUTION_KNOWN
    assert engine.centre.digest() == before
    assert engine.store.tail().next_seq == engine.next_seq


def test_an_entry_is_the_same_from_memory_and_from_the_journal() -> None:
    engine = founded_engine()
    seqs = []
    for number in range(RECENT_ENTRIES + 3):
        answer = send(engine, "operator", Tick(), id=f"t{number}")
        assert isinstance(answer, Entry)
        seqs.append(answer.seq)
    for seq in (seqs[0], seqs[2], seqs[-1]):
        row = engine.store.row_of(seq)
        assert row is not None
        assert engine.entry(seq) == CODEC.decode_one(row.body, seq - row.first_seq)
    assert engine.entry(seqs[-1] + 1) is None


def test_the_same_id_with_other_content_is_refused_and_not_journaled() -> None:
    engine = founded_engine()
    bank = register(engine, "BK1", InstitutionKind.BANK, {}, bic="TSTACNSHXXX")
    send(engine, "operator", RegisterInstitution(institution=bank), id="x")
    seq = engine.next_seq
    other = RegisterInstitution(institution=msgspec.structs.replace(bank, id="BK9"))
    assert refused(send(engine, "operator", other, id="x")).reason is Reason.COMMAND_ID_REUSED
    assert engine.next_seq == seq


def test_a_repeat_within_one_batch_gets_the_same_entry() -> None:
    engine = founded_engine()
    bank = register(engine, "BK1", InstitutionKind.BANK, {}, bic="TSTACNSHXXX")
    submission = Submission("operator", "x", RegisterInstitution(institution=bank))
    one, two = engine.step([submission, submission])
    assert one == two


def test_an_unconfirmed_write_stops_the_engine_and_nobody_is_answered() -> None:
    store = UnknownStore()
    engine = Engine(Centre(load_rules()), store, lambda: 0)
    store.failing = True
    bank = register(founded_engine(), "BK1", InstitutionKind.BANK, {}, bic="TSTACNSHXXX")
    submission = Submission("operator", "x", RegisterInstitution(institution=bank))
    with pytest.raises(EngineStopped, match="UNKNOWN"):
        engine.step([submission])
    with pytest.raises(EngineStopped):
        engine.step([submission])
    assert store.tail().next_seq == 1


def test_an_engine_reopens_to_the_same_state_with_and_without_a_snapshot(tmp_path: Path) -> None:
    rules = load_rules()
    source = founded_engine()
    store = SqliteStore(tmp_path)
    engine = Engine(Centre(rules), store, lambda: 7)
    for entry in source.entries(1):
        engine.step([Submission(entry.by, entry.id, entry.command, entry.at_us)])
    register(engine, "BK1", InstitutionKind.BANK, {"maker": ["BANK_OPERATOR"]}, bic="TSTACNSHXXX")
    write_snapshot(engine, tmp_path / "snapshots")
    register(engine, "BK2", InstitutionKind.BANK, {}, bic="TSTBCNSHXXX")
    digest, answered = engine.centre.digest(), engine.answered.dump()
    store.close()
    for snapshots in (None, tmp_path / "snapshots"):
        store = SqliteStore(tmp_path)
        again = open_engine(store, rules, lambda: 7, snapshots=snapshots)
        assert again.centre.digest() == digest
        assert again.answered.dump() == answered
        store.close()


def test_audit_finds_an_entry_whose_outcome_was_exchanged() -> None:
    engine = founded_engine()
    register(engine, "BK1", InstitutionKind.BANK, {}, bic="TSTACNSHXXX")
    entries = list(engine.entries(1))
    clean = replay.audit(load_rules(), entries)
    assert clean.differences == []
    assert clean.state_sha256 == engine.centre.digest()
    rejected = refused(send(engine, "maker", entries[-1].command))
    forged = msgspec.structs.replace(entries[-1], outcome=rejected)
    found = replay.audit(load_rules(), [*entries[:-1], forged])
    assert [(one.seq, one.was, one.now) for one in found.differences] == [
        (forged.seq, "ACTOR_UNKNOWN", "accepted")
    ]


def test_entries_survive_the_codec() -> None:
    engine = founded_engine()
    register(engine, "BK1", InstitutionKind.BANK, {"maker": ["BANK_OPERATOR"]}, bic="TSTACNSHXXX")
    send(engine, "nobody", next(iter(engine.entries(2))).command)
    entries = list(engine.entries(1))
    assert CODEC.decode(CODEC.encode(entries)) == entries
    assert CODEC.count(CODEC.encode(entries)) == len(entries)


def test_what_the_journal_cannot_hold_is_refused_before_it_is_decided() -> None:
    engine = founded_engine()
    before, seq = engine.centre.digest(), engine.next_seq
    huge = PostOpeningBalance(debit="a", credit="b", amount=2**70)
    surrogate = PostOpeningBalance(debit="\ud800", credit="b", amount=1)
    for command in (huge, surrogate):
        refusal = refused(send(engine, "operator", command))
        assert refusal.reason is Reason.FIELD_OUT_OF_RANGE
    assert (engine.centre.digest(), engine.next_seq) == (before, seq)
    assert engine.store.tail().next_seq == seq


def test_a_row_of_encoded_commands_has_the_bytes_of_its_entries() -> None:
    engine = founded_engine()
    register(engine, "BK1", InstitutionKind.BANK, {}, bic="TSTACNSHXXX")
    entries = list(engine.entries(1))
    commands = [CODEC.encode_command(entry.command) for entry in entries]
    assert CODEC.encode_prepared(entries, commands) == CODEC.encode(entries)
