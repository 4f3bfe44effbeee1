"""The one door to state: submit, step, replay, audit, what-if."""

from huangpu.engine.centre import COMMANDS, EVENTS, PERMISSIONS, Centre
from huangpu.engine.gate import Gate, Overloaded
from huangpu.engine.writer import CODEC, Engine, EngineStopped, Submission
from huangpu.journal.entry import Entry

__all__ = [
    "CODEC",
    "COMMANDS",
    "EVENTS",
    "PERMISSIONS",
    "Centre",
    "Engine",
    "EngineStopped",
    "Entry",
    "Gate",
    "Overloaded",
    "Submission",
]
