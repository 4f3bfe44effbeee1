"""The table every room hands to the engine: its commands, its events, and who decides and applies them.

A room lists its handlers explicitly in one `Table`; nothing registers itself on import. `decide` is pure; `apply` assigns.
A handler with `rerun` is the second lane: deciding runs packed records through a kernel in one call and returns the digest of its outcome as
its events; replay runs the kernel again, asks no rule of today, and compares.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from huangpu.core.message import Command, Decision, Event, Stamp
from huangpu.core.rulebook import RuleBook

Decide = Callable[[Any, RuleBook, Any, Stamp], Decision]
Apply = Callable[[Any, Any, Stamp], None]
Rerun = Callable[[Any, Any, Stamp], list[Event]]
OnTick = Callable[[Any, RuleBook, Stamp], list[Event]]


class Handler(NamedTuple):
    """Who decides a command, and the permission its actor must hold (`""`: any registered person)."""

    command: type[Command]
    permission: str
    decide: Decide
    rerun: Rerun | None = None


class Table(NamedTuple):
    """One room's commands and events; `on_tick` answers a journaled tick with what has become due."""

    name: str
    handlers: tuple[Handler, ...]
    appliers: Mapping[type[Event], Apply]
    on_tick: OnTick | None = None
