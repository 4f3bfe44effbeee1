"""Deals: accepting a quote moves both currencies in one chain of the ledger, or nothing.

There is no state between acceptance and settlement in which the quote could expire or a leg be missing: the entry that accepts is the entry that
settles, and its own instant is the one the quote's life is measured by. Exchanges never wait in the liquidity queue (domain note B2).
"""

from typing import NamedTuple

import msgspec

from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.ledger.events import LegsPosted
from huangpu.ledger.transfers import Leg
from huangpu.registry.cash_accounts import AccountClass, CashAccount
from huangpu.venues.offshore.fx.liquidity import (
    FX,
    Dealer,
    both_legs,
    dealer_of,
    funds_refusal,
    pair_of,
    unit_of,
)
from huangpu.venues.offshore.fx.pairs import (
    Amounts,
    Pair,
    got_by_customer,
    paid_by_customer,
    spread_of,
)
from huangpu.venues.offshore.fx.positions import limit_refusal, moved
from huangpu.venues.offshore.fx.quotes import open_refusal
from huangpu.venues.offshore.fx.state import (
    Deal,
    FxSide,
    Position,
    Quote,
    QuoteState,
    fx_key,
    position_key,
)
from huangpu.venues.offshore.liquidity.queue import released
from huangpu.venues.offshore.payments import checks
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.refusals import not_yours
from huangpu.venues.offshore.state import ListingState, Offshore
from huangpu.venues.offshore.white_list.standing import state_at


class AcceptQuote(Command, frozen=True):
    """Deal at a quoted rate: by the customer itself, or by its bank for it."""

    bank: str
    quote_id: str


class FxDealSettled(Event, frozen=True):
    """Both currencies have been paid, for good; `positions` are the open positions that the deal left."""

    deal: Deal
    positions: list[Position]


class _Exchange(NamedTuple):
    """What an acceptance would do."""

    pair: Pair
    dealer: Dealer
    legs: list[Leg]


def accept_quote(room: Offshore, rules: RuleBook, command: AcceptQuote, stamp: Stamp) -> Decision:
    """Settle an open quote now, both legs or none.

    Rule: domain note C7; B2 (exchanges never queue); C6 (available = booked - held); P-09.
    Rejects: FX_QUOTE_UNKNOWN, NOT_YOUR_INSTITUTION, OWN_ACT_NOT_APPROVABLE, FX_QUOTE_USED, FX_QUOTE_EXPIRED, FX_PAIR_UNKNOWN, those of the
    accounts, WHITE_LIST_STATUS, FX_POSITION_LIMIT, FUNDS_INSUFFICIENT, FX_LIQUIDITY_SHORT, BALANCE_LIMIT_EXCEEDED.
    """
    quote = room.books.fx.quotes.get(fx_key(command.bank, command.quote_id))
    if quote is None:
        detail = f"no quote {command.quote_id} of {command.bank}"
        return Rejected(Reason.FX_QUOTE_UNKNOWN, detail, FX)
    refused = _actor_refusal(room, quote, stamp)
    if refused is None:
        refused = open_refusal(quote, stamp.at_us)
    if refused is not None:
        return refused
    found = _exchange(room, rules, stamp, quote)
    if isinstance(found, Rejected):
        return found
    positions = _positions(room, rules, stamp, quote, found.dealer)
    if isinstance(positions, Rejected):
        return positions
    refused = funds_refusal(room, found.dealer.institution, found.legs)
    if refused is not None:
        return refused
    deal = _deal(room, stamp, quote, found)
    draft = Draft(room, rules, stamp)
    draft.move(found.legs)
    settled = FxDealSettled(deal=deal, positions=positions)
    return [LegsPosted(legs=found.legs), settled, *released(draft)]


def apply_deal(room: Offshore, event: FxDealSettled, stamp: Stamp) -> None:
    """Write the deal, use up its quote and keep the positions it left."""
    deal, books = event.deal, room.books.fx
    key = fx_key(deal.bank, deal.quote_id)
    assert books.quotes[key].state is QuoteState.OPEN
    assert deal.number == len(books.deals)
    books.quotes[key] = msgspec.structs.replace(books.quotes[key], state=QuoteState.ACCEPTED)
    books.deals.append(deal)
    room.fx_indexes.add_deal(deal)
    for position in event.positions:
        books.positions[position_key(position.unit, position.pair)] = position


def _actor_refusal(room: Offshore, quote: Quote, stamp: Stamp) -> Rejected | None:
    """Let the customer accept, or its bank for it by another person than the one who quoted.

    Rejects: NOT_YOUR_INSTITUTION, OWN_ACT_NOT_APPROVABLE.
    """
    if stamp.institution == quote.customer:
        return None
    if stamp.institution != quote.bank or quote.account not in room.registry.cash_accounts:
        return not_yours(stamp, quote.customer, FX)
    if stamp.person == quote.person:
        detail = f"{stamp.person} quoted {quote.quote_id}; the customer or a second person accepts"
        return Rejected(Reason.OWN_ACT_NOT_APPROVABLE, detail, FX)
    return None


