"""The daily files of every separate accounting unit: transactions (T+1) and balances, closed by the clock after the day's end.

The first tick of a new day fixes what belongs to the old one: a range of movements, the accounts there were, the reference rates known
(`ReportingDay`). Each tick then reads at most a slice of it, so that a large day stops nothing. What is kept is a digest and counts; the
text is derived anew when asked for and is the same, byte for byte. Every unit gets both files every calendar date, also empty ones.
"""

import datetime
from collections.abc import Iterator

import msgspec

from huangpu.core.calendar import DAY_US, date_of, instant_us
from huangpu.core.message import Event, Stamp
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import CURRENCY_DIGITS
from huangpu.ledger.accounts import Account, interunit_code
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.reports import files, large_value
from huangpu.venues.offshore.reports.books import (
    NO_DIGEST,
    BreakKind,
    Closing,
    FileKind,
    ReportFile,
    ReportingDay,
    UnitPart,
    bank_of,
    file_key,
)
from huangpu.venues.offshore.reports.breaks import Finding, opened
from huangpu.venues.offshore.reports.postings import EntryPostings, entries
from huangpu.venues.offshore.reports.record import FIELDS, Record, amount_text, records_of
from huangpu.venues.offshore.state import Offshore

SLICE_ROWS = 500
"""How many movements, or else accounts, one tick reads: some tens of milliseconds; an entry is never cut."""


class ReportingDayAdvanced(Event, frozen=True):
    """Part of a large day has been read; the next tick goes on."""

    closing: Closing


class ReportFileClosed(Event, frozen=True):
    """A unit's file of the day is complete; it names the digest of the file before it."""

    file: ReportFile


class ReportingDayClosed(Event, frozen=True):
    """All files of the business date are closed; their text can be derived from here on."""

    day: ReportingDay


def reporting_due(draft: Draft) -> list[Event]:
    """Close the oldest day that is over and not yet closed, or a slice of it.

    Rule: huangpu policy 70 (B7: T+1, gap-free by unit, business date and sequence).
    """
    room, rules, stamp = draft.room, draft.rules, draft.stamp
    if not room.registry.cash_accounts:
        # No unit keeps an account yet: the stream begins with the first.
        return []
    work = room.books.reports.closing
    if work is None:
        date = _due(room, stamp)
        if date is None:
            return []
        work = _begun(room, rules, stamp, date)
    found: list[Finding] = []
    if work.row < work.day.end_row:
        work = _with_rows(room, rules, work, found)
    else:
        work = _with_accounts(room, work)
    left = SLICE_ROWS - (work.day.end_row - work.day.first_row)
    if work.account == 0 and work.row == work.day.end_row and left >= work.day.accounts:
        # A day that is small enough is read in one go.
        work = _with_accounts(room, work)
    if work.row < work.day.end_row or work.account < work.day.accounts:
        return [ReportingDayAdvanced(closing=work), *opened(room, stamp, found)]
    return _closed(room, rules, stamp, work, found)


def apply_advanced(room: Offshore, event: ReportingDayAdvanced, stamp: Stamp) -> None:
    """Remember how far the day has been read."""
    room.books.reports.closing = event.closing


def apply_file_closed(room: Offshore, event: ReportFileClosed, stamp: Stamp) -> None:
    """Add the file to its stream."""
    file = event.file
    stream = room.books.reports.files.setdefault(file_key(file.kind, file.unit), [])
    assert file.sequence == len(stream) + 1
    assert file.previous == (stream[-1].digest if stream else NO_DIGEST)
    stream.append(file)


def apply_day_closed(room: Offshore, event: ReportingDayClosed, stamp: Stamp) -> None:
    """Keep what fixes the day."""
    books = room.books.reports
    books.days[event.day.date.isoformat()] = event.day
    books.closed = event.day.date
    books.closing = None


def transaction_lines(
    room: Offshore, rules: RuleBook, file: ReportFile, day: ReportingDay
) -> Iterator[str]:
    """Derive the lines of a unit's transaction file anew."""
    yield from _head(file.kind, file.unit, day, file.sequence, file.previous)
    for number, record in enumerate(unit_records(room, rules, file.unit, day), 1):
        yield files.line_of(("D", str(number), *record.fields))
    yield from files.tail_of(file.records, file.totals)


def balance_lines(room: Offshore, file: ReportFile, day: ReportingDay) -> Iterator[str]:
    """Derive the lines of a unit's balance file anew."""
    yield from _head(file.kind, file.unit, day, file.sequence, file.previous)
    for account, opening, debits, credited in _balances(room, day, 0, day.accounts):
        if account.unit == file.unit:
            yield _balance_line(account, opening, debits, credited)
    yield from files.tail_of(file.records, file.totals)


