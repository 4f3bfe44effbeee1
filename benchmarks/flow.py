"""Deterministic order flow for the order book benchmark.

How: a seeded generator draws all random numbers at once; a loop turns them into packed commands and follows them in the
plain book, so that it knows what still rests. Flow A is one instrument with 800 levels: 51 % new orders near a slowly walking
middle, 39 % cancels, nine in ten of an order that still rests, 10 % immediate-or-cancel orders through the touch. These grow with
the book, which holds it at 2 to 5 thousand resting orders. With more instruments each has its own middle and
activity falls off as 1/rank.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from huangpu.venues.growth.order_book import COMMAND, Op, PlainBooks, SideCode, Tif

LOWEST_TICK: Final = 1_600
LEVELS: Final = 800
NEW_PER_MILLE: Final = 510
CANCEL_PER_MILLE: Final = 390
MARGIN: Final = 100
"""Levels at either end of the ladder that the middle does not enter."""

NEW, CANCEL = int(Op.NEW), int(Op.CANCEL)
BUY, SELL = int(SideCode.BUY), int(SideCode.SELL)
DAY, IOC = int(Tif.DAY), int(Tif.IOC)


def ladders(instruments: int, levels: int = LEVELS) -> list[tuple[int, int]]:
    """Give the ladders the flow is made for."""
    return [(LOWEST_TICK, levels)] * instruments


def flow(
    commands: int, *, instruments: int = 1, levels: int = LEVELS, seed: int = 20_261_122
) -> npt.NDArray[np.void]:
    """Make a flow of packed commands; the same arguments give the same bytes."""
    random = np.random.default_rng(seed)
    weights = 1.0 / np.arange(1, instruments + 1)
    which = random.choice(instruments, commands, p=weights / weights.sum()).tolist()
    kinds = random.integers(0, 1_000, commands).tolist()
    sides = random.integers(0, 2, commands).tolist()
    aways = random.geometric(0.07, commands).tolist()
    steps = np.where(random.random(commands) < 0.01, random.choice([-1, 1], commands), 0).tolist()
    picks = random.random(commands).tolist()
    sizes = random.integers(1, 101, commands).tolist()

    middles = [levels // 2] * instruments
    known: list[list[int]] = [[] for _ in range(instruments)]
    usual_resting = 6_000 if instruments == 1 else 200
    book = PlainBooks(ladders(instruments, levels))
    rows = []
    order = 0
    for at, (instrument, kind, side) in enumerate(zip(which, kinds, sides, strict=True)):
        mine = known[instrument]
        if NEW_PER_MILLE <= kind < NEW_PER_MILLE + CANCEL_PER_MILLE and mine:
            number = _order_to_cancel(book, mine, picks[at])
            row = (CANCEL, 0, 0, 0, instrument, number, 0, 0, 0)
        else:
            middle = min(max(middles[instrument] + steps[at], MARGIN), levels - MARGIN)
            middles[instrument] = middle
            immediate = kind >= NEW_PER_MILLE + CANCEL_PER_MILLE
            # A new order stands on its own side, one in fourteen at the middle itself.
            away = -12 if immediate else aways[at] - 1
            level = min(max(middle + (away if side == SELL else -away), 0), levels - 1)
            size = 1 + sizes[at] * len(mine) // usual_resting if immediate else sizes[at]
            tif = IOC if immediate else DAY
            row = (NEW, side, tif, 0, instrument, order, LOWEST_TICK + level, 0, size)
            if not immediate:
                mine.append(order)
            order += 1
        rows.append(row)
        book.apply(at, row, [])
    return np.array(rows, COMMAND)


def _order_to_cancel(book: PlainBooks, mine: list[int], pick: float) -> int:
    """Take a number from the list; nine in ten times one that still rests."""
    while True:
        place = int(pick * len(mine))
        mine[place], mine[-1] = mine[-1], mine[place]
        number = mine.pop()
        if pick * 1_000 % 10 < 1 or not mine or book.rests(number):
            return number
