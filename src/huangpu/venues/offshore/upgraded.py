"""Upgraded FTE accounts: entry and exit tests on audited figures, and the quota that follows from the equity.

A company or its bank applies with audited figures, the bank's officer approves and names the record filed with the PBoC; the same pair of
acts brings in the figures of a new year, and ends the upgrade when they fail. The cap of each direction is last audited equity x
macro-prudential parameter x leverage ratio. Leaves out: the audit itself, whose documents are known here by their digest.
"""

import datetime
import re
from collections.abc import Iterator

import msgspec

from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import Row, RuleBook
from huangpu.core.values import AMOUNT_MAX, Rounding, money_text, scaled
from huangpu.registry.cash_accounts import AccountClass, CashAccount
from huangpu.venues.offshore.boundary import AuditedFigures, Upgrade, UpgradeState, UpgradeStep
from huangpu.venues.offshore.refusals import not_yours
from huangpu.venues.offshore.state import Offshore

UPGRADE = "huangpu policy 37, upgraded accounts"
WHOLE_BP = 10_000
TEXT_LENGTH_MAX = 500
RECORD_LENGTH_MAX = 35
LEFT_ZONE, DECLINE = "LEFT_ZONE", "DECLINE"
_SHA256 = re.compile(r"[0-9a-f]{64}")


class ApplyForUpgrade(Command, frozen=True):
    """Ask for upgraded FTE accounts at a bank, or bring the audited figures of a new year in; by the company or the bank."""

    company: str
    bank: str
    figures: AuditedFigures


class ApproveUpgrade(Command, frozen=True):
    """Approve, as the bank's officer, with the number of the record filed with the PBoC."""

    company: str
    record: str


class RefuseUpgrade(Command, frozen=True):
    """Turn the figures that wait down, as the bank's officer."""

    company: str
    cause: str


class WithdrawUpgrade(Command, frozen=True):
    """End an upgrade, as the bank's officer: one of the exit causes, and what happened."""

    company: str
    cause: str
    detail: str = ""


class UpgradeAsked(Event, frozen=True):
    """Figures wait for the bank's officer."""

    company: str
    bank: str
    figures: AuditedFigures


class UpgradeApproved(Event, frozen=True):
    """The company's FTE accounts at the bank are upgraded, and the figures are in force."""

    company: str
    record: str


class UpgradeRefused(Event, frozen=True):
    """The figures that waited are turned down; an upgrade in force stays as it was."""

    company: str
    cause: str


class UpgradeWithdrawn(Event, frozen=True):
    """The accounts are plain again."""

    company: str
    cause: str
    detail: str = ""


def is_upgraded(room: Offshore, account: CashAccount) -> bool:
    """Tell whether an account is an upgraded FTE account now."""
    if account.account_class is not AccountClass.FTE:
        return False
    upgrade = room.books.boundary.upgrades.get(account.holder)
    return (
        upgrade is not None
        and upgrade.state is UpgradeState.ACTIVE
        and upgrade.bank == account.bank
    )


def in_pair(room: Offshore, debtor: CashAccount, creditor: CashAccount | None) -> bool:
    """Tell whether the FTE account of a pair is upgraded; the cell of the matrix asks it."""
    if not room.books.boundary.upgrades:
        return False
    return is_upgraded(room, debtor) or (creditor is not None and is_upgraded(room, creditor))


def is_capital_item(
    room: Offshore, rules: RuleBook, date: datetime.date, account: CashAccount, purpose: str
) -> bool:
    """Tell whether an upgraded account pays a capital item, which names a purpose and no kind of trade.

    Rule: B4, first line.
    """
    if not purpose or not is_upgraded(room, account):
        return False
    return purpose in rules["offshore.first_line.capital_purposes"].at(date).texts


