"""What people and programs read of the exchange, each institution only what it is a party to.

`institution=None` reads everything (operator, supervisor). Quotes and lines of other markets are shown to broker and cedent only; once a slip is
signed, its shares are shown to all who signed. Lists come newest first; `after` is the id of the last row seen. Bills are in `bills.py`.
"""

import datetime
from collections.abc import Iterator
from typing import TypeVar

import msgspec

from huangpu.core.calendar import date_of
from huangpu.registry import Registry
from huangpu.venues.reinsurance.books import Reinsurance
from huangpu.venues.reinsurance.desks import Capacity
from huangpu.venues.reinsurance.placement.binding import Contract, Direction
from huangpu.venues.reinsurance.placement.lines import Line
from huangpu.venues.reinsurance.placement.quoting import Quote
from huangpu.venues.reinsurance.placement.slip import SignedLine, Slip, SlipState, Transition

T = TypeVar("T")
LIMIT = 50


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """An institution as it is shown: id and both names."""

    id: str
    name: str
    name_zh: str


class SlipRow(msgspec.Struct, frozen=True, kw_only=True):
    """One slip in a list.

    Units: amounts in minor units of `currency`; shares in micro-percent. Counts and sums of lines are None for whom lines are hidden.
    """

    id: str
    state: SlipState
    broker: Party
    cedent: Party
    contract_type: str
    method: str
    class_of_business: str
    currency: str
    estimated_premium_minor: int
    cession_micro_percent: int
    order_micro_percent: int
    period_from: datetime.date
    period_to: datetime.date
    placed_at_us: int
    lapses_on: datetime.date
    leader: str
    quotes: int | None
    lines: int | None
    written_of_order: int | None
    signed_of_order: int
    trade_code: str


class SlipView(msgspec.Struct, frozen=True, kw_only=True):
    """One slip with everything of it that the reader may see."""

    slip: Slip
    row: SlipRow
    quotes: list[Quote]
    lines: list[Line]
    signed: list[SignedLine]
    declines: dict[str, str]
    history: list[Transition]


class ShareRow(msgspec.Struct, frozen=True, kw_only=True):
    """One share of a contract.

    Units: micro-percent.
    """

    reinsurer: Party
    domestic: bool
    signed_of_order: int
    signed_of_whole: int
    direction: Direction


class ContractRow(msgspec.Struct, frozen=True, kw_only=True):
    """One contract with its shares."""

    contract: Contract
    broker: Party
    cedent: Party
    shares: list[ShareRow]
    account_id: str
    account_status: str


class MemberRow(msgspec.Struct, frozen=True, kw_only=True):
    """One institution with access, and its seat if it has one."""

    institution: Party
    kind: str
    domicile: str
    domestic: bool
    trading: bool
    licence: str
    admitted_at_us: int
    desk: str
    seat_from: datetime.date | None
    seat_until: datetime.date | None
    seat_valid: bool
    settlement_currencies: list[str]


class DeskRow(msgspec.Struct, frozen=True, kw_only=True):
    """One desk that is lit.

    Units: capacity_minor in minor units of `currency`.
    """

    institution: Party
    desk: str
    class_of_business: str
    side: Capacity
    currency: str
    capacity_minor: int
    lit_at_us: int
    expires_at_us: int


def party(registry: Registry, institution: str) -> Party:
    """Name an institution in both languages."""
    found = registry.institutions[institution]
    return Party(id=found.id, name=found.name, name_zh=found.name_zh)


def newest_first(rows: dict[str, T], after: str | None) -> Iterator[T]:
    """Walk a dict of rows from the newest, starting behind `after`."""
    seen = after is None
    for key in reversed(rows):
        if seen:
            yield rows[key]
        seen = seen or key == after


# Slips.


def sees_all_of(slip: Slip, institution: str | None) -> bool:
    """Tell whether the reader sees every quote and line of a slip."""
    return institution is None or institution in (slip.broker, slip.offer.cedent)


def sees_slip(room: Reinsurance, slip: Slip, institution: str | None) -> bool:
    """Tell whether a slip is shown: to its parties, to the markets asked, to the whole market where none was named.

    Reading: a slip that ended is shown only to those who took part.
    """
    if institution is None or sees_all_of(slip, institution):
        return True
    if institution in room.books.lines.get(slip.id, {}):
        return True
    if institution in room.books.quotes.get(slip.id, {}):
        return True
    if slip.state in (SlipState.SIGNED, SlipState.BOUND, SlipState.NOT_TAKEN_UP, SlipState.LAPSED):
        return False
    if slip.offer.markets:
        return institution in slip.offer.markets
    member = room.books.members.get(institution)
    return member is not None and member.trading


def slips(
    room: Reinsurance,
    institution: str | None,
    *,
    state: SlipState | None = None,
    limit: int = LIMIT,
    after: str | None = None,
) -> list[SlipRow]:
    """List the slips the reader may see, newest first."""
    found: list[SlipRow] = []
    for slip in newest_first(room.books.slips, after):
        if len(found) == limit:
            break
        if (state is None or slip.state is state) and sees_slip(room, slip, institution):
            found.append(slip_row(room, institution, slip))
    return found


