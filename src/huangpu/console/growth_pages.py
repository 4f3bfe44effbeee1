"""The growth tier: the board of companies, and one company's terminal with book, tape, chart and order ticket."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from huangpu.console import acts
from huangpu.console.day_trades import DAY_TRADES
from huangpu.console.drawing import line_points
from huangpu.console.live import State, Subject
from huangpu.console.pages import NotFound, Visitor, page, refusal_context
from huangpu.console.wording import Words, words_of
from huangpu.core.message import Rejected
from huangpu.engine import Gate
from huangpu.venues.growth import views
from huangpu.venues.growth.day import OrderSide
from huangpu.venues.growth.orders import CancelOrder, PlaceOrder

LEVELS = 8
TAPE_ROWS = 28
BOARD_TAPE_ROWS = 30
OWN_ORDERS = 30
ORDER = "growth.order"


def look_at_board(gate: Gate, _rest: str, subject: Subject) -> State:
    """Read the figures of every share on the board and the tier's sums."""
    room, words = gate.engine.centre.growth, words_of(subject.language)
    state: State = dict(_sums(views.overview(room), words))
    for row in views.board(room):
        state |= _row_state(row, words)
    return state


def _row_state(row: views.BoardRow, words: Words) -> State:
    key = f"b.{row.code}"
    return {
        f"{key}.last": words.price(row.last_fen),
        f"{key}.change": words.change(row.last_fen, row.previous_close_fen),
        f"{key}.bid": words.price(row.best_bid_fen),
        f"{key}.ask": words.price(row.best_ask_fen),
        f"{key}.turnover": words.brief(row.turnover_fen, "CNY"),
        f"{key}.trades": words.number(row.trades),
        f"{key}.value": words.brief(row.market_value_fen, "CNY"),
        f"{key}.bar": row.turnover_fen,
    }


def _sums(tier: views.TierOverview, words: Words) -> dict[str, str]:
    number = words.number
    return {
        "g.value": words.brief(tier.market_value_fen, "CNY"),
        "g.turnover": words.brief(tier.turnover_today_fen, "CNY"),
        "g.trades": number(tier.trades_today),
        "g.orders": number(tier.orders_resting),
        "g.rising": number(tier.rising),
        "g.falling": number(tier.falling),
        "g.phase": words.code("phase", tier.phase),
    }


def look_at_share(gate: Gate, code: str, subject: Subject) -> State:
    """Read one share: its line, its book, its newest trades; and how many orders the firm has had answers to."""
    room, words = gate.engine.centre.growth, words_of(subject.language)
    row = views.board_row(room, code)
    if row is None:
        return {}
    state = _row_state(row, words) | {
        "g.phase": words.code("phase", views.overview(room).phase),
        "s.high": words.price(row.high_fen),
        "s.low": words.price(row.low_fen),
        "s.open": words.price(row.open_fen),
        "s.shares": words.number(row.shares),
        "book": book_of(room, code, words),
        "tape": tape_of(room, code, words),
        "prices": DAY_TRADES.prices(room, code)[-3:],
    }
    own = room.books.orders if subject.scope is None else room.orders_of.get(subject.scope, [])
    state["orders"] = f"{len(own)}.{len(room.books.trades)}.{room.order_books.orders_open()}"
    return state


def book_of(room: Any, code: str, words: Words) -> dict[str, list[list[Any]]]:
    """Write both sides of a book, best first, as price, quantity, number of orders, and quantity as a number."""
    depth = views.depth(room, code, LEVELS)
    return {
        side: [
            [
                words.price(level.price_fen),
                words.number(level.quantity),
                level.orders,
                level.quantity,
            ]
            for level in levels
        ]
        for side, levels in (("bids", depth.bids), ("asks", depth.asks))
    }


def tape_of(room: Any, code: str, words: Words) -> list[list[Any]]:
    """Write the newest trades as number, time, price, quantity and the side that came in."""
    return [
        [
            row.number,
            words.clock(row.at_us),
            words.price(row.price_fen),
            words.number(row.quantity),
            "up" if row.taker_side is OrderSide.BUY else "down",
        ]
        for row in views.tape(room, code, TAPE_ROWS)
    ]


