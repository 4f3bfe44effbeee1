"""Web pages of the centre: read through views, act through the same commands as every gateway."""

from pathlib import Path
from typing import Any

from litestar import Response, Router
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.response import Redirect
from litestar.static_files import create_static_files_router
from litestar.types import ControllerRouterHandler

from huangpu.console import (
    door,
    growth_pages,
    journal_pages,
    offshore,
    overview,
    problem_pages,
    reinsurance_pages,
    rule_pages,
    streams,
)
from huangpu.console.acts import ForeignForm
from huangpu.console.desk import Desk
from huangpu.console.entries import Recent
from huangpu.console.pages import Console, NotFound, SignInNeeded, Visitor, fault
from huangpu.console.security import AnyRequest
from huangpu.engine import EngineStopped, Gate, Overloaded

STATIC = Path(__file__).parent / "static"


def build_routes(gate: Gate, desk: Desk) -> list[ControllerRouterHandler]:
    """Return the console's routes on one gate; `desk` is how it reaches the message gateways."""
    console = Console(gate, Recent(gate), desk)
    console.hub.teach(
        {
            "frame": overview.look_at_frame,
            "overview": overview.Overview(console.recent).look,
            "journal": journal_pages.look,
            "offshore": offshore.stream.look,
            "reinsurance": reinsurance_pages.look,
            "slip": reinsurance_pages.look_at_slip,
            "growth": growth_pages.look_at_board,
            "share": growth_pages.look_at_share,
        }
    )

    async def visitor(request: AnyRequest) -> Visitor:
        return Visitor(console, request)

    def to_the_door(request: AnyRequest, _error: SignInNeeded) -> Redirect:
        target = request.url.path if request.method == "GET" else "/"
        return Redirect("/sign-in", status_code=303, query_params={"next": target})

    def told(request: AnyRequest, error: Exception) -> Response[str]:
        return fault(Visitor(console, request), error)

    handlers: list[Any] = [
        *(door.sign_in_page, door.sign_in, door.sign_out, door.choose),
        *(streams.stream, overview.show),
        *(journal_pages.show, journal_pages.show_entry),
        *(rule_pages.show, rule_pages.show_rule, problem_pages.show),
        *offshore.HANDLERS,
        *reinsurance_pages.HANDLERS,
        *growth_pages.HANDLERS,
    ]
    pages = Router(
        path="/",
        route_handlers=handlers,
        dependencies={"visitor": Provide(visitor)},
        exception_handlers={
            SignInNeeded: to_the_door,
            NotFound: told,
            ForeignForm: told,
            Overloaded: told,
            EngineStopped: told,
            HTTPException: told,
        },
        include_in_schema=False,
    )
    static = create_static_files_router(
        path="/console/static", directories=[STATIC], include_in_schema=False
    )
    return [pages, static]
