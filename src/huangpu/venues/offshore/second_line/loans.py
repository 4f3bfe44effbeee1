"""The register of loans that a company may repay across the second line: own RMB loans of banks here, outstanding long enough.

The lending bank enters a loan with the company's account at that bank; a repayment goes straight into that account and never exceeds what is
still owed on the loans that are old enough, pending repayments counted. Leaves out: interest, and repayments from elsewhere, which the bank
tells by ending the loan.
"""

import calendar
import datetime
from typing import Annotated

import msgspec

from huangpu.core.identifiers import is_code
from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import AMOUNT_MAX, money_text
from huangpu.registry.cash_accounts import AccountClass, CashAccount
from huangpu.venues.offshore.boundary import FEN_ON_THE_WIRE, Claim, Loan
from huangpu.venues.offshore.orders import PaymentOrder
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.refusals import not_yours
from huangpu.venues.offshore.second_line.claims import loan_key, room_left
from huangpu.venues.offshore.state import Offshore

LOANS = "R-08, purpose LOAN: own RMB loans, into the account at the lending bank"


class RegisterLoan(Command, frozen=True):
    """Enter a loan of the acting bank to a company, with the company's account there. Units: principal in fen."""

    loan_id: str
    company: str
    account: str
    drawn_on: datetime.date
    principal: Annotated[int, FEN_ON_THE_WIRE]


class EndLoan(Command, frozen=True):
    """Say that nothing more is owed on a loan of the acting bank."""

    loan_id: str


class LoanRegistered(Event, frozen=True):
    """The loan may be repaid once it is old enough."""

    loan: Loan


class LoanEnded(Event, frozen=True):
    """Nothing more is owed; `repaid` is what came across the second line. Units: fen."""

    loan_id: str
    repaid: int


def register_loan(room: Offshore, rules: RuleBook, command: RegisterLoan, stamp: Stamp) -> Decision:
    """Enter a loan whose account is the company's own ordinary CNY account at the lending bank.

    Rule: B3, purpose 2.
    Rejects: IDENTIFIER_MALFORMED, LOAN_KNOWN, ACCOUNT_UNKNOWN, NOT_YOUR_INSTITUTION, ACCOUNT_CLASS_FORBIDDEN, FIELD_OUT_OF_RANGE.
    """
    if not is_code(command.loan_id):
        detail = f"loan id {command.loan_id[:80]!r}: 1 to 64 letters, digits and ._:/-"
        return Rejected(Reason.IDENTIFIER_MALFORMED, detail, LOANS)
    if command.loan_id in room.books.boundary.loans:
        return Rejected(Reason.LOAN_KNOWN, command.loan_id, LOANS)
    account = room.registry.cash_accounts.get(command.account)
    if account is None:
        return Rejected(Reason.ACCOUNT_UNKNOWN, command.account, LOANS)
    if account.bank != stamp.institution:
        return not_yours(stamp, f"{account.bank}, the lending bank", LOANS)
    own = account.holder == command.company and account.account_class is AccountClass.DOM
    if not own or "CNY" not in account.currencies:
        detail = f"{account.id} is a {account.account_class} of {account.holder}; needed a DOM account of {command.company} in CNY"
        return Rejected(Reason.ACCOUNT_CLASS_FORBIDDEN, detail, LOANS)
    if not 0 < command.principal <= AMOUNT_MAX or command.drawn_on > stamp.date:
        detail = f"{command.principal} fen drawn on {command.drawn_on}: from 1 fen, at the latest {stamp.date}"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, LOANS)
    loan = Loan(
        id=command.loan_id,
        company=command.company,
        bank=account.bank,
        account=account.id,
        drawn_on=command.drawn_on,
        principal=command.principal,
    )
    return [LoanRegistered(loan=loan)]


