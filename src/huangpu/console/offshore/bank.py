"""The bank's page: its customers' payments of today, money at correspondents, liquidity, open positions, quotes, and what waits for whom."""

from collections import Counter
from collections.abc import Mapping
from itertools import islice
from typing import Any, NamedTuple

from litestar import Response, get

from huangpu.console.growth_pages import done_of
from huangpu.console.offshore.dealing import choices_of as exchange_choices
from huangpu.console.offshore.dealing import dealing_of, rate_of
from huangpu.console.offshore.tabs import tabs_of, venue_page
from huangpu.console.pages import NotFound, Visitor, page
from huangpu.core.calendar import instant_us
from huangpu.registry.cash_accounts import ledger_code
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore import views
from huangpu.venues.offshore.fx import views as fx
from huangpu.venues.offshore.fx.liquidity import liquidity_id
from huangpu.venues.offshore.fx.pairs import PAIRS
from huangpu.venues.offshore.orders import Wait
from huangpu.venues.offshore.pages import Balance, NostroView
from huangpu.venues.offshore.reports import views as reports

QUOTE = "offshore.quote"
COUNTED_MAX = 5_000
WORKED_AT = {Wait.SCREENING: "screening", Wait.RELEASE: "releases", Wait.QUEUE: "queue"}
"""The tab where a wait is worked."""
PARTS = 1_000
"""Parts of a bar; a position of the limit's size fills it."""


class Status(NamedTuple):
    """The customers' payments of today in one status and currency. Units: value in minor units."""

    status: str
    currency: str
    payments: int
    value: int


class Mirror(NamedTuple):
    """Money at a correspondent as the mirror shows it, and as the correspondent's newest statement did (None: none came)."""

    nostro: NostroView
    stated: int | None
    stated_on: str


class OpenPosition(NamedTuple):
    """An open position against its limit. Units: minor units; part of the limit in thousandths, negative when sold."""

    pair: str
    currency: str
    base: int
    counter_currency: str
    counter: int
    limit: int
    part: int
    due_us: int
    overdue: bool
    rule: str


@get("/offshore/bank")
async def show(
    visitor: Visitor, bank: str = "", part: str = "", done: str = "", answer: str = ""
) -> Response[str]:
    """Show a bank its own desk; who sees all chooses the bank."""
    return await bank_page(
        visitor, {"done": done_of(done)}, bank=bank, part=part, request_id=answer
    )


async def bank_page(
    visitor: Visitor,
    extra: Mapping[str, Any],
    *,
    bank: str = "",
    part: str = "",
    request_id: str = "",
    status: int = 200,
) -> Response[str]:
    """Write the page of a bank, or one part of it.

    Raises: NotFound where the visitor neither works there nor sees all.
    """
    _ = visitor.signed_in
    await visitor.gate.readable()
    banks = banks_of(visitor)
    chosen = bank if bank in banks else next(iter(banks), "")
    if not chosen or (bank and bank not in banks):
        raise NotFound
    data: dict[str, Any] = {
        "tab": "bank",
        "bank": chosen,
        "banks": banks,
        "today": today_of(visitor, chosen),
        "waits": _waits(visitor, chosen),
        "mirrors": _mirrors(visitor, chosen),
        "liquidity": _liquidity(visitor, chosen),
        "positions": positions_of(visitor, chosen),
        "dealing": dealing_of(visitor, chosen),
        "rate": rate_of,
        "own": visitor.signed_in.institution == chosen,
        "may_quote": visitor.may(QUOTE) and visitor.signed_in.institution == chosen,
    }
    if part in ("bank_now", "quotes"):
        return await page(visitor, f"offshore/_{part}.html", data | {"done": None})
    accounts = [a for a in visitor.centre.registry.cash_accounts.values() if a.bank == chosen]
    requests = data["dealing"].requests
    data["exchange"] = exchange_choices(visitor)
    data["customers"] = [(a.id, f"{a.id} · {visitor.name_of(a.holder)}") for a in accounts]
    data["customer_count"] = len({a.holder for a in accounts})
    data["asked"] = next((one for one in requests if one.request_id == request_id), None)
    return await venue_page(visitor, "offshore/bank.html", "bank", {**data, **extra}, status=status)