def cap(
    room: Offshore, rules: RuleBook, company: str, date: datetime.date, *, into: bool
) -> tuple[int, Row]:
    """Return the cap on the net inflow (into ordinary accounts) or net outflow of an upgraded company, and the row of its ratio.

    Rule: B4, last audited equity x macro-prudential parameter x leverage ratio. Units: fen, rounded down.
    """
    ratio = rules[f"offshore.upgraded.{'inflow' if into else 'outflow'}_leverage"].at(date)
    parameter = rules["offshore.upgraded.macro_prudential"].at(date)
    upgrade = room.books.boundary.upgrades.get(company)
    if upgrade is None or upgrade.state is not UpgradeState.ACTIVE or upgrade.figures is None:
        return 0, ratio
    factor = parameter.integer * ratio.integer
    return scaled(upgrade.figures.equity, factor, WHOLE_BP * WHOLE_BP, Rounding.DOWN), ratio


def apply_for_upgrade(
    room: Offshore, rules: RuleBook, command: ApplyForUpgrade, stamp: Stamp
) -> Decision:
    """Take figures in; those of a company that is not upgraded must pass the entry tests.

    Rule: B4.
    Rejects: NOT_YOUR_INSTITUTION, ACCOUNT_UNKNOWN, UPGRADE_STATE_WRONG, FIELD_OUT_OF_RANGE, UPGRADE_TEST_FAILED.
    """
    if stamp.institution not in (command.company, command.bank):
        return not_yours(stamp, f"{command.company} or {command.bank}", UPGRADE)
    if not any(_is_fte(found, command) for found in room.registry.cash_accounts.values()):
        detail = f"no FTE account of {command.company} at {command.bank}"
        return Rejected(Reason.ACCOUNT_UNKNOWN, detail, UPGRADE)
    upgrade = room.books.boundary.upgrades.get(command.company)
    active = upgrade is not None and upgrade.state is UpgradeState.ACTIVE
    if upgrade is not None and upgrade.asked is not None:
        detail = f"figures of {upgrade.asked.year} wait for the officer of {upgrade.asked_bank}"
        return Rejected(Reason.UPGRADE_STATE_WRONG, detail, UPGRADE)
    if upgrade is not None and active and upgrade.bank != command.bank:
        detail = f"{command.company} is upgraded at {upgrade.bank}; withdraw it there first"
        return Rejected(Reason.UPGRADE_STATE_WRONG, detail, UPGRADE)
    refused = _form_refusal(command.figures, stamp.date)
    if refused is None and not active:
        refused = next(failures(rules, command.figures, stamp.date), None)
    if refused is not None:
        return refused
    asked = UpgradeAsked(company=command.company, bank=command.bank, figures=command.figures)
    return [asked]


def approve_upgrade(
    room: Offshore, rules: RuleBook, command: ApproveUpgrade, stamp: Stamp
) -> Decision:
    """Put figures in force by a second person; figures that fail the tests end an upgrade that is in force.

    Rule: B4, entry and exit; bank duties: choose with due diligence and file with the PBoC.
    Rejects: UPGRADE_STATE_WRONG, NOT_YOUR_INSTITUTION, OWN_ACT_NOT_APPROVABLE, FIELD_OUT_OF_RANGE, UPGRADE_TEST_FAILED.
    """
    upgrade = _asked(room, command.company, stamp)
    if isinstance(upgrade, Rejected):
        return upgrade
    if upgrade.maker == stamp.person:
        detail = (
            f"{stamp.person} entered the figures of {upgrade.company}; a second person approves"
        )
        return Rejected(Reason.OWN_ACT_NOT_APPROVABLE, detail, UPGRADE)
    if not 0 < len(command.record) <= RECORD_LENGTH_MAX:
        detail = f"record {command.record[:80]!r}: 1 to {RECORD_LENGTH_MAX} characters"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, UPGRADE)
    assert upgrade.asked is not None
    failed = next(failures(rules, upgrade.asked, stamp.date), None)
    if failed is None:
        return [UpgradeApproved(company=upgrade.company, record=command.record)]
    if upgrade.state is not UpgradeState.ACTIVE:
        return failed
    cause = DECLINE if upgrade.asked.in_zone else LEFT_ZONE
    return [UpgradeWithdrawn(company=upgrade.company, cause=cause, detail=failed.detail)]


