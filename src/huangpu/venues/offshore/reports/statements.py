"""The statement of an account in one currency: opening balance, entries, closing balance, for one day or several.

Complete over all venues: entries come from the ledger's history, their meaning from the payment, return, transfer or exchange that they belong to,
or from the other account of the leg. Balances are read backwards from now, so a statement of any past day is the same whenever it is asked for.
"""

import datetime
from collections.abc import Iterator
from typing import Any

import msgspec

from huangpu.core.calendar import DAY_US, date_of, instant_us
from huangpu.ledger.accounts import INTERUNIT, Account, Side, in_normal_sign
from huangpu.registry.cash_accounts import AccountClass, CashAccount, ledger_code
from huangpu.venues.offshore.bank_transfers.books import BankTransfer
from huangpu.venues.offshore.fx.state import Deal, Squaring
from huangpu.venues.offshore.recalls.books import Return
from huangpu.venues.offshore.reports.causes import Cause, CauseKind, original_of
from huangpu.venues.offshore.reports.parties import Side as Party
from huangpu.venues.offshore.reports.parties import exchange_facts, kept_here, transfer_facts
from huangpu.venues.offshore.reports.postings import Posted, postings_of
from huangpu.venues.offshore.reports.record import amount_text
from huangpu.venues.offshore.state import Direction, Offshore, Payment

OPENING, OTHER = "OPENING", "OTHER"
ENTRIES_MAX = 100_000
"""How many entries one statement may hold; a longer period is asked for in parts."""


class StatementLine(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a statement.

    `kind` is PAYMENT, CHARGE, RETURN, BANK_TRANSFER, FX_DEAL, OPENING or, of another venue, OTHER; the bank transaction code is ISO 20022's domain,
    family and sub-family. A charge and a return have the ids of their payment and its entry (`original_entry`); `reference` is the id of the
    return or the quote of an exchange, `reason` why money came back, `deal` the number of an exchange, `rate` what it was dealt at.
    Units: minor units, amount positive; booked_after in the sign of the account; other_amount in `other_currency`; rate in decimals, of one
    unit of the pair's base.
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
    reference: str = ""
    original_entry: int = 0
    reason: str = ""
    deal: str = ""
    pair: str = ""
    rate: str = ""
    other_currency: str = ""
    other_amount: int = 0


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


def lines_of(room: Offshore, cause: Cause) -> list[tuple[CashAccount, StatementLine]]:
    """List the lines that a cause leaves on accounts kept for a holder, as their statements show them; booked_after is left out."""
    history = room.ledger.history
    begin, end = (history.row_of_entry(cause.source.seq + after) for after in (0, 1))
    found: list[tuple[CashAccount, StatementLine]] = []
    for number in (cause.debit, cause.credit):
        account = room.ledger.account(number)
        kept = room.registry.cash_accounts.get(account.code.rpartition("/")[0])
        if kept is not None and account.asset in kept.currencies:
            found += [
                (kept, _line(room, account, number, posted, 0))
                for posted in postings_of(room, number, begin, end)
                if posted.cause == cause
            ]
    return found


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
    movement, cause = posted.movements[0], posted.cause
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
        kind=OTHER if cause is None else cause.kind.value,
        bank_transaction_code=_transaction_code(room, cause, credit=credit),
    )
    if cause is None:
        other = movement.debit if credit else movement.credit
        opening = room.ledger.account(other).kind == OPENING
        kind = OPENING if opening else OTHER
        return msgspec.structs.replace(line, kind=kind, **_counter(_other_side(room, other)))
    return msgspec.structs.replace(line, **_told(room, cause, credit=credit))


def _told(room: Offshore, cause: Cause, *, credit: bool) -> dict[str, Any]:
    """Return the fields of a line that its cause fills."""
    source = cause.source
    if isinstance(source, Deal | Squaring):
        return _of_exchange(room, cause, source, credit=credit)
    if isinstance(source, BankTransfer):
        facts, order = transfer_facts(room, source, cause), source.order
        return {
            **_counter(facts.payer if credit else facts.payee),
            "uetr": order.uetr,
            "end_to_end_id": order.end_to_end_id,
            "instruction_id": order.instruction_id,
            "message_id": source.message_id,
            "remittance": order.remittance,
            "rule": source.rule,
        }
    original = original_of(room, cause)
    payment = source if isinstance(source, Payment) else original
    assert payment is not None
    if cause.kind is CauseKind.CHARGE:
        told = _of_payment(room, payment, debtor=credit)
        told |= _counter(_other_side(room, cause.debit if credit else cause.credit))
    elif isinstance(source, Return):
        # The payer of the return is the creditor of the payment.
        told = _of_payment(room, payment, debtor=not credit)
        told |= {"message_id": source.message_id, "reason": source.reason, "rule": ""}
    else:
        told = _of_payment(room, payment, debtor=credit)
    return {
        **told,
        "reference": cause.reference,
        "original_entry": 0 if original is None else original.seq,
    }


