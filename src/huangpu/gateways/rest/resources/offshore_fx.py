"""Foreign exchange in the offshore venue: requests, quotes and deals for both sides, positions for the bank alone."""

import msgspec

from huangpu.gateways.rest.acts import Act
from huangpu.gateways.rest.reads import After, Asked, Limit, Page, View, Window
from huangpu.venues.offshore.fx import views
from huangpu.venues.offshore.fx.deals import AcceptQuote
from huangpu.venues.offshore.fx.liquidity import OpenLiquidityAccount
from huangpu.venues.offshore.fx.positions import SquarePosition
from huangpu.venues.offshore.fx.quotes import QuoteRate, RequestQuote, WithdrawQuote
from huangpu.venues.offshore.fx.state import Position, QuoteRequest, Squaring


class FxLimitQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many to list."""

    limit: Limit = 50


class DealsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which deals to list: all, or those over one account."""

    limit: Limit = 50
    after: After = ""
    account: After = ""


def _requests(asked: Asked) -> Page[QuoteRequest]:
    room, limit = asked.centre.offshore, asked.query.limit
    return Page(views.requests(room, institution=asked.institution, limit=limit))


def _quotes(asked: Asked) -> Page[views.QuoteView]:
    query: Window = asked.query
    found = views.quotes(
        asked.centre.offshore,
        institution=asked.institution,
        at_us=asked.gate.engine.last_at_us,
        limit=query.limit,
        after=query.after,
    )
    return Page(found.quotes, found.next_after)


def _deals(asked: Asked) -> Page[views.DealView]:
    query: DealsQuery = asked.query
    found = views.deals(
        asked.centre.offshore,
        institution=asked.institution,
        account=query.account,
        limit=query.limit,
        after=query.after,
    )
    return Page(found.deals, found.next_after)


def _positions(asked: Asked) -> Page[Position]:
    return Page(views.positions(asked.centre.offshore, asked.institution))


def _squarings(asked: Asked) -> Page[Squaring]:
    room, limit = asked.centre.offshore, asked.query.limit
    return Page(views.squarings(room, institution=asked.institution, limit=limit))


ACTS: tuple[Act, ...] = (
    Act("/v1/offshore/fx/liquidity-accounts", OpenLiquidityAccount),
    Act("/v1/offshore/fx/requests", RequestQuote),
    Act("/v1/offshore/fx/quotes", QuoteRate),
    Act("/v1/offshore/fx/quotes/{quote_id}/withdraw", WithdrawQuote),
    Act("/v1/offshore/fx/quotes/{quote_id}/accept", AcceptQuote),
    Act("/v1/offshore/fx/squarings", SquarePosition),
)
VIEWS: tuple[View, ...] = (
    View(
        "/v1/offshore/fx/requests",
        _requests,
        Page[QuoteRequest],
        "List what customers have asked for, newest first",
        FxLimitQuery,
    ),
    View(
        "/v1/offshore/fx/quotes",
        _quotes,
        Page[views.QuoteView],
        "List quotes with their state, newest first",
        Window,
    ),
    View(
        "/v1/offshore/fx/deals",
        _deals,
        Page[views.DealView],
        "List deals, newest first",
        DealsQuery,
    ),
    View(
        "/v1/offshore/fx/positions",
        _positions,
        Page[Position],
        "List the open positions of a bank's unit",
    ),
    View(
        "/v1/offshore/fx/squarings",
        _squarings,
        Page[Squaring],
        "List the deals by which banks squared their positions, newest first",
        FxLimitQuery,
    ),
)
