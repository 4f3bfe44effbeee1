"""Who takes part: admission with trading permission, seats of overseas reinsurers, settlement accounts.

An admission and a seat are two grants. A seat is for an overseas reinsurer without a mainland licence: a desk and a login with a
validity. Acts (cede, place, quote, write, signal) follow from the institution's kind by dated rows. Leaves out: seat fees and
guarantees, which no public page states.
"""

import datetime
import enum
from typing import TYPE_CHECKING

import msgspec

from huangpu.core.identifiers import is_code
from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import CURRENCY_DIGITS
from huangpu.registry.cash_accounts import AccountStatus, CashAccount
from huangpu.venues.reinsurance import clauses

if TYPE_CHECKING:
    from huangpu.venues.reinsurance.books import Reinsurance


class Act(enum.StrEnum):
    """What a member may do on the exchange."""

    CEDE = "CEDE"
    PLACE = "PLACE"
    QUOTE = "QUOTE"
    WRITE = "WRITE"
    SIGNAL = "SIGNAL"


# Commands.


class AdmitMember(Command, frozen=True):
    """Register an institution on the exchange, with or without trading permission (注册开通交易权限).

    `licence` is the mainland licence of an overseas institution, empty where it has none.
    """

    institution_id: str
    trading: bool = True
    licence: str = ""


class GrantSeat(Command, frozen=True):
    """Give an overseas reinsurer a trading seat (交易席位), or renew it."""

    institution_id: str
    desk: str
    valid_from: datetime.date
    valid_until: datetime.date


class NameSettlementAccount(Command, frozen=True):
    """Name the member's own free trade account that premium in one currency settles over."""

    currency: str
    account_id: str