def slip(room: Reinsurance, institution: str | None, slip_id: str) -> SlipView | None:
    """Show one slip, or None where it is not there or not for the reader."""
    found = room.books.slips.get(slip_id)
    if found is None or not sees_slip(room, found, institution):
        return None
    whole = sees_all_of(found, institution)
    quotes = room.books.quotes.get(slip_id, {})
    lines = room.books.lines.get(slip_id, {})
    signer = any(line.reinsurer == institution for line in found.signed)
    shown = found
    if not whole:
        offer = msgspec.structs.replace(found.offer, markets=[])
        shown = msgspec.structs.replace(found, offer=offer)
        if not signer:
            shown = msgspec.structs.replace(shown, signed=[], warnings=[])
    declines = room.books.declines.get(slip_id, {})
    history = room.books.histories[slip_id]
    return SlipView(
        slip=shown,
        row=slip_row(room, institution, found),
        quotes=[q for q in quotes.values() if whole or q.reinsurer == institution],
        lines=[line for line in lines.values() if whole or line.reinsurer == institution],
        signed=shown.signed,
        declines={k: v for k, v in declines.items() if whole or k == institution},
        history=[step for step in history if whole or step.party in ("", institution)],
    )


def slip_row(room: Reinsurance, institution: str | None, found: Slip) -> SlipRow:
    """Show one slip as a row."""
    offer = found.offer
    whole = sees_all_of(found, institution)
    lines = room.books.lines.get(found.id, {})
    return SlipRow(
        id=found.id,
        state=found.state,
        broker=party(room.registry, found.broker),
        cedent=party(room.registry, offer.cedent),
        contract_type=offer.contract_type,
        method=offer.method,
        class_of_business=offer.class_of_business,
        currency=offer.currency,
        estimated_premium_minor=offer.estimated_premium_minor,
        cession_micro_percent=offer.cession_micro_percent,
        order_micro_percent=offer.order_micro_percent,
        period_from=offer.period_from,
        period_to=offer.period_to,
        placed_at_us=found.placed_at_us,
        lapses_on=found.lapses_on,
        leader="" if found.firm_order is None else found.firm_order.leader,
        quotes=len(room.books.quotes.get(found.id, {})) if whole else None,
        lines=len(lines) if whole else None,
        written_of_order=sum(line.written_of_order for line in lines.values()) if whole else None,
        signed_of_order=found.signed_of_order,
        trade_code=found.trade_code,
    )


# Contracts.


def is_party(contract: Contract, institution: str | None) -> bool:
    """Tell whether the reader is on a contract."""
    return (
        institution is None
        or institution in (contract.broker, contract.cedent)
        or any(share.reinsurer == institution for share in contract.shares)
    )


def contracts(
    room: Reinsurance, institution: str | None, *, limit: int = LIMIT, after: str | None = None
) -> list[ContractRow]:
    """List the contracts the reader is on, newest first."""
    found: list[ContractRow] = []
    for item in newest_first(room.books.contracts, after):
        if len(found) == limit:
            break
        if is_party(item, institution):
            found.append(_contract_row(room, item))
    return found


def contract(room: Reinsurance, institution: str | None, trade_code: str) -> ContractRow | None:
    """Show one contract, or None where it is not there or not for the reader."""
    found = room.books.contracts.get(trade_code)
    if found is None or not is_party(found, institution):
        return None
    return _contract_row(room, found)


def _contract_row(room: Reinsurance, found: Contract) -> ContractRow:
    account = room.books.accounts[f"{found.trade_code}/A1"]
    institutions = room.registry.institutions
    return ContractRow(
        contract=found,
        broker=party(room.registry, found.broker),
        cedent=party(room.registry, found.cedent),
        shares=[
            ShareRow(
                reinsurer=party(room.registry, share.reinsurer),
                domestic=institutions[share.reinsurer].domestic,
                signed_of_order=share.signed_of_order,
                signed_of_whole=share.signed_of_whole,
                direction=share.direction,
            )
            for share in found.shares
        ],
        account_id=account.id,
        account_status=account.status,
    )


# Members and desks.


def members(
    room: Reinsurance,
    at_us: int,
    *,
    domestic: bool | None = None,
    limit: int = LIMIT,
    after: str | None = None,
) -> list[MemberRow]:
    """List the institutions with access, newest first; who has access is public."""
    found: list[MemberRow] = []
    for member in newest_first(room.books.members, after):
        if len(found) == limit:
            break
        row = member_row(room, member.institution, at_us)
        if domestic is None or row.domestic is domestic:
            found.append(row)
    return found


def member_row(room: Reinsurance, institution: str, at_us: int) -> MemberRow:
    """Show one member on the date of an instant."""
    member = room.books.members[institution]
    found = room.registry.institutions[institution]
    seat = room.books.seats.get(institution)
    named = (key.rsplit("/", 1) for key in room.books.settlement_accounts)
    return MemberRow(
        institution=party(room.registry, institution),
        kind=found.kind,
        domicile=found.domicile,
        domestic=found.domestic,
        trading=member.trading,
        licence=member.licence,
        admitted_at_us=member.admitted_at_us,
        desk="" if seat is None else seat.desk,
        seat_from=None if seat is None else seat.valid_from,
        seat_until=None if seat is None else seat.valid_until,
        seat_valid=seat is not None and seat.valid_on(date_of(at_us)),
        settlement_currencies=[currency for holder, currency in named if holder == institution],
    )


def desks(room: Reinsurance, at_us: int) -> list[DeskRow]:
    """List the desks that are lit at an instant; a lit desk is for all to see."""
    return [
        DeskRow(
            institution=party(room.registry, signal.institution),
            desk=room.books.seats[signal.institution].desk
            if signal.institution in room.books.seats
            else "",
            class_of_business=signal.class_of_business,
            side=signal.side,
            currency=signal.currency,
            capacity_minor=signal.capacity_minor,
            lit_at_us=signal.lit_at_us,
            expires_at_us=signal.expires_at_us,
        )
        for signal in reversed(list(room.books.desks.values()))
        if signal.lit_at_us <= at_us < signal.expires_at_us
    ]
