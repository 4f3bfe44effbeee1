"""The register of cash accounts: which bank keeps which account for whom, of which class, open or blocked.

The offshore venue opens and blocks accounts; every venue that moves money reads here whether an account may be used. The balances
are the ledger's: the account `FTE-OTC1` in USD is the ledger account `FTE-OTC1/USD`.
"""

import enum

import msgspec

from huangpu.core.message import Event, Stamp
from huangpu.core.room import Table


class AccountClass(enum.StrEnum):
    """Account classes of the free trade account world and its borders (offshore domain note B1)."""

    FTE = "FTE"
    FTN = "FTN"
    FTU = "FTU"
    FTI = "FTI"
    FTF = "FTF"
    NRA = "NRA"
    OSA = "OSA"
    EFE = "EFE"
    EFN = "EFN"
    EFF = "EFF"
    EFU = "EFU"
    DOM = "DOM"
    OVS = "OVS"

    @classmethod
    def _missing_(cls, value: object) -> "AccountClass | None":
        """Read the one class EF of version 0.1.0, under which no account could be opened, as a company's."""
        return cls.EFE if value == "EF" else None


FREE_TRADE_CLASSES = frozenset(
    {AccountClass.FTE, AccountClass.FTN, AccountClass.FTU, AccountClass.FTI, AccountClass.FTF}
)
MULTI_FUNCTIONAL_CLASSES = frozenset(
    {AccountClass.EFE, AccountClass.EFN, AccountClass.EFF, AccountClass.EFU}
)
"""Accounts of Hainan and Hengqin, kept outside the separate accounting unit."""


class AccountStatus(enum.StrEnum):
    """Whether an account may be debited and credited."""

    OPEN = "OPEN"
    BLOCKED = "BLOCKED"
    CLOSED = "CLOSED"


class CashAccount(msgspec.Struct, frozen=True, kw_only=True):
    """One account at one bank; currencies are opened under it one by one."""

    id: str
    account_class: AccountClass
    holder: str
    bank: str
    currencies: list[str]
    status: AccountStatus = AccountStatus.OPEN

    @property
    def unit(self) -> str:
        """Return the ring the account balances in: the bank's separate accounting unit, or its ordinary books."""
        return (
            f"{self.bank}-SAU" if self.account_class in FREE_TRADE_CLASSES else f"{self.bank}-DOM"
        )


class CashAccountOpened(Event, frozen=True):
    """The account is in the register; ledger accounts are opened beside it."""

    account: CashAccount


class CurrencyAdded(Event, frozen=True):
    """The account can hold a further currency."""

    account_id: str
    currency: str


class CashAccountStatusChanged(Event, frozen=True):
    """The account was blocked, opened again or closed."""

    account_id: str
    status: AccountStatus
    cause: str


CashAccounts = dict[str, CashAccount]


def ledger_code(account_id: str, currency: str) -> str:
    """Return the code of the ledger account that holds one currency of a cash account."""
    return f"{account_id}/{currency}"


def apply_opened(accounts: CashAccounts, event: CashAccountOpened, stamp: Stamp) -> None:
    """Enter the account."""
    assert event.account.id not in accounts
    accounts[event.account.id] = event.account


def apply_currency_added(accounts: CashAccounts, event: CurrencyAdded, stamp: Stamp) -> None:
    """Add the currency to the account."""
    found = accounts[event.account_id]
    accounts[found.id] = msgspec.structs.replace(
        found, currencies=[*found.currencies, event.currency]
    )


def apply_status_changed(
    accounts: CashAccounts, event: CashAccountStatusChanged, stamp: Stamp
) -> None:
    """Set the status."""
    found = accounts[event.account_id]
    accounts[found.id] = msgspec.structs.replace(found, status=event.status)


TABLE = Table(
    name="cash_accounts",
    handlers=(),
    appliers={
        CashAccountOpened: apply_opened,
        CurrencyAdded: apply_currency_added,
        CashAccountStatusChanged: apply_status_changed,
    },
)
