"""The tiers of section F: when works fall due, in seconds from the start.

W1 is the whole Lin-gang book, W2 all of Shanghai's free trade traffic, W3 the duty of an instant system, PEAK its ten-minute peak, DAY
the shape of a Shanghai day (W2's 25,900 a day, thinned and run in a minute). W4 has no clock: a closed loop takes what the centre gives.
"""

import enum
from typing import Final

import numpy

DAY_HOURS: Final = (
    *(1, 1, 1, 1, 1, 1, 2, 4, 8, 20, 19, 17),
    *(5, 6, 16, 18, 17, 14, 5, 4, 9, 9, 7, 3),
)
"""What each hour has of a day: 09-12 and 14-18, a second hump 20-23 for Europe and America."""
BURST_EVERY_S: Final = 10.0


class Tier(enum.StrEnum):
    """How works arrive."""

    W1 = "W1"
    W2 = "W2"
    W3 = "W3"
    PEAK = "peak"
    DAY = "day"


RATE: Final = {Tier.W2: 1.5, Tier.W3: 500.0, Tier.PEAK: 2_000.0, Tier.DAY: 43.0}
"""Works a second: steady, or in the mean."""


def arrivals(tier: Tier, seconds: float, seed: int) -> list[float]:
    """List when works fall due, in order."""
    chance = numpy.random.default_rng(seed)
    if tier is Tier.W1:
        return [at + 0.0 for at in range(int(seconds)) for _ in range(5)]
    rate = RATE[tier]
    if tier in (Tier.W3, Tier.PEAK):
        return [number / rate for number in range(int(rate * seconds))]
    if tier is Tier.W2:
        drawn = chance.random(chance.poisson(rate * seconds)) * seconds
        bursts = numpy.arange(0.5, seconds, BURST_EVERY_S)
        crowd = [start + chance.random(50) for start in bursts]
        return sorted(numpy.concatenate([drawn, *crowd]).tolist())
    hours = numpy.array(DAY_HOURS) / sum(DAY_HOURS)
    places = chance.choice(len(hours), size=int(rate * seconds), p=hours)
    return sorted(((places + chance.random(len(places))) * seconds / len(hours)).tolist())
