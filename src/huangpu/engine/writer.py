"""The single writer: takes a batch of submissions, decides, journals once, and only then answers.

`prepare` decides and applies in memory and returns the bytes to write; `commit` is the one durable write and may run on another
thread; `finish` releases the answers. When the write fails or its result is unknown the engine stops: memory is ahead of
the journal, so the caller reopens from the journal and never retries the write.
"""

from collections.abc import Callable, Iterator

import msgspec

from huangpu.core.keys import KeyTable
from huangpu.core.message import Command, Rejected
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.engine.centre import COMMANDS, EVENTS, Centre
from huangpu.journal.codec import Codec
from huangpu.journal.entry import Entry
from huangpu.journal.store import Append, Store
from huangpu.venues.offshore.telling import told_of

BATCH_ENTRIES_MAX = 1_000
RECENT_ENTRIES = 1_024
"""Durable entries that are kept in memory for those who ask again at once; the older ones are read from the journal."""
RECENT_EVENTS_MAX = 16
ID_POLICY = "huangpu policy 6"


class EngineStopped(Exception):
    """The journal did not confirm a write; what was in flight is unknown until the centre is reopened."""


class Submission(msgspec.Struct, frozen=True):
    """One command as it arrives: the actor, the actor's own id for it, the command, and the instant if given."""

    by: str
    id: str
    command: Command
    at_us: int | None = None


class Prepared(msgspec.Struct, frozen=True):
    """A decided batch: the new entries, the body to write, and for each submission its entry or own refusal."""

    entries: list[Entry]
    body: bytes
    answers: list[Entry | Rejected]


CODEC = Codec(COMMANDS, EVENTS, told_of)


