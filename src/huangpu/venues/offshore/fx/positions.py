"""Open positions: what each separate accounting unit has dealt net in a pair, how much it may, and by when it must be square.

A deal moves the position of its unit; a squaring with an overseas bank, or a deal with another unit in the zone, brings it back. A position that is
open after its deadline is told once (`PositionOverdue`).
"""

import datetime
from typing import Annotated

import msgspec

from huangpu.core.calendar import instant_us, next_business_day
from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import AMOUNT_MAX, money_text
from huangpu.ledger.events import LegsPosted
from huangpu.ledger.transfers import Leg
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore.fx.liquidity import (
    FX,
    funds_refusal,
    liquidity_account,
    pair_of,
    unit_of,
)
from huangpu.venues.offshore.fx.pairs import PAIRS, Amounts, Pair
from huangpu.venues.offshore.fx.state import FxSide, Position, Squaring, position_key
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.state import AMOUNT_ON_THE_WIRE, Offshore, nostro_code

ONSHORE = "P-09, positions are squared inside the zone or offshore, never onshore"
BUSINESS_DAYS_MAX = 30
"""No row can put a deadline further away."""
HOUR_MAX = 23

Number = Annotated[int, AMOUNT_ON_THE_WIRE]


class SquarePosition(Command, frozen=True):
    """Lessen the acting bank's open position by a deal with an overseas bank, at the amounts both have agreed.

    Units: minor units of the pair's currencies. The direction follows from the position.
    """

    pair: str
    base: Number
    counter: Number
    counterparty: str


class PositionSquared(Event, frozen=True):
    """The position is smaller by this deal."""

    squaring: Squaring
    position: Position


class PositionOverdue(Event, frozen=True):
    """The position was open at its deadline. Units: base in minor units, negative when the unit is short."""

    unit: str
    pair: str
    base: int
    due_us: int


def square_position(
    room: Offshore, rules: RuleBook, command: SquarePosition, stamp: Stamp
) -> Decision:
    """Deal with an overseas bank over the nostros, against the open position and not beyond it.

    Rule: P-09; domain note C7.
    Rejects: FX_PAIR_UNKNOWN, FIELD_OUT_OF_RANGE, INSTITUTION_UNKNOWN, FX_COUNTERPARTY_ONSHORE, INSTITUTION_KIND_WRONG,
    INSTITUTION_SUSPENDED, FX_POSITION_SMALLER, AGENT_UNKNOWN, FX_LIQUIDITY_SHORT, BALANCE_LIMIT_EXCEEDED, FX_POSITION_LIMIT.
    """
    pair = pair_of(rules, stamp, command.pair)
    if isinstance(pair, Rejected):
        return pair
    lowest, highest = min(command.base, command.counter), max(command.base, command.counter)
    if lowest <= 0 or highest > AMOUNT_MAX:
        detail = f"{command.base} against {command.counter} minor units, from 1 to {AMOUNT_MAX}"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, FX)
    refused = _counterparty_refusal(room, command.counterparty)
    if refused is not None:
        return refused
    unit = unit_of(stamp.institution)
    position = room.books.fx.positions.get(position_key(unit, pair.name))
    if position is None or command.base > abs(position.base):
        found = 0 if position is None else position.base
        detail = (
            f"{unit} is open by {money_text(found, pair.base)}, asked to square "
            f"{money_text(command.base, pair.base)}"
        )
        return Rejected(Reason.FX_POSITION_SMALLER, detail, FX)
    side = FxSide.BUY if position.base < 0 else FxSide.SELL
    legs = _legs(room, stamp.institution, pair, side, command)
    if isinstance(legs, Rejected):
        return legs
    # The bank deals for itself: whatever is short is its own liquidity, or its money at the correspondent.
    refused = funds_refusal(room, "", legs)
    if refused is not None:
        return refused
    sign = 1 if side is FxSide.BUY else -1
    after = moved(rules, stamp, position, Amounts(sign * command.base, -sign * command.counter))
    refused = limit_refusal(rules, stamp, position, after)
    if refused is not None:
        return refused
    squaring = Squaring(
        number=len(room.books.fx.squarings),
        seq=stamp.seq,
        at_us=stamp.at_us,
        bank=stamp.institution,
        unit=unit,
        pair=pair.name,
        side=side,
        base=command.base,
        counter=command.counter,
        counterparty=command.counterparty,
        person=stamp.person,
    )
    return [LegsPosted(legs=legs), PositionSquared(squaring=squaring, position=after)]


