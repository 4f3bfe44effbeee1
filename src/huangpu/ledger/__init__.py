"""Double entry for all venues: accounts, transfers, holds, chains that pass or fail as a whole, statements."""

from huangpu.ledger.accounts import Account, Side, in_normal_sign, interunit_code
from huangpu.ledger.book import Book
from huangpu.ledger.kernel import TRANSFER_RECORD
from huangpu.ledger.statements import (
    Statement,
    StatementEntry,
    balances_in_normal_sign,
    booked_statement,
    statement,
    statement_from,
)
from huangpu.ledger.transfers import LedgerCode, Leg, LegKind, Shortfall, pack, unpack

__all__ = [
    "TRANSFER_RECORD",
    "Account",
    "Book",
    "LedgerCode",
    "Leg",
    "LegKind",
    "Shortfall",
    "Side",
    "Statement",
    "StatementEntry",
    "balances_in_normal_sign",
    "booked_statement",
    "in_normal_sign",
    "interunit_code",
    "pack",
    "statement",
    "statement_from",
    "unpack",
]
