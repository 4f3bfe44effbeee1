"""What REST and the console read of the growth tier: the public market data, and what a firm may see of its own business.

Functions over the room that return plain records. `institution` is who asks: None sees all, a securities firm sees its own
investors, orders and holdings and nobody else's. The public figures are in `market_data` and are offered here again.
"""

import bisect
from typing import TYPE_CHECKING

import msgspec

from huangpu.venues.growth.clearing import sellable_shares
from huangpu.venues.growth.day import Order, OrderSide, OrderStatus, Trade
from huangpu.venues.growth.instruments import CURRENCY
from huangpu.venues.growth.market_data import (
    BoardRow,
    Depth,
    DepthLevel,
    MembershipTotal,
    TapeRow,
    TierOverview,
    board,
    board_row,
    depth,
    overview,
    tape,
)
from huangpu.venues.growth.suitability import Investor, InvestorClass, account_code

if TYPE_CHECKING:
    from huangpu.venues.growth.state import Growth

__all__ = [
    "BoardRow",
    "Depth",
    "DepthLevel",
    "FirmClaim",
    "HoldingRow",
    "InvestorRow",
    "MembershipTotal",
    "OrderRow",
    "TapeRow",
    "TierOverview",
    "TradeRow",
    "board",
    "board_row",
    "depth",
    "firm_claims",
    "holdings",
    "investors",
    "order",
    "orders",
    "overview",
    "tape",
    "trades",
]


class OrderRow(msgspec.Struct, frozen=True, kw_only=True):
    """One order of the day as its firm sees it; `number` is also the cursor.

    Units: price in fen a share, quantities in shares.
    """

    number: int
    at_us: int
    client_order_id: str
    firm: str
    investor_id: str
    code: str
    name: str
    name_zh: str
    side: OrderSide
    price_fen: int
    quantity: int
    filled: int
    open_shares: int
    status: OrderStatus


class TradeRow(msgspec.Struct, frozen=True, kw_only=True):
    """One trade as a firm on either side sees it; the order of a side that is not its own is left blank.

    Units: price in fen a share, quantity in shares, value in fen. `number` is also the cursor.
    """

    number: int
    at_us: int
    code: str
    name: str
    name_zh: str
    price_fen: int
    quantity: int
    value_fen: int
    buy_client_order_id: str
    buy_investor_id: str
    sell_client_order_id: str
    sell_investor_id: str


class InvestorRow(msgspec.Struct, frozen=True, kw_only=True):
    """One investor as their firm sees them; `id` is also the cursor.

    Units: cash in fen.
    """

    id: str
    firm: str
    investor_class: InvestorClass
    statement_signed: str
    currency: str
    cash_fen: int
    cash_held_fen: int
    cash_available_fen: int


class HoldingRow(msgspec.Struct, frozen=True, kw_only=True):
    """The shares of one company that one investor owns.

    Units: shares; value in fen at the last price.
    """

    investor_id: str
    firm: str
    code: str
    name: str
    name_zh: str
    shares: int
    held: int
    bought_today: int
    sellable: int
    value_fen: int


class FirmClaim(msgspec.Struct, frozen=True, kw_only=True):
    """What the investors of one firm own of one asset together: fen of CNY, or shares of a code."""

    firm: str
    asset: str
    amount: int
    held: int


def orders(
    room: "Growth",
    institution: str | None,
    *,
    resting_only: bool = False,
    limit: int = 50,
    after: int | None = None,
) -> list[OrderRow]:
    """List the day's orders of a firm, newest first; `after` is the number of the last row seen."""
    kept = room.books.orders
    numbers = range(len(kept)) if institution is None else room.orders_of.get(institution, [])
    end = len(numbers) if after is None else bisect.bisect_left(numbers, after)
    rows: list[OrderRow] = []
    for number in reversed(numbers[:end]):
        if len(rows) == limit:
            break
        found = kept[number]
        if resting_only and not found.open_shares:
            continue
        rows.append(_order_row(room, found))
    return rows


def order(room: "Growth", institution: str | None, number: int) -> OrderRow | None:
    """Return one order of the day, or None when it is not the firm's."""
    if not 0 <= number < len(room.books.orders):
        return None
    found = room.books.orders[number]
    if institution is not None and found.firm != institution:
        return None
    return _order_row(room, found)


def _order_row(room: "Growth", found: Order) -> OrderRow:
    instrument = room.books.instruments[found.code]
    return OrderRow(
        number=found.number,
        at_us=found.at_us,
        client_order_id=found.client_order_id,
        firm=found.firm,
        investor_id=found.investor_id,
        code=found.code,
        name=instrument.name,
        name_zh=instrument.name_zh,
        side=found.side,
        price_fen=found.price_fen,
        quantity=found.quantity,
        filled=found.filled,
        open_shares=found.open_shares,
        status=found.status,
    )


