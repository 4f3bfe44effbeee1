"""Investors of the tier: who may trade, tested by their securities firm, and who has signed the risk statement.

No personal names: an investor is an id under a firm, a class, and the two figures of the STAR test. The risk statement is asked for
when an order arrives, because only then it is known whether the share is a new member of the tier.
"""

import datetime
import enum
from typing import TYPE_CHECKING

import msgspec

from huangpu.core import identifiers
from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import money_text
from huangpu.ledger.accounts import Account, Side
from huangpu.ledger.events import AccountOpened
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.growth.instruments import (
    CASH_MIRROR,
    CURRENCY,
    UNIT,
    Instrument,
    mirror_account,
)

if TYPE_CHECKING:
    from huangpu.venues.growth.state import Growth


class InvestorClass(enum.StrEnum):
    """What kind of investor this is."""

    INDIVIDUAL_ORDINARY = "INDIVIDUAL_ORDINARY"
    INDIVIDUAL_PROFESSIONAL = "INDIVIDUAL_PROFESSIONAL"
    INSTITUTION = "INSTITUTION"


class RegisterInvestor(Command, frozen=True):
    """Open the trading permission of an investor at the acting securities firm, and their cash account.

    Units: average_assets_fen in fen, daily average over the 20 trading days before; not read for institutions.
    """

    investor_id: str
    investor_class: InvestorClass
    average_assets_fen: int = 0
    months_of_trading: int = 0


class SignRiskStatement(Command, frozen=True):
    """Record that an investor has signed the growth-tier risk statement."""

    investor_id: str


class Investor(msgspec.Struct, frozen=True, kw_only=True):
    """One investor of one securities firm.

    Units: average_assets_fen in fen; cash_account is a ledger number.
    """

    id: str
    firm: str
    investor_class: InvestorClass
    average_assets_fen: int
    months_of_trading: int
    cash_account: int
    statement_signed: datetime.date | None = None


class InvestorRegistered(Event, frozen=True):
    """The investor may trade."""

    investor: Investor


class RiskStatementSigned(Event, frozen=True):
    """The investor has signed."""

    investor_id: str
    date: datetime.date


def account_code(investor_id: str, asset: str) -> str:
    """Return the code of the ledger account that holds one asset of an investor."""
    return f"{UNIT}-{investor_id}/{asset}"


def account_of(investor_id: str, firm: str, asset: str) -> Account:
    """Describe the ledger account that holds one asset of an investor: a claim under the firm, never below zero."""
    return Account(
        code=account_code(investor_id, asset),
        holder=firm,
        asset=asset,
        unit=UNIT,
        kind="CASH" if asset == CURRENCY else "SHARES",
        normal=Side.CREDIT,
    )


def register_investor(
    room: "Growth", rules: RuleBook, command: RegisterInvestor, stamp: Stamp
) -> Decision:
    """Register an investor who passes the STAR test.

    Rule: IS-1: individuals: average assets and months of trading at least the rows' values.
    Rejects: IDENTIFIER_MALFORMED, INSTITUTION_KIND_WRONG, INVESTOR_KNOWN, FIELD_OUT_OF_RANGE, INVESTOR_NOT_SUITABLE.
    """
    policy = "huangpu policy 67"
    if not identifiers.is_code(command.investor_id):
        detail = f"investor id {command.investor_id!r}: 1 to 64 letters, digits and ._:/-"
        return Rejected(Reason.IDENTIFIER_MALFORMED, detail, policy)
    firm = room.registry.institutions[stamp.institution]
    if firm.kind is not InstitutionKind.SECURITIES_FIRM:
        detail = f"{firm.id} is {firm.kind}, investors belong to a SECURITIES_FIRM"
        return Rejected(Reason.INSTITUTION_KIND_WRONG, detail, policy)
    if command.investor_id in room.books.investors:
        return Rejected(Reason.INVESTOR_KNOWN, command.investor_id, policy)
    if command.average_assets_fen < 0 or command.months_of_trading < 0:
        detail = f"{command.average_assets_fen} fen, {command.months_of_trading} months, from 0"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, policy)
    unsuitable = _unsuitable(rules, command, stamp.date)
    if unsuitable is not None:
        return unsuitable
    accounts = [account_of(command.investor_id, firm.id, CURRENCY)]
    if room.ledger.number(CASH_MIRROR) is None:
        accounts.insert(0, mirror_account(CASH_MIRROR, CURRENCY, None))
    investor = Investor(
        id=command.investor_id,
        firm=firm.id,
        investor_class=command.investor_class,
        average_assets_fen=command.average_assets_fen,
        months_of_trading=command.months_of_trading,
        cash_account=room.ledger.account_count() + len(accounts) - 1,
    )
    opened = [AccountOpened(account=account) for account in accounts]
    return [*opened, InvestorRegistered(investor=investor)]


