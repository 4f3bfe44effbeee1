"""Orders in continuous trading: a limit order enters, trades by price and time, and rests; a resting order can be taken out.

`decide` asks the order books which trades the order would make (`preview`), and puts the settlement of all of them, with every hold,
into one chain before its own events. `apply` runs the order through the books and asserts that they made the same trades. Left out:
price cage, market and closing-price orders, call auctions, halts.
"""

from typing import TYPE_CHECKING, Final

from huangpu.core import identifiers
from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import money_text
from huangpu.ledger.events import LegsPosted
from huangpu.venues.growth.clearing import (
    NO_HOLD,
    funds_refusal,
    movement_of,
    number_of,
    release_leg,
    sellable_shares,
    shares_account,
)
from huangpu.venues.growth.day import BUY, RESTING, DayLine, Order, OrderSide, OrderStatus, Trade
from huangpu.venues.growth.instruments import CASH_MIRROR, CURRENCY, Instrument, shares_mirror
from huangpu.venues.growth.order_book import EventKind, Fill, SideCode
from huangpu.venues.growth.sessions import session_refusal
from huangpu.venues.growth.suitability import Investor, not_yours, statement_refusal

if TYPE_CHECKING:
    from huangpu.venues.growth.state import Growth

SIDE_CODES: Final = {OrderSide.BUY: int(SideCode.BUY), OrderSide.SELL: int(SideCode.SELL)}
TRADE: Final = int(EventKind.TRADE)
REJECTED: Final = int(EventKind.REJECTED)


class PlaceOrder(Command, frozen=True):
    """Enter a limit order for an investor of the acting firm; it is good for the day.

    Units: price_fen in fen a share; quantity in shares.
    """

    client_order_id: str
    investor_id: str
    code: str
    side: OrderSide
    price_fen: int
    quantity: int


class CancelOrder(Command, frozen=True):
    """Take what is open of one of the acting firm's orders out of the book."""

    client_order_id: str


class OrderAccepted(Event, frozen=True):
    """The order is in; `fills` are the trades it makes on arrival, in order, each told by its own event after this one."""

    order: Order
    fills: list[Fill]


class TradeExecuted(Event, frozen=True):
    """Two orders met; `maker_hold` holds what is left of the resting one, -1 when nothing is."""

    trade: Trade
    maker_hold: int


class OrderCancelled(Event, frozen=True):
    """What was open of the order left the book.

    Units: quantity in shares.
    """

    number: int
    quantity: int


def place_order(room: "Growth", rules: RuleBook, command: PlaceOrder, stamp: Stamp) -> Decision:
    """Accept a limit order in continuous trading, with the trades it makes at once.

    Rule: C1 (session), IS-2 and IS-3 (statement), QT-1 to QT-3 (size, tick), PL-1 (limits), TP-1 (sellable), price-time priority.
    Units: price_fen in fen a share; quantity in shares.
    Rejects: SESSION_CLOSED, INSTRUMENT_UNKNOWN, INSTRUMENT_NOT_TRADING, INVESTOR_UNKNOWN, NOT_YOUR_INSTITUTION,
    RISK_STATEMENT_MISSING, IDENTIFIER_MALFORMED, ORDER_ID_REUSED, QUANTITY_ABOVE_MAXIMUM, QUANTITY_BELOW_MINIMUM,
    QUANTITY_OFF_LOT, PRICE_OFF_TICK, PRICE_OUTSIDE_LIMIT, SHARES_INSUFFICIENT, FUNDS_INSUFFICIENT; the first that holds.
    """
    refused = session_refusal(room, rules, "session.order_phases", stamp)
    if refused is not None:
        return refused
    instrument = room.books.instruments.get(command.code)
    line = room.books.lines.get(command.code)
    investor = room.books.investors.get(command.investor_id)
    if instrument is None:
        return Rejected(Reason.INSTRUMENT_UNKNOWN, command.code, "huangpu policy 66")
    if line is None:
        detail = f"{command.code}, listing date {instrument.listing_date}, does not trade today"
        return Rejected(Reason.INSTRUMENT_NOT_TRADING, detail, "huangpu policy 66")
    if investor is None:
        return Rejected(Reason.INVESTOR_UNKNOWN, command.investor_id, "huangpu policy 67")
    refused = (
        _investor_refusal(rules, investor, instrument, stamp)
        or _id_refusal(room, command, stamp)
        or _terms_refusal(room, rules, command, line, stamp)
    )
    if refused is None and command.side is BUY:
        refused = funds_refusal(room.ledger, investor, command.price_fen, command.quantity)
    return refused or _accepted(room, command, line, investor, stamp)


