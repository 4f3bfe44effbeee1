"""Every line of a run that a page quotes is what the run prints today.

A quoted run is a code block of text that follows a code block with `huangpu run FILE`. Its lines are `seq id outcome what`; a line may end
with `…` where the rest is left out.
"""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from huangpu.app import load_rules
from huangpu.cli.running import _what
from huangpu.cli.scenario import play, read_scenario
from tests.docs.tables import ROOT, pages

_RUN = re.compile(
    r"```sh\n[^`]*huangpu run (?P<file>examples/\S+)[^`]*```.*?```text\n(?P<lines>.*?)```",
    re.DOTALL,
)
_LINE = re.compile(r"\s*(?P<seq>\d+)\s+(?P<id>\S+)\s+(?P<rest>.+)")


class Quoted(NamedTuple):
    """One quoted run: where it stands, the scenario, the lines."""

    page: Path
    file: str
    lines: list[str]


def quoted_runs() -> list[Quoted]:
    """Return every quoted run of the documentation."""
    found = []
    for page in pages():
        for match in _RUN.finditer(page.read_text(encoding="utf-8")):
            found.append(Quoted(page, match["file"], match["lines"].strip("\n").splitlines()))
    return found


@cache
def printed(file: str) -> dict[str, str]:
    """Run a scenario and return what it prints, by the id of the command."""
    with (ROOT / file).open(encoding="utf-8") as lines:
        _, answers = play(load_rules(), read_scenario(lines, file))
        trees = [msgspec.json.decode(answer) for answer in answers]
    return {
        tree["id"]: f"{tree.get('seq', '')} {tree['id']} {tree['outcome']} {_what(tree)}"
        for tree in trees
    }


def differences(lines: list[str], outcomes: dict[str, str]) -> list[str]:
    """Return the quoted lines that the run does not print."""
    wrong = []
    for line in lines:
        match = _LINE.match(line)
        found = outcomes.get(match["id"], "") if match else ""
        quoted = " ".join(line.split())
        same = found.startswith(quoted[:-1].rstrip()) if quoted.endswith("…") else found == quoted
        if not same:
            wrong.append(f"quoted: {quoted}\nprinted: {found}")
    return wrong


@pytest.mark.parametrize(
    "run", quoted_runs(), ids=lambda run: f"{run.page.name}-{Path(run.file).stem}"
)
def test_quoted_lines_are_printed(run: Quoted) -> None:
    assert not differences(run.lines, printed(run.file))


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_both_front_pages_tell_the_three_stories_with_refusals(name: str) -> None:
    runs = [run for run in quoted_runs() if run.page.name == name]
    assert [Path(run.file).stem for run in runs] == ["offshore", "reinsurance", "growth"]
    for run in runs:
        assert 6 <= len(run.lines) <= 10
        assert sum(" rejected " in line for line in run.lines) >= 2


def test_a_wrong_quotation_is_found() -> None:
    outcomes = {"p-1": "23 p-1 accepted LegsPosted, PaymentSettled"}
    assert not differences(["23  p-1  accepted  LegsPosted, …"], outcomes)
    assert differences(["24  p-1  accepted  LegsPosted, PaymentSettled"], outcomes)
    assert differences(["23  p-1  rejected  LegsPosted, PaymentSettled"], outcomes)
    assert differences(["23  p-2  accepted  LegsPosted, PaymentSettled"], outcomes)