def end_loan(room: Offshore, rules: RuleBook, command: EndLoan, stamp: Stamp) -> Decision:
    """End a loan, unless a pending repayment needs it.

    Rejects: LOAN_UNKNOWN, NOT_YOUR_INSTITUTION, LOAN_NOT_REPAYABLE.
    """
    loan = room.books.boundary.loans.get(command.loan_id)
    if loan is None or loan.ended:
        return Rejected(Reason.LOAN_UNKNOWN, f"{command.loan_id[:80]!r}, no open loan", LOANS)
    if loan.bank != stamp.institution:
        return not_yours(stamp, f"{loan.bank}, the lending bank", LOANS)
    repaid = repaid_of(room, loan)
    running = room.books.boundary.running.get(loan_key(loan.account))
    owed = sum(one.principal for one in _at(room, loan.account)) - loan.principal + repaid
    if running is not None and running.net + running.claimed_in > owed:
        detail = f"{loan.id}: pending repayments claim {money_text(running.claimed_in, 'CNY')}"
        return Rejected(Reason.LOAN_NOT_REPAYABLE, detail, LOANS)
    return [LoanEnded(loan_id=loan.id, repaid=repaid)]


def refusal(
    draft: Draft,
    order: PaymentOrder,
    debtor: CashAccount,
    creditor: CashAccount,
) -> Rejected | None:
    """Refuse a repayment that is not owed to the bank of the creditor account, or not yet to be repaid across the line.

    Rule: R-08, B3: outstanding more than six months, straight into the same-name account at the lending bank.
    Rejects: LOAN_NOT_REPAYABLE.
    """
    months = draft.rows["offshore.second_line.loan_months_min"]
    drawn_before = months_before(draft.stamp.date, months.integer)
    owed = sum(
        loan.principal
        for loan in _at(draft.room, creditor.id)
        if loan.company == debtor.holder and loan.drawn_on < drawn_before
    )
    claim = Claim(loan_key(creditor.id), order.amount)
    left = room_left(draft.room, draft.moves.counts, claim, owed, order.uetr)
    if creditor.account_class is AccountClass.DOM and order.amount <= left:
        return None
    detail = (
        f"{money_text(order.amount, 'CNY')} to {creditor.id}: {money_text(max(left, 0), 'CNY')} owed there "
        f"on loans older than {months.value} {months.unit}"
    )
    return Rejected(Reason.LOAN_NOT_REPAYABLE, detail, months.cite, months.rule)


def repaid_of(room: Offshore, loan: Loan) -> int:
    """Return what of a loan has been repaid across the line: repayments pay the oldest loan of the account first. Units: fen."""
    running = room.books.boundary.running.get(loan_key(loan.account))
    left = 0 if running is None else running.net
    for one in sorted(_at(room, loan.account), key=lambda found: (found.drawn_on, found.id)):
        part = min(left, one.principal)
        if one.id == loan.id:
            return part
        left -= part
    raise AssertionError(loan.id)


def months_before(date: datetime.date, months: int) -> datetime.date:
    """Return the same day some months earlier, or the last of the month where there is none.

    Reading: a loan is outstanding more than six months when it was drawn before the same day six months ago.
    """
    year, month = divmod(date.year * 12 + date.month - 1 - months, 12)
    if year < datetime.MINYEAR:
        return datetime.date.min
    return datetime.date(year, month + 1, min(date.day, calendar.monthrange(year, month + 1)[1]))


def apply_loan_registered(room: Offshore, event: LoanRegistered, stamp: Stamp) -> None:
    """Enter the loan under its account."""
    books, loan = room.books.boundary, event.loan
    assert loan.id not in books.loans
    books.loans[loan.id] = loan
    books.loans_by_account.setdefault(loan.account, []).append(loan.id)


def apply_loan_ended(room: Offshore, event: LoanEnded, stamp: Stamp) -> None:
    """Leave of the loan what was repaid, so that the account's sum still fits its repayments."""
    loans = room.books.boundary.loans
    loans[event.loan_id] = msgspec.structs.replace(
        loans[event.loan_id], principal=event.repaid, ended=True
    )


def _at(room: Offshore, account: str) -> list[Loan]:
    books = room.books.boundary
    return [books.loans[loan_id] for loan_id in books.loans_by_account.get(account, ())]
