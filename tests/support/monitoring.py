"""Builders for tests of the monitors: rows laid over the book, ticks on other days, money for many payments."""

from typing import Any

from huangpu.core.calendar import DAY_US
from huangpu.core.message import Event, Rejected
from huangpu.core.rulebook import Row, RowValue
from huangpu.engine.writer import Engine
from huangpu.registry.charter import Tick
from huangpu.registry.people import Person, RegisterPerson
from huangpu.venues.offshore.monitoring.books import MonitorBooks
from tests.support.centre import MONDAY_0930_US, accepted, send
from tests.support.offshore import (
    BK1_BIC,
    instruct,
    inward_order,
    offshore_engine,
    overseas_order,
    receive,
)

MINUTE_US = 60_000_000
RICH = 500_000_000_00


def monitored_engine(rows: dict[str, RowValue] | None = None) -> Engine:
    """Return the fixture of section G with USD to spare, a second officer and second makers, and rows laid over the book."""
    engine = offshore_engine()
    for person, institution, role in (
        ("bk1-officer", "BK1", "BANK_OFFICER"),
        ("bk2-officer", "BK2", "BANK_OFFICER"),
    ):
        entered = RegisterPerson(person=Person(id=person, institution=institution, roles=[role]))
        accepted(send(engine, "operator", entered))
    both = Person(id="bk1-both", institution="BK1", roles=["BANK_OPERATOR", "BANK_OFFICER"])
    accepted(send(engine, "operator", RegisterPerson(person=both)))
    lay(engine, rows or {})
    return engine


def enrich(engine: Engine, amount: int = RICH) -> None:
    """Let an overseas buyer pay OTC1 before anything else is looked at."""
    order = inward_order(amount, debtor_account="HK-ENDOWMENT", debtor_name="Simulated Endowment")
    accepted(send(engine, "ovb-desk", receive(order, instructed_agent=BK1_BIC)))


def lay(engine: Engine, rows: dict[str, RowValue]) -> None:
    """Lay values over the rows in force from the beginning, as a what-if does."""
    centre = engine.centre
    laid = [
        Row(
            name,
            centre.rules[name].rows[-1].from_date,
            value,
            centre.rules[name].rows[-1].unit,
            "test",
        )
        for name, value in rows.items()
    ]
    centre.rules = centre.rules.with_rows(laid)


def day_us(days: int, minutes: int = 0) -> int:
    """Return the instant so many days and minutes after the Monday of the fixture, 09:30 in Shanghai."""
    return MONDAY_0930_US + days * DAY_US + minutes * MINUTE_US


def at(engine: Engine, at_us: int) -> None:
    """Let what is sent from here on happen at an instant."""
    engine._clock_us = lambda: at_us


def tick(engine: Engine, at_us: int) -> list[Event]:
    """Tick at an instant, stay there, and return what the tick found due."""
    at(engine, at_us)
    outcome = accepted(send(engine, "clock", Tick(), at_us=at_us)).outcome
    assert not isinstance(outcome, Rejected)
    return outcome


def found(events: list[Event], kind: type[Any]) -> list[Any]:
    """Return the events of one type."""
    return [event for event in events if type(event) is kind]


def books(engine: Engine) -> MonitorBooks:
    """Return the books of the monitors."""
    return engine.centre.offshore.books.monitor


def sell(engine: Engine, amount: int, **changes: Any) -> str:
    """Let an overseas buyer pay the listed company, and return the UETR of this sell leg."""
    order = inward_order(amount, **changes)
    accepted(send(engine, "ovb-desk", receive(order)))
    return order.uetr


def buy(engine: Engine, amount: int, **changes: Any) -> str:
    """Let the listed company pay overseas, and return the UETR of this buy leg."""
    order = overseas_order(amount, **changes)
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    return order.uetr
