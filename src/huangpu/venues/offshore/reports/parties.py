"""Who and what a cause of a posting is about: both sides, the rule that allowed it, what it belongs to.

A return and a charge tell what their payment told, a return with its sides changed; so that all three meet under one UETR.
"""

from typing import NamedTuple

from huangpu.core.rulebook import RuleBook
from huangpu.core.values import format_decimal
from huangpu.registry.cash_accounts import AccountClass
from huangpu.venues.offshore.bank_transfers.books import BankTransfer
from huangpu.venues.offshore.fx.pairs import PAIRS, Pair
from huangpu.venues.offshore.fx.state import Deal, Squaring
from huangpu.venues.offshore.reports.causes import Cause, CauseKind, deal_id, original_of
from huangpu.venues.offshore.second_line import bop
from huangpu.venues.offshore.state import Direction, Offshore, Payment

LINES = {"FIRST": "1", "SECOND": "2"}


class Side(NamedTuple):
    """One side: the holder where it is an institution of the centre, the account and its class, the name, the agent, the country."""

    holder: str
    account: str
    account_class: str
    name: str = ""
    agent: str = ""
    country: str = ""


class Facts(NamedTuple):
    """What is known of a cause beside its kind, amount and UETR.

    `line` is 1, 2 or 0; `original_entry` is that of the payment that a charge or return belongs to; `deal_rate` is what one unit of the pair's base
    costs. Units: other_amount in minor units of
    `other_currency`, None where there is no other side.
    """

    payer: Side
    payee: Side
    line: str = "0"
    rule: str = ""
    trade_type: str = ""
    bop_code: str = ""
    original_entry: str = ""
    deal: str = ""
    pair: str = ""
    deal_rate: str = ""
    other_currency: str = ""
    other_amount: int | None = None


def facts_of(room: Offshore, rules: RuleBook, cause: Cause) -> Facts:
    """Tell what a cause is about."""
    source = cause.source
    if isinstance(source, Payment):
        facts = _of_payment(room, rules, source)
        if cause.kind is CauseKind.PAYMENT:
            return facts
        fees = kept_here(room, cause.credit)
        return facts._replace(
            payee=fees, trade_type="", bop_code="", original_entry=str(source.seq)
        )
    if isinstance(source, BankTransfer):
        return transfer_facts(room, source, cause)
    if isinstance(source, Deal | Squaring):
        return exchange_facts(room, source, cause)
    payment = original_of(room, cause)
    assert payment is not None
    facts = _of_payment(room, rules, payment)
    return facts._replace(payer=facts.payee, payee=facts.payer, original_entry=str(payment.seq))


def _of_payment(room: Offshore, rules: RuleBook, payment: Payment) -> Facts:
    order = payment.order
    payer = Side(
        payment.debtor,
        order.debtor_account,
        str(payment.debtor_class),
        order.debtor_name,
        order.debtor_agent,
        order.debtor_country,
    )
    payee = Side(
        payment.creditor,
        order.creditor_account,
        str(payment.creditor_class),
        order.creditor_name,
        order.creditor_agent,
        order.creditor_country,
    )
    return Facts(
        _registered(room, payer),
        _registered(room, payee),
        LINES.get(str(payment.line), "0"),
        payment.rule,
        order.trade_type,
        bop.code_of(rules, payment) if bop.has_record(rules, payment) else "",
    )


def transfer_facts(room: Offshore, transfer: BankTransfer, cause: Cause) -> Facts:
    """Name the account kept here by the ledger, one overseas by the order."""
    order = transfer.order
    payer, payee = kept_here(room, cause.debit), kept_here(room, cause.credit)
    overseas = AccountClass.OVS.value
    if transfer.direction is Direction.INWARD:
        name = order.debtor_bic or room.registry.institutions[transfer.correspondent].bic
        payer = Side("", order.debtor_account or name, overseas, name, order.debtor_agent)
        payer = payer._replace(country=name[4:6])
    elif transfer.line in LINES and transfer.direction is Direction.OUTWARD:
        name = order.creditor_bic
        payee = Side(transfer.creditor, order.creditor_account or name, overseas, name)
        payee = payee._replace(agent=order.creditor_agent, country=name[4:6])
        payee = _registered(room, payee)
    return Facts(payer, payee, LINES.get(transfer.line, "0"), transfer.rule)


def exchange_facts(room: Offshore, exchange: Deal | Squaring, cause: Cause) -> Facts:
    """Tell of one side of an exchange: who deals, at what rate, and what the other side is."""
    pair = PAIRS[exchange.pair]
    base = room.ledger.account(cause.debit).asset == pair.base
    rate = rate_of_one(pair, exchange.rate) if isinstance(exchange, Deal) else ""
    return Facts(
        kept_here(room, cause.debit),
        kept_here(room, cause.credit),
        deal=deal_id(exchange),
        pair=pair.name,
        deal_rate=rate,
        other_currency=pair.counter if base else pair.base,
        other_amount=exchange.counter if base else exchange.base,
    )


def rate_of_one(pair: Pair, rate: int) -> str:
    """Write what one unit of base costs, whatever number of units the market writes it for."""
    return format_decimal(rate, pair.digits + len(str(pair.base_units)) - 1)


def kept_here(room: Offshore, number: int) -> Side:
    """Describe an account of the ledger."""
    found = room.ledger.account(number)
    account = found.code.rpartition("/")[0] or found.code
    return _registered(room, Side(found.holder, account, found.kind, found.holder))


def _registered(room: Offshore, side: Side) -> Side:
    """Describe a member by the register."""
    found = room.registry.institutions.get(side.holder)
    return side if found is None else side._replace(name=found.name, country=found.domicile)
