"""Opening a centre: the rule files, the data folder, the newest snapshot and the entries after it.

The only place that knows where the rule files and the data folder are.
"""

import contextlib
import gc
import hashlib
from collections.abc import Callable, Iterable, Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from huangpu import __version__
from huangpu.config import SANDBOX_PASSWORD, Settings, SettingsError
from huangpu.core.identifiers import lei_of
from huangpu.core.keys import KeyTable
from huangpu.core.message import Rejected
from huangpu.core.rulebook import Row, RuleBook, parse_rows
from huangpu.engine import access
from huangpu.engine.centre import Centre
from huangpu.engine.replay import replayed
from huangpu.engine.writer import Engine, Submission
from huangpu.journal import snapshot, verify
from huangpu.journal.entry import Entry
from huangpu.journal.sqlite import SqliteStore
from huangpu.journal.store import Corrupted, Store
from huangpu.registry.charter import FoundCentre, OpenCentre

RULE_ROOMS = ("registry", "venues/offshore", "venues/reinsurance", "venues/growth")
SNAPSHOTS = "snapshots"
SIMULATED_LEI_PREFIX = "984500HUANGPUSIM00"

Progress = Callable[[str, int, int], None]
"""What is being done, how many entries are done, how many there are."""


def load_rules() -> RuleBook:
    """Read every rule row that this version of huangpu brings.

    Raises: RuleBookError naming the file, the rule and the fault.
    """
    rows: list[Row] = []
    package = resources.files("huangpu")
    for room in RULE_ROOMS:
        folder: Traversable = package
        for part in (*room.split("/"), "rules"):
            folder = folder / part
        for file in sorted(folder.iterdir(), key=lambda f: f.name):
            if file.name.endswith(".toml"):
                rows.extend(
                    parse_rows(file.read_text(encoding="utf-8"), f"{room}/rules/{file.name}")
                )
    return RuleBook(rows)


class _Body(msgspec.Struct, frozen=True, array_like=True):
    """What a snapshot holds beside the centre: the instant and the ids answered so far; views, so that nothing is copied."""

    centre: memoryview
    last_at_us: int
    answered: memoryview


def open_engine(
    store: Store,
    rules: RuleBook,
    clock_us: Callable[[], int],
    *,
    snapshots: Path | None = None,
    progress: Progress | None = None,
) -> Engine:
    """Rebuild the centre from the newest valid snapshot and the entries after it.

    Raises: Corrupted naming the first row that is not what was written.
    """
    tell = progress or _quiet
    report = verify.verify(store, progress=lambda done, of: tell("verify", done, of))
    if report.first_bad is not None:
        raise Corrupted(report.entries + 1, report.first_bad.partition(": ")[2])
    engine = Engine(Centre(rules), store, clock_us)
    with _collector_paused():
        from_seq = _restore(engine, rules, store, snapshots)
        total = engine.next_seq - 1
        entries = engine.entries(from_seq) if from_seq <= total else iter(())
        known = _remembered(engine, entries)
        for _ in replayed(engine.centre, known, lambda n: tell("replay", from_seq + n, total)):
            pass
    return engine


def _remembered(engine: Engine, entries: Iterable[Entry]) -> Iterator[Entry]:
    """Index each entry's id before the entry is applied, as it was when it was decided: an entry may register its own sender."""
    for entry in entries:
        engine.remember(entry)
        yield entry


@contextlib.contextmanager
def _collector_paused() -> Iterator[None]:
    """Pause the garbage collector: what a start makes stays, and walking it over and over doubles the time of a long replay."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _quiet(_what: str, _done: int, _total: int) -> None:
    """Tell nobody."""


def _restore(engine: Engine, rules: RuleBook, store: Store, snapshots: Path | None) -> int:
    found = snapshot.newest_valid(snapshots, at_most_seq=engine.next_seq - 1) if snapshots else None
    if found is None:
        return 1
    row = store.row_of(found.seq)
    if row is None or row.digest != found.head:
        return 1
    try:
        body = msgspec.msgpack.decode(found.body, type=_Body)
        if hashlib.sha256(body.centre).digest() != found.state_digest:
            return 1
        engine.centre = Centre.load(rules, body.centre)
        engine.answered = KeyTable.load(body.answered)
    except msgspec.DecodeError:
        # Written by another version: the journal is the truth, a snapshot only speed.
        return 1
    engine.last_at_us = body.last_at_us
    return found.seq + 1


def write_snapshot(engine: Engine, folder: Path) -> Path:
    """Write the state after the newest durable entry beside the journal."""
    tail = engine.store.tail()
    assert tail.next_seq == engine.next_seq
    state = engine.centre.dump()
    body = (state, engine.last_at_us, engine.answered.dump())
    digest = hashlib.sha256(state).digest()
    return snapshot.write(
        folder, tail.next_seq - 1, digest, tail.digest, msgspec.msgpack.encode(body)
    )


def open_centre(
    settings: Settings, clock_us: Callable[[], int], progress: Progress | None = None
) -> Engine:
    """Open or found the centre of a data folder.

    Raises: SettingsError when a sandbox journal is opened as a real centre or a founding lacks its secrets;
        Locked, Corrupted, Unreadable from the journal.
    """
    rules = load_rules()
    store = SqliteStore(settings.data)
    try:
        snapshots = settings.data / SNAPSHOTS
        engine = open_engine(store, rules, clock_us, snapshots=snapshots, progress=progress)
        _found_or_open(engine, settings, rules)
    except BaseException:
        store.close()
        raise
    return engine


def _found_or_open(engine: Engine, settings: Settings, rules: RuleBook) -> None:
    charter = engine.centre.registry.charter
    digest = rules.digest()
    if not charter.founded:
        answer = engine.step([Submission("founder", "found", _founding(settings, digest))])[0]
        outcome = answer if isinstance(answer, Rejected) else answer.outcome
        if isinstance(outcome, Rejected):
            raise SettingsError(f"the centre cannot be founded: {outcome.detail}")
        return
    if charter.sandbox and not settings.sandbox:
        raise SettingsError(
            f"{settings.data} holds a sandbox, whose logins anybody can read; start it with --sandbox, or choose "
            "another data folder"
        )
    if charter.rules_sha256 != digest:
        command = OpenCentre(rules_sha256=digest, version=__version__)
        engine.step([Submission("clock", f"open-{engine.next_seq}", command)])


def _founding(settings: Settings, digest: str) -> FoundCentre:
    password = settings.operator_password
    lei = settings.operator_lei
    if settings.sandbox:
        password = password or SANDBOX_PASSWORD
        lei = lei or lei_of(SIMULATED_LEI_PREFIX)
    if not password or not lei:
        raise SettingsError(
            "a new centre outside the sandbox needs HUANGPU_OPERATOR_PASSWORD and HUANGPU_OPERATOR_LEI"
        )
    return FoundCentre(
        name=settings.name,
        sandbox=settings.sandbox,
        operator="HUANGPU",
        operator_lei=lei,
        person="operator",
        password_hash=access.hash_of_password(password),
        clock_person="clock",
        rules_sha256=digest,
    )
