"""The plot of a deviation over its window, as geometry: bars of each day's money in and out, the line of the ratio, and its two levels."""

import msgspec

from huangpu.console.drawing import Bar
from huangpu.core.calendar import instant_us
from huangpu.venues.offshore.monitoring.pages import DeviationView

WIDTH, HEIGHT, FLOOR = 360, 132, 84
"""Units: of the drawing; the ratio is drawn above FLOOR, the money of a day below."""
LEFT = 30


class Plot(msgspec.Struct, frozen=True):
    """One company's or bank's plot: points of the ratio, heights of the levels, bars of the days, what the scale ends with.

    `line` starts with the first day on which anything moved. Units: of the drawing; `top_bp` in basis points.
    """

    view: DeviationView
    line: str
    last: tuple[float, float]
    amber_y: float
    red_y: float
    top_bp: int
    receipts: list[Bar]
    payments: list[Bar]


def plotted(view: DeviationView) -> Plot:
    """Place a deviation's points; the scale reaches over the red line and stops at twice it where the ratio runs away."""
    ratios = [min(point.ratio_bp, 2 * view.red_bp) for point in view.points]
    top = max([*ratios, view.red_bp * 5 // 4, 1])
    step = (WIDTH - LEFT) / max(len(view.points), 1)

    def height(value_bp: int) -> float:
        return round(FLOOR - 4 - (FLOOR - 12) * min(value_bp, top) / top, 1)

    points = [
        (round(LEFT + (place + 0.5) * step, 1), height(ratio))
        for place, (ratio, point) in enumerate(zip(ratios, view.points, strict=True))
        if point.window_receipts_fen or point.window_payments_fen
    ]
    most = max([1, *(max(p.receipts_fen, p.payments_fen) for p in view.points)])
    room = (HEIGHT - FLOOR - 22) / 2

    def bars(values: list[int], *, up: bool) -> list[Bar]:
        middle = FLOOR + 4 + room
        found: list[Bar] = []
        for place, value in enumerate(values):
            if not value:
                continue
            tall = max(room * value / most, 1.0)
            x, y = LEFT + place * step, middle - tall if up else middle
            at_us = instant_us(view.points[place].date, 0)
            found.append(
                Bar(round(x, 2), round(y, 2), round(step * 0.8, 2), round(tall, 2), value, at_us)
            )
        return found

    return Plot(
        view,
        " ".join(f"{x},{y}" for x, y in points),
        points[-1] if points else (float(LEFT), float(FLOOR)),
        height(view.amber_bp),
        height(view.red_bp),
        top,
        bars([point.receipts_fen for point in view.points], up=True),
        bars([point.payments_fen for point in view.points], up=False),
    )
