"""Settlement: one chain over the members' free trade accounts pays a whole premium account, or nothing of it.

For each signed share the cedent pays the reinsurer its net premium (commission is netted) and the broker its brokerage. Legs across banks
go through the banks' interunit mirrors (`ledger.route`). A payment names its account; the account names contract and share (domain note A4).
"""

import enum
from typing import TYPE_CHECKING

import msgspec

from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import money_text
from huangpu.ledger.accounts import interunit_code
from huangpu.ledger.events import LegsPosted
from huangpu.ledger.transfers import LedgerCode, Leg
from huangpu.registry.cash_accounts import ledger_code
from huangpu.venues.reinsurance import clauses
from huangpu.venues.reinsurance.accounting import AccountStatus, PremiumAccount
from huangpu.venues.reinsurance.membership import account_refusal

if TYPE_CHECKING:
    from huangpu.venues.reinsurance.books import Reinsurance


class PaymentKind(enum.StrEnum):
    """What a payment is for."""

    NET_PREMIUM = "NET_PREMIUM"
    BROKERAGE = "BROKERAGE"


class SettleAccount(Command, frozen=True):
    """Pay a premium account that is due; the cedent's act, where binding does not settle at once."""

    account_id: str


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """One payment of one share of one account.

    Units: amount_minor in minor units of `currency`.
    """

    id: str
    account_id: str
    trade_code: str
    share: str
    kind: PaymentKind
    currency: str
    amount_minor: int
    payer: str
    payer_account: str
    payee: str
    payee_account: str
    settled_at_us: int


class PremiumSettled(Event, frozen=True):
    """The account is paid in full by these payments."""

    account_id: str
    payments: list[Payment]


def settle_account(
    room: "Reinsurance", rules: RuleBook, command: SettleAccount, stamp: Stamp
) -> Decision:
    """Pay the cedent's own account.

    Rule: domain note A5; huangpu policy 51.
    Rejects: ACCOUNT_UNKNOWN, NOT_YOUR_INSTITUTION, PREMIUM_ALREADY_SETTLED, then whatever `settle` names.
    """
    account = room.books.accounts.get(command.account_id)
    if account is None:
        return Rejected(Reason.ACCOUNT_UNKNOWN, command.account_id, clauses.SETTLEMENT)
    if stamp.institution != account.cedent:
        detail = f"{account.id} is due from {account.cedent}, asked by {stamp.institution}"
        return Rejected(Reason.NOT_YOUR_INSTITUTION, detail, clauses.SETTLEMENT)
    if account.status is AccountStatus.SETTLED:
        return Rejected(Reason.PREMIUM_ALREADY_SETTLED, account.id, clauses.SETTLEMENT)
    return settle(room, rules, account, stamp)


def settle(
    room: "Reinsurance", rules: RuleBook, account: PremiumAccount, stamp: Stamp
) -> list[Event] | Rejected:
    """Build the one chain that pays an account, and check that every leg of it would pass.

    Rule: domain note A5 (real time, free trade accounts); huangpu policies 42 and 51.
    Rejects: SETTLEMENT_ACCOUNT_MISSING, ACCOUNT_UNKNOWN, ACCOUNT_NOT_OWNED, ACCOUNT_CLASS_FORBIDDEN,
    ACCOUNT_CURRENCY_WRONG, ACCOUNT_CLOSED, ACCOUNT_BLOCKED, FUNDS_INSUFFICIENT, BALANCE_LIMIT_EXCEEDED.
    """
    parties = [account.cedent, *(share.reinsurer for share in account.shares)]
    if account.brokerage_minor:
        parties.append(account.broker)
    for party in parties:
        refused = _party_refusal(room, rules, party, account.currency, stamp)
        if refused is not None:
            return refused
    payments = payments_of(room, account, stamp)
    legs = [leg for payment in payments for leg in _legs(room, payment)]
    refused = _chain_refusal(room, account, legs)
    if refused is not None:
        return refused
    settled = PremiumSettled(account_id=account.id, payments=payments)
    return [LegsPosted(legs=legs), settled] if legs else [settled]