def unit_records(room: Offshore, rules: RuleBook, unit: str, day: ReportingDay) -> Iterator[Record]:
    """Derive the records of one unit of a closed day, in the order of their sequence."""
    for _, found in entries(room, day.first_row, day.end_row):
        for posted in found.postings:
            for record in records_of(room, rules, day.rates, posted):
                if record.unit == unit:
                    yield record


def next_sequence(room: Offshore, kind: FileKind, unit: str) -> tuple[int, str]:
    """Return the number and the previous digest of the next file of a stream."""
    stream = room.books.reports.files.get(file_key(kind, unit))
    return (len(stream) + 1, stream[-1].digest) if stream else (1, NO_DIGEST)


def rates_until(room: Offshore, date: datetime.date) -> dict[str, int]:
    """Return the reference rates that were told for a date or before it; rows of defaults do not count.

    Units: CNY fen for 10^6 minor units.
    """
    rates: dict[str, int] = {}
    for told in room.books.monitor.rate_sets:
        if told.date <= date:
            rates.update(told.rates)
    return rates


def _due(room: Offshore, stamp: Stamp) -> datetime.date | None:
    """Return the date to close: the day after the last one closed, at first the day of the first movement."""
    closed = room.books.reports.closed
    if closed is not None:
        date = closed + datetime.timedelta(days=1)
    else:
        history = room.ledger.history
        if len(history) == 0:
            return None
        date = date_of(int(history.rows(0, 1)["at_us"][0]))
    return date if date < stamp.date else None


def _begun(room: Offshore, rules: RuleBook, stamp: Stamp, date: datetime.date) -> Closing:
    """Fix what belongs to a date, and begin its files."""
    history, begin_us = room.ledger.history, instant_us(date, 0)
    day = ReportingDay(
        date=date,
        first_row=history.row_at(begin_us),
        end_row=history.row_at(begin_us + DAY_US),
        accounts=room.ledger.account_count(),
        units=_units(room, rules, stamp),
        rates=rates_until(room, date),
        at_us=stamp.at_us,
    )
    parts: dict[str, UnitPart] = {}
    for unit in day.units:
        for kind in (FileKind.TRANSACTIONS, FileKind.BALANCES):
            sequence, previous = next_sequence(room, kind, unit)
            digest = files.folded(previous, _head(kind, unit, day, sequence, previous))
            parts[file_key(kind, unit)] = UnitPart(records=0, totals={}, digest=digest)
    return Closing(day=day, row=day.first_row, account=0, parts=parts)


def _units(room: Offshore, rules: RuleBook, stamp: Stamp) -> list[str]:
    """List the separate accounting units of the banks that are set up in some currency."""
    currencies = rules["offshore.currencies"].at(stamp.date).texts
    return [
        f"{bank.id}-SAU"
        for bank in room.registry.institutions.values()
        if bank.kind is InstitutionKind.BANK
        and any(
            room.ledger.number(interunit_code(f"{bank.id}-SAU", currency)) is not None
            for currency in currencies
        )
    ]


def _head(kind: FileKind, unit: str, day: ReportingDay, sequence: int, previous: str) -> list[str]:
    columns = FIELDS if kind is FileKind.TRANSACTIONS else files.BALANCE_FIELDS
    return files.head_of(kind, unit, day.date.isoformat(), sequence, previous, columns)


def _with_rows(room: Offshore, rules: RuleBook, work: Closing, found: list[Finding]) -> Closing:
    """Read a slice of the day's movements: records into the digests, sums of companies, what does not agree."""
    day, row = work.day, work.row
    parts, sums = dict(work.parts), dict(work.sums)
    payments, unrated = dict(work.payments), dict.fromkeys(work.unrated)
    for row, entry in entries(room, work.row, day.end_row):
        _findings(entry, day, found)
        for posted in entry.postings:
            if posted.cause is not None:
                payment = posted.cause.payment
                if payment is not None:
                    currency = payment.order.currency
                    payments[currency] = payments.get(currency, 0) + 1
                large_value.add(room, sums, posted.cause)
            for record in records_of(room, rules, day.rates, posted):
                _fold_record(parts, record)
                if record.currency != "CNY" and record.currency not in day.rates:
                    unrated[f"{record.unit}|{record.currency}"] = None
        if row - work.row >= SLICE_ROWS:
            break
    return msgspec.structs.replace(
        work, row=row, parts=parts, sums=sums, payments=payments, unrated=list(unrated)
    )


def _findings(entry: EntryPostings, day: ReportingDay, found: list[Finding]) -> None:
    for kind, causes in (
        (BreakKind.POSTING_MISSING, entry.missing),
        (BreakKind.POSTING_TWICE, entry.twice),
    ):
        for cause in causes:
            bank, payment = cause.source.bank, cause.payment
            status = cause.kind if payment is None else payment.status
            legs = "none" if kind is BreakKind.POSTING_MISSING else "more than one pair"
            detail = f"{status} in entry {cause.source.seq}, legs {legs}"
            found.append(Finding(kind, bank, f"{bank}-SAU", cause.name, day.date, detail))