def _unsuitable(rules: RuleBook, command: RegisterInvestor, date: datetime.date) -> Rejected | None:
    if command.investor_class not in rules["suitability.tested_classes"].at(date).texts:
        return None
    assets = rules["suitability.average_assets_fen_min"].at(date)
    if command.average_assets_fen < assets.integer:
        found = money_text(command.average_assets_fen, CURRENCY)
        limit = money_text(assets.integer, CURRENCY)
        detail = f"average assets {found}, minimum {limit}"
        return Rejected(Reason.INVESTOR_NOT_SUITABLE, detail, assets.cite, rule=assets.rule)
    months = rules["suitability.months_of_trading_min"].at(date)
    if command.months_of_trading < months.integer:
        detail = f"{command.months_of_trading} months of trading, minimum {months.integer}"
        return Rejected(Reason.INVESTOR_NOT_SUITABLE, detail, months.cite, rule=months.rule)
    return None


def sign_risk_statement(
    room: "Growth", rules: RuleBook, command: SignRiskStatement, stamp: Stamp
) -> Decision:
    """Record the signature; signing again renews the date.

    Rule: IS-2.
    Rejects: INVESTOR_UNKNOWN, NOT_YOUR_INSTITUTION.
    """
    investor = room.books.investors.get(command.investor_id)
    if investor is None:
        return Rejected(Reason.INVESTOR_UNKNOWN, command.investor_id, "huangpu policy 67")
    if investor.firm != stamp.institution:
        return not_yours(investor, stamp)
    return [RiskStatementSigned(investor_id=investor.id, date=stamp.date)]


def not_yours(investor: Investor, stamp: Stamp) -> Rejected:
    """Refuse a firm that acts for another firm's investor."""
    detail = f"investor {investor.id} is not with {stamp.institution}"
    return Rejected(Reason.NOT_YOUR_INSTITUTION, detail, "huangpu policy 67")


def statement_refusal(
    rules: RuleBook, investor: Investor, instrument: Instrument, date: datetime.date
) -> Rejected | None:
    """Refuse an investor who must sign the risk statement first.

    Rule: IS-2, IS-3: new member of the tier, ordinary investor, no statement.
    Rejects: RISK_STATEMENT_MISSING.
    """
    if investor.statement_signed is not None:
        return None
    memberships = rules["suitability.statement_memberships"].at(date)
    if instrument.membership not in memberships.texts:
        return None
    if investor.investor_class not in rules["suitability.statement_classes"].at(date).texts:
        return None
    detail = (
        f"{investor.id} is {investor.investor_class} without statement, "
        f"{instrument.code} is {instrument.membership} ({instrument.label})"
    )
    return Rejected(Reason.RISK_STATEMENT_MISSING, detail, memberships.cite, rule=memberships.rule)


def apply_registered(room: "Growth", event: InvestorRegistered, stamp: Stamp) -> None:
    """Enter the investor, whose cash account the same entry opened."""
    investor = event.investor
    assert investor.id not in room.books.investors
    assert room.ledger.number(account_code(investor.id, CURRENCY)) == investor.cash_account
    room.books.investors[investor.id] = investor


def apply_signed(room: "Growth", event: RiskStatementSigned, stamp: Stamp) -> None:
    """Keep the date."""
    investor = room.books.investors[event.investor_id]
    signed = msgspec.structs.replace(investor, statement_signed=event.date)
    room.books.investors[investor.id] = signed