def payments_of(room: "Reinsurance", account: PremiumAccount, stamp: Stamp) -> list[Payment]:
    """List the payments of an account, share by share; a part of nothing needs none."""
    parts = [
        (share.reinsurer, kind, payee, amount)
        for share in account.shares
        for kind, payee, amount in (
            (PaymentKind.NET_PREMIUM, share.reinsurer, share.net_minor),
            (PaymentKind.BROKERAGE, account.broker, share.brokerage_minor),
        )
        if amount
    ]
    named = room.books.settlement_accounts
    return [
        Payment(
            id=f"{account.id}/P{number}",
            account_id=account.id,
            trade_code=account.trade_code,
            share=share,
            kind=kind,
            currency=account.currency,
            amount_minor=amount,
            payer=account.cedent,
            payer_account=named[f"{account.cedent}/{account.currency}"],
            payee=payee,
            payee_account=named[f"{payee}/{account.currency}"],
            settled_at_us=stamp.at_us,
        )
        for number, (share, kind, payee, amount) in enumerate(parts, 1)
    ]


def _party_refusal(
    room: "Reinsurance", rules: RuleBook, party: str, currency: str, stamp: Stamp
) -> Rejected | None:
    """Refuse a party without a usable account in the currency."""
    named = room.books.settlement_accounts.get(f"{party}/{currency}")
    if named is None:
        detail = f"{party} has named no account for {currency}"
        return Rejected(Reason.SETTLEMENT_ACCOUNT_MISSING, detail, clauses.SETTLEMENT_ACCOUNTS)
    refused = account_refusal(room, rules, party, named, currency, stamp.date)
    if refused is not None:
        return refused
    unit = room.registry.cash_accounts[named].unit
    for code in (ledger_code(named, currency), interunit_code(unit, currency)):
        if room.ledger.number(code) is None:
            return Rejected(Reason.ACCOUNT_UNKNOWN, code, clauses.SETTLEMENT)
    return None


def _legs(room: "Reinsurance", payment: Payment) -> list[Leg]:
    debit = room.ledger.number(ledger_code(payment.payer_account, payment.currency))
    credit = room.ledger.number(ledger_code(payment.payee_account, payment.currency))
    assert debit is not None
    assert credit is not None
    return room.ledger.route(debit, credit, payment.amount_minor)


def _chain_refusal(
    room: "Reinsurance", account: PremiumAccount, legs: list[Leg]
) -> Rejected | None:
    """Refuse a chain of which any leg would fail; the value is what is there, the limit the whole amount due."""
    shortfall = room.ledger.check(legs)
    if shortfall is None:
        return None
    currency = account.currency
    if shortfall.code is LedgerCode.INSUFFICIENT_FUNDS:
        payer = room.books.settlement_accounts[f"{account.cedent}/{currency}"]
        number = room.ledger.number(ledger_code(payer, currency))
        assert number is not None
        available = money_text(room.ledger.available(number), currency)
        due = money_text(account.net_minor + account.brokerage_minor, currency)
        detail = f"{payer}: available {available}, due {due}"
        return Rejected(Reason.FUNDS_INSUFFICIENT, detail, clauses.SETTLEMENT)
    code = room.ledger.account(shortfall.account).code
    detail = f"{code}: {shortfall.code.name}, found {shortfall.found}, limit {shortfall.limit}"
    return Rejected(Reason.BALANCE_LIMIT_EXCEEDED, detail, clauses.SETTLEMENT)


def apply_settled(room: "Reinsurance", event: PremiumSettled, stamp: Stamp) -> None:
    """Keep the payments and mark the account."""
    account = room.books.accounts[event.account_id]
    assert account.status is AccountStatus.DUE
    for payment in event.payments:
        room.books.payments[payment.id] = payment
    ids = [payment.id for payment in event.payments]
    room.books.accounts[account.id] = msgspec.structs.replace(
        account, status=AccountStatus.SETTLED, payments=ids
    )
