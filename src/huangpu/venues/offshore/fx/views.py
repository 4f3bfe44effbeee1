"""What people and programs read of foreign exchange: requests, quotes, deals, open positions.

Lists come newest first, `limit` at a time, and `next_after` is the cursor of the next page. `institution` is who reads: None sees all,
everybody else their own side. The middle and the spread are the bank's: a customer sees the rate it deals at. Positions are the bank's alone.
"""

from collections.abc import Iterator
from itertools import islice

import msgspec

from huangpu.venues.offshore.fx.pairs import PAIRS, Amounts, got_by_customer, paid_by_customer
from huangpu.venues.offshore.fx.quotes import state_of
from huangpu.venues.offshore.fx.state import (
    Deal,
    FxSide,
    Position,
    Quote,
    QuoteRequest,
    QuoteState,
    Squaring,
)
from huangpu.venues.offshore.pages import page_size
from huangpu.venues.offshore.state import Offshore


class QuoteView(msgspec.Struct, frozen=True, kw_only=True):
    """A quote as one side sees it. Units: minor units; mid and rate with `rate_digits` decimals for `base_units` of base."""

    quote_id: str
    bank: str
    account: str
    customer: str
    pair: str
    side: FxSide
    pays_currency: str
    pays: int
    gets_currency: str
    gets: int
    rate: int
    rate_digits: int
    base_units: int
    mid: int | None
    at_us: int
    expires_us: int
    state: QuoteState
    request_id: str


class QuotePage(msgspec.Struct, frozen=True):
    """A page of quotes."""

    quotes: list[QuoteView]
    next_after: str


class DealView(msgspec.Struct, frozen=True, kw_only=True):
    """A deal as one side sees it. Units: as in `QuoteView`; spread in the last decimal of the rate."""

    number: int
    entry: int
    at_us: int
    quote_id: str
    bank: str
    account: str
    customer: str
    pair: str
    side: FxSide
    pays_currency: str
    pays: int
    gets_currency: str
    gets: int
    rate: int
    rate_digits: int
    base_units: int
    mid: int | None
    spread: int | None
    source: str
    status: str


class DealPage(msgspec.Struct, frozen=True):
    """A page of deals."""

    deals: list[DealView]
    next_after: str


def requests(room: Offshore, *, institution: str | None, limit: int = 50) -> list[QuoteRequest]:
    """List what customers have asked for, newest first."""
    books, indexes = room.books.fx, room.fx_indexes
    keys = books.requests if institution is None else indexes.requests_of.get(institution, [])
    return [books.requests[key] for key in islice(reversed(keys), page_size(limit))]


def quotes(
    room: Offshore, *, institution: str | None, at_us: int, limit: int = 50, after: str = ""
) -> QuotePage:
    """List quotes with the state they are in at an instant."""
    books, indexes = room.books.fx, room.fx_indexes
    keys = list(books.quotes) if institution is None else indexes.quotes_of.get(institution, [])
    end = int(after) if after.isdecimal() else len(keys)
    start = max(0, end - page_size(limit))
    shown = [
        _quote_view(books.quotes[key], institution, at_us) for key in reversed(keys[start:end])
    ]
    return QuotePage(shown, str(start) if start else "")


def deals(
    room: Offshore,
    *,
    institution: str | None,
    account: str = "",
    limit: int = 50,
    after: str = "",
) -> DealPage:
    """List deals, of all, of one institution, or over one account."""
    shown: list[DealView] = []
    for deal in _deals_before(room, institution, after):
        if account and deal.account != account:
            continue
        if len(shown) == page_size(limit):
            return DealPage(shown, str(shown[-1].number))
        shown.append(_deal_view(deal, institution))
    return DealPage(shown, "")


def positions(room: Offshore, institution: str | None) -> list[Position]:
    """List the open and squared positions of the units: all, or the reader's own."""
    own = None if institution is None else f"{institution}-SAU"
    return [
        position for position in room.books.fx.positions.values() if own in (None, position.unit)
    ]


def squarings(room: Offshore, *, institution: str | None, limit: int = 50) -> list[Squaring]:
    """List the banks' own deals, for both sides, newest first."""
    found = (
        squaring
        for squaring in reversed(room.books.fx.squarings)
        if institution in (None, squaring.bank, squaring.counterparty)
    )
    return list(islice(found, page_size(limit)))


def _deals_before(room: Offshore, institution: str | None, after: str) -> Iterator[Deal]:
    everything = room.books.fx.deals
    numbers = (
        range(len(everything))
        if institution is None
        else room.fx_indexes.deals_of.get(institution, [])
    )
    before = int(after) if after.isdecimal() else len(everything)
    return (everything[number] for number in reversed(numbers) if number < before)


def _quote_view(quote: Quote, institution: str | None, at_us: int) -> QuoteView:
    pair = PAIRS[quote.pair]
    amounts = Amounts(quote.base, quote.counter)
    pays_currency, pays = paid_by_customer(pair, quote.side, amounts)
    gets_currency, gets = got_by_customer(pair, quote.side, amounts)
    return QuoteView(
        quote_id=quote.quote_id,
        bank=quote.bank,
        account=quote.account,
        customer=quote.customer,
        pair=quote.pair,
        side=quote.side,
        pays_currency=pays_currency,
        pays=pays,
        gets_currency=gets_currency,
        gets=gets,
        rate=quote.rate,
        rate_digits=pair.digits,
        base_units=pair.base_units,
        mid=quote.mid if institution in (None, quote.bank) else None,
        at_us=quote.at_us,
        expires_us=quote.expires_us,
        state=state_of(quote, at_us),
        request_id=quote.request_id,
    )


def _deal_view(deal: Deal, institution: str | None) -> DealView:
    pair = PAIRS[deal.pair]
    amounts = Amounts(deal.base, deal.counter)
    pays_currency, pays = paid_by_customer(pair, deal.side, amounts)
    gets_currency, gets = got_by_customer(pair, deal.side, amounts)
    own = institution in (None, deal.bank)
    return DealView(
        number=deal.number,
        entry=deal.seq,
        at_us=deal.at_us,
        quote_id=deal.quote_id,
        bank=deal.bank,
        account=deal.account,
        customer=deal.customer,
        pair=deal.pair,
        side=deal.side,
        pays_currency=pays_currency,
        pays=pays,
        gets_currency=gets_currency,
        gets=gets,
        rate=deal.rate,
        rate_digits=pair.digits,
        base_units=pair.base_units,
        mid=deal.mid if own else None,
        spread=deal.spread if own else None,
        source=deal.source,
        status="ACCC",
    )
