"""The only reader of the clock: wall time for a real centre, a simulated business day for the demo.

Deterministic rooms never ask for the time: the engine stamps each entry with what a clock here returned, and `Tick` commands tell the
venues that time has passed.
"""

import asyncio
import datetime
import time
from collections.abc import Awaitable, Callable

from huangpu.core.calendar import date_of, instant_us, next_business_day, time_of_day_us
from huangpu.core.rulebook import RuleBook

TICK_SECONDS = 1
BUSY_TICK_SECONDS = 0.2
OPENS_US = (9 * 60 + 30) * 60 * 1_000_000
LUNCH_US = (11 * 60 + 30) * 60 * 1_000_000
AFTERNOON_US = 13 * 3600 * 1_000_000
CLOSES_US = (15 * 60 + 1) * 60 * 1_000_000


def wall_us() -> int:
    """Return microseconds since the epoch (UTC) by the machine's clock."""
    return time.time_ns() // 1_000


class DemoClock:
    """A clock that runs at wall speed but leaps over the hours in which the exchange is closed.

    The simulated time starts at 09:30 of a business day, leaps over lunch, and from 15:01 to the next business day, so
    that a demo started on a Sunday night shows a trading session. Every page says that the time is simulated.
    """

    def __init__(self, rules: RuleBook, start_us: int, wall: Callable[[], int] = wall_us) -> None:
        self._rules = rules
        self._wall = wall
        self._offset_us = start_us - wall()
        self._leap()

    def not_before(self, at_us: int) -> None:
        """Go on from an instant that the journal has already reached."""
        self._offset_us = max(self._offset_us, at_us - self._wall())
        self._leap()

    def now_us(self) -> int:
        """Return the simulated instant in microseconds since the epoch (UTC)."""
        self._leap()
        return self._wall() + self._offset_us

    def _leap(self) -> None:
        now_us = self._wall() + self._offset_us
        date, time_us = date_of(now_us), time_of_day_us(now_us)
        if time_us < OPENS_US:
            self._offset_us += OPENS_US - time_us
        elif LUNCH_US + 60_000_000 <= time_us < AFTERNOON_US:
            self._offset_us += AFTERNOON_US - time_us
        elif time_us >= CLOSES_US:
            next_day = next_business_day(self._rules, date)
            self._offset_us += instant_us(next_day, 0) + OPENS_US - now_us


def demo_start_us(rules: RuleBook, wall: Callable[[], int] = wall_us) -> int:
    """Return 09:30 of the first business day from today on."""
    date = date_of(wall()) - datetime.timedelta(days=1)
    return instant_us(next_business_day(rules, date), 0) + OPENS_US


async def ticking(tick: Callable[[], Awaitable[bool]]) -> None:
    """Send a tick every second until cancelled, and sooner after one that found something due: each does a bounded piece of work.

    A tick that fails is not caught up, the next one covers it.
    """
    while True:
        busy = await tick()
        await asyncio.sleep(BUSY_TICK_SECONDS if busy else TICK_SECONDS)
