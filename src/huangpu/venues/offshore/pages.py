"""What the offshore views return: Structs for REST and console, with names in both languages, minor units, microseconds.

How many items a page holds at most is here too, for the lists of every part of the venue.
"""

import datetime

import msgspec

from huangpu.ledger.accounts import Side
from huangpu.registry.cash_accounts import AccountClass, AccountStatus
from huangpu.venues.offshore.state import (
    Binding,
    Direction,
    ListingProposal,
    ListingState,
    ListingStep,
)

LIMIT_MAX = 500
"""Items that one page holds at most."""


def page_size(limit: int) -> int:
    """Return how many items a page of `limit` holds: one at least, `LIMIT_MAX` at most."""
    return max(1, min(limit, LIMIT_MAX))


class Party(msgspec.Struct, frozen=True):
    """Who stands on one side of a payment; `institution` is empty for a party overseas."""

    account: str
    account_class: str
    institution: str
    name: str
    name_zh: str
    country: str
    agent: str


class PaymentView(msgspec.Struct, frozen=True, kw_only=True):
    """One payment in a list: how it ended, or what it waits for.

    `number` is -1 while it waits; `waits` says REVIEW to readers who are not told of screening. Units: amount and charge in minor
    units, times in microseconds since the epoch.
    """

    number: int
    uetr: str
    at_us: int
    direction: Direction
    status: str
    line: str
    rule: str
    currency: str
    amount: int
    bank: str
    debtor: Party
    creditor: Party
    trade_type: str
    purpose: str
    end_to_end_id: str
    instruction_id: str
    message_id: str
    remittance: str
    correspondent: str
    sample: str
    received_us: int
    waits: list[str]
    expires_us: int
    priority: str
    trade_reference: str
    reason: str
    detail: str
    cite: str
    charge: int


class TimeLineStep(msgspec.Struct, frozen=True):
    """One status that the payment passed, in both languages; `wait` is what it waited for, `cite` why, `person` who acted."""

    status: str
    at_us: int
    text: str
    text_zh: str
    wait: str = ""
    cite: str = ""
    person: str = ""
    entry: int = 0


class PaymentDetail(msgspec.Struct, frozen=True):
    """One payment with its time line, the entry that settled it, and the cell that allowed it."""

    payment: PaymentView
    time_line: list[TimeLineStep]
    entry: int
    rule_name: str
    rule_cite: str
    sample_draw: int


class PaymentPage(msgspec.Struct, frozen=True):
    """A page of payments, newest first; `next_after` is empty on the last one."""

    payments: list[PaymentView]
    next_after: str


class Balance(msgspec.Struct, frozen=True):
    """What an account holds in one currency. Units: minor units."""

    currency: str
    booked: int
    held: int
    available: int


class AccountView(msgspec.Struct, frozen=True, kw_only=True):
    """One cash account with its balances."""

    account_id: str
    account_class: AccountClass
    holder: str
    holder_name: str
    holder_name_zh: str
    bank: str
    unit: str
    status: AccountStatus
    balances: list[Balance]


class AccountPage(msgspec.Struct, frozen=True):
    """A page of accounts, newest first."""

    accounts: list[AccountView]
    next_after: str


class NostroView(msgspec.Struct, frozen=True):
    """A bank's money at a correspondent, as the mirror shows it. Units: minor units."""

    code: str
    bank: str
    correspondent: str
    currency: str
    balance: int


class AccountEntry(msgspec.Struct, frozen=True):
    """One payment on an account. Units: minor units; booked_after is the balance it left."""

    number: int
    uetr: str
    end_to_end_id: str
    at_us: int
    side: Side
    amount: int
    booked_after: int
    counter_account: str
    counter_name: str
    rule: str


class AccountStatement(msgspec.Struct, frozen=True):
    """The payments of an account in one currency, newest first, with its balance now."""

    account: AccountView
    currency: str
    balance: Balance
    entries: list[AccountEntry]
    next_after: str


class ListingView(msgspec.Struct, frozen=True, kw_only=True):
    """A company's place on the white list with its history."""

    company: str
    name: str
    name_zh: str
    state: ListingState
    banks: list[str]
    steps: list[ListingStep]
    bindings: list[Binding]
    proposal: ListingProposal | None = None


class PayableCompany(msgspec.Struct, frozen=True):
    """A company that could pay at an instant, and the banks that served it."""

    company: str
    banks: list[str]


class CurrencyTotal(msgspec.Struct, frozen=True):
    """Settled payments in one currency. Units: value in minor units."""

    currency: str
    payments: int
    value: int


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """The venue's figures of one business date and in all."""

    date: datetime.date
    payments_today: int
    payments_total: int
    sampled_today: int
    sampled_total: int
    today: list[CurrencyTotal]
    total: list[CurrencyTotal]
    companies: dict[str, int]
    accounts: dict[str, int]


class MatrixCell(msgspec.Struct, frozen=True, kw_only=True):
    """One cell of the transfer matrix on a date; `names` says for which pair of holders where that matters."""

    debtor_class: AccountClass
    creditor_class: AccountClass
    currency: str
    names: str
    line: str
    permission: str
    rule: str
    from_date: datetime.date
    cite: str
    note: str