def _investor_refusal(
    rules: RuleBook, investor: Investor, instrument: Instrument, stamp: Stamp
) -> Rejected | None:
    if investor.firm != stamp.institution:
        return not_yours(investor, stamp)
    return statement_refusal(rules, investor, instrument, stamp.date)


def _id_refusal(room: "Growth", command: PlaceOrder, stamp: Stamp) -> Rejected | None:
    found = command.client_order_id
    if not identifiers.is_code(found):
        detail = f"client order id {found!r}: 1 to 64 letters, digits and ._:/-"
        return Rejected(Reason.IDENTIFIER_MALFORMED, detail, "huangpu policy 62")
    if f"{stamp.institution}|{found}" in room.number_of:
        detail = f"{found} of {stamp.institution} is taken today"
        return Rejected(Reason.ORDER_ID_REUSED, detail, "huangpu policy 62")
    return None


def _terms_refusal(
    room: "Growth", rules: RuleBook, command: PlaceOrder, line: DayLine, stamp: Stamp
) -> Rejected | None:
    """Check size, tick, limits and, for a sale, what can be sold.

    Rule: QT-1 (size), QT-2 (a balance below the minimum may be sold whole), QT-3 (tick), PL-1 (limits), TP-1 (sellable).
    """
    quantity, price_fen, date = command.quantity, command.price_fen, stamp.date
    maximum = rules["order.limit_quantity_shares_max"].at(date)
    if quantity > maximum.integer:
        detail = f"{quantity} shares, maximum {maximum.integer}"
        return Rejected(Reason.QUANTITY_ABOVE_MAXIMUM, detail, maximum.cite, rule=maximum.rule)
    minimum = rules["order.quantity_shares_min"].at(date)
    same_day = rules["order.same_day_sale"].at(date)
    sellable = 0
    if command.side is not BUY:
        sellable = sellable_shares(room, command.investor_id, command.code, same_day.flag)
    if quantity < minimum.integer and (quantity <= 0 or quantity != sellable):
        detail = f"{quantity} shares, minimum {minimum.integer}"
        if command.side is not BUY:
            detail += f" or the whole sellable balance of {sellable}"
        return Rejected(Reason.QUANTITY_BELOW_MINIMUM, detail, minimum.cite, rule=minimum.rule)
    increment = rules["order.quantity_increment_shares"].at(date)
    if increment.integer > 1 and quantity % increment.integer and quantity != sellable:
        detail = f"{quantity} shares, in steps of {increment.integer}"
        return Rejected(Reason.QUANTITY_OFF_LOT, detail, increment.cite, rule=increment.rule)
    if price_fen % line.tick_fen:
        tick = rules["order.tick_fen"].at(date)
        detail = f"{price_fen} fen, tick {line.tick_fen} fen"
        return Rejected(Reason.PRICE_OFF_TICK, detail, tick.cite, rule=tick.rule)
    if not line.limit_down_fen <= price_fen <= line.limit_up_fen:
        percent = rules["order.price_limit_percent"].at(date)
        below, above = (money_text(f, CURRENCY) for f in (line.limit_down_fen, line.limit_up_fen))
        detail = f"{money_text(price_fen, CURRENCY)}, from {below} to {above}"
        return Rejected(Reason.PRICE_OUTSIDE_LIMIT, detail, percent.cite, rule=percent.rule)
    if command.side is not BUY and quantity > sellable:
        detail = f"{quantity} shares, sellable {sellable}"
        return Rejected(Reason.SHARES_INSUFFICIENT, detail, same_day.cite, rule=same_day.rule)
    return None


