"""Quotes: a customer asks, its bank names a rate that binds it for some seconds, and may take it back until it is accepted.

Both amounts are fixed when the rate is quoted, so the customer accepts exactly what it sees. A quote may also stand without a request, and may be
given to another bank's unit in the zone. Acceptance and settlement are one step (`deals.py`).
"""

from typing import Annotated

import msgspec

from huangpu.core.identifiers import is_code
from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import AMOUNT_MAX
from huangpu.venues.offshore.fx.liquidity import (
    FX,
    Dealer,
    dealer_account,
    dealer_of,
    liquidity_account,
    pair_of,
)
from huangpu.venues.offshore.fx.pairs import Pair, amounts_text, exchanged, rate_text
from huangpu.venues.offshore.fx.state import (
    FxSide,
    Quote,
    QuoteRequest,
    QuoteState,
    fx_key,
)
from huangpu.venues.offshore.refusals import not_yours
from huangpu.venues.offshore.state import AMOUNT_ON_THE_WIRE, Offshore

SECOND_US = 1_000_000
LIFE_S_MAX = 86_400
"""No row can make a quote live longer than a day."""
BASIS_POINTS = 10_000

Number = Annotated[int, AMOUNT_ON_THE_WIRE]


class RequestQuote(Command, frozen=True):
    """Ask a bank for a rate: for an account kept there, or for the asking bank's own liquidity.

    Units: amount in minor units of `currency`, either of the pair's. `side` is what the asker does with the base currency.
    """

    request_id: str
    bank: str
    account: str
    pair: str
    side: FxSide
    currency: str
    amount: Number


class QuoteRate(Command, frozen=True):
    """Bind the acting bank to a rate for some seconds.

    Units: mid and rate in units of the pair's last decimal (71000 is 7.1000); amount in minor units of `currency`.
    """

    quote_id: str
    account: str
    pair: str
    side: FxSide
    currency: str
    amount: Number
    mid: Number
    rate: Number
    valid_s: Number
    source: str = "CNH"
    request_id: str = ""


class WithdrawQuote(Command, frozen=True):
    """Take an open quote back."""

    quote_id: str


class QuoteRequested(Event, frozen=True):
    """The bank has been asked for a rate."""

    request: QuoteRequest


class RateQuoted(Event, frozen=True):
    """The bank is bound to the rate until the quote expires."""

    quote: Quote


class QuoteWithdrawn(Event, frozen=True):
    """The quote can no longer be accepted."""

    bank: str
    quote_id: str


def request_quote(room: Offshore, rules: RuleBook, command: RequestQuote, stamp: Stamp) -> Decision:
    """Ask for a rate; binds nobody.

    Rejects: IDENTIFIER_MALFORMED, FX_QUOTE_KNOWN, those of the terms, NOT_YOUR_INSTITUTION.
    """
    refused = _id_refusal(command.request_id, fx_key(command.bank, command.request_id), room)
    if refused is not None:
        return refused
    found = _terms(room, rules, stamp, command.bank, command)
    if isinstance(found, Rejected):
        return found
    _, dealer = found
    if dealer.institution != stamp.institution:
        return not_yours(stamp, dealer.institution, FX)
    request = QuoteRequest(
        request_id=command.request_id,
        bank=command.bank,
        account=command.account,
        customer=dealer.institution,
        pair=command.pair,
        side=command.side,
        currency=command.currency,
        amount=command.amount,
        person=stamp.person,
        at_us=stamp.at_us,
    )
    return [QuoteRequested(request=request)]


