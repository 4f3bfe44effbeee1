"""What the command line says when it cannot go on: one line that names the fault, and an exit code."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from huangpu.config import SettingsError


@contextmanager
def reported() -> Iterator[None]:
    """Turn the faults that a user can mend into one line on stderr and exit code 2."""
    from huangpu.cli.scenario import ScenarioError
    from huangpu.core.rulebook import RuleBookError
    from huangpu.journal.store import Corrupted, Locked, Unreadable

    try:
        yield
    except (
        SettingsError,
        ScenarioError,
        RuleBookError,
        Corrupted,
        Locked,
        Unreadable,
        OSError,
    ) as fault:
        sys.stderr.write(f"huangpu: {fault}\n")
        raise SystemExit(2) from fault
