"""The ledger's facts in the journal, and the table that applies them; venues put these among their own events.

`LegsPosted` is one chain: all legs or none. The block lane posts packed records by the kernel in one call; its entry keeps the
records and the digest of the result codes. Holds of the venues are out of its reach.
"""

import hashlib

import numpy as np
import numpy.typing as npt

from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.room import Handler, Table
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import AMOUNT_MAX
from huangpu.ledger.accounts import (
    PAYMENT_KINDS,
    RESERVED_PREFIXES,
    VENUE_HELD_KINDS,
    Account,
    Side,
)
from huangpu.ledger.book import Book
from huangpu.ledger.kernel import BOOKED_LIMIT, Records
from huangpu.ledger.transfers import TRANSFER_RECORD, Leg, LegKind


class AccountOpened(Event, frozen=True):
    """A ledger account exists from now on; its number is the count of accounts before it."""

    account: Account


class LegsPosted(Event, frozen=True, omit_defaults=True):
    """One chain of legs moved, reserved or released money or securities: in order, or all in one step."""

    legs: list[Leg]
    simultaneous: bool = False


class OpenLedgerAccount(Command, frozen=True):
    """Open an account that no venue's own command opens (a bank's own liquidity, positions outside the venues)."""

    account: Account


class PostOpeningBalance(Command, frozen=True):
    """Bring a balance into the centre from outside: move `amount` from the unit's opening mirror to an account."""

    debit: str
    credit: str
    amount: int


class PostTransferBlock(Command, frozen=True):
    """Post packed transfers in one kernel call (the bulk lane).

    Shape: records is the bytes of a TRANSFER_RECORD array, at most 8,190 records.
    """

    records: bytes


class TransferBlockPosted(Event, frozen=True):
    """The outcome of a block: how many records were posted and refused, and the SHA-256 of the codes."""

    posted: int
    refused: int
    codes_sha256: str


BLOCK_RECORDS_MAX = 8_190
OPENING = "OPENING"


def open_ledger_account(
    book: Book, rules: RuleBook, command: OpenLedgerAccount, stamp: Stamp
) -> Decision:
    """Open a ledger account by the operator's hand, under no name that a venue gives to its own.

    Rejects: IDENTIFIER_MALFORMED, FIELD_OUT_OF_RANGE, ACCOUNT_KNOWN.
    """
    account = command.account
    if not account.code or account.code.startswith(RESERVED_PREFIXES):
        detail = f"code {account.code!r}: not empty, not beginning {' '.join(RESERVED_PREFIXES)}"
        return Rejected(Reason.IDENTIFIER_MALFORMED, detail, "huangpu policy 2")
    low, high = account.booked_min, account.booked_max
    if not (low is None or abs(low) < BOOKED_LIMIT) or not (
        high is None or 0 <= high < BOOKED_LIMIT
    ):
        detail = f"limits {low} to {high}, within 2^62, the highest from 0"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, "huangpu policy 2")
    if book.number(command.account.code) is not None:
        return Rejected(Reason.ACCOUNT_KNOWN, command.account.code, "huangpu policy 2")
    return [AccountOpened(account=command.account)]


def post_opening_balance(
    book: Book, rules: RuleBook, command: PostOpeningBalance, stamp: Stamp
) -> Decision:
    """Post one leg from a unit's opening mirror to an account, or from another mirror to the opening mirror.

    Rule: huangpu policy 2: the operator brings balances in, and moves no holder's money.
    Rejects: FIELD_OUT_OF_RANGE, ACCOUNT_UNKNOWN, ACCOUNT_CLASS_FORBIDDEN, BALANCE_LIMIT_EXCEEDED.
    """
    if not 0 < command.amount <= AMOUNT_MAX:
        return Rejected(
            Reason.FIELD_OUT_OF_RANGE, f"amount {command.amount}, from 1", "huangpu policy 2"
        )
    numbers = (book.number(command.debit), book.number(command.credit))
    for code, number in zip((command.debit, command.credit), numbers, strict=True):
        if number is None:
            return Rejected(Reason.ACCOUNT_UNKNOWN, code, "huangpu policy 2")
    debit, credit = numbers
    assert debit is not None
    assert credit is not None
    payer, receiver = book.account(debit), book.account(credit)
    mirrored = payer.normal is Side.DEBIT and receiver.kind == OPENING
    if payer.kind != OPENING and not mirrored:
        detail = f"from {payer.code}, a {payer.kind}, to {receiver.code}; needed from an {OPENING} mirror"
        return Rejected(Reason.ACCOUNT_CLASS_FORBIDDEN, detail, "huangpu policy 2")
    legs = [Leg(kind=0, debit=debit, credit=credit, amount=command.amount)]
    shortfall = book.check(legs)
    if shortfall is not None:
        return Rejected(Reason.BALANCE_LIMIT_EXCEEDED, repr(shortfall), "huangpu policy 2")
    return [LegsPosted(legs=legs)]