def refuse_upgrade(
    room: Offshore, rules: RuleBook, command: RefuseUpgrade, stamp: Stamp
) -> Decision:
    """Turn figures down.

    Rejects: UPGRADE_STATE_WRONG, NOT_YOUR_INSTITUTION, FIELD_OUT_OF_RANGE.
    """
    upgrade = _asked(room, command.company, stamp)
    if isinstance(upgrade, Rejected):
        return upgrade
    if not 0 < len(command.cause) <= TEXT_LENGTH_MAX:
        detail = f"a cause of {len(command.cause)} characters, 1 to {TEXT_LENGTH_MAX}"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, UPGRADE)
    return [UpgradeRefused(company=upgrade.company, cause=command.cause)]


def withdraw_upgrade(
    room: Offshore, rules: RuleBook, command: WithdrawUpgrade, stamp: Stamp
) -> Decision:
    """End an upgrade at once: protection does not wait for a second person.

    Rule: B4, exit on leaving the zone, serious decline, or breaches.
    Rejects: UPGRADE_STATE_WRONG, NOT_YOUR_INSTITUTION, FIELD_OUT_OF_RANGE.
    """
    upgrade = room.books.boundary.upgrades.get(command.company)
    if upgrade is None or upgrade.state is not UpgradeState.ACTIVE:
        detail = f"{command.company[:80]!r} is not upgraded"
        return Rejected(Reason.UPGRADE_STATE_WRONG, detail, UPGRADE)
    if upgrade.bank != stamp.institution:
        return not_yours(stamp, upgrade.bank, UPGRADE)
    causes = rules["offshore.upgraded.exit_causes"].at(stamp.date)
    if command.cause not in causes.texts or len(command.detail) > TEXT_LENGTH_MAX:
        detail = f"cause {command.cause[:80]!r}, one of {' '.join(causes.texts)}; detail of at most {TEXT_LENGTH_MAX} characters"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, causes.cite, causes.rule)
    return [UpgradeWithdrawn(company=upgrade.company, cause=command.cause, detail=command.detail)]


def failures(rules: RuleBook, figures: AuditedFigures, date: datetime.date) -> Iterator[Rejected]:
    """Give each test that the figures fail, in the order of the text.

    Rule: B4: registered in the zone for at least a year, equity, revenue, turnover.
    """
    years = rules["offshore.upgraded.zone_years_min"].at(date)
    if not figures.in_zone:
        yield Rejected(Reason.UPGRADE_TEST_FAILED, "not in the zone", years.cite, years.rule)
    elif figures.registered_on > years_before(date, years.integer):
        detail = f"in the zone since {figures.registered_on}, at least {years.value} {years.unit}"
        yield Rejected(Reason.UPGRADE_TEST_FAILED, detail, years.cite, years.rule)
    for name in ("equity", "revenue", "turnover"):
        found = getattr(figures, name)
        minimum = rules[f"offshore.upgraded.{name}_min"].at(date)
        if found < minimum.integer:
            detail = (
                f"{name} {money_text(found, 'CNY')}, at least {money_text(minimum.integer, 'CNY')}"
            )
            yield Rejected(Reason.UPGRADE_TEST_FAILED, detail, minimum.cite, minimum.rule)


def years_before(date: datetime.date, years: int) -> datetime.date:
    """Return the same day some years earlier; 28 February for 29 February."""
    year = date.year - years
    if year < datetime.MINYEAR:
        return datetime.date.min
    try:
        return date.replace(year=year)
    except ValueError:
        return date.replace(year=year, day=28)