def _accepted(
    room: "Growth", command: PlaceOrder, line: DayLine, investor: Investor, stamp: Stamp
) -> list[Event]:
    """Build the events of an order that nothing refuses: account, chain, order, trades."""
    books, ledger, side = room.books, room.ledger, command.side
    tick_fen = line.tick_fen
    fills = room.order_books.preview(
        line.book, SIDE_CODES[side], command.price_fen // tick_fen, command.quantity
    )
    shares_number, opened = shares_account(ledger, investor, command.code)
    mirror = CASH_MIRROR if side is BUY else shares_mirror(command.code)
    order = Order(
        number=len(books.orders),
        client_order_id=command.client_order_id,
        firm=investor.firm,
        investor_id=investor.id,
        code=command.code,
        side=side,
        price_fen=command.price_fen,
        quantity=command.quantity,
        filled=0,
        status=RESTING,
        at_us=stamp.at_us,
        cash_account=investor.cash_account,
        shares_account=shares_number,
        mirror_account=number_of(ledger, mirror),
        hold=NO_HOLD,
    )
    makers = [books.orders[fill.maker_order] for fill in fills]
    movement = movement_of(ledger, order, fills, makers, tick_fen)
    held = order.after_fill(0, movement.taker_hold)
    events: list[Event] = [
        *opened,
        LegsPosted(legs=movement.legs),
        OrderAccepted(order=held, fills=fills),
    ]
    first = len(books.trades)
    for place, fill in enumerate(fills):
        trade = Trade(
            number=first + place,
            at_us=stamp.at_us,
            code=command.code,
            price_fen=fill.price_tick * tick_fen,
            quantity=fill.quantity,
            taker=order.number,
            maker=fill.maker_order,
            taker_side=side,
        )
        events.append(TradeExecuted(trade=trade, maker_hold=movement.maker_holds[place]))
    return events


def cancel_order(room: "Growth", rules: RuleBook, command: CancelOrder, stamp: Stamp) -> Decision:
    """Take a resting order out of the book and release what it held.

    Rule: C1 (phases without cancels).
    Rejects: SESSION_CLOSED, ORDER_UNKNOWN, ORDER_NOT_RESTING.
    """
    refused = session_refusal(room, rules, "session.cancel_phases", stamp)
    if refused is not None:
        return refused
    number = room.number_of.get(f"{stamp.institution}|{command.client_order_id}")
    if number is None:
        detail = f"{command.client_order_id} is no order of {stamp.institution} today"
        return Rejected(Reason.ORDER_UNKNOWN, detail, "huangpu policy 62")
    order = room.books.orders[number]
    if order.status is not RESTING:
        detail = f"{order.client_order_id} is {order.status}"
        return Rejected(Reason.ORDER_NOT_RESTING, detail, "huangpu policy 62")
    cancelled = OrderCancelled(number=number, quantity=order.open_shares)
    return [LegsPosted(legs=[release_leg(order)]), cancelled]


def apply_accepted(room: "Growth", event: OrderAccepted, stamp: Stamp) -> None:
    """Run the order through the books and keep it; the books trade what was decided, or the program is broken."""
    order = event.order
    line = room.books.lines[order.code]
    assert order.number == len(room.books.orders)
    told = room.order_books.new(
        line.book,
        order.number,
        side=SIDE_CODES[order.side],
        price_tick=order.price_fen // line.tick_fen,
        quantity=order.quantity,
    )
    assert told[0].kind != REJECTED, told
    made = [Fill(e.maker_order, e.price_tick, e.quantity) for e in told if e.kind == TRADE]
    assert made == event.fills, (made, event.fills)
    room.books.orders.append(order)
    room.index(order)


def apply_executed(room: "Growth", event: TradeExecuted, stamp: Stamp) -> None:
    """Fill both orders, count the buyer's shares as bought today, and add the trade to the tape and its line."""
    trade, books = event.trade, room.books
    assert trade.number == len(books.trades)
    taker, maker = books.orders[trade.taker], books.orders[trade.maker]
    books.orders[taker.number] = taker.after_fill(trade.quantity, taker.hold)
    books.orders[maker.number] = maker.after_fill(trade.quantity, event.maker_hold)
    buyer = taker if taker.side is BUY else maker
    count = books.bought.get(buyer.shares_account, 0)
    books.bought[buyer.shares_account] = count + trade.quantity
    line = books.lines[trade.code]
    books.lines[trade.code] = line.traded(trade.price_fen, trade.quantity)
    books.trades.append(trade)
    assert room.order_books.open_quantity(maker.number) == maker.open_shares - trade.quantity


def apply_cancelled(room: "Growth", event: OrderCancelled, stamp: Stamp) -> None:
    """Take the order out of the books."""
    order = room.books.orders[event.number]
    line = room.books.lines[order.code]
    told = room.order_books.cancel(line.book, order.number)
    assert told[0].kind != REJECTED, told
    assert told[0].quantity == event.quantity
    room.books.orders[order.number] = order.ended(OrderStatus.CANCELLED)
