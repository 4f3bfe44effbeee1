"""The record of a posting for the supervisor (domain note B7), derived from final things alone.

A payment gives one record in each separate accounting unit that it touches; so do a charge, a return, a transfer between banks and each side of
an exchange (`parties.py` says who and what), and a movement of a free trade account without a cause, with what is known of it. The fields come
from those, the registry (kinds, domicile and identifiers never change), the rule rows of the business date and the reference rates as known
when the day was closed. A currency without a rate has no equivalent.
"""

from collections.abc import Mapping
from typing import NamedTuple

from huangpu.core.calendar import date_of
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import CURRENCY_DIGITS, Rounding, format_decimal, scaled
from huangpu.ledger.accounts import Account
from huangpu.registry.cash_accounts import FREE_TRADE_CLASSES
from huangpu.venues.offshore.reports.causes import Cause
from huangpu.venues.offshore.reports.parties import Facts, facts_of
from huangpu.venues.offshore.reports.postings import Movement, Posted
from huangpu.venues.offshore.state import Offshore

FIELDS = (
    "sequence",
    "record",
    "account_class",
    "account",
    "counter_class",
    "counter_account",
    "line",
    "same_name",
    "direction",
    "currency",
    "amount",
    "cny_equivalent",
    "rate",
    "trade_type",
    "bop_code",
    "counterparty_country",
    "holder_code",
    "uetr",
    "value_date",
    "rule",
    "entry",
    "reference",
    "original_entry",
    "deal",
    "pair",
    "deal_rate",
    "other_currency",
    "other_amount",
)
"""The columns of the transaction file, in order.

`record` is PAYMENT, CHARGE, RETURN, BANK_TRANSFER, FX_DEAL or OTHER; `line` is 1, 2 or 0; `direction` is OUT, IN or WITHIN (both accounts in this
unit, told by the debtor's); `rate` is CNY fen for 10^6 minor units; `holder_code` is the holder's social credit code or LEI; `entry` is the
journal entry. A charge and a return have the UETR of their payment and its entry (`original_entry`); `reference` is the id of the return, or the
quote of an exchange, which has its number, the price of one unit of the pair's base, and the other side.
"""
CORRECTABLE = (
    "counter_class",
    "same_name",
    "cny_equivalent",
    "rate",
    "trade_type",
    "bop_code",
    "counterparty_country",
    "holder_code",
    "value_date",
)
"""What was declared or looked up; what the ledger and the payment say is final and stays."""
MILLION = 1_000_000
FREE_TRADE_KINDS = frozenset(str(one) for one in FREE_TRADE_CLASSES)


class Record(NamedTuple):
    """One record of one unit, before it has its number; `fields` follow FIELDS without the sequence."""

    unit: str
    currency: str
    paid: int
    received: int
    fields: tuple[str, ...]


def records_of(
    room: Offshore, rules: RuleBook, rates: Mapping[str, int], posted: Posted
) -> list[Record]:
    """Derive the records of one posting, the payer's unit first."""
    if posted.cause is not None:
        return _of_cause(room, rules, rates, posted.cause)
    return _of_movement(room, rates, posted.movements[0])


def equivalent_fen(amount: int, currency: str, rates: Mapping[str, int]) -> int | None:
    """Return an amount in fen of CNY, rounded half up once, or None where the currency has no rate.

    Units: rates in CNY fen for 10^6 minor units.
    """
    if currency == "CNY":
        return amount
    rate = rates.get(currency)
    return None if rate is None else scaled(amount, rate, MILLION, Rounding.HALF_UP)


def amount_text(amount: int, currency: str) -> str:
    """Write an amount in its currency's decimals; a currency that is none of ours in whole units."""
    return format_decimal(amount, CURRENCY_DIGITS.get(currency, 0))


def is_free_trade(account: Account) -> bool:
    """Tell whether a ledger account is a free trade account in a separate accounting unit."""
    return account.kind in FREE_TRADE_KINDS and account.unit.endswith("-SAU")