class Engine:
    """One centre, one journal, one order."""

    def __init__(self, centre: Centre, store: Store, clock_us: Callable[[], int]) -> None:
        self.centre = centre
        self.store = store
        self.stopped = False
        self._clock_us = clock_us
        self._epoch = store.acquire_epoch()
        self.next_seq = store.tail().next_seq
        self.last_at_us = 0
        self.answered = KeyTable()
        self._in_flight: dict[int, Entry] = {}
        self._recent: dict[int, Entry] = {}

    def step(self, batch: list[Submission]) -> list[Entry | Rejected]:
        """Decide, journal and answer a batch in one go (scenario files, tests, the CLI).

        Raises: EngineStopped when the journal did not confirm the write.
        """
        prepared = self.prepare(batch)
        if prepared.entries:
            self.finish(self.commit(prepared), prepared)
        return prepared.answers

    def prepare(self, batch: list[Submission]) -> Prepared:
        """Decide every submission in order against the state that the one before left."""
        if self.stopped:
            raise EngineStopped("the journal is being reopened")
        entries: list[Entry] = []
        commands: list[bytes] = []
        answers: list[Entry | Rejected] = []
        now_us = max(self._clock_us(), self.last_at_us)
        for submission in batch:
            key = self._key(submission.by, submission.id)
            answer = self._repeated(submission, key) or self._encoded(submission, commands)
            if answer is None:
                at_us = now_us if submission.at_us is None else submission.at_us
                answer = self._decided(submission, key, max(at_us, self.last_at_us))
                entries.append(answer)
                self._in_flight[answer.seq] = answer
            answers.append(answer)
        body = CODEC.encode_prepared(entries, commands) if entries else b""
        return Prepared(entries, body, answers)

    def _repeated(self, submission: Submission, key: str) -> Entry | Rejected | None:
        for seq in self.answered.find(key):
            answer = self._again(seq, submission)
            if answer is not None:
                return answer
        return None

    def _encoded(self, submission: Submission, commands: list[bytes]) -> Rejected | None:
        """Encode the command before it is decided: what the journal cannot hold must not change memory."""
        try:
            commands.append(CODEC.encode_command(submission.command))
        except (OverflowError, UnicodeEncodeError) as error:
            return Rejected(Reason.FIELD_OUT_OF_RANGE, str(error), ID_POLICY)
        return None

    def decided(self, submission: Submission, at_us: int) -> Entry:
        """Decide and apply one submission as the next entry, in memory only."""
        return self._decided(submission, self._key(submission.by, submission.id), at_us)

    def _decided(self, submission: Submission, key: str, at_us: int) -> Entry:
        centre, command = self.centre, submission.command
        stamp = centre.stamp(self.next_seq, at_us, submission.by)
        outcome = centre.decide(command, stamp)
        if not isinstance(outcome, Rejected):
            centre.apply(outcome, stamp)
        self.answered.add(key, self.next_seq)
        self.last_at_us = at_us
        self.next_seq += 1
        return Entry(stamp.seq, at_us, submission.by, submission.id, command, outcome)

    def remember(self, entry: Entry) -> None:
        """Take an entry that is about to be replayed into the index of answered ids."""
        self.answered.add(self._key(entry.by, entry.id), entry.seq)
        self.last_at_us = entry.at_us

    def _key(self, by: str, command_id: str) -> str:
        person = self.centre.registry.people.persons.get(by)
        # A sender nobody knows has no institution, and may not use up the ids of one that bears the same name.
        return f"{person.institution if person else f'?{by}'}|{command_id}"

    def _again(self, seq: int, submission: Submission) -> Entry | Rejected | None:
        """Compare with the entry that may have answered this id; None where it was another id's after all."""
        entry = self.entry(seq)
        assert entry is not None
        persons = self.centre.registry.people.persons
        senders = {
            persons[by].institution if by in persons else by for by in (entry.by, submission.by)
        }
        if entry.id != submission.id or len(senders) > 1:
            return None
        if entry.command == submission.command:
            return entry
        detail = f"id {submission.id} is entry {seq}, a {type(entry.command).__name__} with other content"
        return Rejected(Reason.COMMAND_ID_REUSED, detail, ID_POLICY)

    def commit(self, prepared: Prepared) -> Append:
        """Write the batch durably; the only blocking call, safe to run on another thread."""
        first = prepared.entries[0].seq
        return self.store.append(first, self._epoch, len(prepared.entries), prepared.body)

    def finish(self, result: Append, prepared: Prepared) -> None:
        """Close a batch after its write.

        Raises: EngineStopped unless the write is known to be durable.
        """
        if result is not Append.DURABLE:
            self.stopped = True
            raise EngineStopped(f"journal append: {result.name}")
        recent = self._recent
        for entry in prepared.entries:
            del self._in_flight[entry.seq]
            outcome = entry.outcome
            if isinstance(outcome, Rejected) or len(outcome) <= RECENT_EVENTS_MAX:
                recent[entry.seq % RECENT_ENTRIES] = entry

    def entry(self, seq: int) -> Entry | None:
        """Return an entry by its number, from memory where it is in flight or recent, else from the journal."""
        if seq in self._in_flight:
            return self._in_flight[seq]
        recent = self._recent.get(seq % RECENT_ENTRIES)
        if recent is not None and recent.seq == seq:
            return recent
        row = self.store.row_of(seq)
        if row is None:
            return None
        return CODEC.decode_one(row.body, seq - row.first_seq)

    def answer(self, entry: Entry) -> bytes:
        """Return the answer to the sender of an entry: the same bytes every time, whoever of the institution asks."""
        person = self.centre.registry.people.persons.get(entry.by)
        return CODEC.answer(entry, person.institution if person else "")

    def entries(self, from_seq: int) -> Iterator[Entry]:
        """Read durable entries from a number on."""
        for row in self.store.read(from_seq):
            for entry in CODEC.decode(row.body):
                if entry.seq >= from_seq:
                    yield entry


def embedded(rules: RuleBook, store: Store, clock_us: Callable[[], int] = lambda: 0) -> Engine:
    """Return an engine on a fresh centre (tests, scenario files)."""
    return Engine(Centre(rules), store, clock_us)