# Events and state.


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One institution on the exchange."""

    institution: str
    trading: bool
    licence: str
    admitted_at_us: int


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """The seat of one overseas reinsurer; both dates are included."""

    institution: str
    desk: str
    valid_from: datetime.date
    valid_until: datetime.date

    def valid_on(self, date: datetime.date) -> bool:
        """Tell whether the seat may be used on a date."""
        return self.valid_from <= date <= self.valid_until


class MemberAdmitted(Event, frozen=True):
    """The institution is on the exchange, or its permission or licence changed."""

    member: Member


class SeatGranted(Event, frozen=True):
    """The seat holds from now on as stated."""

    seat: Seat


class SettlementAccountNamed(Event, frozen=True):
    """Premium of the institution in this currency settles over this account."""

    institution: str
    currency: str
    account_id: str


# Decisions.


def admit_member(
    room: "Reinsurance", rules: RuleBook, command: AdmitMember, stamp: Stamp
) -> Decision:
    """Admit an institution of an admitted kind, once; a second command changes permission or licence.

    Rule: SIRE international board rules (registration with trading permission); huangpu policy 40.
    Rejects: INSTITUTION_UNKNOWN, INSTITUTION_KIND_WRONG, MEMBERSHIP_KNOWN.
    """
    found = room.registry.institutions.get(command.institution_id)
    if found is None:
        return Rejected(Reason.INSTITUTION_UNKNOWN, command.institution_id, clauses.MEMBERSHIP)
    kinds = rules["reinsurance.admitted_kinds"].at(stamp.date)
    if found.kind not in kinds.texts:
        detail = f"{found.id} is {found.kind}; admitted are {', '.join(kinds.texts)}"
        return clauses.by_row(Reason.INSTITUTION_KIND_WRONG, detail, kinds)
    known = room.books.members.get(found.id)
    if known is not None and (known.trading, known.licence) == (command.trading, command.licence):
        detail = f"{found.id} is a member, trading {known.trading}, licence {known.licence!r}"
        return Rejected(Reason.MEMBERSHIP_KNOWN, detail, clauses.MEMBERSHIP)
    member = Member(
        institution=found.id,
        trading=command.trading,
        licence=command.licence,
        admitted_at_us=stamp.at_us if known is None else known.admitted_at_us,
    )
    return [MemberAdmitted(member=member)]


def grant_seat(room: "Reinsurance", rules: RuleBook, command: GrantSeat, stamp: Stamp) -> Decision:
    """Grant a seat to an overseas reinsurer without a mainland licence.

    Rule: trading seats (`reinsurance.seat_kinds`); huangpu policy 41.
    Rejects: MEMBERSHIP_MISSING, SEAT_NOT_APPLICABLE, IDENTIFIER_MALFORMED, PERIOD_WRONG.
    """
    member = room.books.members.get(command.institution_id)
    if member is None:
        detail = f"{command.institution_id} is not admitted"
        return Rejected(Reason.MEMBERSHIP_MISSING, detail, clauses.MEMBERSHIP)
    found = room.registry.institutions[member.institution]
    kinds = rules["reinsurance.seat_kinds"].at(stamp.date)
    if found.domestic or member.licence or found.kind not in kinds.texts:
        detail = (
            f"{found.id}: {found.kind}, domicile {found.domicile}, licence {member.licence!r}; "
            f"seats are for overseas {', '.join(kinds.texts)} without a mainland licence"
        )
        return clauses.by_row(Reason.SEAT_NOT_APPLICABLE, detail, kinds)
    if not is_code(command.desk):
        return Rejected(Reason.IDENTIFIER_MALFORMED, f"desk {command.desk!r}", clauses.SEATS)
    if not command.valid_from <= command.valid_until or command.valid_until < stamp.date:
        detail = f"{command.valid_from} to {command.valid_until}, today is {stamp.date}"
        return Rejected(Reason.PERIOD_WRONG, detail, clauses.SEATS)
    seat = Seat(
        institution=found.id,
        desk=command.desk,
        valid_from=command.valid_from,
        valid_until=command.valid_until,
    )
    return [SeatGranted(seat=seat)]


def name_settlement_account(
    room: "Reinsurance", rules: RuleBook, command: NameSettlementAccount, stamp: Stamp
) -> Decision:
    """Name one of the member's own open free trade accounts for a currency.

    Rule: `reinsurance.settlement_account_classes`; huangpu policy 42.
    Rejects: CURRENCY_UNKNOWN, MEMBERSHIP_MISSING, then whatever `account_refusal` names.
    """
    if command.currency not in CURRENCY_DIGITS:
        return Rejected(Reason.CURRENCY_UNKNOWN, command.currency, clauses.SETTLEMENT_ACCOUNTS)
    if stamp.institution not in room.books.members:
        detail = f"{stamp.institution} is not admitted"
        return Rejected(Reason.MEMBERSHIP_MISSING, detail, clauses.MEMBERSHIP)
    holder = stamp.institution
    refused = account_refusal(room, rules, holder, command.account_id, command.currency, stamp.date)
    if refused is not None:
        return refused
    named = SettlementAccountNamed(
        institution=holder, currency=command.currency, account_id=command.account_id
    )
    return [named]


def account_refusal(
    room: "Reinsurance",
    rules: RuleBook,
    holder: str,
    account_id: str,
    currency: str,
    date: datetime.date,
) -> Rejected | None:
    """Refuse an account that may not settle premium of `holder` in a currency.

    Rejects: ACCOUNT_UNKNOWN, ACCOUNT_NOT_OWNED, ACCOUNT_CLASS_FORBIDDEN, ACCOUNT_CURRENCY_WRONG, ACCOUNT_CLOSED,
    ACCOUNT_BLOCKED.
    """
    cite = clauses.SETTLEMENT_ACCOUNTS
    account = room.registry.cash_accounts.get(account_id)
    if account is None:
        return Rejected(Reason.ACCOUNT_UNKNOWN, account_id, cite)
    if account.holder != holder:
        detail = f"{account_id} is held by {account.holder}, not by {holder}"
        return Rejected(Reason.ACCOUNT_NOT_OWNED, detail, cite)
    classes = rules["reinsurance.settlement_account_classes"].at(date)
    if account.account_class not in classes.texts:
        detail = f"{account_id} is {account.account_class}; {', '.join(classes.texts)} may settle"
        return clauses.by_row(Reason.ACCOUNT_CLASS_FORBIDDEN, detail, classes)
    if currency not in account.currencies:
        detail = f"{account_id} holds {', '.join(account.currencies)}, not {currency}"
        return Rejected(Reason.ACCOUNT_CURRENCY_WRONG, detail, cite)
    return _status_refusal(account)


def _status_refusal(account: CashAccount) -> Rejected | None:
    cite = clauses.SETTLEMENT_ACCOUNTS
    if account.status is AccountStatus.CLOSED:
        return Rejected(Reason.ACCOUNT_CLOSED, account.id, cite)
    if account.status is AccountStatus.BLOCKED:
        return Rejected(Reason.ACCOUNT_BLOCKED, account.id, cite)
    return None


def act_refusal(
    room: "Reinsurance", rules: RuleBook, institution: str, act: Act, date: datetime.date
) -> Rejected | None:
    """Refuse an institution that may not do this act on a date.

    Rule: registration with trading permission, acts by kind, and a valid seat where an overseas reinsurer has no mainland
    licence.
    Rejects: MEMBERSHIP_MISSING, INSTITUTION_KIND_WRONG, SEAT_MISSING.
    """
    member = room.books.members.get(institution)
    if member is None or not member.trading:
        word = "is not admitted" if member is None else "is registered without trading permission"
        return Rejected(Reason.MEMBERSHIP_MISSING, f"{institution} {word}", clauses.MEMBERSHIP)
    found = room.registry.institutions[institution]
    rule = rules.find(f"reinsurance.acts.{found.kind}")
    if rule is None:
        detail = f"{institution} is {found.kind}, which has no act here"
        return Rejected(Reason.INSTITUTION_KIND_WRONG, detail, clauses.MEMBERSHIP)
    acts = rule.at(date)
    if act is not Act.SIGNAL and act not in acts.texts:
        detail = f"{institution} is {found.kind}, which may {', '.join(acts.texts)}; asked {act}"
        return clauses.by_row(Reason.INSTITUTION_KIND_WRONG, detail, acts)
    needed = rules["reinsurance.seat_needed_for"].at(date)
    seat_kinds = rules["reinsurance.seat_kinds"].at(date).texts
    if found.domestic or member.licence or found.kind not in seat_kinds:
        return None
    if act not in needed.texts:
        return None
    seat = room.books.seats.get(institution)
    if seat is not None and seat.valid_on(date):
        return None
    held = "no seat" if seat is None else f"seat from {seat.valid_from} to {seat.valid_until}"
    detail = f"{institution}, domicile {found.domicile}, no mainland licence: {held} on {date}"
    return clauses.by_row(Reason.SEAT_MISSING, detail, needed)


# Appliers.


def apply_admitted(room: "Reinsurance", event: MemberAdmitted, stamp: Stamp) -> None:
    """Enter the member, or its changed grant."""
    room.books.members[event.member.institution] = event.member


def apply_seat(room: "Reinsurance", event: SeatGranted, stamp: Stamp) -> None:
    """Keep the seat; a renewal takes the place of the earlier one."""
    assert event.seat.institution in room.books.members
    room.books.seats[event.seat.institution] = event.seat


def apply_account_named(room: "Reinsurance", event: SettlementAccountNamed, stamp: Stamp) -> None:
    """Remember the account."""
    room.books.settlement_accounts[f"{event.institution}/{event.currency}"] = event.account_id