def _of_cause(
    room: Offshore, rules: RuleBook, rates: Mapping[str, int], cause: Cause
) -> list[Record]:
    payer, receiver = room.ledger.account(cause.debit), room.ledger.account(cause.credit)
    out, into = is_free_trade(payer), is_free_trade(receiver)
    if not (out or into):
        return []
    facts = facts_of(room, rules, cause)
    if out and into and payer.unit == receiver.unit:
        return [_cause_record(room, rates, cause, facts, payer, "WITHIN")]
    found: list[Record] = []
    if out:
        found.append(_cause_record(room, rates, cause, facts, payer, "OUT"))
    if into:
        found.append(_cause_record(room, rates, cause, facts, receiver, "IN"))
    return found


def _cause_record(
    room: Offshore,
    rates: Mapping[str, int],
    cause: Cause,
    facts: Facts,
    account: Account,
    direction: str,
) -> Record:
    amount, currency = cause.amount, account.asset
    here, there = (facts.payer, facts.payee) if direction != "IN" else (facts.payee, facts.payer)
    fields = (
        cause.kind.value,
        account.kind,
        here.account,
        there.account_class,
        there.account,
        facts.line,
        "Y" if here.holder and here.holder == there.holder else "N",
        direction,
        *_money(amount, currency, rates),
        facts.trade_type,
        facts.bop_code,
        there.country,
        _holder_code(room, account.holder),
        cause.uetr,
        date_of(cause.source.at_us).isoformat(),
        facts.rule,
        str(cause.source.seq),
        cause.reference,
        facts.original_entry,
        facts.deal,
        facts.pair,
        facts.deal_rate,
        facts.other_currency,
        "" if facts.other_amount is None else amount_text(facts.other_amount, facts.other_currency),
    )
    paid = amount if direction != "IN" else 0
    received = amount if direction != "OUT" else 0
    return Record(account.unit, currency, paid, received, fields)


def _of_movement(room: Offshore, rates: Mapping[str, int], movement: Movement) -> list[Record]:
    payer, receiver = room.ledger.account(movement.debit), room.ledger.account(movement.credit)
    out, into = is_free_trade(payer), is_free_trade(receiver)
    if out and into:
        return [_other_record(room, rates, movement, (payer, receiver), "WITHIN")]
    if out:
        return [_other_record(room, rates, movement, (payer, receiver), "OUT")]
    if into:
        return [_other_record(room, rates, movement, (receiver, payer), "IN")]
    return []


def _other_record(
    room: Offshore,
    rates: Mapping[str, int],
    movement: Movement,
    pair: tuple[Account, Account],
    direction: str,
) -> Record:
    account, counter = pair
    account_id = account.code.rpartition("/")[0] or account.code
    fields = (
        "OTHER",
        account.kind,
        account_id,
        counter.kind,
        counter.code,
        "0",
        "Y" if account.holder == counter.holder else "N",
        direction,
        *_money(movement.amount, account.asset, rates),
        "",
        "",
        "",
        _holder_code(room, account.holder) if _is_registered(room, account, account_id) else "",
        "",
        date_of(movement.at_us).isoformat(),
        "",
        str(movement.seq),
        *[""] * 7,
    )
    paid = movement.amount if direction != "IN" else 0
    received = movement.amount if direction != "OUT" else 0
    return Record(account.unit, account.asset, paid, received, fields)


def _money(amount: int, currency: str, rates: Mapping[str, int]) -> tuple[str, str, str, str]:
    """Write currency, amount, CNY equivalent and rate."""
    equivalent = equivalent_fen(amount, currency, rates)
    rate = MILLION if currency == "CNY" else rates.get(currency)
    return (
        currency,
        amount_text(amount, currency),
        "" if equivalent is None else amount_text(equivalent, "CNY"),
        "" if rate is None else str(rate),
    )


def _is_registered(room: Offshore, account: Account, account_id: str) -> bool:
    """Tell whether a bank opened the account for its holder; one by the operator's hand may name a holder who is registered later."""
    found = room.registry.cash_accounts.get(account_id)
    return found is not None and account.asset in found.currencies


def _holder_code(room: Offshore, holder: str) -> str:
    found = room.registry.institutions.get(holder)
    return "" if found is None else found.uscc or found.lei
