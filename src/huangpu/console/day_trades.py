"""The day's trades arranged for drawing: prices of each share over time, turnover by minute.

Trades are only ever added within a day, so each is read once; a new day, or an engine that was reopened, starts anew.
"""

import datetime
from typing import NamedTuple

from huangpu.console.drawing import MINUTE_US, US, Bar, bars
from huangpu.core.calendar import OFFSET_US
from huangpu.venues.growth import Growth

SLOT_US = 5 * US
POINTS_MAX = 600


class Slot(NamedTuple):
    """The trades of one share within five seconds. Units: fen and shares."""

    at_us: int
    last_fen: int
    shares: int


class DayTrades:
    """What was read of the day's trades so far."""

    def __init__(self) -> None:
        self._room: Growth | None = None
        self._date: datetime.date | None = None
        self._read = 0
        self._slots: dict[str, list[Slot]] = {}
        self._minutes: dict[int, int] = {}

    def prices(self, room: Growth, code: str) -> list[list[float]]:
        """Return the last prices of a share as [Shanghai seconds, CNY, shares], oldest first, for a chart."""
        self._catch_up(room)
        return [
            [(slot.at_us + OFFSET_US) // US, slot.last_fen / 100, slot.shares]
            for slot in self._slots.get(code, [])[-POINTS_MAX:]
        ]

    def closes(self, room: Growth, code: str, points: int) -> list[int]:
        """Return a few prices of a share in fen, oldest first, for a small line."""
        self._catch_up(room)
        found = [slot.last_fen for slot in self._slots.get(code, [])]
        step = max(len(found) // points, 1)
        return found[::-step][::-1] if found else []

    def turnover_bars(self, room: Growth, minutes: int) -> list[Bar]:
        """Return the turnover of the last minutes with trades as bars."""
        self._catch_up(room)
        if not self._minutes:
            return []
        last = max(self._minutes)
        first = last - minutes + 1
        counts = [self._minutes.get(minute, 0) for minute in range(first, last + 1)]
        return bars(counts, first * MINUTE_US, MINUTE_US, 400, 64)

    def _catch_up(self, room: Growth) -> None:
        date = room.books.day.date if room.books.day else None
        trades = room.books.trades
        if room is not self._room or date != self._date or len(trades) < self._read:
            self._room, self._date, self._read = room, date, 0
            self._slots, self._minutes = {}, {}
        for trade in trades[self._read :]:
            self._add(trade.code, trade.at_us, trade.price_fen, trade.quantity)
        self._read = len(trades)

    def _add(self, code: str, at_us: int, price_fen: int, quantity: int) -> None:
        slots = self._slots.setdefault(code, [])
        start_us = at_us // SLOT_US * SLOT_US
        if slots and slots[-1].at_us == start_us:
            slots[-1] = Slot(start_us, price_fen, slots[-1].shares + quantity)
        else:
            slots.append(Slot(start_us, price_fen, quantity))
        minute = at_us // MINUTE_US
        self._minutes[minute] = self._minutes.get(minute, 0) + price_fen * quantity


DAY_TRADES = DayTrades()