def _fold_record(parts: dict[str, UnitPart], record: Record) -> None:
    key = file_key(FileKind.TRANSACTIONS, record.unit)
    part = parts.get(key)
    if part is None:
        # A unit that is no bank's: free trade accounts opened by the operator's hand are nobody's to report.
        return
    number = part.records + 1
    line = files.line_of(("D", str(number), *record.fields))
    total = files.with_record(part.totals.get(record.currency), record.paid, record.received)
    parts[key] = UnitPart(
        records=number,
        totals={**part.totals, record.currency: total},
        digest=files.fold(part.digest, line),
    )


def _with_accounts(room: Offshore, work: Closing) -> Closing:
    """Read a slice of the accounts: their balances at the end of the day."""
    day = work.day
    end = min(work.account + SLICE_ROWS, day.accounts)
    parts = dict(work.parts)
    for account, opening, debits, credited in _balances(room, day, work.account, end):
        key = file_key(FileKind.BALANCES, account.unit)
        part = parts.get(key)
        if part is None:
            continue
        closing = opening + credited - debits
        total = files.with_record(part.totals.get(account.asset), debits, credited, closing)
        parts[key] = UnitPart(
            records=part.records + 1,
            totals={**part.totals, account.asset: total},
            digest=files.fold(part.digest, _balance_line(account, opening, debits, credited)),
        )
    return msgspec.structs.replace(work, account=end, parts=parts)


def _balances(
    room: Offshore, day: ReportingDay, first: int, end: int
) -> Iterator[tuple[Account, int, int, int]]:
    """Give account, opening balance, debits and credits of a day, credit-positive; accounts without any of them are left out."""
    ledger, history = room.ledger, room.ledger.history
    since = history.turnover(day.end_row, len(history))
    moved = history.turnover(day.first_row, day.end_row)
    nothing = (0, 0)
    for number in range(first, end):
        debits, credited = since.get(number, nothing)
        closing = ledger.booked(number) - credited + debits
        debits, credited = moved.get(number, nothing)
        if closing or debits or credited:
            yield ledger.account(number), closing - credited + debits, debits, credited


def _balance_line(account: Account, opening: int, debits: int, credited: int) -> str:
    amounts = (opening, debits, credited, opening + credited - debits)
    texts = [amount_text(amount, account.asset) for amount in amounts]
    return files.line_of(("D", account.code, account.kind, account.holder, account.asset, *texts))


def _closed(
    room: Offshore, rules: RuleBook, stamp: Stamp, work: Closing, found: list[Finding]
) -> list[Event]:
    """Close the files and tell what the day left: large values to report, and what does not agree."""
    day = work.day
    events: list[Event] = []
    for unit in day.units:
        for kind in (FileKind.TRANSACTIONS, FileKind.BALANCES):
            part = work.parts[file_key(kind, unit)]
            sequence, previous = next_sequence(room, kind, unit)
            file = ReportFile(
                unit=unit,
                kind=kind,
                sequence=sequence,
                date=day.date,
                records=part.records,
                totals=part.totals,
                previous=previous,
                digest=files.folded(part.digest, files.tail_of(part.records, part.totals)),
                at_us=stamp.at_us,
            )
            events.append(ReportFileClosed(file=file))
    _compare(room, work, found)
    events += large_value.due_events(room, rules, stamp, work)
    events += opened(room, stamp, found)
    return [*events, ReportingDayClosed(day=day)]


def _compare(room: Offshore, work: Closing, found: list[Finding]) -> None:
    """Compare what the files say with what was counted elsewhere.

    Rule: C9 (a) each unit sums to zero by currency; (c) every settled payment is in the records: counted at settlement and here.
    """
    day = work.day
    for unit in day.units:
        totals = work.parts[file_key(FileKind.BALANCES, unit)].totals
        for currency, total in sorted(totals.items()):
            if int(total.balance) != 0:
                detail = f"sum of all accounts {total.balance} minor units, needed 0"
                finding = (BreakKind.UNIT_UNBALANCED, bank_of(unit), unit, currency, day.date)
                found.append(Finding(*finding, detail))
    for name in work.unrated:
        unit, _, currency = name.partition("|")
        detail = (
            f"no reference rate for {currency} until {day.date}: records without CNY equivalent"
        )
        found.append(
            Finding(BreakKind.RATE_MISSING, bank_of(unit), unit, currency, day.date, detail)
        )
    for currency in CURRENCY_DIGITS:
        counted = room.books.totals.get(f"{day.date}/{currency}")
        there = 0 if counted is None else counted.payments
        here = work.payments.get(currency, 0)
        if here != there:
            detail = f"{there} payments settled, {here} of them with movements"
            finding = (BreakKind.RECORDS_DIFFER, "", "", currency, day.date)
            found.append(Finding(*finding, detail))
