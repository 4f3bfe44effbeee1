"""The repository keeps its own rules: shape of the code, integers only, cited rows, no foreign files.

Each rule is a function from one file to the violations in it; the tests apply them to every file of the working tree
that git does not ignore. The last tests plant one violation of each kind and expect it to be found. Imports and banned
calls are not judged here: import-linter and ruff do that.
"""

import ast
import hashlib
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "huangpu"
VENDOR_FOLDERS = (PACKAGE / "console" / "static" / "vendor", ROOT / "tests" / ".vendor")

FUNCTION_LINES_MAX = 60
MODULE_LINES_MAX = 600
LINE_LENGTH_OF_MINIFIED_CODE = 1_000
INTEGER_ROOMS = ("core", "ledger", "registry", "venues")
FORBIDDEN_NAMES = {"utils.py", "util.py", "helpers.py", "manager.py", "misc.py"}
ROW_KEYS = {"from": object, "value": object, "unit": str, "cite": str}

# File names that may use float and true division, with the reason.
FLOAT_ALLOWED = {"pricing.py": "advisory figures for a person; nothing in it reaches the ledger"}

# Built-in calls that make a deterministic room depend on more than its arguments.
IMPURE_BUILTINS = {
    "open": "data enters as a command or as text",
    "input": "data enters as a command",
    "print": "what happened is an event",
    "hash": "differs from process to process; use hashlib over stated bytes",
    "id": "differs from process to process",
    "eval": "code is not data",
    "exec": "code is not data",
}

# Each pattern is written so that it does not match itself.
OPEN_END = re.compile(r"\b(TO[D]O|FIX[M]E)\b(?!\s*\(?#\d+)")
HTML_SINKS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function\("
)
FOREIGN_ADDRESSES = re.compile(
    r"(?:pypi|pythonhosted)[.]org/(?:simple|packages)|registry[.](?:npmjs|yarnpkg|npmmirror)[.]"
    r"|https?://[^\s\"'<>)]*/(?:simple|artifactory|nexus)/"
    r"|^\s*--(?:extra-)?index-url\b|\"resolved\":|(?:^|[\s\"'=(:`])/[w]ork(?:/|\b(?![\w-]))",
    re.MULTILINE,
)


@cache
def tree() -> tuple[Path, ...]:
    """List the files of the working tree that git tracks or would take."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = {ROOT / name for name in listed.split("\0") if name}
    return tuple(sorted(path for path in paths if path.is_file()))


def is_python(path: Path) -> bool:
    """Tell Python files by suffix; the entry point has none."""
    return path.suffix == ".py" or path == ROOT / "dev"


def in_integer_room(path: Path) -> bool:
    """Tell whether money, prices and quantities in this file must be integers."""
    if not path.is_relative_to(PACKAGE) or path.name in FLOAT_ALLOWED:
        return False
    return path.relative_to(PACKAGE).parts[0] in INTEGER_ROOMS


def text_of(path: Path) -> str | None:
    """Read a text file; None when it is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def where(path: Path, line: int = 0) -> str:
    """Name a place the way an editor opens it."""
    name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    return f"{name}:{line}" if line else str(name)


def project() -> dict[str, Any]:
    """Read the project table of pyproject.toml."""
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return table


def imports_of(module: ast.Module) -> Iterator[tuple[ast.stmt, str]]:
    """Give each import statement with the top-level package it names."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node, node.module.partition(".")[0]


# ── The rules: one file in, violations out ────────────────────────────────────────────────────


def long_functions(path: Path) -> Iterator[str]:
    """Find functions that do not fit a screen."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                yield f"{where(path, node.lineno)} {node.name}: {lines} lines, at most {FUNCTION_LINES_MAX}"


def long_modules(path: Path) -> Iterator[str]:
    """Find modules that have outgrown one file."""
    lines = len(path.read_text().splitlines())
    if lines > MODULE_LINES_MAX:
        yield f"{where(path)}: {lines} lines, at most {MODULE_LINES_MAX}; make it a folder of the same name"


