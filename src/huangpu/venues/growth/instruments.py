"""Reference data of the tier's shares: codes, names, listing date, shares issued, marks, and the price they were last closed at.

Listing opens the account that mirrors the issue in the clearing unit: it bounds the shares in circulation by the shares issued. A
share trades from the first trading day that opens after it was listed here, and not before its listing date.
"""

import datetime
import re
from typing import TYPE_CHECKING

import msgspec

from huangpu.core import identifiers
from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.ledger.accounts import Account, Side
from huangpu.ledger.events import AccountOpened
from huangpu.venues.growth.tier import Membership, label_of, membership_of, suffix_of

if TYPE_CHECKING:
    from huangpu.venues.growth.state import Growth

UNIT = "GROWTH"
CURRENCY = "CNY"
CASH_MIRROR = f"ISSUED-{UNIT}/{CURRENCY}"
SHARES_ISSUED_MAX = 10**12
_CODE = re.compile(r"[0-9]{6}")


class ListInstrument(Command, frozen=True):
    """Enter a share of the tier, with the price its first limit day is measured from.

    Units: shares_issued in shares; previous_close_fen in fen a share.
    """

    code: str
    name: str
    name_zh: str
    listing_date: datetime.date
    shares_issued: int
    previous_close_fen: int
    isin: str = ""
    weighted_votes: bool = False


class Instrument(msgspec.Struct, frozen=True, kw_only=True):
    """One share of the tier.

    Units: shares_issued in shares.
    """

    code: str
    name: str
    name_zh: str
    listing_date: datetime.date
    shares_issued: int
    isin: str
    weighted_votes: bool
    membership: Membership
    label: str
    suffix: str

    @property
    def short_name(self) -> str:
        """Return the Chinese short name with its suffix, such as 寒武纪-U."""
        return f"{self.name_zh}-{self.suffix}"


class InstrumentListed(Event, frozen=True):
    """The share is in the reference data."""

    instrument: Instrument
    previous_close_fen: int


def shares_mirror(code: str) -> str:
    """Return the code of the ledger account that mirrors an issue."""
    return f"ISSUED-{UNIT}/{code}"


def list_instrument(
    room: "Growth", rules: RuleBook, command: ListInstrument, stamp: Stamp
) -> Decision:
    """List a share and give it its marks.

    Rule: GT-5, MK-1, MK-2; huangpu policy 66 (what reference data must hold).
    Rejects: INSTRUMENT_KNOWN, FIELD_OUT_OF_RANGE, IDENTIFIER_MALFORMED.
    """
    if command.code in room.books.instruments:
        return Rejected(Reason.INSTRUMENT_KNOWN, command.code, "huangpu policy 66")
    refused = _malformed(rules, command, stamp)
    if refused is not None:
        return refused
    membership = membership_of(rules, command.listing_date, stamp.date)
    instrument = Instrument(
        code=command.code,
        name=command.name,
        name_zh=command.name_zh,
        listing_date=command.listing_date,
        shares_issued=command.shares_issued,
        isin=command.isin,
        weighted_votes=command.weighted_votes,
        membership=membership,
        label=label_of(rules, membership, stamp.date),
        suffix=suffix_of(rules, command.weighted_votes, stamp.date),
    )
    issue = mirror_account(shares_mirror(command.code), command.code, -command.shares_issued)
    listed = InstrumentListed(instrument=instrument, previous_close_fen=command.previous_close_fen)
    return [AccountOpened(account=issue), listed]


def _malformed(rules: RuleBook, command: ListInstrument, stamp: Stamp) -> Rejected | None:
    cite = "huangpu policy 66"
    highest = rules["instrument.previous_close_fen_max"].at(stamp.date)
    if not _CODE.fullmatch(command.code):
        detail = f"code {command.code!r}, six digits"
        return Rejected(Reason.IDENTIFIER_MALFORMED, detail, cite)
    if command.isin and not identifiers.is_isin(command.isin):
        detail = f"ISIN {command.isin!r}: 12 characters, check digit ISO 6166"
        return Rejected(Reason.IDENTIFIER_MALFORMED, detail, cite)
    if not command.name or not command.name_zh:
        return Rejected(Reason.FIELD_OUT_OF_RANGE, "a name is empty; both are needed", cite)
    if not 0 < command.shares_issued <= SHARES_ISSUED_MAX:
        detail = f"{command.shares_issued} shares issued, 1 to {SHARES_ISSUED_MAX}"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, cite)
    if not 0 < command.previous_close_fen <= highest.integer:
        detail = f"previous close {command.previous_close_fen} fen, 1 to {highest.integer}"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, highest.cite, rule=highest.rule)
    return None


def mirror_account(code: str, asset: str, booked_min: int | None) -> Account:
    """Describe the account opposite to all holdings of an asset in the clearing unit: minus their sum."""
    return Account(
        code=code,
        holder=UNIT,
        asset=asset,
        unit=UNIT,
        kind="ISSUED",
        normal=Side.DEBIT,
        booked_min=booked_min,
    )


def apply_listed(room: "Growth", event: InstrumentListed, stamp: Stamp) -> None:
    """Enter the share."""
    code = event.instrument.code
    assert code not in room.books.instruments
    room.books.instruments[code] = event.instrument
    room.books.closes_fen[code] = event.previous_close_fen
