"""For tests of reporting: the ticks that close a day of the offshore fixture, and files checked as a supervisor would."""

import csv
import datetime
import hashlib
import itertools

from huangpu.core.calendar import DAY_US
from huangpu.core.message import Event
from huangpu.engine.writer import Engine
from huangpu.registry.charter import Tick
from huangpu.venues.offshore.reports import views
from huangpu.venues.offshore.reports.books import NO_DIGEST, Break, FileKind
from huangpu.venues.offshore.reports.breaks import BreakOpened
from huangpu.venues.offshore.reports.daily import ReportingDayClosed
from tests.support.centre import MONDAY_0930_US, accepted, send

MONDAY = datetime.date(2026, 11, 23)
UNITS = ("BK1-SAU", "BK2-SAU")


def close_day(engine: Engine, days: int = 1) -> list[Event]:
    """Tick in the morning `days` after the fixture's Monday until the day before is closed; return what the ticks told."""
    told: list[Event] = []
    date = MONDAY + datetime.timedelta(days=days - 1)
    while engine.centre.offshore.books.reports.closed != date:
        entry = accepted(send(engine, "clock", Tick(), at_us=MONDAY_0930_US + days * DAY_US))
        assert isinstance(entry.outcome, list)
        told += entry.outcome
    assert any(isinstance(event, ReportingDayClosed) for event in told)
    return told


def breaks_in(told: list[Event]) -> list[Break]:
    """Return the breaks that were opened."""
    return [event.found for event in told if isinstance(event, BreakOpened)]


def text(engine: Engine, unit: str, kind: FileKind, sequence: int = 1) -> str:
    """Derive a file's text."""
    centre = engine.centre
    found = views.file_text(centre.offshore, centre.rules, (unit, kind, sequence), None)
    assert found is not None
    return found


def records(file: str) -> list[dict[str, str]]:
    """Read the records of a file by their columns."""
    lines = list(csv.reader(file.splitlines()))
    columns = next(line[1:] for line in lines if line[0] == "C")
    return [dict(zip(columns, line[1:], strict=True)) for line in lines if line[0] == "D"]


def check_stream(engine: Engine, unit: str, kind: FileKind) -> list[str]:
    """Read a stream as its receiver: numbers without gaps, each file chained to the one before it; return the texts."""
    stream = engine.centre.offshore.books.reports.files.get(f"{kind}|{unit}", [])
    previous, texts = NO_DIGEST, []
    for sequence, file in enumerate(stream, 1):
        found = text(engine, unit, kind, sequence)
        header = found.split("\n", 1)[0].split(",")
        assert header == ["H", "HUANGPU", "1", kind, unit, str(file.date), str(sequence), previous]
        digest = bytes.fromhex(previous)
        for line in found.split("\n")[:-1]:
            digest = hashlib.sha256(digest + line.encode()).digest()
        assert digest.hex() == file.digest
        previous = file.digest
        texts.append(found)
    dates = [file.date for file in stream]
    if kind is not FileKind.CORRECTIONS:
        step = datetime.timedelta(days=1)
        assert all(later - earlier == step for earlier, later in itertools.pairwise(dates))
    return texts
