"""The verbs that read a journal: verify, replay, audit, snapshot, whatif, report.

They open the journal for reading only, so they work beside a running centre and see what was durable when they started.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from huangpu.app import SNAPSHOTS, load_rules, open_engine, write_snapshot
from huangpu.core.calendar import utc_text
from huangpu.core.rulebook import Row, RuleBook, RuleBookError, parse_rows
from huangpu.engine import replay as replaying
from huangpu.engine.centre import Centre
from huangpu.engine.writer import CODEC
from huangpu.journal import verify as verifying
from huangpu.journal.entry import Entry
from huangpu.journal.sqlite import SqliteReader
from huangpu.journal.store import Store

_out = Console()


@contextmanager
def _progress(what: str, total: int) -> Iterator[Any]:
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done, *_: bar.update(task, completed=done)


def _entries(store: Store) -> Iterator[Entry]:
    for row in store.read(1):
        yield from CODEC.decode(row.body)


def _print_json(value: object) -> None:
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def verify(data: Path, *, as_json: bool) -> None:
    """Check every row; exit 1 when one is not what was written."""
    store = SqliteReader(data)
    with _progress("verify", store.tail().next_seq) as tell:
        found = verifying.verify(store, count_of=CODEC.count, progress=tell)
    if as_json:
        _print_json(
            {
                "rows": found.rows,
                "entries": found.entries,
                "first_bad": found.first_bad,
                "head": found.head.hex(),
            }
        )
    elif found.first_bad is None:
        _out.print(
            f"{found.entries:,} entries in {found.rows:,} rows are whole; head {found.head.hex()}"
        )
    else:
        _out.print(f"{found.entries:,} entries are whole, then: {found.first_bad}")
    if found.first_bad is not None:
        raise SystemExit(1)


def replay(data: Path, *, as_json: bool) -> None:
    """Rebuild the state from the stored events and print its hash."""
    store = SqliteReader(data)
    centre = Centre(load_rules())
    count = 0
    with _progress("replay", store.tail().next_seq) as tell:
        for _ in replaying.replayed(centre, _entries(store), tell):
            count += 1
    result = {"entries": count, "state_sha256": centre.digest()}
    if as_json:
        _print_json(result)
        return
    _out.print(f"{count:,} entries replayed; state {result['state_sha256']}")


def audit(data: Path, *, as_json: bool) -> None:
    """Decide every command again; exit 1 when an entry differs."""
    store = SqliteReader(data)
    with _progress("audit", store.tail().next_seq) as tell:
        found = replaying.audit(load_rules(), _entries(store), tell)
    if as_json:
        _print_json(found)
    else:
        for difference in found.differences[:20]:
            _out.print(
                f"entry {difference.seq} {difference.command}: was {difference.was}, now {difference.now}"
            )
        _out.print(
            f"{found.entries:,} entries decided again, {len(found.differences):,} differences; "
            f"state {found.state_sha256}"
        )
    if found.differences:
        raise SystemExit(1)


def snapshot(data: Path) -> None:
    """Write a snapshot of the newest state."""
    store = SqliteReader(data)
    engine = open_engine(store, load_rules(), lambda: 0, snapshots=data / SNAPSHOTS)
    _out.print(f"wrote {write_snapshot(engine, data / SNAPSHOTS)}")


def whatif(rows_file: Path, data: Path, *, as_json: bool, limit: int) -> None:
    """Print what would have ended differently under changed rows."""
    rules = load_rules()
    rows = _rows_for(rules, rows_file)
    store = SqliteReader(data)
    with _progress("what if", store.tail().next_seq) as tell:
        found = replaying.what_if(rules, rows, _entries(store), tell)
    if as_json:
        _print_json(found)
        return
    for row in rows:
        _out.print(
            f"[bold]{row.rule}[/bold] from {row.from_date}: {row.value} {row.unit} ({row.cite})"
        )
    totals = Table(
        "venue", "was", "would be", "clause", "entries", title="What would have ended differently"
    )
    for total in found.totals:
        totals.add_row(total.venue, total.was, total.now, total.cite, f"{total.entries:,}")
    _out.print(totals)
    _out.print(f"{found.changed:,} of {found.entries:,} entries would have ended differently.")
    for venue, number in found.other_figures.items():
        _out.print(
            f"{number:,} more in {venue} keep their outcome, with other balances, numbers or clauses in it."
        )
    if found.differences and limit:
        listed = Table("seq", "by", "command", "was", "would be", "clause")
        for one in found.differences[:limit]:
            listed.add_row(
                str(one.seq), one.by, one.command, one.was, one.now, one.now_cite or one.was_cite
            )
        _out.print(listed)


def _rows_for(rules: RuleBook, file: Path) -> list[Row]:
    """Read the changed rows of a what-if; a row that no rule would ask for is a fault, not a report without changes.

    Raises: RuleBookError.
    """
    try:
        rows = parse_rows(file.read_text(encoding="utf-8"), str(file))
    except UnicodeDecodeError as error:
        raise RuleBookError(f"{file}: {error}") from error
    for row in rows:
        fault = rules.fault_of(row)
        if fault:
            raise RuleBookError(f"{file}: {row.rule}: {fault}")
    return rows


def report(data: Path, *, as_json: bool) -> None:
    """Print the headline figures of the three venues."""
    from huangpu.engine.overview import overview

    engine = open_engine(SqliteReader(data), load_rules(), lambda: 0, snapshots=data / SNAPSHOTS)
    found = overview(engine.centre, engine.last_at_us, engine.next_seq - 1)
    if as_json:
        _print_json(found)
        return
    tree = msgspec.to_builtins(found)
    mark = ", simulated" if found.sandbox else ""
    _out.print(
        f"[bold]{found.name}[/bold]{mark}: {found.entries:,} entries, as of {utc_text(found.as_of_us)}"
    )
    for venue in ("offshore", "reinsurance", "growth"):
        table = Table("figure", "value", title=venue)
        for name, value in tree[venue].items():
            table.add_row(name, f"{value:,}" if isinstance(value, int) else str(value))
        _out.print(table)