def banks_of(visitor: Visitor) -> list[str]:
    """List the banks whose desk a visitor may look at: the own one, or all."""
    institutions = visitor.centre.registry.institutions
    if visitor.scope is None:
        return [i.id for i in institutions.values() if i.kind is InstitutionKind.BANK]
    own = visitor.institution
    return [own.id] if own.kind is InstitutionKind.BANK else []


def today_of(visitor: Visitor, bank: str) -> list[Status]:
    """Count and add up the payments of the bank's customers that ended today, and those that wait."""
    room = visitor.centre.offshore
    since_us = instant_us(visitor.date, 0)
    counts: Counter[tuple[str, str]] = Counter()
    values: Counter[tuple[str, str]] = Counter()
    for payment in islice(room.payments.of_institution(bank), COUNTED_MAX):
        if payment.at_us < since_us:
            break
        if payment.bank == bank:
            counts[payment.status, payment.order.currency] += 1
            values[payment.status, payment.order.currency] += payment.order.amount
    for pending in room.books.pending.values():
        if pending.bank == bank:
            counts["PDNG", pending.order.currency] += 1
            values["PDNG", pending.order.currency] += pending.order.amount
    order = ("PDNG", "ACSC", "ACCC", "RJCT", "CANC")
    keys = sorted(counts, key=lambda key: (order.index(key[0]), key[1]))
    return [Status(*key, counts[key], values[key]) for key in keys]


def _waits(visitor: Visitor, bank: str) -> list[tuple[str, int, str]]:
    """Count what waits by what it waits for, with the way to where that is worked, as far as the visitor has one."""
    pending = visitor.centre.offshore.books.pending.values()
    counts = Counter(p.waits[0] for p in pending if p.bank == bank)
    tabs = {tab.key: tab.path for tab in tabs_of(visitor)}
    return [
        (str(wait), counts[wait], tabs.get(WORKED_AT.get(wait, ""), f"/offshore?wait={wait}"))
        for wait in Wait
        if counts[wait]
    ]


def _mirrors(visitor: Visitor, bank: str) -> list[Mirror]:
    room = visitor.centre.offshore
    stated = {}
    for one in reversed(reports.statements_received(room, bank)):
        stated[one.nostro] = one
    mirrors: list[Mirror] = []
    for nostro in views.nostros(room, bank):
        found = stated.get(nostro.code)
        on = "" if found is None else visitor.words.date(found.date)
        mirrors.append(Mirror(nostro, None if found is None else found.closing, on))
    return mirrors


def _liquidity(visitor: Visitor, bank: str) -> list[Balance]:
    centre = visitor.centre
    ledger = centre.ledger
    found: list[Balance] = []
    for currency in centre.rules["offshore.currencies"].at(visitor.date).texts:
        number = ledger.number(ledger_code(liquidity_id(bank), currency))
        if number is not None:
            held, available = ledger.held(number), ledger.available(number)
            found.append(Balance(currency, ledger.booked(number), held, available))
    return found


def positions_of(visitor: Visitor, bank: str) -> list[OpenPosition]:
    """List the open positions of a bank's unit against their limits."""
    centre = visitor.centre
    found: list[OpenPosition] = []
    for position in fx.positions(centre.offshore, bank):
        pair = PAIRS[position.pair]
        row = centre.rules[f"offshore.fx.position_max.{pair.base}_{pair.counter}"].at(visitor.date)
        limit = row.integer
        part = position.base * PARTS // limit if limit else 0
        found.append(
            OpenPosition(
                pair.name,
                pair.base,
                position.base,
                pair.counter,
                position.counter,
                limit,
                max(-PARTS, min(part, PARTS)),
                position.due_us,
                position.overdue,
                row.rule,
            )
        )
    return found
