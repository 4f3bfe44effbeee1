"""The packed records of the order book: commands in, events out, state between.

All records are little-endian, packed without gaps, and hold integers only, so the same bytes can go to the
journal, over a wire or into a snapshot. Prices are whole ticks, quantities whole units (shares). Inside a
book a price is an index: `price_tick - lowest_tick`; the price limits of the day *are* the bounds check.

The codes below are compiled into `kernel.py` as constants. Numba's cache watches only the file of the compiled
function: after a change of a code here, save `kernel.py` anew too (a change of a record is noticed).
"""

import struct
from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np

LEVELS_MAX: Final = 262_144
"""Levels a ladder can have: three tiers of 64-way words."""

QUANTITY_MAX: Final = 2**36
"""Largest quantity of one order; with `ORDERS_MAX` orders at one price the sum still fits 64 bits."""

ORDERS_MAX: Final = 2**26
"""Order numbers run from 0 to this, exclusive; 24 bytes each when used."""

NO_ORDER: Final = -1
"""Stands where an order number would: end of a queue, or an event without a resting order."""


class Op(IntEnum):
    """What a command asks for."""

    NEW = 0
    CANCEL = 1
    MODIFY = 2


class Tif(IntEnum):
    """What happens to the part that finds no counterpart: it rests, or it is cancelled at once."""

    DAY = 0
    IOC = 1


class SideCode(IntEnum):
    """The side of an order."""

    BUY = 0
    SELL = 1


class Phase(IntEnum):
    """The trading phase of a book. Only continuous matching exists so far; the auctions will add theirs."""

    CONTINUOUS = 0


class EventKind(IntEnum):
    """What happened.

    ACCEPTED    the new (or modified) order is valid; quantity = its full quantity, before any trade
    TRADE       quantity changed hands at price_tick, the price of the resting order maker_order
    DONE        the remainder of an IOC order was cancelled; quantity = that remainder
    CANCELLED   a resting order left the book (cancel, or first half of a modify); quantity = what was open
    REJECTED    nothing changed; reason says why; the other fields repeat the command
    """

    ACCEPTED = 0
    TRADE = 1
    DONE = 2
    CANCELLED = 3
    REJECTED = 4


class Refusal(IntEnum):
    """Why a command was rejected, in order of precedence: the first that holds is reported."""

    NONE = 0
    UNKNOWN_OPERATION = 1
    UNKNOWN_INSTRUMENT = 2
    UNKNOWN_SIDE = 3
    UNKNOWN_TIME_IN_FORCE = 4
    ORDER_ID_OUT_OF_RANGE = 5
    ORDER_ID_TAKEN = 6
    UNKNOWN_ORDER = 7
    ORDER_NOT_OPEN = 8
    PRICE_OUT_OF_LADDER = 9
    QUANTITY_NOT_POSITIVE = 10
    QUANTITY_TOO_LARGE = 11


COMMAND: Final = np.dtype(
    [
        ("op", "u1"),  # Op
        ("side", "u1"),  # SideCode; read by NEW only (a modify keeps its side)
        ("tif", "u1"),  # Tif; read by NEW and MODIFY
        ("flag", "u1"),  # free for the caller; the book does not read it
        ("instrument", "<i4"),  # dense index of the book
        ("order", "<i8"),  # number of the order within the day, given in arrival order from 0
        ("price_tick", "<i4"),  # limit in ticks; not read by CANCEL
        ("account", "<i4"),  # kept with the order for rules on self-trades; not read yet
        ("quantity", "<i8"),  # NEW: full quantity; MODIFY: new open quantity; not read by CANCEL
    ]
)
"""One command, 32 bytes."""

EVENT: Final = np.dtype(
    [
        ("kind", "u1"),  # EventKind
        ("side", "u1"),  # SideCode of `order`
        ("reason", "<u2"),  # Refusal; 0 unless REJECTED
        ("instrument", "<i4"),
        ("command", "<i4"),  # index within the batch of the command that caused the event
        ("price_tick", "<i4"),  # TRADE: price of the trade; otherwise the limit of `order`
        ("order", "<i8"),  # the order of the command (the taker of a trade)
        ("maker_order", "<i8"),  # TRADE: the resting order; otherwise NO_ORDER
        ("quantity", "<i8"),  # see EventKind
    ]
)
"""One event, 40 bytes."""

BOOK: Final = np.dtype(
    [
        ("lowest_tick", "<i4"),  # price of level 0
        ("levels", "<i4"),  # length of the ladder
        ("levels_at", "<i4"),  # where its bid levels start in the level array; ask levels follow
        ("words_at", "<i4"),  # where its bid words start in the word array; ask words follow
        ("best_bid", "<i4"),  # highest level with a bid; -1 when there is none
        ("best_ask", "<i4"),  # lowest level with an ask; `levels` when there is none
        ("last", "<i4"),  # level of the last trade; -1 before the first
        ("phase", "<i4"),  # Phase; always CONTINUOUS for now
    ]
)
"""One book, 32 bytes."""

LEVEL: Final = np.dtype(
    [
        (
            "quantity",
            "<i8",
        ),  # sum of what is open at this price; 0 = empty, and then head and tail are stale
        ("head", "<i4"),  # oldest order
        ("tail", "<i4"),  # youngest order
    ]
)
"""One price level of one side, 16 bytes."""

ORDER: Final = np.dtype(
    [
        ("quantity", "<i8"),  # open quantity; 0 = not resting, and then next and previous are stale
        ("next", "<i4"),  # younger neighbour in the queue, or NO_ORDER
        ("previous", "<i4"),  # older neighbour in the queue, or NO_ORDER
        ("place", "<i4"),  # 1 + index into the level array; 0 = number never used
        ("account", "<i4"),  # from the command
    ]
)
"""One order, 24 bytes; the slot is the order's number."""

EVENTS_A_COMMAND: Final = 5
"""Room a command needs in the event buffer, beside one event for each order resting before the batch: cancelled,
accepted, one partial trade, done, and the trade that later ends the order it left resting. Every other trade ends an
order that rested before, so the buffer cannot overflow and the kernel need not check."""

COMMAND_STRUCT: Final = struct.Struct("<4Biqiiq")
EVENT_STRUCT: Final = struct.Struct("<2BHiiiqqq")


class Fill(NamedTuple):
    """One trade a new order would make: how much of which resting order, at whose price."""

    maker_order: int
    price_tick: int
    quantity: int


class BookEvent(NamedTuple):
    """One event as a plain tuple, fields and units as in `EVENT`."""

    kind: int
    side: int
    reason: int
    instrument: int
    command: int
    price_tick: int
    order: int
    maker_order: int
    quantity: int
