"""Where a bank's money lies: its FTU account, its own account, its nostro, or an account overseas; and which may pay which.

An own account is a ledger account of a kind in `offshore.bank_transfer.own_kinds`, in the bank's separate accounting unit, and counts as FTU
in the matrix: FTU is also the name of that unit. A nostro is not the bank's purse here but a mirror, so it is paid from a nostro only.
"""

import enum
from typing import NamedTuple

from huangpu.core.message import Rejected
from huangpu.core.reasons import Reason
from huangpu.registry.cash_accounts import AccountClass, ledger_code
from huangpu.venues.offshore.payments import checks
from huangpu.venues.offshore.payments.draft import Draft

TRANSFERS = "huangpu policy 34, transfers between banks"


class PlaceKind(enum.StrEnum):
    """What kind of account a bank's money lies on."""

    FTU = "FTU"
    OWN = "OWN"
    NOSTRO = "NOSTRO"


class Place(NamedTuple):
    """An account of a bank that is kept here: its ledger number, its holder, the bank that keeps it, and the far bank of a nostro."""

    number: int
    kind: PlaceKind
    holder: str
    bank: str
    correspondent: str = ""


def place(draft: Draft, name: str, currency: str) -> Place | Rejected | None:
    """Find an account that a bank holds here in a currency; None where there is none of that name.

    Rejects: ACCOUNT_CLASS_FORBIDDEN, ACCOUNT_CLOSED, ACCOUNT_BLOCKED, ACCOUNT_CURRENCY_WRONG, INSTITUTION_SUSPENDED.
    """
    room = draft.room
    code = ledger_code(name, currency)
    nostro = room.books.nostros.get(code)
    number = room.ledger.number(code)
    if nostro is not None:
        assert number is not None
        return Place(number, PlaceKind.NOSTRO, nostro.bank, nostro.bank, nostro.correspondent)
    account = room.registry.cash_accounts.get(name)
    if account is not None:
        if account.account_class is not AccountClass.FTU:
            detail = f"{name} is a {account.account_class}, between banks {AccountClass.FTU}"
            return Rejected(Reason.ACCOUNT_CLASS_FORBIDDEN, detail, TRANSFERS)
        refused = checks.account_refusal(draft, account, currency)
        if refused is not None:
            return refused
        assert number is not None
        return Place(number, PlaceKind.FTU, account.holder, account.bank)
    if number is None:
        return None
    found = room.ledger.account(number)
    row = draft.rows["offshore.bank_transfer.own_kinds"]
    if found.kind in row.texts and found.unit == f"{found.holder}-SAU":
        return Place(number, PlaceKind.OWN, found.holder, found.holder)
    detail = f"{code} is a {found.kind}, one of {' '.join(row.texts)}"
    return Rejected(Reason.ACCOUNT_CLASS_FORBIDDEN, detail, row.cite, row.rule)