def quote_rate(room: Offshore, rules: RuleBook, command: QuoteRate, stamp: Stamp) -> Decision:
    """Quote a rate for both amounts of an exchange.

    Rule: domain note C7: id, pair, side, amount, rate, expiry; rate source CNH; rounding in favour of the liquidity account.
    Rejects: IDENTIFIER_MALFORMED, FX_QUOTE_KNOWN, those of the terms, FX_LIQUIDITY_SHORT, FX_QUOTE_UNKNOWN, FIELD_OUT_OF_RANGE,
    AMOUNT_NOT_POSITIVE, AMOUNT_TOO_LARGE.
    """
    bank = stamp.institution
    refused = _id_refusal(command.quote_id, fx_key(bank, command.quote_id), room)
    if refused is not None:
        return refused
    found = _terms(room, rules, stamp, bank, command)
    if isinstance(found, Rejected):
        return found
    pair, dealer = found
    refused = _answer_refusal(room, bank, command)
    if refused is None:
        refused = _rate_refusal(rules, stamp, pair, command)
    if refused is not None:
        return refused
    amounts = exchanged(pair, command.side, command.currency, command.amount, command.rate)
    if min(amounts) <= 0:
        detail = f"{amounts_text(pair, amounts)}: each at least one minor unit"
        return Rejected(Reason.AMOUNT_NOT_POSITIVE, detail, FX)
    if max(amounts) > AMOUNT_MAX:
        detail = f"{max(amounts)} minor units, at most {AMOUNT_MAX}"
        return Rejected(Reason.AMOUNT_TOO_LARGE, detail, FX)
    quote = Quote(
        quote_id=command.quote_id,
        bank=bank,
        account=command.account,
        customer=dealer.institution,
        pair=pair.name,
        side=command.side,
        base=amounts.base,
        counter=amounts.counter,
        mid=command.mid,
        rate=command.rate,
        source=command.source,
        person=stamp.person,
        at_us=stamp.at_us,
        expires_us=stamp.at_us + command.valid_s * SECOND_US,
        request_id=command.request_id,
    )
    return [RateQuoted(quote=quote)]


def withdraw_quote(
    room: Offshore, rules: RuleBook, command: WithdrawQuote, stamp: Stamp
) -> Decision:
    """Take back an open quote of the acting bank.

    Rejects: FX_QUOTE_UNKNOWN, FX_QUOTE_USED, FX_QUOTE_EXPIRED.
    """
    quote = room.books.fx.quotes.get(fx_key(stamp.institution, command.quote_id))
    if quote is None:
        return Rejected(Reason.FX_QUOTE_UNKNOWN, command.quote_id, FX)
    refused = open_refusal(quote, stamp.at_us)
    if refused is not None:
        return refused
    return [QuoteWithdrawn(bank=quote.bank, quote_id=quote.quote_id)]


def state_of(quote: Quote, at_us: int) -> QuoteState:
    """Return how a quote stands at an instant: an open one ends with its last microsecond, without an entry."""
    if quote.state is QuoteState.OPEN and at_us >= quote.expires_us:
        return QuoteState.EXPIRED
    return quote.state


def open_refusal(quote: Quote, at_us: int) -> Rejected | None:
    """Refuse what has been accepted or taken back, and what is over at the instant of this very entry.

    Rejects: FX_QUOTE_USED, FX_QUOTE_EXPIRED.
    """
    state = state_of(quote, at_us)
    if state is QuoteState.OPEN:
        return None
    if state is QuoteState.EXPIRED:
        late_us = at_us - quote.expires_us
        detail = f"quote {quote.quote_id} of {quote.bank} ended {late_us} microseconds ago"
        return Rejected(Reason.FX_QUOTE_EXPIRED, detail, "C7, a quote has a life")
    detail = f"quote {quote.quote_id} of {quote.bank} is {state}, needed {QuoteState.OPEN}"
    return Rejected(Reason.FX_QUOTE_USED, detail, "C7, a quote is accepted once")


def apply_requested(room: Offshore, event: QuoteRequested, stamp: Stamp) -> None:
    """Keep the request."""
    request = event.request
    room.books.fx.requests[fx_key(request.bank, request.request_id)] = request
    room.fx_indexes.add_request(request)


def apply_quoted(room: Offshore, event: RateQuoted, stamp: Stamp) -> None:
    """Keep the quote."""
    quote = event.quote
    room.books.fx.quotes[fx_key(quote.bank, quote.quote_id)] = quote
    room.fx_indexes.add_quote(quote)


def apply_withdrawn(room: Offshore, event: QuoteWithdrawn, stamp: Stamp) -> None:
    """Close the quote."""
    key = fx_key(event.bank, event.quote_id)
    quotes = room.books.fx.quotes
    quotes[key] = msgspec.structs.replace(quotes[key], state=QuoteState.WITHDRAWN)


