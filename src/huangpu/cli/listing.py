"""The verbs of sanctions lists: read a published list and say what is in it, or write the command that proposes it."""

import datetime
import sys
from collections import Counter
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from huangpu.gateways.lists import ReadList, read_list
from huangpu.venues.offshore.screening.lists import ProposeScreeningList


def read(
    form: str,
    files: list[Path],
    *,
    as_json: bool,
    list_id: str,
    version: str,
    published: datetime.date | None,
    command: Path | None,
) -> None:
    """Print a summary; with `command`, write `ProposeScreeningList` as JSON for `POST /v1/commands` or a scenario's `do`."""
    found = read_list(form, files)
    date = published or found.published
    if command is not None:
        if date is None:
            raise SystemExit("huangpu: the list bears no date: give --published YYYY-MM-DD")
        proposal = ProposeScreeningList(
            list_id=list_id or form.upper(),
            version=version or date.isoformat(),
            published=date,
            entries=found.entries,
        )
        command.write_bytes(msgspec.json.encode(proposal))
    summary = _summary(found, date)
    if as_json:
        sys.stdout.write(msgspec.json.encode(summary).decode() + "\n")
        return
    table = Table("figure", "value", title=f"{form}: {', '.join(file.name for file in files)}")
    for name, value in summary.items():
        table.add_row(name, str(value))
    Console().print(table)


def _summary(found: ReadList, date: datetime.date | None) -> dict[str, object]:
    entries = found.entries
    kinds = Counter(str(entry.kind) for entry in entries)
    return {
        "published": None if date is None else date.isoformat(),
        "entries": len(entries),
        **{f"kind {kind}": number for kind, number in sorted(kinds.items())},
        "names": sum(len(entry.names) for entry in entries),
        "entries with a country": sum(bool(entry.countries) for entry in entries),
        "entries with a date": sum(bool(entry.dates) for entry in entries),
        "records passed over": found.passed_over,
    }
