"""The records of a trading day."""

import pytest

from huangpu.venues.growth.day import price_limits


@pytest.mark.parametrize(
    ("previous_close_fen", "percent", "tick_fen", "limits"),
    [
        (1237, 20, 1, (990, 1484)),
        (2000, 20, 1, (1600, 2400)),
        (1, 20, 1, (1, 1)),
        (3, 20, 1, (2, 4)),
        (1237, 20, 10, (990, 1480)),
        (1237, 10, 1, (1113, 1361)),
        (2, 20, 10, (10, 10)),
    ],
)
def test_limits_are_rounded_half_up_to_the_tick(
    previous_close_fen: int, percent: int, tick_fen: int, limits: tuple[int, int]
) -> None:
    assert price_limits(previous_close_fen, percent, tick_fen) == limits
