"""The graph of who waits for whom, as geometry: boxes on an ellipse, curved arrows between them. No markup here.

Boxes follow the arrows around the ellipse, so that a ring of payments is drawn as a ring. What does not fit is counted, not drawn.
"""

import math
from bisect import bisect_left
from itertools import pairwise

import msgspec

from huangpu.venues.offshore.liquidity.views import Edge, Node, QueueGraph

WIDTH, BOX_W, BOX_H = 900, 168, 50
NODES_MAX = 14
STEPS = 720
OUTSIDE = ""
"""The payee of payments whose way out is not open: one box stands for all of them."""


class Box(msgspec.Struct, frozen=True):
    """An account; `node` is None for the world outside. Units: of the drawing, from the box's centre."""

    x: float
    y: float
    node: Node | None
    short: bool


class Arrow(msgspec.Struct, frozen=True):
    """The payments that wait between two accounts: a curve, the place of its label, and the width of its line."""

    path: str
    label_x: float
    label_y: float
    width: float
    edge: Edge


class Drawing(msgspec.Struct, frozen=True):
    """A graph of one currency, ready to be written; `left_out` accounts did not fit."""

    currency: str
    height: int
    boxes: list[Box]
    arrows: list[Arrow]
    left_out: int


def drawn(graph: QueueGraph) -> Drawing:
    """Lay a graph out."""
    by_account = {node.account: node for node in graph.nodes}
    shown = _chosen(graph)
    count = len(shown)
    height = 190 if count <= 2 else 340 if count <= 6 else 520
    places = _places(shown, height)
    most = max((edge.value for edge in graph.edges), default=1)
    boxes = [
        Box(x, y, by_account.get(account), _is_short(by_account.get(account)))
        for account, (x, y) in places.items()
    ]
    arrows = [
        _arrow(edge, places[edge.payer], places[edge.payee], edge.value / most)
        for edge in graph.edges
        if edge.payer in places and edge.payee in places
    ]
    accounts = {end for edge in graph.edges for end in (edge.payer, edge.payee)}
    return Drawing(graph.currency, height, boxes, arrows, len(accounts) - count)


def _is_short(node: Node | None) -> bool:
    return node is not None and node.available is not None and node.owes > node.available


def _chosen(graph: QueueGraph) -> list[str]:
    """Choose the accounts with the most waiting money, each followed by the one that it pays."""
    weight: dict[str, int] = {}
    pays: dict[str, list[Edge]] = {}
    for edge in graph.edges:
        for end in (edge.payer, edge.payee):
            weight[end] = weight.get(end, 0) + edge.value
        pays.setdefault(edge.payer, []).append(edge)
    kept = set(sorted(weight, key=lambda one: -weight[one])[:NODES_MAX])
    order: list[str] = []
    for start in sorted(kept, key=lambda one: -weight[one]):
        account: str | None = start
        while account is not None and account not in order:
            order.append(account)
            further = sorted(pays.get(account, []), key=lambda edge: -edge.value)
            account = next(
                (e.payee for e in further if e.payee in kept and e.payee not in order), None
            )
    return order


def _places(accounts: list[str], height: int) -> dict[str, tuple[float, float]]:
    if len(accounts) == 2:
        return {accounts[0]: (150.0, height / 2), accounts[1]: (WIDTH - 150.0, height / 2)}
    across, down = WIDTH / 2 - BOX_W / 2 - 12, height / 2 - BOX_H / 2 - 14
    round_trip = [
        (math.cos(angle) * across, math.sin(angle) * down)
        for angle in (2 * math.pi * n / STEPS - math.pi / 2 for n in range(STEPS + 1))
    ]
    # Boxes are wider than high: the way along the ellipse is measured in boxes, so that they keep apart everywhere.
    gone = [0.0]
    for before, after in pairwise(round_trip):
        boxes = abs(after[0] - before[0]) / (BOX_W + 18), abs(after[1] - before[1]) / (BOX_H + 22)
        gone.append(gone[-1] + max(boxes))
    places: dict[str, tuple[float, float]] = {}
    for number, account in enumerate(accounts):
        x, y = round_trip[bisect_left(gone, gone[-1] * number / len(accounts))]
        places[account] = (round(WIDTH / 2 + x, 1), round(height / 2 + y, 1))
    return places


def _arrow(edge: Edge, start: tuple[float, float], end: tuple[float, float], share: float) -> Arrow:
    """Bend an arrow to its right, so that two that go both ways lie apart."""
    across, down = end[0] - start[0], end[1] - start[1]
    length = math.hypot(across, down) or 1.0
    bend = min(60.0, length / 5)
    middle = (
        (start[0] + end[0]) / 2 - down / length * bend,
        (start[1] + end[1]) / 2 + across / length * bend,
    )
    first, last = _border(start, middle), _border(end, middle)
    path = f"M{first[0]:.1f},{first[1]:.1f} Q{middle[0]:.1f},{middle[1]:.1f} {last[0]:.1f},{last[1]:.1f}"
    label_x = (first[0] + 2 * middle[0] + last[0]) / 4
    label_y = (first[1] + 2 * middle[1] + last[1]) / 4
    return Arrow(path, round(label_x, 1), round(label_y, 1), round(1.2 + 4 * share, 1), edge)


def _border(centre: tuple[float, float], towards: tuple[float, float]) -> tuple[float, float]:
    """Return where a line from a box's centre leaves the box, a little outside."""
    across, down = towards[0] - centre[0], towards[1] - centre[1]
    reach = min(
        (BOX_W / 2 + 5) / abs(across) if across else math.inf,
        (BOX_H / 2 + 5) / abs(down) if down else math.inf,
    )
    return centre[0] + across * reach, centre[1] + down * reach
