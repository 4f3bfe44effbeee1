"""Geometry of the drawings: bars and ranges as numbers that a template writes into SVG. No markup here."""

import math
from collections.abc import Sequence

import msgspec

US = 1_000_000
MINUTE_US = 60 * US


class Bar(msgspec.Struct, frozen=True):
    """One bar of a histogram, in the units of its drawing; `value` is what it stands for, from `at_us` on."""

    x: float
    y: float
    width: float
    height: float
    value: int
    at_us: int


class Latency(msgspec.Struct, frozen=True):
    """How long one kind of command took from receipt to the durable answer. Units: seconds; places 0 to 100 on a log scale."""

    name: str
    count: int
    p50_s: float
    p99_s: float
    from_place: float
    to_place: float


def bars(
    counts: Sequence[int], start_us: int, step_us: int, width: float, height: float
) -> list[Bar]:
    """Place counts as bars side by side; the highest fills the height."""
    top = max(counts, default=0) or 1
    step = width / max(len(counts), 1)
    placed: list[Bar] = []
    for place, count in enumerate(counts):
        tall = height * count / top
        tall = max(tall, 1.5) if count else 0.0
        x = round(place * step, 2)
        placed.append(
            Bar(
                x,
                round(height - tall, 2),
                round(step * 0.82, 2),
                round(tall, 2),
                count,
                start_us + place * step_us,
            )
        )
    return placed


def line_points(values: Sequence[float], width: float, height: float) -> str:
    """Place values as the points of a polyline, from the lowest to the highest."""
    if not values:
        return ""
    low, high = min(values), max(values)
    span = (high - low) or 1
    step = width / max(len(values) - 1, 1)
    return " ".join(
        f"{place * step:.1f},{height - (value - low) / span * height:.1f}"
        for place, value in enumerate(values)
    )


def latency_of(name: str, seconds: Sequence[float]) -> Latency:
    """Summarise measured times; the scale runs from 0.1 ms to 10 s."""
    ordered = sorted(seconds)
    p50 = ordered[(len(ordered) - 1) // 2]
    p99 = ordered[min(len(ordered) - 1, math.ceil(len(ordered) * 0.99) - 1)]
    return Latency(name, len(ordered), p50, p99, log_place(p50), log_place(p99))


def log_place(seconds: float) -> float:
    """Return the place of a time on the log scale, 0 to 100."""
    place = (math.log10(max(seconds, 1e-4)) + 4) / 5 * 100
    return round(min(max(place, 0.0), 100.0), 1)
