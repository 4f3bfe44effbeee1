"""The filter of the payments stream: read from the address, written back into links, and applied to records.

What a reader is not told of a payment cannot be asked for either: a review is found by its kind only by those who are told the kind.
"""

import datetime
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from huangpu.core.calendar import DAY_US, instant_us
from huangpu.core.values import CURRENCY_DIGITS
from huangpu.registry.institutions import Institutions
from huangpu.venues.offshore.matrix import Line
from huangpu.venues.offshore.orders import Direction, Payment, Pending, Wait, parties_of

REVIEW = "REVIEW"
REVIEWS = (Wait.SCREENING, Wait.RELEASE)
STATUSES = ("PDNG", "ACSC", "ACCC", "RJCT", "CANC")
"""The statuses in which a record can be found."""
TEXT_MAX = 80

Record = Payment | Pending


class Filter(NamedTuple):
    """What is looked for; an empty field asks for nothing."""

    status: str = ""
    direction: str = ""
    line: str = ""
    currency: str = ""
    wait: str = ""
    party: str = ""
    text: str = ""
    day: datetime.date | None = None

    @property
    def on(self) -> bool:
        """Tell whether anything is looked for."""
        return any(self)

    @property
    def query(self) -> str:
        """Write the filter as the query of an address."""
        return urlencode({name: str(value) for name, value in self._asdict().items() if value})


def filter_of(query: Mapping[str, str]) -> Filter:
    """Read a filter from the query of an address; what is not known is not asked for."""
    known: dict[str, tuple[str, ...]] = {
        "status": STATUSES,
        "direction": tuple(Direction),
        "line": tuple(Line),
        "currency": tuple(CURRENCY_DIGITS),
        "wait": (*Wait, REVIEW),
    }
    fields = {name: query.get(name, "") for name in known}
    chosen = {name: text for name, text in fields.items() if text in known[name]}
    return Filter(
        **chosen,
        party=query.get("party", "").strip()[:TEXT_MAX],
        text=query.get("text", "").strip()[:TEXT_MAX],
        day=_day(query.get("day", "")),
    )


def span_of(chosen: Filter) -> tuple[int, int] | None:
    """Return first and end of the day that is looked for, in microseconds."""
    if chosen.day is None:
        return None
    start_us = instant_us(chosen.day, 0)
    return start_us, start_us + DAY_US


def shown_wait(record: Record, wait: str, scope: str | None) -> str:
    """Return the word for a wait that a reader is told."""
    return REVIEW if wait in REVIEWS and scope not in (None, record.bank) else str(wait)


def fits_of(
    chosen: Filter, scope: str | None, institutions: Institutions
) -> Callable[[Record], bool]:
    """Return the test of a record against a filter; the status and the day are the view's own."""
    party, text = chosen.party.casefold(), chosen.text.casefold()

    def fits(record: Record) -> bool:
        order = record.order
        return (
            chosen.direction in ("", record.direction)
            and chosen.line in ("", record.line)
            and chosen.currency in ("", order.currency)
            and (not chosen.wait or chosen.wait in _waits(record, scope))
            and (not party or _names(record, institutions, party))
            and (not text or _ids(record, text))
        )

    return fits


def _waits(record: Record, scope: str | None) -> list[str]:
    if not isinstance(record, Pending):
        return []
    return [shown_wait(record, wait, scope) for wait in record.waits]


def _names(record: Record, institutions: Institutions, text: str) -> bool:
    order = record.order
    words = [order.debtor_name, order.creditor_name, order.debtor_account, order.creditor_account]
    words += [order.debtor_agent, order.creditor_agent]
    for party in parties_of(record):
        words.append(party)
        found = institutions.get(party)
        if found is not None:
            words += [found.name, found.name_zh]
    return any(text in word.casefold() for word in words if word)


def _ids(record: Record, text: str) -> bool:
    order = record.order
    ids = (
        order.uetr,
        order.end_to_end_id,
        order.instruction_id,
        record.message_id,
        order.trade_reference,
    )
    return any(text in found.casefold() for found in ids if found)


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None
