"""Clearing: what an investor owns, what may be sold today, and the legs by which a trade moves shares against cash.

Shares and cash are claims in the clearing unit `GROWTH`: one ledger account for each investor and asset, opposite to the mirror of
the issue or of the cash. A trade is delivery versus payment: shares to the buyer and cash to the seller stand in one chain with the
release of the resting order's hold and the new hold of what is left. Sold shares may be re-used at once as cash; bought shares are
counted apart (`bought`) until a trading day of a later date opens. Left out: fees, netting, cash finality on T+1 (CL-1 to CL-5).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import AMOUNT_MAX, money_text
from huangpu.ledger.book import Book
from huangpu.ledger.events import AccountOpened, LegsPosted
from huangpu.ledger.transfers import Leg, LegKind
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.growth.day import BUY, Order
from huangpu.venues.growth.instruments import CASH_MIRROR, CURRENCY, shares_mirror
from huangpu.venues.growth.order_book import Fill
from huangpu.venues.growth.suitability import Investor, account_code, account_of, not_yours

if TYPE_CHECKING:
    from huangpu.venues.growth.state import Growth

POLICY: Final = "huangpu policy 65"
NO_HOLD: Final = -1
TRANSFER: Final = int(LegKind.TRANSFER)
HOLD: Final = int(LegKind.HOLD)
VOID: Final = int(LegKind.VOID)


class DepositCash(Command, frozen=True):
    """Bring cash into the clearing unit for an investor.

    Units: amount_fen in fen.
    """

    investor_id: str
    amount_fen: int


class DepositShares(Command, frozen=True):
    """Bring issued shares into the clearing unit for an investor; they can be sold at once.

    Units: quantity in shares.
    """

    investor_id: str
    code: str
    quantity: int


def deposit_cash(room: "Growth", rules: RuleBook, command: DepositCash, stamp: Stamp) -> Decision:
    """Credit an investor's cash against the mirror of cash held outside.

    Rule: huangpu policy 65: a firm deposits for its own investors, the operator for any.
    Rejects: INVESTOR_UNKNOWN, NOT_YOUR_INSTITUTION, AMOUNT_NOT_POSITIVE, AMOUNT_TOO_LARGE.
    """
    investor = room.books.investors.get(command.investor_id)
    refused = _depositor_refusal(room, investor, command.investor_id, stamp)
    if refused is not None:
        return refused
    assert investor is not None
    amount = command.amount_fen
    if amount <= 0:
        return Rejected(Reason.AMOUNT_NOT_POSITIVE, f"{amount} fen, at least 1", POLICY)
    booked = room.ledger.booked(investor.cash_account)
    mirror = number_of(room.ledger, CASH_MIRROR)
    if amount > AMOUNT_MAX - max(booked, -room.ledger.booked(mirror)):
        detail = f"{amount} fen on top of {booked} fen, at most {AMOUNT_MAX} fen in all"
        return Rejected(Reason.AMOUNT_TOO_LARGE, detail, POLICY)
    return [LegsPosted(legs=[Leg(TRANSFER, mirror, investor.cash_account, amount)])]


def deposit_shares(
    room: "Growth", rules: RuleBook, command: DepositShares, stamp: Stamp
) -> Decision:
    """Credit an investor's shares against the mirror of the issue, never more than were issued.

    Rule: huangpu policy 65.
    Rejects: INVESTOR_UNKNOWN, NOT_YOUR_INSTITUTION, INSTRUMENT_UNKNOWN, AMOUNT_NOT_POSITIVE, SHARES_INSUFFICIENT.
    """
    investor = room.books.investors.get(command.investor_id)
    refused = _depositor_refusal(room, investor, command.investor_id, stamp)
    if refused is not None:
        return refused
    assert investor is not None
    if command.code not in room.books.instruments:
        return Rejected(Reason.INSTRUMENT_UNKNOWN, command.code, POLICY)
    if command.quantity <= 0:
        detail = f"{command.quantity} shares, at least 1"
        return Rejected(Reason.AMOUNT_NOT_POSITIVE, detail, POLICY)
    mirror = number_of(room.ledger, shares_mirror(command.code))
    outside = room.ledger.available(mirror)
    if command.quantity > outside:
        detail = f"{command.quantity} shares, {outside} of the issue are not deposited yet"
        return Rejected(Reason.SHARES_INSUFFICIENT, detail, POLICY)
    number, opened = shares_account(room.ledger, investor, command.code)
    leg = Leg(TRANSFER, mirror, number, command.quantity)
    return [*opened, LegsPosted(legs=[leg])]


def _depositor_refusal(
    room: "Growth", investor: Investor | None, investor_id: str, stamp: Stamp
) -> Rejected | None:
    if investor is None:
        return Rejected(Reason.INVESTOR_UNKNOWN, investor_id, POLICY)
    actor = room.registry.institutions[stamp.institution]
    if investor.firm == actor.id or actor.kind is InstitutionKind.OPERATOR:
        return None
    return not_yours(investor, stamp)


def number_of(ledger: Book, code: str) -> int:
    """Return the number of a ledger account that must be there."""
    number = ledger.number(code)
    assert number is not None, code
    return number


def shares_account(ledger: Book, investor: Investor, code: str) -> tuple[int, list[Event]]:
    """Return the number of an investor's share account, and the event that opens it if it is new."""
    number = ledger.number(account_code(investor.id, code))
    if number is not None:
        return number, []
    account = account_of(investor.id, investor.firm, code)
    return ledger.account_count(), [AccountOpened(account=account)]


