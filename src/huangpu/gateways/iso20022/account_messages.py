"""An account's day as a message: camt.053 for a day that is over, camt.052 for the day that runs.

The figures are the venue's own statement; nothing is added up here. The id of a message is made of account, currency and date, so a
statement of a day that is over is the same bytes whenever it is asked for.
"""

import datetime

from huangpu.core.calendar import DAY_US, date_of, instant_us
from huangpu.engine import Engine
from huangpu.gateways.iso20022.answers import time_text
from huangpu.gateways.iso20022.identifiers import is_uetr
from huangpu.gateways.iso20022.model import Account, Entry, EntryDetail, Exchange
from huangpu.gateways.iso20022.money import Money
from huangpu.gateways.iso20022.statements import (
    AccountStatement,
    Balance,
    write_camt052,
    write_camt053,
)
from huangpu.gateways.iso20022.texts import clean
from huangpu.ledger.accounts import Side
from huangpu.registry.cash_accounts import ledger_code
from huangpu.venues.offshore.reports.statements import (
    DayStatement,
    StatementLine,
    StatementTooLong,
    statement,
)
from huangpu.venues.offshore.state import Offshore

FIRST_DATE = datetime.date(2014, 5, 22)
NAME_MAX, REMITTANCE_MAX = 140, 140


def account_message(
    engine: Engine, account_id: str, currency: str, date: str, institution: str | None
) -> bytes | None:
    """Write the statement or report of one account, currency and date, by default today; None where there is none to be seen."""
    room = engine.centre.offshore
    today = date_of(engine.last_at_us)
    day = _date(date) if date else today
    if day is None or not FIRST_DATE <= day <= today:
        return None
    try:
        shown = statement(
            room,
            account_id,
            currency,
            (day, day),
            now_us=engine.last_at_us,
            institution=institution,
        )
    except StatementTooLong:
        return None
    if shown is None:
        return None
    message = statement_of(room, shown, over=day < today)
    return write_camt053(message) if day < today else write_camt052(message)


def statement_of(room: Offshore, shown: DayStatement, *, over: bool) -> AccountStatement:
    """Give a statement of the venue as the struct that camt.053 (the day is over) or camt.052 is written from."""
    start_us = instant_us(shown.from_date, 0)
    until_us = instant_us(shown.to_date, 0) + DAY_US if over else shown.until_us
    message_id = f"{'ST' if over else 'RP'}{shown.from_date:%Y%m%d}{_number(room, shown)}"
    return AccountStatement(
        message_id=message_id,
        created_at=time_text(until_us),
        statement_id=message_id,
        account=Account(other_id=shown.account_id, currency=shown.currency),
        owner_name=clean(shown.holder_name, NAME_MAX),
        servicer_bic=shown.bank_bic,
        sequence=(shown.to_date - FIRST_DATE).days,
        from_at=time_text(start_us),
        to_at=time_text(until_us),
        balances=_balances(room, shown, over=over),
        entries=tuple(entry_of(line, shown.currency) for line in shown.entries),
    )


def _balances(room: Offshore, shown: DayStatement, *, over: bool) -> tuple[Balance, ...]:
    """Give the booked balances; of the running day the available one too, which is known for now only."""
    if over:
        return (
            _balance("OPBD", shown.opening, shown.currency, shown.from_date),
            _balance("CLBD", shown.closing, shown.currency, shown.to_date),
        )
    available = room.ledger.available(_ledger_number(room, shown))
    return (
        _balance("OPBD", shown.opening, shown.currency, shown.from_date),
        _balance("ITBD", shown.closing, shown.currency, shown.to_date),
        _balance("ITAV", available, shown.currency, shown.to_date),
    )


def _balance(kind: str, amount: int, currency: str, date: datetime.date) -> Balance:
    return Balance(kind, Money(abs(amount), currency), "DBIT" if amount < 0 else "CRDT", date)


def entry_of(line: StatementLine, currency: str) -> Entry:
    """Give one line of a statement as an entry of a message."""
    domain, family, sub_family = line.bank_transaction_code.split("/")
    amount = Money(line.amount, currency)
    credit = line.side is Side.CREDIT
    detail = EntryDetail(
        amount=amount,
        end_to_end_id=line.end_to_end_id,
        instruction_id=line.instruction_id,
        uetr=line.uetr if is_uetr(line.uetr) else "",
        debtor_name=clean(line.counter_name, NAME_MAX) if credit else "",
        creditor_name="" if credit else clean(line.counter_name, NAME_MAX),
        settlement_date=line.value_date,
        remittance_text=(clean(line.remittance, REMITTANCE_MAX),) if line.remittance else (),
        transaction_id=line.reference,
        return_reason=line.reason,
        exchange=_exchange(line, currency),
    )
    return Entry(
        reference=f"N{line.number}",
        amount=amount,
        side="CRDT" if credit else "DBIT",
        domain=domain,
        family=family,
        sub_family=sub_family,
        booking_date=line.booking_date,
        value_date=line.value_date,
        servicer_reference=f"E{line.seq}",
        details=(detail,),
    )


def _exchange(line: StatementLine, currency: str) -> Exchange | None:
    if not line.rate:
        return None
    credit = line.side is Side.CREDIT
    source, target = (line.other_currency, currency) if credit else (currency, line.other_currency)
    value = Money(line.other_amount, line.other_currency)
    return Exchange(value, source, target, line.pair.partition("/")[0], line.rate, line.deal)


def _ledger_number(room: Offshore, shown: DayStatement) -> int:
    number = room.ledger.number(ledger_code(shown.account_id, shown.currency))
    assert number is not None, "the account was just shown"
    return number


def _number(room: Offshore, shown: DayStatement) -> str:
    return f"{_ledger_number(room, shown):08d}"


def _date(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None