def missing_docstrings(path: Path) -> Iterator[str]:
    """Find modules that do not say what they do."""
    text = path.read_text()
    if text.strip() and not ast.get_docstring(ast.parse(text)):
        yield f"{where(path)}: no module docstring"


def floats(path: Path) -> Iterator[str]:
    """Find float literals, float() calls and true division."""
    for node in ast.walk(ast.parse(path.read_text())):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            yield f"{where(path, line)} float literal {node.value!r}"
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            yield f"{where(path, line)} true division: use // with a stated rounding"
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "float"
        ):
            yield f"{where(path, line)} float()"


def impure_builtins(path: Path) -> Iterator[str]:
    """Find built-in calls that ruff's list of banned modules cannot name."""
    for node in ast.walk(ast.parse(path.read_text())):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in IMPURE_BUILTINS
        ):
            yield f"{where(path, node.lineno)} {node.func.id}(): {IMPURE_BUILTINS[node.func.id]}"


def open_ends(path: Path) -> Iterator[str]:
    """Find a note of work to do that no issue holds."""
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if found := OPEN_END.search(line):
            yield f"{where(path, number)} {found[1]} without an issue number"


def html_sinks(path: Path) -> Iterator[str]:
    """Find writes of markup or code from text in our own JavaScript."""
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if found := HTML_SINKS.search(line):
            yield f"{where(path, number)} {found[0]}: write textContent or properties"


def third_party(path: Path) -> Iterator[str]:
    """Find other people's or generated front-end code."""
    text = path.read_text()
    longest = max(map(len, text.splitlines()), default=0)
    if "vendor" in path.parts or ".min." in path.name:
        yield f"{where(path)}: belongs into the ignored vendor folder"
    elif "@license" in text or longest > LINE_LENGTH_OF_MINIFIED_CODE:
        yield f"{where(path)}: looks like a third-party or minified file"


def forbidden_names(path: Path) -> Iterator[str]:
    """Find files named after nothing."""
    if path.name in FORBIDDEN_NAMES:
        yield f"{where(path)}: name the file after what it knows"


def foreign_addresses(path: Path) -> Iterator[str]:
    """Find a package registry's address or a path of somebody's machine."""
    text = text_of(path)
    for found in FOREIGN_ADDRESSES.finditer(text or ""):
        line = (text or "").count("\n", 0, found.start()) + 1
        yield f"{where(path, line)} {found[0].strip()!r}: the reader's own configuration decides"


def uncited_rows(path: Path) -> Iterator[str]:
    """Find rule rows without date, value, unit or clause; a table of rows may lie at any depth."""
    rows = list(rows_of(tomllib.loads(path.read_text()), ()))
    if not rows:
        yield f"{where(path)}: no rows"
    for name, row in rows:
        for key, kind in ROW_KEYS.items():
            value = row.get(key)
            if (
                value is None
                or not isinstance(value, kind)
                or (key == "cite" and not value.strip())
            ):
                yield f"{where(path)} {name}: row without {key}"


