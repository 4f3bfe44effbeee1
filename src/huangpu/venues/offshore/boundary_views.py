"""What people read of the border: applications, upgrades with the use of their quotas, the release queue, loans, balance-of-payments records.

`institution` is who reads: None sees all, everybody else what is theirs. An application is the company's and the administration's; an
upgrade and a loan the company's and the bank's; the release queue the bank's own; a record the bank's and its customer's.
"""

import datetime

import msgspec

from huangpu.core.rulebook import RuleBook
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore import upgraded
from huangpu.venues.offshore.boundary import AuditedFigures, Running, UpgradeState, UpgradeStep
from huangpu.venues.offshore.orders import PaymentOrder, Wait
from huangpu.venues.offshore.pages import page_size
from huangpu.venues.offshore.second_line.bop import BopRecord, has_record, record_of
from huangpu.venues.offshore.second_line.claims import quota_key
from huangpu.venues.offshore.second_line.loans import repaid_of
from huangpu.venues.offshore.state import ListingApplication, ListingState, Offshore
from huangpu.venues.offshore.views import reads_for
from huangpu.venues.offshore.white_list import state_at


class ApplicationView(msgspec.Struct, frozen=True):
    """What a company said when it asked to be listed, and where it stands now."""

    company: str
    name: str
    name_zh: str
    at_us: int
    state: ListingState
    application: ListingApplication


class QuotaView(msgspec.Struct, frozen=True):
    """The use of an upgraded company's quota in one direction.

    Units: fen; `net` is what has settled in this direction less the other, `claimed` what pending payments hold, `left` may still be moved.
    """

    direction: str
    cap: int
    net: int
    claimed: int
    left: int


class UpgradeView(msgspec.Struct, frozen=True, kw_only=True):
    """A company's upgrade, its figures and its quotas."""

    company: str
    name: str
    name_zh: str
    bank: str
    state: UpgradeState
    record: str
    figures: AuditedFigures | None
    asked: AuditedFigures | None
    maker: str
    steps: list[UpgradeStep]
    quotas: list[QuotaView]


class ReleaseView(msgspec.Struct, frozen=True, kw_only=True):
    """A payment that waits for an officer. Units: microseconds; `mine` tells that the reading person entered it and cannot release it."""

    uetr: str
    at_us: int
    rule: str
    debtor: str
    creditor: str
    order: PaymentOrder
    waits: list[Wait]
    maker: str
    mine: bool


class LoanView(msgspec.Struct, frozen=True, kw_only=True):
    """A loan and what of it came across the second line. Units: fen."""

    loan_id: str
    company: str
    bank: str
    account: str
    drawn_on: datetime.date
    principal: int
    repaid: int
    ended: bool


class BopPage(msgspec.Struct, frozen=True):
    """A page of balance-of-payments records, newest first; `next_after` is empty on the last one."""

    records: list[BopRecord]
    next_after: str


def applications(room: Offshore, at_us: int, institution: str | None) -> list[ApplicationView]:
    """List the newest application of each company, for the company and the administration."""
    all_of_them = institution is None or reads_for(
        room, institution, InstitutionKind.ADMINISTRATION
    )
    found: list[ApplicationView] = []
    for listing in reversed(room.books.listings.values()):
        if listing.application is None or not (all_of_them or institution == listing.company):
            continue
        company = room.registry.institutions[listing.company]
        entered = [step.at_us for step in listing.steps if step.state is ListingState.APPLIED]
        found.append(
            ApplicationView(
                company.id,
                company.name,
                company.name_zh,
                entered[-1],
                state_at(listing, at_us) or ListingState.APPLIED,
                listing.application,
            )
        )
    return found


def upgrades(
    room: Offshore, rules: RuleBook, date: datetime.date, institution: str | None
) -> list[UpgradeView]:
    """List the upgrades with their quotas on a date, for the company and its bank."""
    views: list[UpgradeView] = []
    for one in reversed(room.books.boundary.upgrades.values()):
        if institution not in (None, one.company, one.bank, one.asked_bank):
            continue
        company = room.registry.institutions[one.company]
        views.append(
            UpgradeView(
                company=one.company,
                name=company.name,
                name_zh=company.name_zh,
                bank=one.bank,
                state=one.state,
                record=one.record,
                figures=one.figures,
                asked=one.asked,
                maker=one.maker,
                steps=list(reversed(one.steps)),
                quotas=quotas(room, rules, one.company, date),
            )
        )
    return views


def quotas(room: Offshore, rules: RuleBook, company: str, date: datetime.date) -> list[QuotaView]:
    """Show both directions of a company's quota on a date."""
    running = room.books.boundary.running.get(quota_key(company), Running())
    found: list[QuotaView] = []
    for into in (True, False):
        cap, _ = upgraded.cap(room, rules, company, date, into=into)
        net = running.net if into else -running.net
        claimed = running.claimed_in if into else running.claimed_out
        name = "INFLOW" if into else "OUTFLOW"
        found.append(QuotaView(name, cap, net, claimed, cap - net - claimed))
    return found


def release_queue(room: Offshore, institution: str | None, person: str = "") -> list[ReleaseView]:
    """List what waits for release, oldest first, for the officers of its bank."""
    return [
        ReleaseView(
            uetr=pending.order.uetr,
            at_us=pending.at_us,
            rule=pending.rule,
            debtor=pending.debtor,
            creditor=pending.creditor,
            order=pending.order,
            waits=list(pending.waits),
            maker=pending.maker,
            mine=pending.maker == person,
        )
        for pending in room.books.pending.values()
        if Wait.RELEASE in pending.waits and institution in (None, pending.bank)
    ]


def loans(room: Offshore, institution: str | None) -> list[LoanView]:
    """List the loans, for the company and the lending bank."""
    return [
        LoanView(
            loan_id=loan.id,
            company=loan.company,
            bank=loan.bank,
            account=loan.account,
            drawn_on=loan.drawn_on,
            principal=loan.principal,
            repaid=repaid_of(room, loan),
            ended=loan.ended,
        )
        for loan in reversed(room.books.boundary.loans.values())
        if institution in (None, loan.company, loan.bank)
    ]


def bop_records(
    room: Offshore,
    rules: RuleBook,
    *,
    institution: str | None,
    limit: int = 50,
    after: str = "",
) -> BopPage:
    """List the balance-of-payments records, for the reporting bank and its customer."""
    log = room.payments
    found = (
        log.newest_first(after) if institution is None else log.of_institution(institution, after)
    )
    size = page_size(limit)
    records: list[BopRecord] = []
    for payment in found:
        if not has_record(rules, payment):
            continue
        record = record_of(room, rules, payment)
        if institution not in (None, record.bank, record.institution):
            continue
        if len(records) == size:
            return BopPage(records, str(records[-1].number))
        records.append(record)
    return BopPage(records, "")
