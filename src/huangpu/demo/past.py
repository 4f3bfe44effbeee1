"""The business days before the demo's own: so that windows have a history, files a chain, and cases an age.

Each day is a thin slice of the living traffic with the ticks that open and close it; the instants are those at which it would have come.
"""

import datetime
from collections.abc import Callable, Iterator

from huangpu.core.calendar import date_of, instant_us, is_business_day
from huangpu.core.message import Command
from huangpu.core.rulebook import RuleBook
from huangpu.demo.cast import COMPANIES
from huangpu.demo.traffic import Author, outward, payment, receipt
from huangpu.engine import Engine, Submission
from huangpu.registry.charter import Tick
from huangpu.venues.offshore.monitoring.rates import SetReferenceRates

DAYS, PAYMENTS = 8, 120
SECOND_US = 1_000_000
OPENS_S, CLOSES_S = 9 * 3_600 + 1_860, 16 * 3_600
TICKS = 8
APART = (COMPANIES[4], COMPANIES[7])
"""Companies whose receipts and payments lie apart."""

Progress = Callable[[str, int, int], None]


def begin_us(rules: RuleBook, start_us: int) -> int:
    """Return the instant at which the centre is founded: early on the first of the days before a start."""
    return instant_us(dates(rules, date_of(start_us))[0], 8)


def dates(rules: RuleBook, today: datetime.date) -> list[datetime.date]:
    """List the business days before a date, the oldest first."""
    found: list[datetime.date] = []
    day = today
    while len(found) < DAYS:
        day -= datetime.timedelta(days=1)
        if is_business_day(rules, day):
            found.append(day)
    return found[::-1]


def play(engine: Engine, today: datetime.date, progress: Progress | None = None) -> None:
    """Send the payments and ticks of the days before `today`."""
    author = Author(lambda: engine, 2)
    days = dates(engine.centre.rules, today)
    for number, day in enumerate(days, 1):
        engine.step([Submission(*sent) for sent in _of(author, instant_us(day, 0))])
        engine.step(
            [
                Submission(by, author.next_id(), command, instant_us(day, 17, number))
                for by, command in _levelled(author)
            ]
        )
        if progress is not None:
            progress("days before", number, len(days))


def _of(author: Author, midnight_us: int) -> list[tuple[str, str, Command, int]]:
    """Draw one day: a tick every hour or so, payments between."""
    span_s = CLOSES_S - OPENS_S
    sent: list[tuple[int, str, Command]] = [
        (OPENS_S + span_s * n // (TICKS - 1), "clock", Tick()) for n in range(TICKS)
    ]
    sent.append((OPENS_S + 1, "operator", _rates(author, date_of(midnight_us))))
    for _ in range(PAYMENTS):
        by, command = payment(author, author.chance.randrange(len(COMPANIES)))
        sent.append((OPENS_S + author.chance.randrange(60, span_s), by, command))
    sent.sort(key=lambda one: one[0])
    return [
        (by, author.next_id(), command, midnight_us + second * SECOND_US)
        for second, by, command in sent
    ]


def _rates(author: Author, date: datetime.date) -> Command:
    """Tell the reference rates of a day. Units: CNY fen for 10^6 minor units."""
    rates = {"USD": 7_100_000, "EUR": 8_200_000, "HKD": 910_000}
    return SetReferenceRates(
        date=date,
        rates={
            name: rate + author.chance.randrange(-9, 10) * 1_000 for name, rate in rates.items()
        },
    )


def _levelled(author: Author) -> Iterator[tuple[str, Command]]:
    """Let most companies receive or pay what their day left open, as real trade does; some stay apart, for the monitor to see."""
    series = author.engine.centre.offshore.books.monitor.series
    today = date_of(author.engine.last_at_us).toordinal()
    for number, company in enumerate(COMPANIES):
        found = series.get(f"COMPANY|{company}")
        if company in APART or found is None:
            continue
        for currency, flow in found.days.get(today, {}).items():
            part = author.chance.uniform(0.8, 1.0)
            open_minor = int((flow.payments - flow.receipts) * part)
            if open_minor > 0:
                yield receipt(author, number, currency, open_minor)
            elif open_minor < 0:
                yield outward(author, number, currency, -open_minor)