def rows_of(table: dict[str, Any], name: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Walk a rule file down to its rows; anything that is not a table of rows counts as a bad row."""
    for key, value in table.items():
        if isinstance(value, list) and all(isinstance(row, dict) for row in value):
            for row in value:
                yield ".".join((*name, key)), row
        elif isinstance(value, dict):
            yield from rows_of(value, (*name, key))
        else:
            yield ".".join((*name, key)), {}


# ── The tree obeys ────────────────────────────────────────────────────────────────────────────


def python_files() -> list[Path]:
    return [path for path in tree() if is_python(path)]


def integer_files() -> list[Path]:
    return [path for path in python_files() if in_integer_room(path)]


def own_static_files() -> list[Path]:
    suffixes = {".js", ".mjs", ".css"}
    return [path for path in tree() if path.suffix in suffixes and path.is_relative_to(PACKAGE)]


def rule_files() -> list[Path]:
    return [path for path in tree() if path.suffix == ".toml" and path.parent.name == "rules"]


RULES: dict[Callable[[Path], Iterator[str]], Callable[[], list[Path]]] = {
    long_functions: python_files,
    long_modules: python_files,
    missing_docstrings: python_files,
    floats: integer_files,
    impure_builtins: integer_files,
    open_ends: python_files,
    html_sinks: own_static_files,
    third_party: own_static_files,
    forbidden_names: python_files,
    foreign_addresses: lambda: list(tree()),
    uncited_rows: rule_files,
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_tree_obeys(rule: Callable[[Path], Iterator[str]]) -> None:
    found = [violation for path in RULES[rule]() for violation in rule(path)]
    assert not found, "\n" + "\n".join(found)


def test_rules_see_the_tree() -> None:
    assert ROOT / "dev" in python_files()
    assert PACKAGE / "__init__.py" in python_files()
    assert any(path.name == "package-lock.json" for path in tree())


def test_every_import_is_a_declared_dependency() -> None:
    declared = {re.split(r"[<>=\[;! ]", row)[0] for row in project()["dependencies"]}
    import_names = {"argon2-cffi": "argon2", "python-stdnum": "stdnum"}
    allowed = {import_names.get(name, name.replace("-", "_")) for name in declared} | {"huangpu"}
    found = [
        f"{where(path, node.lineno)} imports {name}"
        for path in python_files()
        if path.is_relative_to(PACKAGE)
        for node, name in imports_of(ast.parse(path.read_text()))
        if name not in allowed and name not in sys.stdlib_module_names
    ]
    assert not found, "\n" + "\n".join(found)


def test_pinned_lists_name_every_dependency() -> None:
    for row in project()["dependencies"]:
        name = re.split(r"[<>=\[;! ]", row)[0]
        pinned = (ROOT / "requirements" / "run.txt").read_text()
        assert re.search(rf"^{re.escape(name)}(\[|==)", pinned, re.MULTILINE), name


@pytest.mark.parametrize("name", ["run", "test", "uv", "node"])
def test_every_pin_has_a_hash(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    pins = re.findall(r"^[A-Za-z0-9].*?(?=^[A-Za-z0-9]|\Z)", text, re.MULTILINE | re.DOTALL)
    assert pins
    for pin in pins:
        assert "==" in pin.splitlines()[0], pin.splitlines()[0]
        assert "--hash=sha256:" in pin, pin.splitlines()[0]


@pytest.mark.parametrize("folder", VENDOR_FOLDERS, ids=lambda folder: folder.name)
def test_vendored_files_are_what_the_manifest_says(folder: Path) -> None:
    manifest_path = folder / "manifest.json"
    assert manifest_path.is_file(), (
        f"{where(folder)} is not set up: ./dev does it at the next start"
    )
    manifest = json.loads(manifest_path.read_text())
    lock = ROOT / "package-lock.json"
    locked = json.loads(lock.read_text())["packages"]
    assert manifest["lock_sha256"] == hashlib.sha256(lock.read_bytes()).hexdigest()
    assert {row["file"] for row in manifest["files"]} | {"manifest.json"} == {
        path.name for path in folder.iterdir()
    }
    for row in manifest["files"]:
        assert row["sha256"] == hashlib.sha256((folder / row["file"]).read_bytes()).hexdigest(), (
            row["file"]
        )
        assert row["version"] == locked[f"node_modules/{row['name']}"]["version"]
        assert row["licence"]


def test_one_version_everywhere() -> None:
    version = re.search(r'__version__ = "(.+)"', (PACKAGE / "__init__.py").read_text())
    assert version is not None
    assert json.loads((ROOT / "package.json").read_text())["version"] == version[1]
    assert version[1] in (ROOT / "CHANGELOG.md").read_text()


# ── The rules bite ────────────────────────────────────────────────────────────────────────────

PLANTED: list[tuple[Callable[[Path], Iterator[str]], str, str]] = [
    (long_functions, "a.py", "def f():\n" + "    x = 1\n" * FUNCTION_LINES_MAX),
    (long_modules, "a.py", "x = 1\n" * (MODULE_LINES_MAX + 1)),
    (missing_docstrings, "a.py", "x = 1\n"),
    (floats, "a.py", "half = 0.5\n"),
    (floats, "a.py", "half = 1 / 2\n"),
    (floats, "a.py", "half = 2\nhalf /= 2\n"),
    (floats, "a.py", "half = float('0.5')\n"),
    (impure_builtins, "a.py", "text = open('a').read()\n"),
    (impure_builtins, "a.py", "def f(x):\n    return hash(x)\n"),
    (open_ends, "a.py", "# TO" + "DO: finish\n"),
    (html_sinks, "a.js", "row.inner" + "HTML = name;\n"),
    (third_party, "a.js", "/*! @" + "license other */\n"),
    (third_party, "a.min.js", "x()\n"),
    (third_party, "a.js", "x();" * LINE_LENGTH_OF_MINIFIED_CODE),
    (forbidden_names, "helpers.py", ""),
    (foreign_addresses, "a.md", "from https://py" + "pi.org/simple\n"),
    (foreign_addresses, "a.json", '"resol' + 'ved": "x"\n'),
    (foreign_addresses, "a.txt", "--index" + "-url x\n"),
    (foreign_addresses, "a.md", "see /wo" + "rk/shared\n"),
    (uncited_rows, "a.toml", '[[fee]]\nfrom = 2026-01-01\nvalue = 1\nunit = "bp"\n'),
    (uncited_rows, "a.toml", '[[fee]]\nfrom = 2026-01-01\nvalue = 1\nunit = "bp"\ncite = " "\n'),
    (uncited_rows, "a.toml", "[a.b]\nfee = 1\n"),
    (uncited_rows, "a.toml", ""),
]

INNOCENT: list[tuple[Callable[[Path], Iterator[str]], str, str]] = [
    (long_functions, "a.py", "def f():\n" + "    x = 1\n" * (FUNCTION_LINES_MAX - 1)),
    (floats, "a.py", "half = 1 // 2\nnot_a_number = '0.5'\n"),
    (open_ends, "a.py", "# TO" + "DO(#12): finish\n"),
    (foreign_addresses, "a.md", "network/workers and /workflow and frame" + "work/parts\n"),
    (
        uncited_rows,
        "a.toml",
        '[[a.fee]]\nfrom = 2026-01-01\nvalue = false\nunit = "flag"\ncite = "1.2"\n',
    ),
]


@pytest.mark.parametrize(("rule", "name", "text"), PLANTED)
def test_planted_violation_is_found(
    rule: Callable[[Path], Iterator[str]], name: str, text: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text)
    assert list(rule(tmp_path / name))


@pytest.mark.parametrize(("rule", "name", "text"), INNOCENT)
def test_innocent_text_passes(
    rule: Callable[[Path], Iterator[str]], name: str, text: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text)
    assert not list(rule(tmp_path / name))


def test_integer_rooms_are_the_four() -> None:
    assert in_integer_room(PACKAGE / "core" / "values.py")
    assert in_integer_room(PACKAGE / "venues" / "growth" / "auction.py")
    assert not in_integer_room(PACKAGE / "venues" / "reinsurance" / "pricing.py")
    assert not in_integer_room(PACKAGE / "gateways" / "rest" / "app.py")


PROBE = """
import datetime, random, pathlib, socket, threading, time
from os import environ
import numpy as np

now = datetime.datetime.now()
draw = np.random.default_rng()
"""


@pytest.mark.parametrize(
    ("room", "bites"), [("core", True), ("venues/growth", True), ("journal", False)]
)
def test_banned_calls_bite_in_deterministic_rooms_only(room: str, bites: bool) -> None:
    options = ["--select", "TID251", "--output-format", "concise", "--no-cache"]
    name = f"src/huangpu/{room}/probe.py"
    command = [sys.executable, "-m", "ruff", "check", *options, "--stdin-filename", name, "-"]
    run = subprocess.run(
        command, cwd=ROOT, input=PROBE, capture_output=True, text=True, check=False
    )
    assert run.stdout.count("TID251") == (8 if bites else 0), run.stdout + run.stderr
