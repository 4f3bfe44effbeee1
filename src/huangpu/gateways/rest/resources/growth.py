"""The growth tier: orders, investors and sessions as posts; public market data and a firm's own business as reads."""

from typing import Annotated

import msgspec

from huangpu.gateways.rest.acts import Act
from huangpu.gateways.rest.reads import Asked, Limit, Page, View, Window, number_in, page_of
from huangpu.venues.growth import views
from huangpu.venues.growth.clearing import DepositCash, DepositShares
from huangpu.venues.growth.instruments import ListInstrument
from huangpu.venues.growth.orders import CancelOrder, PlaceOrder
from huangpu.venues.growth.sessions import CloseTestSession, OpenTestSession
from huangpu.venues.growth.suitability import RegisterInvestor, SignRiskStatement

Cursor = Annotated[int, msgspec.Meta(ge=0, le=2**53, description="`next` of the answer before")]


class OrdersQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which of the day's orders to list."""

    limit: Limit = 50
    after: Cursor | None = None
    resting: bool = False


class DepthQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many price levels of each side to show."""

    levels: Annotated[int, msgspec.Meta(ge=1, le=20)] = 5


class TapeQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which trades to list: of one instrument, or all."""

    limit: Limit = 50
    after: Cursor | None = None
    code: str | None = None


def _orders(asked: Asked) -> Page[views.OrderRow]:
    query: OrdersQuery = asked.query
    rows = views.orders(
        asked.centre.growth,
        asked.institution,
        resting_only=query.resting,
        limit=query.limit + 1,
        after=query.after,
    )
    return page_of(rows, query.limit, lambda row: str(row.number))


def _order(asked: Asked) -> views.OrderRow | None:
    number = number_in(asked.path["number"])
    if number is None:
        return None
    return views.order(asked.centre.growth, asked.institution, number)


def _investors(asked: Asked) -> Page[views.InvestorRow]:
    query: Window = asked.query
    after, limit = query.after or None, query.limit
    room = asked.centre.growth
    rows = views.investors(room, asked.institution, limit=limit + 1, after=after)
    return page_of(rows, limit, lambda row: row.id)


def _holdings(asked: Asked) -> Page[views.HoldingRow]:
    return Page(views.holdings(asked.centre.growth, asked.institution, asked.path["investor_id"]))


def _claims(asked: Asked) -> Page[views.FirmClaim]:
    return Page(views.firm_claims(asked.centre.growth, asked.institution))


def _board(asked: Asked) -> Page[views.BoardRow]:
    return Page(views.board(asked.centre.growth))


def _board_row(asked: Asked) -> views.BoardRow | None:
    return views.board_row(asked.centre.growth, asked.path["code"])


def _depth(asked: Asked) -> views.Depth | None:
    room, code = asked.centre.growth, asked.path["code"]
    if code not in room.books.instruments:
        return None
    return views.depth(room, code, asked.query.levels)


def _tape(asked: Asked) -> Page[views.TapeRow]:
    query: TapeQuery = asked.query
    room = asked.centre.growth
    rows = views.tape(room, query.code, limit=query.limit + 1, after=query.after)
    return page_of(rows, query.limit, lambda row: str(row.number))


def _overview(asked: Asked) -> views.TierOverview:
    return views.overview(asked.centre.growth)


ACTS: tuple[Act, ...] = (
    Act("/v1/growth/orders", PlaceOrder),
    Act("/v1/growth/orders/{client_order_id}/cancel", CancelOrder),
    Act("/v1/growth/instruments", ListInstrument),
    Act("/v1/growth/investors", RegisterInvestor),
    Act("/v1/growth/investors/{investor_id}/risk-statement", SignRiskStatement),
    Act("/v1/growth/investors/{investor_id}/cash", DepositCash),
    Act("/v1/growth/investors/{investor_id}/shares", DepositShares),
    Act("/v1/growth/test-sessions", OpenTestSession),
    Act("/v1/growth/test-sessions/close", CloseTestSession),
)
VIEWS: tuple[View, ...] = (
    View("/v1/growth/overview", _overview, views.TierOverview, "Show the figures of the tier"),
    View(
        "/v1/growth/instruments", _board, Page[views.BoardRow], "List the instruments with prices"
    ),
    View("/v1/growth/instruments/{code}", _board_row, views.BoardRow, "Show one instrument"),
    View(
        "/v1/growth/instruments/{code}/depth",
        _depth,
        views.Depth,
        "Show the order book",
        DepthQuery,
    ),
    View("/v1/growth/trades", _tape, Page[views.TapeRow], "List the day's trades", TapeQuery),
    View("/v1/growth/orders", _orders, Page[views.OrderRow], "List own orders", OrdersQuery),
    View("/v1/growth/orders/{number}", _order, views.OrderRow, "Show one own order"),
    View("/v1/growth/investors", _investors, Page[views.InvestorRow], "List own investors", Window),
    View(
        "/v1/growth/investors/{investor_id}/holdings",
        _holdings,
        Page[views.HoldingRow],
        "List the holdings of an own investor",
    ),
    View("/v1/growth/claims", _claims, Page[views.FirmClaim], "Add up what own investors hold"),
)
