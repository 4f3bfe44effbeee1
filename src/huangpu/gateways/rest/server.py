"""The REST application: routes from the tables of acts and views, problems for every error, and the edge around it all.

`build_routes` gives Litestar route handlers for the composition root, `EXCEPTION_HANDLERS` turn every error under them into a
problem, `edge` wraps the finished application. Every handler translates and nothing else.
"""

import logging
import re
from collections.abc import Mapping
from typing import Any

from litestar import Litestar, Request, Response, delete, get, post
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.types import ExceptionHandlersMap

from huangpu import __version__
from huangpu.config import Settings
from huangpu.engine import Gate
from huangpu.gateways.rest.actor import gate_of
from huangpu.gateways.rest.acts import Act, parameters_of, reader_with
from huangpu.gateways.rest.commands import answer_command, other_media_type
from huangpu.gateways.rest.edge import INTERNAL, BodyTooLarge, Edge
from huangpu.gateways.rest.lane import Lane, ReadLanes, lanes
from huangpu.gateways.rest.metrics import TEXT, Metrics
from huangpu.gateways.rest.openapi import document
from huangpu.gateways.rest.problems import NOT_READY, problem
from huangpu.gateways.rest.reads import View, answer_view
from huangpu.gateways.rest.resources import ACTS, VIEWS
from huangpu.gateways.rest.tokens import SignInDesk
from huangpu.gateways.rest.wire import JSON, Answer, as_response

_log = logging.getLogger("huangpu.rest")
_CODES = {
    400: "MALFORMED",
    401: "NOT_AUTHENTICATED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "BODY_TOO_LARGE",
    415: "MEDIA_TYPE_UNSUPPORTED",
    503: "NOT_READY",
}
_KEPT_HEADERS = frozenset({"allow", "retry-after", "www-authenticate"})

AnyRequest = Request[Any, Any, Any]


def build_routes(gate: Gate, settings: Settings) -> list[HTTPRouteHandler]:
    """Return every route of the REST API."""
    routes = [_lane_route(path, lane) for path, lane in lanes(gate, ACTS).items()]
    routes += [_act_route(act) for act in ACTS if parameters_of(act.path)]
    routes += [_view_route(view) for view in VIEWS]
    return [*routes, *_token_routes(SignInDesk(gate)), *_centre_routes(gate)]


def edge(app: Litestar) -> Edge:
    """Return the finished application: the edge around the routes."""
    gate, settings = app.state.gate, app.state.settings
    metrics = Metrics(gate)
    app.state.metrics = metrics
    return Edge(
        app,
        lanes(gate, ACTS),
        ReadLanes(gate, VIEWS),
        metrics,
        body_bytes_max=settings.body_bytes_max,
    )


def _lane_route(path: str, lane: Lane) -> HTTPRouteHandler:
    async def take(request: AnyRequest) -> Response[bytes]:
        return as_response(await lane(request.scope, await request.body()))

    return post(path, include_in_schema=False, status_code=200)(take)


def _act_route(act: Act) -> HTTPRouteHandler:
    async def take(request: AnyRequest) -> Response[bytes]:
        headers = request.headers
        media_type = headers.get("content-type", JSON)
        if not media_type.startswith(JSON):
            return as_response(other_media_type(media_type))
        authorization, key = headers.get("authorization", ""), headers.get("idempotency-key", "")
        read = reader_with(act, request.path_params)
        body = await request.body()
        return as_response(await answer_command(gate_of(request), authorization, key, body, read))

    return post(_litestar_path(act.path), include_in_schema=False, status_code=200)(take)


def _view_route(view: View) -> HTTPRouteHandler:
    async def show(request: AnyRequest) -> Response[bytes]:
        authorization = request.headers.get("authorization", "")
        query: Mapping[str, str] = dict(request.query_params)
        answer = await answer_view(
            view, gate_of(request), authorization, request.path_params, query
        )
        return as_response(answer)

    return get(_litestar_path(view.path), include_in_schema=False)(show)


def _token_routes(desk: SignInDesk) -> list[HTTPRouteHandler]:
    @post("/v1/tokens", include_in_schema=False, status_code=201)
    async def sign_in(request: AnyRequest) -> Response[bytes]:
        return as_response(await desk.sign_in(await request.body()))

    @delete("/v1/tokens/current", include_in_schema=False, status_code=200)
    async def sign_out(request: AnyRequest) -> Response[bytes]:
        return as_response(await desk.sign_out(request.headers.get("authorization", "")))

    return [sign_in, sign_out]


def _centre_routes(gate: Gate) -> list[HTTPRouteHandler]:
    @get("/livez", include_in_schema=False)
    async def livez() -> Response[bytes]:
        return as_response(Answer(200, b'{"status":"alive"}'))

    @get("/readyz", include_in_schema=False)
    async def readyz() -> Response[bytes]:
        if gate.engine.stopped:
            return as_response(NOT_READY)
        return as_response(Answer(200, b'{"status":"ready"}'))

    @get("/metrics", include_in_schema=False)
    async def metrics(request: AnyRequest) -> Response[bytes]:
        return as_response(Answer(200, request.app.state.metrics.text(), TEXT))

    @get("/version", include_in_schema=False)
    async def version() -> Response[bytes]:
        return as_response(Answer(200, b'{"version":"%s"}' % __version__.encode()))

    @get("/v1/openapi.json", include_in_schema=False)
    async def openapi() -> Response[bytes]:
        return as_response(Answer(200, document()))

    return [livez, readyz, metrics, version, openapi]


def _litestar_path(path: str) -> str:
    return re.sub(r"\{(\w+)\}", r"{\1:str}", path)


def http_problem(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    """Answer an error that the framework raised (404, 405, 400, 413 …) with a problem."""
    status = error.status_code
    if status >= 500 and status != 503:
        return internal_problem(request, error)
    path = request.url.path
    detail = {
        404: f"nothing at {path}",
        405: f"{request.method} is not allowed at {path}",
        503: error.detail or "the engine is reopening its journal",
    }.get(status, error.detail)
    headers = {k: v for k, v in (error.headers or {}).items() if k.lower() in _KEPT_HEADERS}
    if status == 405:
        headers["Allow"] = _allowed(request.app, path)
    return as_response(problem(status, _CODES.get(status, "REFUSED"), detail, headers=headers))


def _allowed(app: Litestar, path: str) -> str:
    """List the methods that a path knows (RFC 9110, 15.5.6)."""
    found: set[str] = set()
    for route in app.routes:
        if re.fullmatch(re.sub(r"\{\w+:\w+\}", "[^/]+", route.path), path):
            found |= route.methods
    return ", ".join(sorted(found))


def internal_problem(request: AnyRequest, error: Exception) -> Response[bytes]:
    """Answer a defect without its stack; the stack goes to the log."""
    if isinstance(error, BodyTooLarge):
        raise error
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return as_response(INTERNAL)


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    HTTPException: http_problem,
    Exception: internal_problem,
}
"""For the composition root: every error becomes a problem."""
