"""The statement of an account in one currency: opening balance, entries, closing balance, for one day or several.

Complete over all venues: entries come from the ledger's history, their meaning from the payment that they belong to, or from the other account
of the leg. Balances are read backwards from now, so a statement of any past day is the same whenever it is asked for.
"""

import datetime
from collections.abc import Iterator

import msgspec

from huangpu.core.calendar import DAY_US, date_of, instant_us
from huangpu.ledger.accounts import INTERUNIT, Account, Side, in_normal_sign
from huangpu.registry.cash_accounts import AccountClass, CashAccount, ledger_code
from huangpu.venues.offshore.payments.plan import FEES
from huangpu.venues.offshore.reports.postings import Posted, postings_of
from huangpu.venues.offshore.state import Offshore, Payment

OPENING, CHARGE, OTHER = "OPENING", "CHARGE", "OTHER"
ENTRIES_MAX = 100_000
"""How many entries one statement may hold; a longer period is asked for in parts."""


class StatementLine(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a statement.

    `kind` is PAYMENT, CHARGE, OPENING or OTHER; the bank transaction code is ISO 20022's domain, family and sub-family.
    Units: minor units, amount positive; booked_after in the sign of the account.
    """

    number: int
    seq: int
    at_us: int
    booking_date: datetime.date
    value_date: datetime.date
    side: Side
    amount: int
    booked_after: int
    kind: str
    bank_transaction_code: str
    uetr: str = ""
    end_to_end_id: str = ""
    instruction_id: str = ""
    message_id: str = ""
    counter_account: str = ""
    counter_name: str = ""
    counter_agent: str = ""
    remittance: str = ""
    rule: str = ""


class DayStatement(msgspec.Struct, frozen=True, kw_only=True):
    """What an account showed from the first to the last of two dates. Units: minor units, in the sign of the account."""

    account_id: str
    account_class: str
    holder: str
    holder_name: str
    holder_name_zh: str
    bank: str
    bank_bic: str
    currency: str
    from_date: datetime.date
    to_date: datetime.date
    until_us: int
    opening: int
    entries: list[StatementLine]
    credits: int
    credit_entries: int
    debits: int
    debit_entries: int
    closing: int


class StatementTooLong(Exception):
    """The period holds more entries than one statement may."""


def statement(
    room: Offshore,
    account_id: str,
    currency: str,
    dates: tuple[datetime.date, datetime.date],
    *,
    now_us: int,
    institution: str | None,
) -> DayStatement | None:
    """Show an account's statement to its holder and its bank; None where there is no such account to be seen.

    Raises: StatementTooLong.
    """
    found = room.registry.cash_accounts.get(account_id)
    if found is None or institution not in (None, found.holder, found.bank):
        return None
    number = room.ledger.number(ledger_code(account_id, currency))
    if number is None or currency not in found.currencies:
        return None
    history = room.ledger.history
    first = history.row_at(instant_us(dates[0], 0))
    end = max(first, history.row_at(instant_us(dates[1], 0) + DAY_US))
    if len(history.rows_of(number, first, end)) > ENTRIES_MAX:
        raise StatementTooLong(f"more than {ENTRIES_MAX} entries; ask for fewer days")
    account = room.ledger.account(number)
    closing = room.ledger.booked(number) - history.moved(number, end, len(history))
    booked = opening = closing - history.moved(number, first, end)
    lines: list[StatementLine] = []
    for posted in postings_of(room, number, first, end):
        movement = posted.movements[0]
        booked += movement.amount if movement.credit == number else -movement.amount
        lines.append(_line(room, account, number, posted, in_normal_sign(account, booked)))
    assert booked == closing
    balances = (in_normal_sign(account, opening), in_normal_sign(account, closing))
    until_us = min(now_us, instant_us(dates[1], 0) + DAY_US)
    return _statement(room, found, currency, dates, balances, lines, until_us)


def _statement(
    room: Offshore,
    found: CashAccount,
    currency: str,
    dates: tuple[datetime.date, datetime.date],
    balances: tuple[int, int],
    lines: list[StatementLine],
    until_us: int,
) -> DayStatement:
    institutions = room.registry.institutions
    credit = [line.amount for line in lines if line.side is Side.CREDIT]
    debit = [line.amount for line in lines if line.side is Side.DEBIT]
    return DayStatement(
        account_id=found.id,
        account_class=found.account_class,
        holder=found.holder,
        holder_name=institutions[found.holder].name,
        holder_name_zh=institutions[found.holder].name_zh,
        bank=found.bank,
        bank_bic=institutions[found.bank].bic,
        currency=currency,
        from_date=dates[0],
        to_date=dates[1],
        until_us=until_us,
        opening=balances[0],
        entries=lines,
        credits=sum(credit),
        credit_entries=len(credit),
        debits=sum(debit),
        debit_entries=len(debit),
        closing=balances[1],
    )


def _line(
    room: Offshore, account: Account, number: int, posted: Posted, booked_after: int
) -> StatementLine:
    movement, payment = posted.movements[0], posted.payment
    credit = movement.credit == number
    date = date_of(movement.at_us)
    line = StatementLine(
        number=movement.row,
        seq=movement.seq,
        at_us=movement.at_us,
        booking_date=date,
        value_date=date,
        side=Side.CREDIT if credit else Side.DEBIT,
        amount=movement.amount,
        booked_after=booked_after,
        kind="PAYMENT",
        bank_transaction_code=_transaction_code(payment, credit=credit),
    )
    if payment is None:
        other = room.ledger.account(movement.debit if credit else movement.credit)
        kind = {OPENING: OPENING, FEES: CHARGE}.get(other.kind, OTHER)
        return msgspec.structs.replace(line, kind=kind, **_counter(room, other))
    order = payment.order
    party = payment.debtor if credit else payment.creditor
    here = room.registry.institutions.get(party)
    name = order.debtor_name if credit else order.creditor_name
    return msgspec.structs.replace(
        line,
        uetr=order.uetr,
        end_to_end_id=order.end_to_end_id,
        instruction_id=order.instruction_id,
        message_id=payment.message_id,
        counter_account=order.debtor_account if credit else order.creditor_account,
        counter_name=name if here is None else here.name,
        counter_agent=order.debtor_agent if credit else order.creditor_agent,
        remittance=order.remittance,
        rule=payment.rule,
    )


def _counter(room: Offshore, other: Account) -> dict[str, str]:
    """Name the other side of a movement without a payment; a mirror between units hides it."""
    if other.kind == INTERUNIT:
        return {"counter_account": other.code}
    holder = room.registry.institutions.get(other.holder)
    return {
        "counter_account": other.code,
        "counter_name": other.holder if holder is None else holder.name,
    }


def _transaction_code(payment: Payment | None, *, credit: bool) -> str:
    """Return the ISO 20022 bank transaction code: domain, family, sub-family.

    Reading: received and issued credit transfers, across the border or in the books; everything else is miscellaneous.
    """
    if payment is None:
        return "PMNT/MCOP/OTHR" if credit else "PMNT/MDOP/OTHR"
    far = payment.debtor_class if credit else payment.creditor_class
    kind = "XBCT" if far == AccountClass.OVS else "BOOK"
    return f"PMNT/{'RCDT' if credit else 'ICDT'}/{kind}"


def table_of(shown: DayStatement) -> Iterator[list[object]]:
    """Give a statement as a table, for files: a heading, the opening balance, the entries, the closing balance; amounts in minor units."""
    yield [
        "booking_date",
        "value_date",
        "kind",
        "side",
        "amount",
        "balance",
        "bank_transaction_code",
        "uetr",
        "end_to_end_id",
        "counter_account",
        "counter_name",
        "remittance",
        "rule",
        "entry",
    ]
    yield [shown.from_date, shown.from_date, "OPENING_BALANCE", "", None, shown.opening, *[""] * 8]
    for line in shown.entries:
        yield [
            line.booking_date,
            line.value_date,
            line.kind,
            line.side.value,
            line.amount,
            line.booked_after,
            line.bank_transaction_code,
            line.uetr,
            line.end_to_end_id,
            line.counter_account,
            line.counter_name,
            line.remittance,
            line.rule,
            line.seq,
        ]
    yield [shown.to_date, shown.to_date, "CLOSING_BALANCE", "", None, shown.closing, *[""] * 8]
