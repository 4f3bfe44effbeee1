"""An account's day: the intraday report camt.052.001.08 and the end-of-day statement camt.053.001.08, both ways.

One message holds one account in one currency. The two differ in the names of their elements only, so one struct serves both. A
statement's booked balances add up: closing = opening + entries; the writer refuses one that does not (table of rules, C9).
"""

import datetime
from typing import Final, NamedTuple

import msgspec

from huangpu.gateways.iso20022 import parts
from huangpu.gateways.iso20022.entries import date_tree, entry_tree, read_date, read_entry
from huangpu.gateways.iso20022.model import Account, BusinessHeader, Entry
from huangpu.gateways.iso20022.money import Money, amount_text, read_money
from huangpu.gateways.iso20022.parts import filled
from huangpu.gateways.iso20022.reader import Document, Tree
from huangpu.gateways.iso20022.refusal import Fault, Refusal, at
from huangpu.gateways.iso20022.rules import check_rules, refusal_for
from huangpu.gateways.iso20022.writing import checked_bytes, inside

CAMT_052 = "camt.052.001.08"
CAMT_053 = "camt.053.001.08"
OPENING_BOOKED: Final = "OPBD"
CLOSING_BOOKED: Final = "CLBD"
OPENING_AVAILABLE: Final = "OPAV"
CLOSING_AVAILABLE: Final = "CLAV"
INTRADAY_BOOKED: Final = "ITBD"
INTRADAY_AVAILABLE: Final = "ITAV"


class Balance(msgspec.Struct, frozen=True):
    """A balance at the end of a date: `kind` OPBD, OPAV, CLBD, CLAV, ITBD or ITAV, `side` CRDT or DBIT."""

    kind: str
    amount: Money
    side: str
    date: datetime.date


class AccountStatement(msgspec.Struct, frozen=True):
    """A report (camt.052) or statement (camt.053) of one account.

    `sequence` counts the statements of the account, -1 when it is not given; `from_at` and `to_at` are moments of ISO 8601.
    """

    message_id: str
    created_at: str
    statement_id: str
    account: Account
    balances: tuple[Balance, ...]
    entries: tuple[Entry, ...] = ()
    servicer_bic: str = ""
    owner_name: str = ""
    sequence: int = -1
    from_at: str = ""
    to_at: str = ""
    page: int = 1
    last_page: bool = True
    header: BusinessHeader | None = None


class _Names(NamedTuple):
    definition: str
    root: str
    tag: str
    pagination: str


_REPORT = _Names(CAMT_052, "BkToCstmrAcctRpt", "Rpt", "RptPgntn")
_STATEMENT = _Names(CAMT_053, "BkToCstmrStmt", "Stmt", "StmtPgntn")


def read_camt052(document: Document) -> AccountStatement | Refusal:
    """Extract an intraday report.

    Rejects: every rule across fields, then amounts and account digits.
    """
    return _read_document(document, _REPORT)


def write_camt052(report: AccountStatement, *, header: BusinessHeader | None = None) -> bytes:
    """Write an intraday report, with a business header when one is given.

    Raises: WriteError when the content breaks the profile or a rule.
    """
    return _write(report, _REPORT, header)


def read_camt053(document: Document) -> AccountStatement | Refusal:
    """Extract an end-of-day statement.

    Rejects: every rule across fields, AM10 when the balances do not add up, then amounts and account digits.
    """
    return _read_document(document, _STATEMENT)


def write_camt053(statement: AccountStatement, *, header: BusinessHeader | None = None) -> bytes:
    """Write an end-of-day statement, with a business header when one is given.

    Raises: WriteError when the content breaks the profile or a rule.
    """
    return _write(statement, _STATEMENT, header)


def _read_document(document: Document, names: _Names) -> AccountStatement | Refusal:
    assert document.definition == names.definition
    try:
        check_rules(document)
        with at("Document", names.root, names.tag):
            return _read(document, document.body[names.tag][0], names)
    except Fault as fault:
        return refusal_for(document, fault)


def _read(document: Document, tree: Tree, names: _Names) -> AccountStatement:
    group = document.body["GrpHdr"]
    pages = tree.get(names.pagination, {"PgNb": "1", "LastPgInd": "true"})
    period = tree.get("FrToDt", {})
    return AccountStatement(
        message_id=group["MsgId"],
        created_at=group["CreDtTm"],
        statement_id=tree["Id"],
        account=parts.read_account(tree["Acct"], "Acct"),
        servicer_bic=parts.read_agent_bic(tree["Acct"], "Svcr"),
        owner_name=tree["Acct"].get("Ownr", {}).get("Nm", ""),
        sequence=int(tree.get("ElctrncSeqNb", "-1").partition(".")[0]),
        from_at=period.get("FrDtTm", ""),
        to_at=period.get("ToDtTm", ""),
        page=int(pages["PgNb"]),
        last_page=pages["LastPgInd"] in {"true", "1"},
        balances=tuple(_read_balance(each, n) for n, each in enumerate(tree.get("Bal", ()), 1)),
        entries=tuple(read_entry(each, n) for n, each in enumerate(tree.get("Ntry", ()), 1)),
        header=parts.read_header(document.header),
    )


def _read_balance(tree: Tree, number: int) -> Balance:
    kind = parts.read_code(tree["Tp"]["CdOrPrtry"])
    date = read_date(tree["Dt"])
    assert date is not None
    amount = read_money(tree["Amt"], f"Bal[{number}]", "Amt", allow_zero=True)
    return Balance(kind.code or kind.proprietary, amount, tree["CdtDbtInd"], date)


def _write(statement: AccountStatement, names: _Names, header: BusinessHeader | None) -> bytes:
    with inside(names.definition, "Document", names.root, names.tag):
        account = parts.account_tree(statement.account) | filled(
            Ownr=filled(Nm=statement.owner_name), Svcr=parts.agent_tree(statement.servicer_bic)
        )
        pages = {"PgNb": str(statement.page), "LastPgInd": str(statement.last_page).lower()}
        tree = filled(
            Id=statement.statement_id,
            ElctrncSeqNb=None if statement.sequence < 0 else str(statement.sequence),
            CreDtTm=statement.created_at,
            FrToDt=filled(FrDtTm=statement.from_at, ToDtTm=statement.to_at),
            Acct=account,
            Bal=[_balance_tree(balance) for balance in statement.balances],
            Ntry=[entry_tree(entry) for entry in statement.entries],
        ) | {names.pagination: pages}
    body = {
        "GrpHdr": filled(MsgId=statement.message_id, CreDtTm=statement.created_at),
        names.tag: [tree],
    }
    return checked_bytes(names.definition, body, header or statement.header)


def _balance_tree(balance: Balance) -> Tree:
    return filled(
        Tp={"CdOrPrtry": {"Cd": balance.kind}},
        Amt=amount_text(balance.amount),
        CdtDbtInd=balance.side,
        Dt=date_tree(balance.date),
    )
