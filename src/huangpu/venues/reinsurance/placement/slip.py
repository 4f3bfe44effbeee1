"""The slip: what a broker places for a cedent, its state, its history, and how it ends without a contract.

`submitted -> quoted -> firm order -> lines written -> signed -> bound`; side states `not taken up` and `lapsed`. A slip enters submitted:
drafts stay with the broker. Every transition keeps its instant, its entry number and who acted, so that it can be found in the journal.
"""

import datetime
import enum
from typing import TYPE_CHECKING

import msgspec

from huangpu.core.identifiers import is_code
from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import AMOUNT_MAX, CURRENCY_DIGITS, WHOLE, percent_text
from huangpu.venues.reinsurance import clauses
from huangpu.venues.reinsurance.membership import Act, act_refusal
from huangpu.venues.reinsurance.placement.sections import Sections, first_empty, first_forbidden

if TYPE_CHECKING:
    from huangpu.venues.reinsurance.books import Reinsurance


class ContractType(enum.StrEnum):
    """Types of cover with executable terms (domain note B1)."""

    QUOTA_SHARE = "QUOTA_SHARE"
    SURPLUS = "SURPLUS"
    EXCESS_OF_LOSS = "EXCESS_OF_LOSS"


PLACEABLE = frozenset({ContractType.QUOTA_SHARE})
"""Types whose premium account is derived; the others have executable terms only."""


class Method(enum.StrEnum):
    """A standing contract over a book, or one risk."""

    TREATY = "TREATY"
    FACULTATIVE = "FACULTATIVE"


class SlipState(enum.StrEnum):
    """Where a slip stands."""

    SUBMITTED = "SUBMITTED"
    QUOTED = "QUOTED"
    FIRM_ORDER = "FIRM_ORDER"
    LINES_WRITTEN = "LINES_WRITTEN"
    SIGNED = "SIGNED"
    BOUND = "BOUND"
    NOT_TAKEN_UP = "NOT_TAKEN_UP"
    LAPSED = "LAPSED"


ENDED = frozenset({SlipState.BOUND, SlipState.NOT_TAKEN_UP, SlipState.LAPSED})


# Commands.


class PlaceSlip(Command, frozen=True):
    """Submit a slip to the market for a cedent.

    Units: estimated_premium_minor is the original premium of the book at 100 %, in minor units; shares and rates in micro-percent:
    cession of the original risk, commission and brokerage of the ceded premium, order of the whole cession; max_cession_minor a risk and
    event_limit_minor an event, 0 for none.
    """

    slip_id: str
    cedent: str
    contract_type: ContractType
    method: Method
    class_of_business: str
    period_from: datetime.date
    period_to: datetime.date
    currency: str
    estimated_premium_minor: int
    cession_micro_percent: int
    commission_micro_percent: int
    brokerage_micro_percent: int
    order_micro_percent: int = WHOLE
    max_cession_minor: int = 0
    event_limit_minor: int = 0
    sections: Sections = Sections()
    markets: list[str] = msgspec.field(default_factory=list)
    retroceded_contract: str = ""


class CloseSlip(Command, frozen=True):
    """End a slip that will not be bound: not taken up."""

    slip_id: str
    cause: str


# State.


class FirmOrder(msgspec.Struct, frozen=True, kw_only=True):
    """The terms at which the cedent will buy: one price for all who write."""

    leader: str
    commission_micro_percent: int
    leader_share_micro_percent: int
    short_placement_agreed: bool
    unequal_signing_authorised: bool
    issued_at_us: int


class SignedLine(msgspec.Struct, frozen=True, kw_only=True):
    """What one reinsurer is bound for, of the order and of the whole.

    Units: micro-percent.
    """

    reinsurer: str
    written_of_order: int
    signed_of_order: int
    signed_of_whole: int


class Warned(msgspec.Struct, frozen=True, kw_only=True):
    """A limit that was passed while its switch says warn."""

    rule: str
    detail: str
    cite: str


