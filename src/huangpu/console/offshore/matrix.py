"""The transfer matrix in force, drawn; each cell leads to its rule."""

from typing import Any

from litestar import Response, get

from huangpu.console.offshore.tabs import venue_page
from huangpu.console.pages import Visitor
from huangpu.registry.cash_accounts import AccountClass
from huangpu.venues.offshore import views


@get("/offshore/matrix")
async def show_matrix(visitor: Visitor) -> Response[str]:
    """Draw the transfer matrix in force; each cell leads to its rule."""
    _ = visitor.signed_in
    cells: dict[tuple[str, str, str], list[Any]] = {}
    for cell in views.matrix(visitor.centre.rules, visitor.date):
        place = (cell.currency, cell.debtor_class, cell.creditor_class)
        cells.setdefault(place, []).append(cell)
    data = {
        "topic": "",
        "classes": list(AccountClass),
        "cells": cells,
        "currencies": ("CNY", "FOREIGN"),
    }
    return await venue_page(visitor, "matrix.html", "matrix", data)
