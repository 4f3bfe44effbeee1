"""The documentation is complete and current: every command, event, reason, fault, setting, metric and verb has its place.

What the code dictates is compared with what the pages say (`tables.py` writes it); links lead somewhere; both languages hold the same.
"""

import ast
import re
from pathlib import Path

import pytest

from huangpu.cli import app, journal
from huangpu.core.reasons import Reason
from huangpu.engine.centre import COMMANDS, EVENTS
from huangpu.gateways.rest.server import _CODES
from tests.docs.tables import (
    ROOT,
    TABLES_BY_NAME,
    cells,
    language_of,
    names_in,
    pages,
    refreshed,
    rows_of,
)

DOCS = ROOT / "docs"
IN_BOTH_LANGUAGES = (
    *("guide.md", "operations.md", "scenarios.md", "problems.md"),
    *(f"rules/{name}.md" for name in ("README", "offshore", "reinsurance", "growth")),
)
PAIRS = [
    (ROOT / "README.md", ROOT / "README.zh-CN.md"),
    (ROOT / "ARCHITECTURE.md", DOCS / "zh" / "architecture.md"),
    *((DOCS / name, DOCS / "zh" / name) for name in IN_BOTH_LANGUAGES),
]
_LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_tables_are_what_the_code_says(page: Path) -> None:
    text = text_of(page)
    hint = "run `.venv/bin/python -m tests.docs.tables`"
    assert refreshed(text, language_of(page)) == text, f"{page.name} is out of date: {hint}"


@pytest.mark.parametrize("folder", [DOCS, DOCS / "zh"], ids=["en", "zh"])
def test_every_dictated_table_is_shown_and_full(folder: Path) -> None:
    shown = {}
    for name in ("scenarios.md", "problems.md", "operations.md"):
        text = text_of(folder / name)
        shown.update({table: list(rows_of(text, table)) for table in names_in(text)})
    assert set(shown) == set(TABLES_BY_NAME)
    empty = [f"{name}: {row[0]}" for name, rows in shown.items() for row in rows if not all(row)]
    assert not empty, "cells without text"


@pytest.mark.parametrize("folder", [DOCS, DOCS / "zh"], ids=["en", "zh"])
def test_commands_events_and_reasons_are_all_there(folder: Path) -> None:
    scenarios, problems = text_of(folder / "scenarios.md"), text_of(folder / "problems.md")
    missing = [
        kind.__name__ for kind in (*COMMANDS, *EVENTS) if f"| `{kind.__name__}` |" not in scenarios
    ]
    missing += [
        reason for reason in Reason if f'<a id="{reason.lower()}"></a>`{reason}`' not in problems
    ]
    assert not missing


def faults_in_source() -> set[str]:
    """Return the codes of the problems that are no refusal of the engine."""
    server = text_of(ROOT / "src" / "huangpu" / "gateways" / "rest" / "server.py")
    found = {*_CODES.values(), *re.findall(r'_CODES\.get\(status, "(\w+)"', server)}
    for file in (ROOT / "src" / "huangpu" / "gateways").rglob("*.py"):
        for node in ast.walk(ast.parse(text_of(file))):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") == "problem"
                and len(node.args) > 1
            ):
                code = node.args[1]
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    found.add(code.value)
    return found - set(Reason)


@pytest.mark.parametrize("folder", [DOCS, DOCS / "zh"], ids=["en", "zh"])
def test_faults_that_are_no_refusal_are_explained(folder: Path) -> None:
    text = text_of(folder / "problems.md")
    listed = set(re.findall(r'^\| <a id="(?:\w+)"></a>`(\w+)` \|', text, re.MULTILINE)) - set(
        Reason
    )
    assert listed == faults_in_source()


def verbs_of(found: object) -> set[str]:
    return {name for name in found if not name.startswith("-")}  # type: ignore[attr-defined]


