"""The record of a posting for the supervisor (domain note B7), derived from final things alone.

A payment gives one record in each separate accounting unit that it touches; a movement of a free trade account without a payment gives
one too, with what is known of it. The fields come from the payment, the registry (kinds, domicile and identifiers never change), the rule
rows of the business date and the reference rates as known when the day was closed. A currency without a rate has no equivalent.
"""

from collections.abc import Mapping
from typing import NamedTuple

from huangpu.core.calendar import date_of
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import CURRENCY_DIGITS, Rounding, format_decimal, scaled
from huangpu.ledger.accounts import Account
from huangpu.registry.cash_accounts import FREE_TRADE_CLASSES
from huangpu.venues.offshore.reports.postings import Movement, Posted, moved_amount, sides_of
from huangpu.venues.offshore.second_line import bop
from huangpu.venues.offshore.state import Offshore, Payment

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
)
"""The columns of the transaction file, in order.

`record` is PAYMENT or OTHER; `line` is 1, 2 or 0; `direction` is OUT, IN or WITHIN (both accounts in this unit, told by the debtor's);
`rate` is CNY fen for 10^6 minor units; `holder_code` is the holder's social credit code or LEI; `entry` is the journal entry.
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
LINES = {"FIRST": "1", "SECOND": "2"}
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
    if posted.payment is not None:
        return _of_payment(room, rules, rates, posted.payment)
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


def _of_payment(
    room: Offshore, rules: RuleBook, rates: Mapping[str, int], payment: Payment
) -> list[Record]:
    ledger = room.ledger
    debit, credit = sides_of(room, payment)
    payer, receiver = ledger.account(debit), ledger.account(credit)
    out, into = is_free_trade(payer), is_free_trade(receiver)
    found: list[Record] = []
    if out:
        within = into and payer.unit == receiver.unit
        found.append(
            _payment_record(room, rules, rates, payment, payer, "WITHIN" if within else "OUT")
        )
        if within:
            return found
    if into:
        found.append(_payment_record(room, rules, rates, payment, receiver, "IN"))
    return found


def _payment_record(
    room: Offshore,
    rules: RuleBook,
    rates: Mapping[str, int],
    payment: Payment,
    account: Account,
    direction: str,
) -> Record:
    order, amount = payment.order, moved_amount(payment)
    out = direction != "IN"
    counter, country = (
        (payment.creditor, order.creditor_country)
        if out
        else (
            payment.debtor,
            order.debtor_country,
        )
    )
    here = room.registry.institutions.get(counter)
    counter_class = payment.creditor_class if out else payment.debtor_class
    same_name = payment.debtor != "" and payment.debtor == payment.creditor
    fields = (
        "PAYMENT",
        account.kind,
        order.debtor_account if out else order.creditor_account,
        str(counter_class),
        order.creditor_account if out else order.debtor_account,
        LINES.get(str(payment.line), "0"),
        "Y" if same_name else "N",
        direction,
        *_money(amount, order.currency, rates),
        order.trade_type,
        bop.code_of(rules, payment) if bop.has_record(rules, payment) else "",
        country if here is None else here.domicile,
        _holder_code(room, account.holder),
        order.uetr,
        date_of(payment.at_us).isoformat(),
        payment.rule,
        str(payment.seq),
    )
    paid = amount if out else 0
    received = amount if direction != "OUT" else 0
    return Record(account.unit, order.currency, paid, received, fields)


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
