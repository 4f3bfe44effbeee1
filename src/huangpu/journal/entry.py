"""An entry of the journal: the command, who sent it under which id, when, and what became of it."""

import msgspec

from huangpu.core.message import Command, Event, Rejected

Outcome = list[Event] | Rejected


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """One decided command. Units: at_us in microseconds since the epoch (UTC); seq from 1 without gaps."""

    seq: int
    at_us: int
    by: str
    id: str
    command: Command
    outcome: Outcome

    @property
    def rejected(self) -> Rejected | None:
        """Return the refusal, or None when the command was accepted."""
        return self.outcome if isinstance(self.outcome, Rejected) else None
