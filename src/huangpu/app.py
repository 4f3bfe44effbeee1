"""Composition root: builds rule book, journal, engine and gateways by hand.

The only place that knows where the rule files and the data folder are.
"""

from collections.abc import Callable
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from huangpu.core.rulebook import Row, RuleBook, parse_rows
from huangpu.engine.centre import Centre
from huangpu.engine.replay import replayed
from huangpu.engine.writer import Engine
from huangpu.journal import snapshot
from huangpu.journal.entry import Entry
from huangpu.journal.store import Store

RULE_ROOMS = ("registry", "venues/offshore", "venues/reinsurance", "venues/growth")


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
        if not folder.is_dir():
            continue
        for file in sorted(folder.iterdir(), key=lambda f: f.name):
            if file.name.endswith(".toml"):
                rows.extend(parse_rows(file.read_text(encoding="utf-8"), f"{room}/rules/{file.name}"))
    return RuleBook(rows)