class Slip(msgspec.Struct, frozen=True, kw_only=True):
    """One slip and where it stands; quotes, lines and history are kept beside it."""

    broker: str
    offer: PlaceSlip
    placed_at_us: int
    lapses_on: datetime.date
    state: SlipState = SlipState.SUBMITTED
    firm_order: FirmOrder | None = None
    signed: list[SignedLine] = []
    signed_of_order: int = 0
    warnings: list[Warned] = []
    trade_code: str = ""
    ended_cause: str = ""

    @property
    def id(self) -> str:
        """Return the slip's own id (unique market reference)."""
        return self.offer.slip_id


class Transition(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a slip; `party` is set where only that party, broker and cedent may see it."""

    at_us: int
    seq: int
    person: str
    institution: str
    what: str
    detail: str
    party: str = ""


# Events.


class SlipPlaced(Event, frozen=True):
    """The slip is before the market."""

    slip: Slip


class SlipClosed(Event, frozen=True):
    """The slip was not taken up."""

    slip_id: str
    cause: str


class SlipLapsed(Event, frozen=True):
    """The slip was not bound in time."""

    slip_id: str
    lapses_on: datetime.date


# Decisions.


def place_slip(room: "Reinsurance", rules: RuleBook, command: PlaceSlip, stamp: Stamp) -> Decision:
    """Accept a complete slip of an admitted broker for an admitted cedent.

    Rule: Market Reform Contract guide 2.1 (six sections, ISO currency, nothing to be agreed); huangpu policies 43, 44 and 56.
    Rejects: IDENTIFIER_MALFORMED, CURRENCY_UNKNOWN, AMOUNT_NOT_POSITIVE, AMOUNT_TOO_LARGE, FIELD_OUT_OF_RANGE,
    MEMBERSHIP_MISSING, INSTITUTION_KIND_WRONG, SLIP_KNOWN, PERIOD_WRONG, TERMS_INCOMPLETE, CONTRACT_UNKNOWN.
    """
    refused = (
        _number_refusal(rules, command, stamp)
        or act_refusal(room, rules, stamp.institution, Act.PLACE, stamp.date)
        or act_refusal(room, rules, command.cedent, Act.CEDE, stamp.date)
        or _market_refusal(room, rules, command, stamp)
        or _form_refusal(room, rules, command, stamp)
    )
    if refused is not None:
        return refused
    # A row that reaches beyond the calendar lets a slip stay open to its end.
    left = (datetime.date.max - stamp.date).days
    open_days = min(rules["reinsurance.slip.open_days_max"].at(stamp.date).integer, left)
    slip = Slip(
        broker=stamp.institution,
        offer=command,
        placed_at_us=stamp.at_us,
        lapses_on=stamp.date + datetime.timedelta(days=open_days),
    )
    return [SlipPlaced(slip=slip)]


def _number_refusal(rules: RuleBook, command: PlaceSlip, stamp: Stamp) -> Rejected | None:
    if not is_code(command.slip_id):
        detail = f"slip id {command.slip_id!r}: 1 to 64 letters, digits and ._:/-"
        return Rejected(Reason.IDENTIFIER_MALFORMED, detail, clauses.SLIP_FORM)
    if command.currency not in CURRENCY_DIGITS:
        return Rejected(Reason.CURRENCY_UNKNOWN, command.currency, clauses.SLIP_FORM)
    if command.estimated_premium_minor < 1:
        detail = f"estimated premium {command.estimated_premium_minor} minor units, at least 1"
        return Rejected(Reason.AMOUNT_NOT_POSITIVE, detail, clauses.SLIP_FORM)
    for name in ("estimated_premium_minor", "max_cession_minor", "event_limit_minor"):
        if getattr(command, name) > AMOUNT_MAX:
            detail = f"{name} {getattr(command, name)} minor units, at most {AMOUNT_MAX}"
            return Rejected(Reason.AMOUNT_TOO_LARGE, detail, clauses.SLIP_FORM)
    minimum = rules["reinsurance.order_micro_percent_min"].at(stamp.date)
    deductions = WHOLE - max(command.brokerage_micro_percent, 0)
    ranges = (
        ("max_cession_minor", 0, AMOUNT_MAX),
        ("event_limit_minor", 0, AMOUNT_MAX),
        ("cession_micro_percent", 1, WHOLE),
        ("brokerage_micro_percent", 0, WHOLE),
        ("commission_micro_percent", 0, deductions),
        ("order_micro_percent", max(minimum.integer, 1), WHOLE),
    )
    for name, low, high in ranges:
        value = getattr(command, name)
        if not low <= value <= high:
            detail = f"{name} {value}, from {low} to {high}"
            if name == "order_micro_percent":
                return clauses.by_row(Reason.FIELD_OUT_OF_RANGE, detail, minimum)
            return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, clauses.SLIP_FORM)
    return None


def _market_refusal(
    room: "Reinsurance", rules: RuleBook, command: PlaceSlip, stamp: Stamp
) -> Rejected | None:
    if command.slip_id in room.books.slips:
        return Rejected(Reason.SLIP_KNOWN, command.slip_id, clauses.SLIP_FORM)
    for market in command.markets:
        if market not in room.books.members:
            detail = f"market {market} is not admitted"
            return Rejected(Reason.MEMBERSHIP_MISSING, detail, clauses.MARKETS)
    if command.retroceded_contract and command.retroceded_contract not in room.books.contracts:
        detail = f"retroceded contract {command.retroceded_contract}"
        return Rejected(Reason.CONTRACT_UNKNOWN, detail, clauses.SLIP_FORM)
    if command.contract_type not in PLACEABLE:
        detail = f"type {command.contract_type}, one of {', '.join(sorted(PLACEABLE))}"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, clauses.TYPES)
    classes = rules["reinsurance.classes"].at(stamp.date)
    if command.class_of_business not in classes.texts:
        detail = f"class {command.class_of_business!r}, one of {', '.join(classes.texts)}"
        return clauses.by_row(Reason.FIELD_OUT_OF_RANGE, detail, classes)
    return None


def _form_refusal(
    room: "Reinsurance", rules: RuleBook, command: PlaceSlip, stamp: Stamp
) -> Rejected | None:
    longest = rules["reinsurance.slip.period_days_max"].at(stamp.date)
    days = (command.period_to - command.period_from).days + 1
    if not 0 < days <= longest.integer or command.period_to < stamp.date:
        detail = (
            f"{command.period_from} to {command.period_to}, {days} days, "
            f"from 1 to {longest.integer} and not over on {stamp.date}"
        )
        return clauses.by_row(Reason.PERIOD_WRONG, detail, longest)
    ahead_max = rules["reinsurance.slip.period_ahead_days_max"].at(stamp.date)
    ahead = (command.period_from - stamp.date).days
    if ahead > ahead_max.integer:
        detail = f"{command.period_from} is {ahead} days ahead, at most {ahead_max.integer}"
        return clauses.by_row(Reason.PERIOD_WRONG, detail, ahead_max)
    required = rules["reinsurance.slip.required_headings"].at(stamp.date)
    empty = first_empty(command.sections, required.texts)
    if empty:
        return clauses.by_row(Reason.TERMS_INCOMPLETE, f"{empty} is empty", required)
    forbidden = rules["reinsurance.slip.forbidden_words"].at(stamp.date)
    left_open = first_forbidden(command.sections, forbidden.texts)
    if left_open is not None:
        detail = f"{left_open[0]} says {left_open[1]}"
        return clauses.by_row(Reason.TERMS_INCOMPLETE, detail, forbidden)
    return None


def close_slip(room: "Reinsurance", rules: RuleBook, command: CloseSlip, stamp: Stamp) -> Decision:
    """End a slip of the broker's own that is not bound.

    Rule: domain note B2, side states; huangpu policy 54.
    Rejects: SLIP_UNKNOWN, NOT_YOUR_INSTITUTION, SLIP_STATE_WRONG.
    """
    slip = room.books.slips.get(command.slip_id)
    refused = own_refusal(slip, command.slip_id, stamp.institution, Act.PLACE)
    if refused is not None:
        return refused
    assert slip is not None
    if slip.state in ENDED:
        return state_refusal(slip, "any state before it ended")
    return [SlipClosed(slip_id=slip.id, cause=command.cause)]


def lapsed(room: "Reinsurance", stamp: Stamp) -> list[Event]:
    """List the slips whose last day is over; asked at every tick, so only due days are looked at."""
    events: list[Event] = []
    for date in sorted(day for day in room.lapsing if day < stamp.date):
        for slip_id in room.lapsing[date]:
            events.append(SlipLapsed(slip_id=slip_id, lapses_on=date))
    return events


# Questions that the later steps ask too.


def own_refusal(slip: Slip | None, slip_id: str, institution: str, act: Act) -> Rejected | None:
    """Refuse a slip that is not there, or that the institution neither places nor cedes.

    Rejects: SLIP_UNKNOWN, NOT_YOUR_INSTITUTION.
    """
    if slip is None:
        return Rejected(Reason.SLIP_UNKNOWN, slip_id, clauses.SLIP_FORM)
    owner = slip.offer.cedent if act is Act.CEDE else slip.broker
    if institution != owner:
        word = "cedent" if act is Act.CEDE else "broker"
        detail = f"{word} of {slip.id} is {owner}, asked by {institution}"
        return Rejected(Reason.NOT_YOUR_INSTITUTION, detail, clauses.SLIP_FORM)
    return None


def state_refusal(slip: Slip, wanted: str) -> Rejected:
    """Refuse a step that the slip's state does not allow."""
    detail = f"{slip.id} is {slip.state}, needed {wanted}"
    return Rejected(Reason.SLIP_STATE_WRONG, detail, clauses.SLIP_FORM)


def market_refusal(
    room: "Reinsurance", rules: RuleBook, slip_id: str, act: Act, stamp: Stamp
) -> Rejected | None:
    """Refuse a reinsurer that may not act, or that the slip was not shown to.

    Rejects: MEMBERSHIP_MISSING, INSTITUTION_KIND_WRONG, SEAT_MISSING, SLIP_UNKNOWN, MARKET_NOT_ASKED.
    """
    refused = act_refusal(room, rules, stamp.institution, act, stamp.date)
    if refused is not None:
        return refused
    slip = room.books.slips.get(slip_id)
    if slip is None:
        return Rejected(Reason.SLIP_UNKNOWN, slip_id, clauses.SLIP_FORM)
    own = stamp.institution in (slip.broker, slip.offer.cedent)
    if own or (slip.offer.markets and stamp.institution not in slip.offer.markets):
        word = "places or cedes it" if own else "is not among the markets asked"
        detail = f"{slip_id}: {stamp.institution} {word}"
        return Rejected(Reason.MARKET_NOT_ASKED, detail, clauses.MARKETS)
    return None


def terms_text(slip: Slip) -> str:
    """Say a slip's terms in one line, for its history."""
    offer = slip.offer
    return (
        f"{offer.contract_type} {percent_text(offer.cession_micro_percent)}, "
        f"order {percent_text(offer.order_micro_percent)}, "
        f"{offer.period_from} to {offer.period_to}"
    )


# Appliers.


def apply_placed(room: "Reinsurance", event: SlipPlaced, stamp: Stamp) -> None:
    """Enter the slip."""
    slip = event.slip
    assert slip.id not in room.books.slips
    room.books.slips[slip.id] = slip
    room.lapsing.setdefault(slip.lapses_on, {})[slip.id] = None
    room.note(slip.id, stamp, "SUBMITTED", terms_text(slip))


def apply_closed(room: "Reinsurance", event: SlipClosed, stamp: Stamp) -> None:
    """End the slip."""
    room.move(event.slip_id, SlipState.NOT_TAKEN_UP, ended_cause=event.cause)
    room.note(event.slip_id, stamp, "NOT_TAKEN_UP", event.cause)


def apply_lapsed(room: "Reinsurance", event: SlipLapsed, stamp: Stamp) -> None:
    """End the slip."""
    cause = f"not bound by {event.lapses_on}"
    room.move(event.slip_id, SlipState.LAPSED, ended_cause=cause)
    room.note(event.slip_id, stamp, "LAPSED", cause)