def post_transfer_block(
    book: Book, rules: RuleBook, command: PostTransferBlock, stamp: Stamp
) -> Decision:
    """Run a block of packed transfers through the kernel; changes the book at once (block lane).

    Rule: huangpu policy 3: only the holder's own institution debits an account in bulk; no block goes past the transfer matrix; holds are
    made, spent and released in bulk only where no venue places its own: what a payment or an order keeps is not its holder's to free.
    Rejects: BLOCK_MALFORMED, NOT_YOUR_INSTITUTION, ACCOUNT_CLASS_FORBIDDEN.
    """
    size = TRANSFER_RECORD.itemsize
    count, rest = divmod(len(command.records), size)
    if rest or not 0 < count <= BLOCK_RECORDS_MAX:
        detail = f"{len(command.records)} bytes, 1 to {BLOCK_RECORDS_MAX} records of {size} bytes"
        return Rejected(Reason.BLOCK_MALFORMED, detail, "huangpu policy 3")
    records = np.frombuffer(command.records, dtype=TRANSFER_RECORD)
    refusal = (
        _foreign_debit(book, records, stamp)
        or _past_the_matrix(book, records)
        or _venue_hold(book, records)
    )
    if refusal is not None:
        return refusal
    return _run_block(book, command, stamp)


def _run_block(book: Book, command: PostTransferBlock, stamp: Stamp) -> list[Event]:
    """Run the kernel on a block that may run, or that a journal says has run."""
    records = np.frombuffer(command.records, dtype=TRANSFER_RECORD)
    codes = book.post_block(records)
    book.history.note_block(stamp.seq, stamp.at_us, records, codes)
    posted = int(np.count_nonzero(codes == 0))
    digest = hashlib.sha256(np.ascontiguousarray(codes).tobytes()).hexdigest()
    refused = len(records) - posted
    return [TransferBlockPosted(posted=posted, refused=refused, codes_sha256=digest)]


def _foreign_debit(book: Book, records: Records, stamp: Stamp) -> Rejected | None:
    """Refuse a block that debits an account of another holder."""
    for number in _known(book, records["debit"]):
        account = book.account(number)
        if account.holder != stamp.institution:
            detail = f"{account.code} is held by {account.holder}, debited by {stamp.institution}"
            return Rejected(Reason.NOT_YOUR_INSTITUTION, detail, "huangpu policy 3")
    return None


def _past_the_matrix(book: Book, records: Records) -> Rejected | None:
    """Refuse a block that touches an account whose money moves by payments."""
    touched = np.concatenate((records["debit"], records["credit"]))
    told = "its money moves by payments that the transfer matrix allows"
    return _of_kind(book, touched, PAYMENT_KINDS, told)


def _venue_hold(book: Book, records: Records) -> Rejected | None:
    """Refuse a block that makes, spends or releases holds on an account where the venues place theirs."""
    kinds = records["kind"]
    if not kinds.any():
        return None
    holding = records["debit"][kinds != LegKind.TRANSFER]
    told = "in bulk it is debited by transfers, its holds are a venue's"
    return _of_kind(book, holding, VENUE_HELD_KINDS, told)


def _of_kind(
    book: Book, numbers: npt.NDArray[np.int32], kinds: frozenset[str], told: str
) -> Rejected | None:
    """Refuse a block for the first account it names that is of one of these kinds."""
    for number in _known(book, numbers):
        account = book.account(number)
        if account.kind in kinds:
            detail = f"{account.code}, a {account.kind}: {told}"
            return Rejected(Reason.ACCOUNT_CLASS_FORBIDDEN, detail, "huangpu policy 3")
    return None


def _known(book: Book, numbers: npt.NDArray[np.int32]) -> list[int]:
    """List the accounts that are named, once each; unknown numbers are the kernel's to refuse, record by record."""
    count = book.account_count()
    named = np.zeros(count, dtype=np.bool_)
    named[numbers[(numbers >= 0) & (numbers < count)]] = True
    found: list[int] = np.flatnonzero(named).tolist()
    return found


def _open(book: Book, event: AccountOpened, stamp: Stamp) -> None:
    book.open_account(event.account)


def _post(book: Book, event: LegsPosted, stamp: Stamp) -> None:
    book.post(event.legs, simultaneous=event.simultaneous)
    book.history.note(stamp.seq, stamp.at_us, event.legs)


def _posted(book: Book, event: TransferBlockPosted, stamp: Stamp) -> None:
    """Nothing: the kernel has already posted the block."""


TABLE = Table(
    name="ledger",
    handlers=(
        Handler(OpenLedgerAccount, "ledger.operate", open_ledger_account),
        Handler(PostOpeningBalance, "ledger.operate", post_opening_balance),
        Handler(PostTransferBlock, "ledger.block", post_transfer_block, rerun=_run_block),
    ),
    appliers={AccountOpened: _open, LegsPosted: _post, TransferBlockPosted: _posted},
)
