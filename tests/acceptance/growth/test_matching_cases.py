"""Order sequences from public test suites, and the fills they must give, on both order books."""

import json
from typing import Any

import numpy as np
import pytest
from tests.support.shared import shared_path

from huangpu.venues.growth.order_book import (
    COMMAND,
    Books,
    EventKind,
    Op,
    PlainBooks,
    SideCode,
    Tif,
)
from huangpu.venues.growth.order_book.layout import LEVELS_MAX

DOCUMENT = json.loads(shared_path("cases", "matching_cases.json").read_text("utf-8"))
CASES = DOCUMENT["cases"]
OPERATIONS = {"new": Op.NEW, "cancel": Op.CANCEL, "modify": Op.MODIFY}
SIDES = {"buy": SideCode.BUY, "sell": SideCode.SELL}
TIFS = {"day": Tif.DAY, "ioc": Tif.IOC}


def _ladder(case: dict[str, Any]) -> tuple[int, int]:
    """Span all prices, as far as the longest ladder reaches.

    Only limits of immediate buy orders lie beyond it: there they match like one at its end, since nothing rests so high.
    """
    lowest = min(order["price"] for order in case["orders"] if "price" in order)
    highest = max(order["price"] for order in case["orders"] if "price" in order)
    end = lowest + LEVELS_MAX
    beyond = [order for order in case["orders"] if order.get("price", 0) >= end]
    assert all((order["tif"], order["side"]) == ("ioc", "buy") for order in beyond)
    return lowest, min(highest + 1, end) - lowest


def _row(order: dict[str, Any], ladder: tuple[int, int]) -> tuple[int, ...]:
    return (
        OPERATIONS[order["op"]],
        SIDES[order.get("side", "buy")],
        TIFS[order.get("tif", "day")],
        0,
        0,
        order["id"],
        min(order.get("price", 0), sum(ladder) - 1),
        0,
        order.get("qty", order.get("open_qty", 0)),
    )


def test_all_cases_are_here() -> None:
    assert len(CASES) == 32
    assert sum(len(case["fills"]) for case in CASES) == 63


@pytest.mark.parametrize("engine", [Books, PlainBooks])
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case_gives_its_fills(case: dict[str, Any], engine: type[Books | PlainBooks]) -> None:
    ladder = _ladder(case)
    books = engine([ladder])
    commands = np.array([_row(order, ladder) for order in case["orders"]], COMMAND)

    events = books.process(commands)

    trades = events[events["kind"] == EventKind.TRADE]
    fills = [
        {"taker": int(t["order"]), "maker": int(t["maker_order"]), "price": int(t["price_tick"])}
        | {"qty": int(t["quantity"])}
        for t in trades
    ]
    assert fills == case["fills"]
    resting = sorted((order, quantity) for order, _, _, quantity in books.orders_resting(0))
    assert resting == [(order["id"], order["open"]) for order in case["resting"]]
