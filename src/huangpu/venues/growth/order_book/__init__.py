"""The matching core of the growth tier: commands in, events out, integers only.

`Books` is the compiled order book, `PlainBooks` its readable twin; both take `COMMAND` and give `EVENT` records. Who may trade
what, at which size and when is decided before an order comes here.
"""

from huangpu.venues.growth.order_book.books import Books
from huangpu.venues.growth.order_book.layout import (
    COMMAND,
    EVENT,
    NO_ORDER,
    BookEvent,
    EventKind,
    Fill,
    Op,
    Phase,
    Refusal,
    SideCode,
    Tif,
)
from huangpu.venues.growth.order_book.plain import PlainBooks

__all__ = [
    "COMMAND",
    "EVENT",
    "NO_ORDER",
    "BookEvent",
    "Books",
    "EventKind",
    "Fill",
    "Op",
    "Phase",
    "PlainBooks",
    "Refusal",
    "SideCode",
    "Tif",
]
