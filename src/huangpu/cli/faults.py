"""What the command line says when it cannot go on: one line that names the fault, and an exit code."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def reported() -> Iterator[None]:
    """Turn the faults that a user can mend into one line on stderr and exit code 2."""
    try:
        yield
    except Exception as fault:
        if not _can_be_mended(fault):
            raise
        sys.stderr.write(f"huangpu: {fault}\n")
        raise SystemExit(2) from fault


def _can_be_mended(fault: Exception) -> bool:
    # Imported only now: a help text must not wait for the engine.
    from huangpu.cli.scenario import ScenarioError
    from huangpu.config import SettingsError
    from huangpu.core.rulebook import RuleBookError
    from huangpu.gateways.lists.reading import ListFault
    from huangpu.journal.store import Corrupted, Locked, Unreadable, Unwritable

    known = (
        SettingsError,
        ScenarioError,
        ListFault,
        RuleBookError,
        Corrupted,
        Locked,
        Unreadable,
        Unwritable,
    )
    return isinstance(fault, (*known, OSError))
