"""The order book in plain Python: the readable specification of `kernel.py`, and its oracle in the tests.

How: each side of a book is a sorted list of the prices that have orders, and a queue (order number → open quantity, oldest
first) for each price. Price-time priority; a trade prints at the resting order's price; a modify is a cancel and a
new order under the same number, so it loses its time priority and may trade on arrival. Commands and events are tuples in
the field order of `layout.COMMAND` and `layout.EVENT`. Left out: what the kernel leaves out.
"""

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from huangpu.venues.growth.order_book.layout import (
    EVENT,
    NO_ORDER,
    ORDERS_MAX,
    QUANTITY_MAX,
    EventKind,
    Op,
    Refusal,
    SideCode,
    Tif,
)

Command = tuple[int, int, int, int, int, int, int, int, int]
Event = tuple[int, int, int, int, int, int, int, int, int]
Records = npt.NDArray[np.void]

NEW, CANCEL, MODIFY = int(Op.NEW), int(Op.CANCEL), int(Op.MODIFY)
BUY, SELL, IOC = int(SideCode.BUY), int(SideCode.SELL), int(Tif.IOC)
ACCEPTED, TRADE, DONE = int(EventKind.ACCEPTED), int(EventKind.TRADE), int(EventKind.DONE)
CANCELLED, REJECTED = int(EventKind.CANCELLED), int(EventKind.REJECTED)

CASE_LAST: Final = (max(Op), max(SideCode), max(Tif))


class PlainSide:
    """One side of one book."""

    __slots__ = ("prices", "queues")

    def __init__(self) -> None:
        self.prices: list[int] = []  # ascending; only prices with a queue
        self.queues: dict[int, OrderedDict[int, int]] = {}

    def rest(self, price_tick: int, order: int, quantity: int) -> None:
        """Append an order to the queue at its price."""
        queue = self.queues.get(price_tick)
        if queue is None:
            queue = self.queues[price_tick] = OrderedDict()
            self.prices.insert(bisect_left(self.prices, price_tick), price_tick)
        queue[order] = quantity

    def withdraw(self, price_tick: int, order: int) -> int:
        """Take an order out; give the quantity that was open."""
        queue = self.queues[price_tick]
        quantity = queue.pop(order)
        if not queue:
            del self.queues[price_tick]
            del self.prices[bisect_left(self.prices, price_tick)]
        return quantity


class PlainBooks:
    """Limit order books for many instruments; `ladders` gives (lowest tick, levels) of each."""

    def __init__(self, ladders: Sequence[tuple[int, int]], orders_max: int = ORDERS_MAX) -> None:
        self.ladders = list(ladders)
        self.orders_max = orders_max
        self.sides = [(PlainSide(), PlainSide()) for _ in ladders]
        # Every number ever used → instrument, side, price; the order rests while its queue has it.
        self.places: dict[int, tuple[int, int, int]] = {}

    def process(self, commands: Records) -> Records:
        """Apply packed commands; give packed events."""
        return np.array(self.run(commands.tolist()), EVENT)

    def run(self, commands: Iterable[Command]) -> list[Event]:
        """Apply a batch of commands in order."""
        events: list[Event] = []
        for number, command in enumerate(commands):
            self.apply(number, command, events)
        return events

    def apply(self, number: int, command: Command, events: list[Event]) -> None:
        """Apply one command."""
        op, side, tif, _, instrument, order, price_tick, _, quantity = command
        reason = self.refusal(command)
        if reason:
            events.append(
                (REJECTED, side, reason, instrument, number, price_tick, order, NO_ORDER, quantity)
            )
            return
        if op != NEW:
            _, side, old_tick = self.places[order]
            left = self.sides[instrument][side].withdraw(old_tick, order)
            events.append((CANCELLED, side, 0, instrument, number, old_tick, order, NO_ORDER, left))
            if op == CANCEL:
                return
        self.places[order] = (instrument, side, price_tick)
        subject = (side, instrument, number, order)
        events.append(
            (ACCEPTED, side, 0, instrument, number, price_tick, order, NO_ORDER, quantity)
        )
        quantity = self.match(subject, price_tick, quantity, events)
        if quantity and tif == IOC:
            events.append(
                (DONE, side, 0, instrument, number, price_tick, order, NO_ORDER, quantity)
            )
        elif quantity:
            self.sides[instrument][side].rest(price_tick, order, quantity)

    def match(
        self, subject: tuple[int, int, int, int], limit: int, quantity: int, events: list[Event]
    ) -> int:
        """Trade an incoming order, best price and oldest order first; give what is left."""
        side, instrument, number, order = subject
        other = self.sides[instrument][1 - side]
        best = 0 if side == BUY else -1
        while quantity and other.prices:
            price_tick = other.prices[best]
            if price_tick > limit if side == BUY else price_tick < limit:
                break
            queue = other.queues[price_tick]
            maker_order, open_quantity = next(iter(queue.items()))
            traded = min(quantity, open_quantity)
            events.append(
                (TRADE, side, 0, instrument, number, price_tick, order, maker_order, traded)
            )
            quantity -= traded
            if traded == open_quantity:
                other.withdraw(price_tick, maker_order)
            else:
                queue[maker_order] = open_quantity - traded
        return quantity

    def refusal(self, command: Command) -> int:
        """Say why a command is rejected, or 0: the first reason that holds, in the order of `Refusal`."""
        op, side, tif, _, instrument, order, price_tick, _, quantity = command
        if op > CASE_LAST[0]:
            return Refusal.UNKNOWN_OPERATION
        if not 0 <= instrument < len(self.ladders):
            return Refusal.UNKNOWN_INSTRUMENT
        if op == NEW and side > CASE_LAST[1]:
            return Refusal.UNKNOWN_SIDE
        if op != CANCEL and tif > CASE_LAST[2]:
            return Refusal.UNKNOWN_TIME_IN_FORCE
        if op == NEW:
            if not 0 <= order < self.orders_max:
                return Refusal.ORDER_ID_OUT_OF_RANGE
            if order in self.places:
                return Refusal.ORDER_ID_TAKEN
        else:
            if self.places.get(order, (-1, 0, 0))[0] != instrument:
                return Refusal.UNKNOWN_ORDER
            if not self.rests(order):
                return Refusal.ORDER_NOT_OPEN
            if op == CANCEL:
                return Refusal.NONE
        lowest_tick, levels = self.ladders[instrument]
        if not lowest_tick <= price_tick < lowest_tick + levels:
            return Refusal.PRICE_OUT_OF_LADDER
        if quantity <= 0:
            return Refusal.QUANTITY_NOT_POSITIVE
        if quantity > QUANTITY_MAX:
            return Refusal.QUANTITY_TOO_LARGE
        return Refusal.NONE

    def rests(self, order: int) -> bool:
        """Say whether an order that was accepted is still in its book."""
        instrument, side, price_tick = self.places[order]
        return order in self.sides[instrument][side].queues.get(price_tick, ())

    def orders_resting(self, instrument: int) -> list[tuple[int, int, int, int]]:
        """List (order, side, price in ticks, quantity) in priority order, bids first."""
        bids, asks = self.sides[instrument]
        return [
            (order, int(side), price_tick, quantity)
            for side, half, prices in (
                (BUY, bids, reversed(bids.prices)),
                (SELL, asks, iter(asks.prices)),
            )
            for price_tick in prices
            for order, quantity in half.queues[price_tick].items()
        ]