@pytest.mark.parametrize("folder", [DOCS, DOCS / "zh"], ids=["en", "zh"])
def test_every_verb_and_metric_is_in_operations(folder: Path) -> None:
    text = text_of(folder / "operations.md")
    wanted = [f"huangpu {verb}" for verb in verbs_of(app)] + [
        f"huangpu journal {verb}" for verb in verbs_of(journal)
    ]
    source = text_of(ROOT / "src" / "huangpu" / "gateways" / "rest" / "metrics.py")
    wanted += re.findall(r'"(huangpu_\w+)"', source)
    assert len(wanted) > 12
    assert not [one for one in wanted if one not in text]


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files(page: Path) -> None:
    dead = []
    for match in _LINK.finditer(re.sub(r"```.*?```", "", text_of(page), flags=re.DOTALL)):
        target, _, anchor = match["target"].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (page.parent / target).resolve() if target else page
        if not file.exists() or (
            anchor and file.suffix == ".md" and anchor not in anchors_of(file)
        ):
            dead.append(match["target"])
    assert not dead


def anchors_of(page: Path) -> set[str]:
    text = text_of(page)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    made = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return made | set(re.findall(r'<a id="([^"]+)">', text))


@pytest.mark.parametrize(("english", "chinese"), PAIRS, ids=lambda page: page.name)
def test_both_languages_have_the_same_shape(english: Path, chinese: Path) -> None:
    one, other = text_of(english), text_of(chinese)
    for pattern in (r"^#", r"^```", r"^\| "):
        counts = [len(re.findall(pattern, text, re.MULTILINE)) for text in (one, other)]
        assert counts[0] == counts[1], f"{pattern}: {counts}"
    assert code_blocks(one) == code_blocks(other)


def code_blocks(text: str) -> list[str]:
    """Return the blocks of commands without their comments and without the folder of the language."""
    blocks = re.findall(r"^```(?:sh|toml|json)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [re.sub(r"\s*# .*", "", block) for block in blocks]


def test_a_table_that_fell_behind_is_noticed() -> None:
    head = "| command | permission | fields | what it does |\n|---|---|---|---|\n"
    stale = f"<!-- table commands-centre -->\n{head}| `Tock` | — | — | old |\n<!-- end -->"
    fresh = refreshed(stale, "en")
    assert "| `Tick` | `clock.tick` | — | Tell the centre" in fresh
    assert "Tock" not in fresh


def test_what_is_written_by_hand_is_kept() -> None:
    head = "| 命令 | 权限 | 字段 | 作用 |\n|---|---|---|---|\n"
    table = f"<!-- table commands-centre -->\n{head}| `Tick` | ? | ? | 时间推进 |\n<!-- end -->"
    assert "| `Tick` | `clock.tick` | — | 时间推进 |" in refreshed(table, "zh")
    assert cells(r"| a \| b | c |") == [r"a \| b", "c"]


@pytest.mark.parametrize("folder", [DOCS / "rules", DOCS / "zh" / "rules"], ids=["en", "zh"])
def test_every_policy_that_is_cited_is_explained(folder: Path) -> None:
    source = ROOT / "src" / "huangpu"
    files = [*source.rglob("*.py"), *source.rglob("*.toml")]
    cited = {int(n) for file in files for n in re.findall(r"huangpu policy (\d+)", text_of(file))}
    explained = {
        int(n)
        for page in folder.glob("*.md")
        for n in re.findall(r"^\| (\d+)\b", text_of(page), re.MULTILINE)
    }
    assert len(cited) > 30
    assert cited <= explained


@pytest.mark.parametrize("folder", [DOCS / "rules", DOCS / "zh" / "rules"], ids=["en", "zh"])
def test_every_rule_file_and_mark_is_listed(folder: Path) -> None:
    text = text_of(folder / "README.md")
    source = ROOT / "src" / "huangpu"
    files = [file for file in source.rglob("*.toml") if file.parent.name == "rules"]
    assert len(files) >= 10
    assert not [
        file.name for file in files if f"{file.relative_to(source).as_posix()}`]" not in text
    ]
    marks = {mark for file in files for mark in re.findall(r"\[([A-Z]+)\]", text_of(file))}
    assert not [mark for mark in marks if f"| [{mark}] |" not in text]