def _of_payment(room: Offshore, payment: Payment, *, debtor: bool) -> dict[str, Any]:
    """Tell of a payment to the account opposite its debtor or its creditor."""
    order = payment.order
    here = room.registry.institutions.get(payment.debtor if debtor else payment.creditor)
    name = order.debtor_name if debtor else order.creditor_name
    return {
        "uetr": order.uetr,
        "end_to_end_id": order.end_to_end_id,
        "instruction_id": order.instruction_id,
        "message_id": payment.message_id,
        "counter_account": order.debtor_account if debtor else order.creditor_account,
        "counter_name": name if here is None else here.name,
        "counter_agent": order.debtor_agent if debtor else order.creditor_agent,
        "remittance": order.remittance,
        "rule": payment.rule,
    }


def _of_exchange(
    room: Offshore, cause: Cause, exchange: Deal | Squaring, *, credit: bool
) -> dict[str, Any]:
    facts = exchange_facts(room, exchange, cause)
    return {
        **_counter(facts.payer if credit else facts.payee),
        "reference": cause.reference,
        "deal": facts.deal,
        "pair": facts.pair,
        "rate": facts.deal_rate,
        "other_currency": facts.other_currency,
        "other_amount": facts.other_amount,
    }


def _other_side(room: Offshore, number: int) -> Party:
    """Describe the other account of a movement without a cause; a mirror between units hides it."""
    found = room.ledger.account(number)
    name = "" if found.kind == INTERUNIT else kept_here(room, number).name
    return Party(found.holder, found.code, found.kind, name)


def _counter(side: Party) -> dict[str, Any]:
    return {
        "counter_account": side.account,
        "counter_name": side.name,
        "counter_agent": side.agent,
    }


def _transaction_code(room: Offshore, cause: Cause | None, *, credit: bool) -> str:
    """Return the ISO 20022 bank transaction code: domain, family, sub-family.

    Reading: a return is the reversal of the transfer that it undoes, so what was issued comes back as a credit of its family; an opening balance and
    what another venue moves are miscellaneous.
    """
    if cause is None:
        return "PMNT/MCOP/OTHR" if credit else "PMNT/MDOP/OTHR"
    source, family = cause.source, "RCDT" if credit else "ICDT"
    if isinstance(source, Return):
        return f"PMNT/{'ICDT' if credit else 'RCDT'}/RRTN"
    if isinstance(source, Deal | Squaring):
        return "FORX/SPOT/OTHR"
    if isinstance(source, BankTransfer):
        payer, receiver = room.ledger.account(cause.debit), room.ledger.account(cause.credit)
        own = payer.holder == receiver.holder and source.direction is Direction.BOOK
        return f"PMNT/{family}/{'FIOA' if own else 'FICT'}"
    if cause.kind is CauseKind.CHARGE:
        return f"PMNT/{family}/CHRG"
    far = source.debtor_class if credit else source.creditor_class
    return f"PMNT/{family}/{'XBCT' if far == AccountClass.OVS else 'BOOK'}"


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
        "reference",
        "original_entry",
        "reason",
        "deal",
        "pair",
        "rate",
        "other_currency",
        "other_amount",
    ]
    blanks = [""] * 16
    yield [shown.from_date, shown.from_date, "OPENING_BALANCE", "", None, shown.opening, *blanks]
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
            line.reference,
            line.original_entry or "",
            line.reason,
            line.deal,
            line.pair,
            line.rate,
            line.other_currency,
            amount_text(line.other_amount, line.other_currency) if line.other_currency else "",
        ]
    yield [shown.to_date, shown.to_date, "CLOSING_BALANCE", "", None, shown.closing, *blanks]