def moved(rules: RuleBook, stamp: Stamp, before: Position, amounts: Amounts) -> Position:
    """Return the position after a deal, and its deadline where it opens or changes its direction.

    Reading: adding to an open position keeps the earlier deadline, so that a deadline cannot be pushed out by dealing on.
    """
    base, counter = before.base + amounts.base, before.counter + amounts.counter
    if base == 0:
        return Position(unit=before.unit, pair=before.pair, result=before.result + counter)
    if before.base * base > 0:
        return msgspec.structs.replace(before, base=base, counter=counter)
    return Position(
        unit=before.unit,
        pair=before.pair,
        base=base,
        counter=counter,
        result=before.result,
        opened_us=stamp.at_us,
        due_us=_deadline(rules, stamp.date),
    )


def limit_refusal(
    rules: RuleBook, stamp: Stamp, before: Position, after: Position
) -> Rejected | None:
    """Refuse a deal that takes the open position beyond its limit; one that lessens it is always welcome.

    Rejects: FX_POSITION_LIMIT.
    """
    limit = rules[f"offshore.fx.position_max.{before.pair.replace('/', '_')}"].at(stamp.date)
    # What a journal can write bounds every row.
    widest = max(abs(after.base), abs(after.counter), abs(after.result))
    within = abs(after.base) <= min(limit.integer, AMOUNT_MAX)
    if widest <= AMOUNT_MAX and (within or abs(after.base) < abs(before.base)):
        return None
    allowed = money_text(limit.integer, PAIRS[before.pair].base)
    detail = f"{before.unit} in {before.pair}: the open position would be above {allowed}"
    return Rejected(Reason.FX_POSITION_LIMIT, detail, limit.cite, limit.rule)


def positions_due(draft: Draft) -> list[Event]:
    """Tell of each position that is open at its deadline, once."""
    return [
        PositionOverdue(
            unit=position.unit, pair=position.pair, base=position.base, due_us=position.due_us
        )
        for position in draft.room.books.fx.positions.values()
        if position.base != 0 and not position.overdue and draft.stamp.at_us >= position.due_us
    ]


def apply_squared(room: Offshore, event: PositionSquared, stamp: Stamp) -> None:
    """Write the squaring and keep the smaller position."""
    books = room.books.fx
    assert event.squaring.number == len(books.squarings)
    books.squarings.append(event.squaring)
    books.positions[position_key(event.position.unit, event.position.pair)] = event.position


def apply_overdue(room: Offshore, event: PositionOverdue, stamp: Stamp) -> None:
    """Mark the position as told."""
    positions = room.books.fx.positions
    key = position_key(event.unit, event.pair)
    positions[key] = msgspec.structs.replace(positions[key], overdue=True)


def _counterparty_refusal(room: Offshore, counterparty: str) -> Rejected | None:
    found = room.registry.institutions.get(counterparty)
    if found is None:
        return Rejected(Reason.INSTITUTION_UNKNOWN, counterparty, FX)
    if found.domestic:
        detail = f"{found.id} is a {found.kind} of {found.domicile}"
        return Rejected(Reason.FX_COUNTERPARTY_ONSHORE, detail, ONSHORE)
    if found.kind is not InstitutionKind.OVERSEAS_BANK:
        detail = f"{found.id} is a {found.kind}, needed an OVERSEAS_BANK"
        return Rejected(Reason.INSTITUTION_KIND_WRONG, detail, ONSHORE)
    if found.suspended:
        return Rejected(Reason.INSTITUTION_SUSPENDED, found.id, FX)
    return None


def _legs(
    room: Offshore, bank: str, pair: Pair, side: FxSide, command: SquarePosition
) -> list[Leg] | Rejected:
    """Route both legs between the bank's liquidity and its nostros at the counterparty.

    Rejects: AGENT_UNKNOWN, FX_LIQUIDITY_SHORT.
    """
    numbers = []
    for currency in (pair.base, pair.counter):
        code = nostro_code(bank, command.counterparty, currency)
        nostro = room.ledger.number(code)
        if nostro is None or code not in room.books.nostros:
            detail = f"{bank} has no account in {currency} at {command.counterparty}"
            return Rejected(Reason.AGENT_UNKNOWN, detail, FX)
        liquidity = liquidity_account(room, bank, currency)
        if isinstance(liquidity, Rejected):
            return liquidity
        numbers.append((nostro, liquidity))
    (base_nostro, base_pool), (counter_nostro, counter_pool) = numbers
    if side is FxSide.BUY:
        return [
            *room.ledger.route(counter_pool, counter_nostro, command.counter),
            *room.ledger.route(base_nostro, base_pool, command.base),
        ]
    return [
        *room.ledger.route(base_pool, base_nostro, command.base),
        *room.ledger.route(counter_nostro, counter_pool, command.counter),
    ]


def _deadline(rules: RuleBook, date: datetime.date) -> int:
    days = min(rules["offshore.fx.squaring.business_days"].at(date).integer, BUSINESS_DAYS_MAX)
    hour = min(rules["offshore.fx.squaring.hour"].at(date).integer, HOUR_MAX)
    day = date
    for _ in range(days):
        day = next_business_day(rules, day)
    return instant_us(day, hour)