@get("/growth")
async def show(visitor: Visitor, part: str = "") -> Response[str]:
    """Show the board."""
    _ = visitor.signed_in
    await visitor.gate.readable()
    room, words = visitor.centre.growth, visitor.words
    if part == "tape":
        return await page(visitor, "_tape.html", {"tape": views.tape(room, None, BOARD_TAPE_ROWS)})
    rows = views.board(room)
    tier = views.overview(room)
    data: dict[str, Any] = {
        "topic": "growth",
        "rows": rows,
        "tier": tier,
        "sums": _sums(tier, words),
        "top_turnover": max((row.turnover_fen for row in rows), default=0) or 1,
        "lines": {
            row.code: line_points(DAY_TRADES.closes(room, row.code, 40), 80, 18) for row in rows
        },
        "turnover_bars": DAY_TRADES.turnover_bars(room, 60),
        "tape": views.tape(room, None, BOARD_TAPE_ROWS),
        "may_order": visitor.may(ORDER),
    }
    return await page(visitor, "growth.html", data)


@get("/growth/{code:str}")
async def show_share(visitor: Visitor, code: str, part: str = "", done: str = "") -> Response[str]:
    """Show one company's terminal."""
    extra: dict[str, Any] = {"done": done_of(done)}
    return await _terminal(visitor, code, extra, part=part)


def done_of(text: str) -> tuple[str, int] | None:
    """Read which form was accepted as which entry, from the address a form leads to."""
    form, _, seq = text.partition(".")
    return (form, int(seq)) if seq.isascii() and seq.isdecimal() and len(seq) < 18 else None


async def _terminal(
    visitor: Visitor, code: str, extra: Mapping[str, Any], *, part: str = "", status: int = 200
) -> Response[str]:
    _ = visitor.signed_in
    await visitor.gate.readable()
    room, words, scope = visitor.centre.growth, visitor.words, visitor.scope
    row = views.board_row(room, code)
    if row is None:
        raise NotFound
    own = [order for order in views.orders(room, scope, limit=200) if order.code == code]
    data: dict[str, Any] = {
        "topic": f"share:{code}",
        "row": row,
        "code_now": code,
        "orders": own[:OWN_ORDERS],
        "may_order": visitor.may(ORDER),
    }
    if part == "orders":
        return await page(visitor, "_orders.html", data)
    own_firm = visitor.signed_in.institution
    investors = views.investors(room, own_firm, limit=200) if data["may_order"] else []
    data |= {
        "rows": views.board(room),
        "tier": views.overview(room),
        "book": book_of(room, code, words),
        "tape": tape_of(room, code, words),
        "prices": DAY_TRADES.prices(room, code),
        "investors": investors,
        "facts": _ticket_facts(visitor),
    }
    return await page(visitor, "share.html", {**data, **extra}, status=status)


def _ticket_facts(visitor: Visitor) -> dict[str, Any]:
    names = {
        "minimum": "order.quantity_shares_min",
        "step": "order.quantity_increment_shares",
        "tick": "order.tick_fen",
        "maximum": "order.limit_quantity_shares_max",
        "limit": "order.price_limit_percent",
    }
    rules = visitor.centre.rules
    return {key: rules[name].at(visitor.date) for key, name in names.items() if name in rules}


@post("/growth/{code:str}/orders")
async def place(visitor: Visitor, code: str) -> Response[str] | Redirect:
    """Enter an order."""
    form = await acts.form_of(visitor)
    try:
        command = PlaceOrder(
            client_order_id=acts.text(form, "client_order_id")
            or f"c-{acts.text(form, 'command_id')}",
            investor_id=acts.text(form, "investor_id"),
            code=code,
            side=OrderSide(acts.one_of(form, "side", [str(side) for side in OrderSide])),
            price_fen=acts.decimal(form, "price", 2),
            quantity=acts.whole(form, "quantity"),
        )
    except acts.Unreadable as error:
        answer: int | Rejected = error.refusal
    else:
        answer = await acts.send(visitor, form, command)
    return await _answered(visitor, code, form, answer, "ticket")


@post("/growth/{code:str}/cancel")
async def cancel(visitor: Visitor, code: str) -> Response[str] | Redirect:
    """Cancel one of the firm's orders."""
    form = await acts.form_of(visitor)
    command = CancelOrder(client_order_id=acts.text(form, "client_order_id"))
    answer = await acts.send(visitor, form, command)
    return await _answered(visitor, code, form, answer, "cancel")


async def _answered(
    visitor: Visitor, code: str, form: acts.Form, answer: int | Rejected, name: str
) -> Response[str] | Redirect:
    if isinstance(answer, Rejected):
        return await _terminal(visitor, code, refusal_context(answer, form, name), status=422)
    return Redirect(f"/growth/{code}?done={name}.{answer}", status_code=303)


HANDLERS = (show, show_share, place, cancel)
