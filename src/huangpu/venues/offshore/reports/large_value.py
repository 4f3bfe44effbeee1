"""The large-value report: what a company paid or received in a day, single or summed, from the thresholds on; its bank files it in time.

Sums are one-sided (payments and receipts apart), by bank and company; CNY against the threshold in CNY, all other currencies together
against the one in USD, by the reference rates of the day. A sum that cannot be measured for want of a rate is reported, not passed over.
"""

import datetime

import msgspec

from huangpu.core.calendar import next_business_day
from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import Rounding, divided
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore.recalls.books import Return
from huangpu.venues.offshore.refusals import not_yours
from huangpu.venues.offshore.reports.books import (
    SUM_MAX,
    Closing,
    CompanySum,
    LargeValueReport,
    LargeValueState,
)
from huangpu.venues.offshore.reports.causes import Cause, CauseKind
from huangpu.venues.offshore.state import Offshore, Payment

LARGE_VALUE = "huangpu policy 72, large-value reports (B7)"
REFERENCE_LENGTH_MAX = 64
NOT_COMPANIES = frozenset(
    {
        InstitutionKind.BANK,
        InstitutionKind.OVERSEAS_BANK,
        InstitutionKind.OPERATOR,
        InstitutionKind.ADMINISTRATION,
        InstitutionKind.SUPERVISOR,
    }
)


class FileLargeValueReport(Command, frozen=True):
    """Tell that the bank has filed a large-value report, under the reference that the authority gave it."""

    report: int
    reference: str


class LargeValueReportDue(Event, frozen=True):
    """The bank owes this report."""

    report: LargeValueReport


class LargeValueReportFiled(Event, frozen=True):
    """The bank has filed it."""

    report: int
    reference: str


def add(room: Offshore, sums: dict[str, CompanySum], cause: Cause) -> None:
    """Count a payment or a return for the companies on both sides whose accounts are kept here.

    Reading: B7 reports transfers, one-sided, so a return is a transfer of its own and lessens nothing; a charge and an exchange of the own money are
    none.
    """
    if cause.kind not in (CauseKind.PAYMENT, CauseKind.RETURN):
        return
    currency = room.ledger.account(cause.debit).asset
    group = "CNY" if currency == "CNY" else "FOREIGN"
    for bank, company, direction in _sides(room, cause):
        found = room.registry.institutions.get(company)
        if found is None or found.kind in NOT_COMPANIES:
            continue
        key = f"{bank}|{company}|{direction}|{group}"
        old = sums.get(key) or CompanySum()
        total = min(old.sums.get(currency, 0) + cause.amount, SUM_MAX)
        sums[key] = CompanySum(old.payments + 1, {**old.sums, currency: total})


def _sides(room: Offshore, cause: Cause) -> tuple[tuple[str, str, str], ...]:
    """Return bank, company and direction of both sides."""
    source = cause.source
    if isinstance(source, Return):
        payment = room.payments.at(source.payment)
        receiver = payment.creditor_bank or payment.bank
        return (receiver, source.payer, "OUT"), (payment.bank, source.payee, "IN")
    assert isinstance(source, Payment)
    receiver = source.creditor_bank or source.bank
    return (source.bank, source.debtor, "OUT"), (receiver, source.creditor, "IN")


def due_events(room: Offshore, rules: RuleBook, stamp: Stamp, work: Closing) -> list[Event]:
    """Make a report of every sum of the closed day that reaches its threshold.

    Rule: B7, RMB 2 m or USD 200,000 equivalent, single or summed a day; five working days.
    """
    day = work.day
    due = _due(rules, day.date)
    first = len(room.books.reports.large_values)
    events: list[Event] = []
    for key, found in work.sums.items():
        bank, company, direction, group = key.split("|")
        name = "cny" if group == "CNY" else "usd"
        threshold = rules[f"offshore.report.large_value.{name}"].at(day.date).integer
        equivalent = _equivalent(found, group, day.rates)
        if equivalent is not None and equivalent < threshold:
            continue
        report = LargeValueReport(
            number=first + len(events),
            bank=bank,
            company=company,
            date=day.date,
            direction=direction,
            group=group,
            payments=found.payments,
            sums=found.sums,
            equivalent=equivalent,
            threshold=threshold,
            due=due,
            at_us=stamp.at_us,
        )
        events.append(LargeValueReportDue(report=report))
    return events


def file_large_value_report(
    room: Offshore, rules: RuleBook, command: FileLargeValueReport, stamp: Stamp
) -> Decision:
    """Note that an own report is filed; once.

    Rejects: REPORT_UNKNOWN, NOT_YOUR_INSTITUTION, REPORT_STATE_WRONG, FIELD_OUT_OF_RANGE.
    """
    reports = room.books.reports.large_values
    if not 0 <= command.report < len(reports):
        return Rejected(Reason.REPORT_UNKNOWN, f"large-value report {command.report}", LARGE_VALUE)
    found = reports[command.report]
    if stamp.institution != found.bank:
        return not_yours(stamp, found.bank, LARGE_VALUE)
    if found.state is not LargeValueState.DUE:
        detail = f"report {found.number} is {found.state}, needed {LargeValueState.DUE}"
        return Rejected(Reason.REPORT_STATE_WRONG, detail, LARGE_VALUE)
    if not 0 < len(command.reference) <= REFERENCE_LENGTH_MAX:
        detail = f"reference of {len(command.reference)} characters, 1 to {REFERENCE_LENGTH_MAX}"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, LARGE_VALUE)
    return [LargeValueReportFiled(report=found.number, reference=command.reference)]


def apply_due(room: Offshore, event: LargeValueReportDue, stamp: Stamp) -> None:
    """Keep the report."""
    reports = room.books.reports.large_values
    assert event.report.number == len(reports)
    reports.append(event.report)


def apply_filed(room: Offshore, event: LargeValueReportFiled, stamp: Stamp) -> None:
    """Note who filed it and when."""
    reports = room.books.reports.large_values
    reports[event.report] = msgspec.structs.replace(
        reports[event.report],
        state=LargeValueState.FILED,
        reference=event.reference,
        filed_by=stamp.person,
        filed_us=stamp.at_us,
    )


def _due(rules: RuleBook, date: datetime.date) -> datetime.date:
    due = date
    for _ in range(rules["offshore.report.large_value.working_days"].at(date).integer):
        due = next_business_day(rules, due)
    return due


def _equivalent(found: CompanySum, group: str, rates: dict[str, int]) -> int | None:
    """Add a company's currencies up in fen of CNY, or in cents of USD by way of CNY, rounded down; None where a rate is missing."""
    if group == "CNY":
        return found.sums["CNY"]
    if list(found.sums) == ["USD"]:
        return found.sums["USD"]
    if any(currency not in rates for currency in (*found.sums, "USD")):
        return None
    weighed = sum(amount * rates[currency] for currency, amount in found.sums.items())
    return min(divided(weighed, rates["USD"], Rounding.DOWN), SUM_MAX)
