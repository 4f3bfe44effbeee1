"""The queue of the offshore venue: who waits for money, who waits for whom, what was resolved; and the payer's hand on what waits."""

import msgspec

from huangpu.core.calendar import date_of
from huangpu.gateways.rest.acts import Act
from huangpu.gateways.rest.reads import Asked, Limit, Page, View
from huangpu.venues.offshore.liquidity import views
from huangpu.venues.offshore.liquidity.commands import (
    CancelPayment,
    ChangePriority,
    MoveInQueue,
)
from huangpu.venues.offshore.liquidity.lines import Resolution


class QueueQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many payments, or resolutions, to list."""

    limit: Limit = 100


class QueuePosition(msgspec.Struct, frozen=True):
    """A payment's place in its account's line, from 1."""

    uetr: str
    position: int


def _queue(asked: Asked) -> views.QueueView:
    return views.queue_of(
        asked.centre.offshore,
        asked.centre.rules,
        date_of(asked.gate.engine.last_at_us),
        institution=asked.institution,
        limit=asked.query.limit,
    )


def _position(asked: Asked) -> QueuePosition | None:
    uetr = asked.path["uetr"]
    position = views.position_of(asked.centre.offshore, uetr, asked.institution)
    return None if position is None else QueuePosition(uetr, position)


def _graphs(asked: Asked) -> Page[views.QueueGraph]:
    return Page(views.graphs(asked.centre.offshore, institution=asked.institution))


def _resolutions(asked: Asked) -> Page[Resolution]:
    room, limit = asked.centre.offshore, asked.query.limit
    return Page(views.resolutions(room, institution=asked.institution, limit=limit))


ACTS: tuple[Act, ...] = (
    Act("/v1/offshore/payments/{uetr}/cancel", CancelPayment),
    Act("/v1/offshore/payments/{uetr}/priority", ChangePriority),
    Act("/v1/offshore/payments/{uetr}/move", MoveInQueue),
)
VIEWS: tuple[View, ...] = (
    View(
        "/v1/offshore/queue",
        _queue,
        views.QueueView,
        "Show the payments that wait for money, and what waits to be paid to the reader",
        QueueQuery,
    ),
    View(
        "/v1/offshore/queue/{uetr}",
        _position,
        QueuePosition,
        "Show a payment's place in its line",
    ),
    View(
        "/v1/offshore/queue-graphs",
        _graphs,
        Page[views.QueueGraph],
        "Draw who waits for whom, by currency",
    ),
    View(
        "/v1/offshore/queue-resolutions",
        _resolutions,
        Page[Resolution],
        "List what settled out of the queue, newest first",
        QueueQuery,
    ),
)