def trades(
    room: "Growth", institution: str | None, *, limit: int = 50, after: int | None = None
) -> list[TradeRow]:
    """List the day's trades a firm took part in, newest first; `after` is the number of the last row seen."""
    kept, made = room.books.orders, room.books.trades
    end = len(made) if after is None else max(0, min(after, len(made)))
    rows: list[TradeRow] = []
    for number in range(end - 1, -1, -1):
        if len(rows) == limit:
            break
        taker, maker = kept[made[number].taker], kept[made[number].maker]
        if institution in (None, taker.firm, maker.firm):
            rows.append(_trade_row(room, made[number], (taker, maker), institution))
    return rows


def _trade_row(
    room: "Growth", trade: Trade, parties: tuple[Order, Order], institution: str | None
) -> TradeRow:
    buy, sell = parties if trade.taker_side is OrderSide.BUY else parties[::-1]
    shows_buy = institution in (None, buy.firm)
    shows_sell = institution in (None, sell.firm)
    instrument = room.books.instruments[trade.code]
    return TradeRow(
        number=trade.number,
        at_us=trade.at_us,
        code=trade.code,
        name=instrument.name,
        name_zh=instrument.name_zh,
        price_fen=trade.price_fen,
        quantity=trade.quantity,
        value_fen=trade.price_fen * trade.quantity,
        buy_client_order_id=buy.client_order_id if shows_buy else "",
        buy_investor_id=buy.investor_id if shows_buy else "",
        sell_client_order_id=sell.client_order_id if shows_sell else "",
        sell_investor_id=sell.investor_id if shows_sell else "",
    )


def investors(
    room: "Growth", institution: str | None, *, limit: int = 50, after: str | None = None
) -> list[InvestorRow]:
    """List a firm's investors, newest first; `after` is the id of the last row seen."""
    rows: list[InvestorRow] = []
    seen = after is None
    for investor in reversed(room.books.investors.values()):
        if len(rows) == limit:
            break
        if seen and institution in (None, investor.firm):
            rows.append(_investor_row(room, investor))
        seen = seen or investor.id == after
    return rows


def _investor_row(room: "Growth", investor: Investor) -> InvestorRow:
    ledger, cash = room.ledger, investor.cash_account
    signed = investor.statement_signed
    return InvestorRow(
        id=investor.id,
        firm=investor.firm,
        investor_class=investor.investor_class,
        statement_signed=signed.isoformat() if signed else "",
        currency=CURRENCY,
        cash_fen=ledger.booked(cash),
        cash_held_fen=ledger.held(cash),
        cash_available_fen=ledger.available(cash),
    )


def holdings(
    room: "Growth", institution: str | None, investor_id: str, *, same_day_sale: bool = False
) -> list[HoldingRow]:
    """List what one investor owns, by code; nothing when the investor is not the firm's."""
    investor = room.books.investors.get(investor_id)
    if investor is None or institution not in (None, investor.firm):
        return []
    rows: list[HoldingRow] = []
    for row in board(room):
        number = room.ledger.number(account_code(investor.id, row.code))
        if number is None or room.ledger.booked(number) == 0:
            continue
        shares = room.ledger.booked(number)
        holding = HoldingRow(
            investor_id=investor.id,
            firm=investor.firm,
            code=row.code,
            name=row.name,
            name_zh=row.name_zh,
            shares=shares,
            held=room.ledger.held(number),
            bought_today=room.books.bought.get(number, 0),
            sellable=sellable_shares(room, investor.id, row.code, same_day_sale),
            value_fen=shares * row.last_fen,
        )
        rows.append(holding)
    return rows


def firm_claims(room: "Growth", institution: str | None) -> list[FirmClaim]:
    """Add up what the investors of each firm own, by firm and asset."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    assets = [CURRENCY, *sorted(room.books.instruments)]
    for investor in room.books.investors.values():
        if institution not in (None, investor.firm):
            continue
        for asset in assets:
            number = room.ledger.number(account_code(investor.id, asset))
            if number is None:
                continue
            amount, held = sums.get((investor.firm, asset), (0, 0))
            key = (investor.firm, asset)
            sums[key] = (amount + room.ledger.booked(number), held + room.ledger.held(number))
    return [
        FirmClaim(firm=firm, asset=asset, amount=amount, held=held)
        for (firm, asset), (amount, held) in sorted(sums.items())
    ]