def sellable_shares(room: "Growth", investor_id: str, code: str, same_day_sale: bool) -> int:
    """Return what an investor can sell now: balance less what is reserved, less what was bought today.

    Rule: TP-1.
    """
    number = room.ledger.number(account_code(investor_id, code))
    if number is None:
        return 0
    locked = 0 if same_day_sale else room.books.bought.get(number, 0)
    # Between midnight and the opening, shares bought and sold under a same-day row of yesterday are still counted.
    return max(room.ledger.available(number) - locked, 0)


class Movement(NamedTuple):
    """The chain of one incoming order, and the hold numbers it gives: one a fill for its maker, one for the rest."""

    legs: list[Leg]
    maker_holds: list[int]
    taker_hold: int


def movement_of(
    ledger: Book, taker: Order, fills: Sequence[Fill], makers: Sequence[Order], tick_fen: int
) -> Movement:
    """Build the chain that settles an incoming order's fills and reserves its rest.

    Rule: CL-2 (delivery versus payment); huangpu policy 63 (what is reserved), 64 (an investor on both sides).
    Reading: a hold is spent in full or not at all, so a maker's hold is released, the trade transferred, and the rest
    held anew. Only one order of a chain can stay open, the last maker or the taker: the chain makes one hold at most.
    """
    legs: list[Leg] = []
    maker_holds: list[int] = []
    hold = ledger.next_hold()
    rest = taker.quantity
    for fill, maker in zip(fills, makers, strict=True):
        legs.append(release_leg(maker))
        if maker.investor_id != taker.investor_id:
            price_fen = fill.price_tick * tick_fen
            buyer, seller = (taker, maker) if taker.side is BUY else (maker, taker)
            legs += (
                Leg(TRANSFER, seller.shares_account, buyer.shares_account, fill.quantity),
                Leg(TRANSFER, buyer.cash_account, seller.cash_account, price_fen * fill.quantity),
            )
        left = maker.open_shares - fill.quantity
        if left:
            legs.append(reserve_leg(maker, left))
        maker_holds.append(hold if left else NO_HOLD)
        rest -= fill.quantity
    if rest:
        assert maker_holds[-1:] in ([], [NO_HOLD])
        legs.append(reserve_leg(taker, rest))
    return Movement(legs, maker_holds, hold if rest else NO_HOLD)


def reserve_leg(order: Order, shares: int) -> Leg:
    """Build the leg that holds what `shares` of an order need."""
    return Leg(HOLD, order.held_account, order.mirror_account, order.reserve_for(shares))


def release_leg(order: Order) -> Leg:
    """Build the leg that releases the hold of a resting order."""
    amount = order.reserve_for(order.open_shares)
    return Leg(VOID, order.held_account, order.mirror_account, amount, order.hold)


def funds_refusal(
    ledger: Book, investor: Investor, price_fen: int, quantity: int
) -> Rejected | None:
    """Refuse a buy whose limit price times quantity is not available in cash.

    Rule: huangpu policy 63.
    Rejects: FUNDS_INSUFFICIENT.
    """
    needed = price_fen * quantity
    available = ledger.available(investor.cash_account)
    if needed <= available:
        return None
    detail = f"{money_text(needed, CURRENCY)} needed, {money_text(available, CURRENCY)} available"
    return Rejected(Reason.FUNDS_INSUFFICIENT, detail, "huangpu policy 63")
