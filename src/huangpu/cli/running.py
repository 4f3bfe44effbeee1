"""`huangpu run`: a scenario file through an embedded centre."""

import sys
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from huangpu.app import load_rules
from huangpu.cli.scenario import play, read_scenario


def run(file: Path, *, as_json: bool) -> None:
    """Print one line an entry: JSON for programs, a table for people."""
    with file.open(encoding="utf-8") as lines:
        _, answers = play(load_rules(), read_scenario(lines, str(file)))
        if as_json:
            for answer in answers:
                sys.stdout.write(answer.decode() + "\n")
            return
        table = Table("seq", "at", "id", "outcome", "what")
        for answer in answers:
            tree = msgspec.json.decode(answer)
            table.add_row(
                str(tree.get("seq", "")),
                tree.get("at", "")[:19],
                tree["id"],
                tree["outcome"],
                _what(tree),
            )
        Console().print(table)


def _what(tree: dict[str, object]) -> str:
    if tree["outcome"] == "rejected":
        return f"{tree['reason']}: {tree['detail']} ({tree['cite']})"
    events = tree["events"]
    assert isinstance(events, list)
    return ", ".join(str(event["type"]) for event in events)
