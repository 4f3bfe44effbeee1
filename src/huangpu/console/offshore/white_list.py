"""The white list with its history."""

from litestar import Response, get

from huangpu.console.offshore.tabs import venue_page
from huangpu.console.pages import Visitor
from huangpu.venues.offshore import views


@get("/offshore/white-list")
async def show_white_list(visitor: Visitor) -> Response[str]:
    """Show the white list with its history."""
    _ = visitor.signed_in
    await visitor.gate.readable()
    room = visitor.centre.offshore
    data = {
        "listings": views.white_list(room, visitor.scope),
        "overview": views.overview(room, visitor.date),
    }
    return await venue_page(visitor, "white_list.html", "white-list", data)
