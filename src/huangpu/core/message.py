"""What enters the engine and what leaves it: commands, events, refusals, and the stamp of an entry.

A command is imperative (`PlaceOrder`), an event is past tense (`OrderAccepted`). Both are frozen Structs tagged by their
class name in the field `type`. Fields are only ever added, with defaults, so that old journals stay readable.
"""

import datetime

import msgspec

from huangpu.core.reasons import Reason


class Command(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag=True,
    tag_field="type",
    forbid_unknown_fields=True,
):
    """Base of everything that may change state; restate `frozen=True` on each subclass.

    A field that is not known is refused, not passed over: a slip of the pen in an optional field must not change what is asked for.
    """


class Event(msgspec.Struct, frozen=True, kw_only=True, tag=True, tag_field="type"):
    """Base of every fact a decision produced; `apply` needs nothing else to change the state."""


class Rejected(msgspec.Struct, frozen=True):
    """A refusal: it names the rule that refused and changes nothing.

    `detail` gives the value found, the limit and the unit; `cite` the clause; `rule` the name of the dated row
    (empty where the refusal follows from no changeable value).
    """

    reason: Reason
    detail: str
    cite: str
    rule: str = ""


class Stamp(msgspec.Struct, frozen=True):
    """What the engine knows of an entry beside its command: order, time, business date and actor.

    Units: at_us in microseconds since 1970-01-01T00:00:00Z. `date` is the calendar date in Shanghai.
    """

    seq: int
    at_us: int
    date: datetime.date
    person: str
    institution: str


Decision = list[Event] | Rejected