def _id_refusal(given_id: str, key: str, room: Offshore) -> Rejected | None:
    if not is_code(given_id):
        detail = f"id {given_id!r}: 1 to 64 letters, digits and ._:/-"
        return Rejected(Reason.IDENTIFIER_MALFORMED, detail, FX)
    if key in room.books.fx.quotes or key in room.books.fx.requests:
        return Rejected(Reason.FX_QUOTE_KNOWN, f"id {given_id} is used, each once a bank", FX)
    return None


def _terms(
    room: Offshore, rules: RuleBook, stamp: Stamp, bank: str, asked: RequestQuote | QuoteRate
) -> tuple[Pair, Dealer] | Rejected:
    """Check what a request and a quote have in common.

    Rejects: FX_PAIR_UNKNOWN, CURRENCY_UNKNOWN, AMOUNT_NOT_POSITIVE, AMOUNT_TOO_LARGE, ACCOUNT_UNKNOWN, SAME_ACCOUNT,
    SERVICING_BANK_WRONG, ACCOUNT_CLASS_FORBIDDEN, ACCOUNT_CURRENCY_WRONG, FX_LIQUIDITY_SHORT.
    """
    pair = pair_of(rules, stamp, asked.pair)
    if isinstance(pair, Rejected):
        return pair
    if asked.currency not in (pair.base, pair.counter):
        detail = f"{asked.currency!r}, {pair.base} or {pair.counter}"
        return Rejected(Reason.CURRENCY_UNKNOWN, detail, FX)
    if asked.amount <= 0:
        return Rejected(Reason.AMOUNT_NOT_POSITIVE, f"{asked.amount} minor units, at least 1", FX)
    if asked.amount > AMOUNT_MAX:
        detail = f"{asked.amount} minor units, at most {AMOUNT_MAX}"
        return Rejected(Reason.AMOUNT_TOO_LARGE, detail, FX)
    dealer = dealer_of(room, rules, stamp, bank, asked.account)
    if isinstance(dealer, Rejected):
        return dealer
    for currency in (pair.base, pair.counter):
        for found in (
            dealer_account(room, dealer, currency),
            liquidity_account(room, bank, currency),
        ):
            if isinstance(found, Rejected):
                return found
    return pair, dealer


def _answer_refusal(room: Offshore, bank: str, command: QuoteRate) -> Rejected | None:
    """Refuse a quote that says it answers a request and does not.

    Rejects: FX_QUOTE_UNKNOWN, FIELD_OUT_OF_RANGE.
    """
    if not command.request_id:
        return None
    request = room.books.fx.requests.get(fx_key(bank, command.request_id))
    if request is None:
        detail = f"no request {command.request_id} to {bank}"
        return Rejected(Reason.FX_QUOTE_UNKNOWN, detail, FX)
    for name in ("account", "pair", "side", "currency", "amount"):
        asked, given = getattr(request, name), getattr(command, name)
        if asked != given:
            detail = f"{name} {given}, asked for {asked}"
            return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, FX)
    return None


def _rate_refusal(rules: RuleBook, stamp: Stamp, pair: Pair, command: QuoteRate) -> Rejected | None:
    """Refuse a source, life or rate outside the rows.

    Rejects: FIELD_OUT_OF_RANGE.
    """
    sources = rules["offshore.fx.sources"].at(stamp.date)
    if command.source not in sources.texts:
        detail = f"source {command.source!r}, one of {' '.join(sources.texts) or 'none'}"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, sources.cite, sources.rule)
    life = rules["offshore.fx.quote_life_max"].at(stamp.date)
    longest = min(life.integer, LIFE_S_MAX)
    if not 0 < command.valid_s <= longest:
        detail = f"valid for {command.valid_s} seconds, 1 to {longest}"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, life.cite, life.rule)
    widest = rules["offshore.fx.spread_max"].at(stamp.date)
    off = abs(command.rate - command.mid) * BASIS_POINTS
    if min(command.mid, command.rate) <= 0 or off > widest.integer * command.mid:
        detail = (
            f"{rate_text(pair, command.rate)}, mid {rate_text(pair, command.mid)}: "
            f"both above 0, at most {widest.integer} {widest.unit} apart"
        )
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, widest.cite, widest.rule)
    return None
