"""What foreign exchange remembers: requests, quotes, deals, squarings, and the open position of each unit and pair.

Amounts are integers in minor units, rates integers with the pair's decimals (`pairs.py`). A quote and a position are replaced as they
change; a deal and a squaring are written once. Leaves out: revaluation of open positions and interest between the value dates.
"""

import enum

import msgspec


class FxSide(enum.StrEnum):
    """What the customer does with the base currency of the pair."""

    BUY = "BUY"
    SELL = "SELL"


class QuoteState(enum.StrEnum):
    """Where a quote stands; an open one whose time is over is EXPIRED to every reader, without an entry."""

    OPEN = "OPEN"
    ACCEPTED = "ACCEPTED"
    WITHDRAWN = "WITHDRAWN"
    EXPIRED = "EXPIRED"


class QuoteRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A customer asks its bank for a rate. Units: amount in minor units of `currency`, either of the pair's."""

    request_id: str
    bank: str
    account: str
    customer: str
    pair: str
    side: FxSide
    currency: str
    amount: int
    person: str
    at_us: int


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """A bank's binding rate until `expires_us`, exclusive.

    Units: base and counter in minor units of the pair's currencies; mid and rate in units of the pair's last decimal.
    """

    quote_id: str
    bank: str
    account: str
    customer: str
    pair: str
    side: FxSide
    base: int
    counter: int
    mid: int
    rate: int
    source: str
    person: str
    at_us: int
    expires_us: int
    request_id: str = ""
    state: QuoteState = QuoteState.OPEN


class Deal(msgspec.Struct, frozen=True, kw_only=True):
    """An accepted quote, settled in the same entry: the customer paid one currency and got the other.

    Units: amounts in minor units; spread in units of the rate's last decimal, positive in the bank's favour.
    """

    number: int
    seq: int
    at_us: int
    quote_id: str
    bank: str
    unit: str
    account: str
    customer: str
    pair: str
    side: FxSide
    base: int
    counter: int
    mid: int
    rate: int
    spread: int
    source: str
    person: str
    paid_booked_after: int
    received_booked_after: int


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """What a unit has bought (positive) or sold (negative) net in a pair, and by when it must be square again.

    Units: base and counter in minor units; result is the counter amount left when the base came to zero, added up.
    """

    unit: str
    pair: str
    base: int = 0
    counter: int = 0
    result: int = 0
    opened_us: int = 0
    due_us: int = 0
    overdue: bool = False


class Squaring(msgspec.Struct, frozen=True, kw_only=True):
    """A deal of the bank itself with an overseas bank, through their nostros, that lessens an open position.

    Units: minor units. `side` is what the bank does with the base currency.
    """

    number: int
    seq: int
    at_us: int
    bank: str
    unit: str
    pair: str
    side: FxSide
    base: int
    counter: int
    counterparty: str
    person: str


class FxBooks(msgspec.Struct):
    """Everything of foreign exchange that a snapshot holds."""

    requests: dict[str, QuoteRequest] = {}
    quotes: dict[str, Quote] = {}
    deals: list[Deal] = []
    positions: dict[str, Position] = {}
    squarings: list[Squaring] = []


class FxIndexes:
    """Quotes and deals by the institutions that may see them, in order; rebuilt from the books."""

    __slots__ = ("deals_of", "quotes_of", "requests_of")

    def __init__(self) -> None:
        self.requests_of: dict[str, list[str]] = {}
        self.quotes_of: dict[str, list[str]] = {}
        self.deals_of: dict[str, list[int]] = {}

    def add_request(self, request: QuoteRequest) -> None:
        """Show a request to both sides."""
        for party in (request.bank, request.customer):
            self.requests_of.setdefault(party, []).append(fx_key(request.bank, request.request_id))

    def add_quote(self, quote: Quote) -> None:
        """Show a quote to both sides."""
        for party in (quote.bank, quote.customer):
            self.quotes_of.setdefault(party, []).append(fx_key(quote.bank, quote.quote_id))

    def add_deal(self, deal: Deal) -> None:
        """Show a deal to both sides."""
        for party in (deal.bank, deal.customer):
            self.deals_of.setdefault(party, []).append(deal.number)

    @classmethod
    def of(cls, books: FxBooks) -> "FxIndexes":
        """Build the indexes of a snapshot."""
        indexes = cls()
        for request in books.requests.values():
            indexes.add_request(request)
        for quote in books.quotes.values():
            indexes.add_quote(quote)
        for deal in books.deals:
            indexes.add_deal(deal)
        return indexes


def fx_key(bank: str, given_id: str) -> str:
    """Return the key under which a bank's quote, or a request to it, is kept: ids are the bank's own affair."""
    return f"{bank}|{given_id}"


def position_key(unit: str, pair: str) -> str:
    """Return the key of a unit's open position in a pair."""
    return f"{unit}|{pair}"