def apply_asked(room: Offshore, event: UpgradeAsked, stamp: Stamp) -> None:
    """Keep the figures until the officer decides."""
    upgrades = room.books.boundary.upgrades
    upgrade = upgrades.get(event.company)
    step = UpgradeStep(stamp.at_us, UpgradeState.APPLIED, stamp.person)
    if upgrade is None:
        upgrade = Upgrade(company=event.company, bank=event.bank, state=UpgradeState.APPLIED)
    active = upgrade.state is UpgradeState.ACTIVE
    upgrades[event.company] = msgspec.structs.replace(
        upgrade,
        state=UpgradeState.ACTIVE if active else UpgradeState.APPLIED,
        asked=event.figures,
        asked_bank=event.bank,
        maker=stamp.person,
        steps=[*upgrade.steps, step],
    )


def apply_approved(room: Offshore, event: UpgradeApproved, stamp: Stamp) -> None:
    """Put the figures in force."""
    upgrades = room.books.boundary.upgrades
    upgrade = upgrades[event.company]
    step = UpgradeStep(stamp.at_us, UpgradeState.ACTIVE, stamp.person, record=event.record)
    upgrades[event.company] = msgspec.structs.replace(
        upgrade,
        bank=upgrade.asked_bank,
        state=UpgradeState.ACTIVE,
        figures=upgrade.asked,
        asked=None,
        record=event.record,
        steps=[*upgrade.steps, step],
    )


def apply_refused(room: Offshore, event: UpgradeRefused, stamp: Stamp) -> None:
    """Drop the figures."""
    upgrades = room.books.boundary.upgrades
    upgrade = upgrades[event.company]
    active = upgrade.state is UpgradeState.ACTIVE
    step = UpgradeStep(stamp.at_us, UpgradeState.REFUSED, stamp.person, event.cause)
    upgrades[event.company] = msgspec.structs.replace(
        upgrade,
        state=UpgradeState.ACTIVE if active else UpgradeState.REFUSED,
        asked=None,
        steps=[*upgrade.steps, step],
    )


def apply_withdrawn(room: Offshore, event: UpgradeWithdrawn, stamp: Stamp) -> None:
    """Make the accounts plain; the running balances stay, for they are facts."""
    upgrades = room.books.boundary.upgrades
    upgrade = upgrades[event.company]
    step = UpgradeStep(stamp.at_us, UpgradeState.WITHDRAWN, stamp.person, event.cause)
    upgrades[event.company] = msgspec.structs.replace(
        upgrade, state=UpgradeState.WITHDRAWN, asked=None, steps=[*upgrade.steps, step]
    )


def _asked(room: Offshore, company: str, stamp: Stamp) -> Upgrade | Rejected:
    upgrade = room.books.boundary.upgrades.get(company)
    if upgrade is None or upgrade.asked is None:
        detail = f"{company[:80]!r}: no figures wait"
        return Rejected(Reason.UPGRADE_STATE_WRONG, detail, UPGRADE)
    if upgrade.asked_bank != stamp.institution:
        return not_yours(stamp, upgrade.asked_bank, UPGRADE)
    return upgrade


def _form_refusal(figures: AuditedFigures, date: datetime.date) -> Rejected | None:
    amounts = (figures.equity, figures.revenue, figures.turnover)
    audited = datetime.MINYEAR <= figures.year < date.year
    digest = _SHA256.fullmatch(figures.documents_sha256) is not None
    if audited and digest and all(abs(amount) <= AMOUNT_MAX for amount in amounts):
        return None
    detail = f"figures of {figures.year}: a year before {date.year}, amounts within {AMOUNT_MAX} fen, the documents' SHA-256"
    return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, UPGRADE)


def _is_fte(found: CashAccount, command: ApplyForUpgrade) -> bool:
    return (found.account_class, found.holder, found.bank) == (
        AccountClass.FTE,
        command.company,
        command.bank,
    )