def _exchange(room: Offshore, rules: RuleBook, stamp: Stamp, quote: Quote) -> _Exchange | Rejected:
    """Check everybody who takes part as for a payment, and route both legs."""
    pair = pair_of(rules, stamp, quote.pair)
    if isinstance(pair, Rejected):
        return pair
    dealer = dealer_of(room, rules, stamp, quote.bank, quote.account)
    if isinstance(dealer, Rejected):
        return dealer
    for institution in (quote.bank, dealer.institution):
        if room.registry.institutions[institution].suspended:
            return Rejected(Reason.INSTITUTION_SUSPENDED, institution, FX)
    if dealer.cash is not None:
        refused = _account_refusal(room, rules, stamp, dealer.cash, pair)
        if refused is not None:
            return refused
    amounts = Amounts(quote.base, quote.counter)
    legs = both_legs(
        room,
        quote.bank,
        dealer,
        paid_by_customer(pair, quote.side, amounts),
        got_by_customer(pair, quote.side, amounts),
    )
    return legs if isinstance(legs, Rejected) else _Exchange(pair, dealer, legs)


def _account_refusal(
    room: Offshore, rules: RuleBook, stamp: Stamp, account: CashAccount, pair: Pair
) -> Rejected | None:
    """Ask of the customer's account what a payment would ask: open, both currencies, servicing bank, white list.

    Rejects: ACCOUNT_CLOSED, ACCOUNT_BLOCKED, ACCOUNT_CURRENCY_WRONG, SERVICING_BANK_WRONG, INSTITUTION_SUSPENDED, WHITE_LIST_STATUS.
    """
    draft = Draft(room, rules, stamp, sender=stamp.institution, bank=account.bank, message_id="")
    for currency in (pair.base, pair.counter):
        refused = checks.account_refusal(draft, account, currency)
        if refused is not None:
            return refused
    refused = checks.servicing_refusal(draft, account)
    if refused is not None or account.account_class is not AccountClass.FTE:
        return refused
    listing = room.books.listings.get(account.holder)
    state = None if listing is None else state_at(listing, stamp.at_us)
    if state is not ListingState.ACTIVE:
        detail = (
            f"{account.holder} is {state or 'not on the white list'}, needed ACTIVE at settlement"
        )
        return Rejected(
            Reason.WHITE_LIST_STATUS, detail, "R-17, ACTIVE on the white list at settlement"
        )
    return None


def _positions(
    room: Offshore, rules: RuleBook, stamp: Stamp, quote: Quote, dealer: Dealer
) -> list[Position] | Rejected:
    """Work out the open positions after the deal: of the bank's unit, and of the other one where two banks deal.

    Rejects: FX_POSITION_LIMIT.
    """
    # The bank gives what the customer gets.
    sign = -1 if quote.side is FxSide.BUY else 1
    units = [(unit_of(quote.bank), sign)]
    if dealer.cash is None:
        units.append((unit_of(dealer.institution), -sign))
    positions = []
    for unit, direction in units:
        before = room.books.fx.positions.get(
            position_key(unit, quote.pair), Position(unit=unit, pair=quote.pair)
        )
        amounts = Amounts(direction * quote.base, -direction * quote.counter)
        after = moved(rules, stamp, before, amounts)
        refused = limit_refusal(rules, stamp, before, after)
        if refused is not None:
            return refused
        positions.append(after)
    return positions


def _deal(room: Offshore, stamp: Stamp, quote: Quote, found: _Exchange) -> Deal:
    amounts = Amounts(quote.base, quote.counter)
    _, paid = paid_by_customer(found.pair, quote.side, amounts)
    _, got = got_by_customer(found.pair, quote.side, amounts)
    ledger = room.ledger
    return Deal(
        number=len(room.books.fx.deals),
        seq=stamp.seq,
        at_us=stamp.at_us,
        quote_id=quote.quote_id,
        bank=quote.bank,
        unit=unit_of(quote.bank),
        account=quote.account,
        customer=quote.customer,
        pair=quote.pair,
        side=quote.side,
        base=quote.base,
        counter=quote.counter,
        mid=quote.mid,
        rate=quote.rate,
        spread=spread_of(quote.side, quote.mid, quote.rate),
        source=quote.source,
        person=stamp.person,
        paid_booked_after=ledger.booked(found.legs[0].debit) - paid,
        received_booked_after=ledger.booked(found.legs[-1].credit) + got,
    )
