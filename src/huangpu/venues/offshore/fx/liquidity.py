"""Whose money an exchange moves: the bank's liquidity accounts, and the account of the one who deals with the bank.

A liquidity account is the bank's own money of one currency in its separate accounting unit, `FXLIQ-<bank>/<currency>`, never below zero. Who
deals is the holder of a free trade account at the bank, or the unit of another bank of the zone, named by its liquidity account
(`FXLIQ-<other bank>`): so that a position can be squared inside the zone.
"""

from typing import NamedTuple

from huangpu.core.message import Command, Decision, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import money_text
from huangpu.ledger.accounts import Account, Side, interunit_code
from huangpu.ledger.events import AccountOpened
from huangpu.ledger.transfers import LedgerCode, Leg
from huangpu.registry.cash_accounts import CashAccount, ledger_code
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore.fx.pairs import PAIRS, Pair
from huangpu.venues.offshore.state import Offshore

FX = "huangpu policy 32, foreign exchange"
FXLIQ = "FXLIQ"


class OpenLiquidityAccount(Command, frozen=True):
    """Open the bank's own account of one currency, out of which it deals with its customers."""

    currency: str


class Dealer(NamedTuple):
    """Who stands against the bank: its institution, its account, and the cash account where it is a customer's."""

    institution: str
    account: str
    cash: CashAccount | None


def liquidity_id(bank: str) -> str:
    """Name a bank's liquidity across currencies."""
    return f"{FXLIQ}-{bank}"


def unit_of(bank: str) -> str:
    """Name a bank's separate accounting unit."""
    return f"{bank}-SAU"


def open_liquidity_account(
    room: Offshore, rules: RuleBook, command: OpenLiquidityAccount, stamp: Stamp
) -> Decision:
    """Open a liquidity account of the acting bank in a currency that its separate unit is set up for.

    Rule: domain note C7, the four-account pattern.
    Rejects: INSTITUTION_KIND_WRONG, ACCOUNT_CURRENCY_WRONG, ACCOUNT_KNOWN.
    """
    bank = room.registry.institutions[stamp.institution]
    if bank.kind is not InstitutionKind.BANK:
        detail = f"{bank.id} is a {bank.kind}, needed a BANK"
        return Rejected(Reason.INSTITUTION_KIND_WRONG, detail, FX)
    unit, currency = unit_of(bank.id), command.currency
    if room.ledger.number(interunit_code(unit, currency)) is None:
        detail = f"{unit} is not set up in {currency}"
        return Rejected(Reason.ACCOUNT_CURRENCY_WRONG, detail, FX)
    code = ledger_code(liquidity_id(bank.id), currency)
    if room.ledger.number(code) is not None:
        return Rejected(Reason.ACCOUNT_KNOWN, code, FX)
    account = Account(
        code=code, holder=bank.id, asset=currency, unit=unit, kind=FXLIQ, normal=Side.CREDIT
    )
    return [AccountOpened(account=account)]


def liquidity_account(room: Offshore, bank: str, currency: str) -> int | Rejected:
    """Find the ledger account of a bank's liquidity; an account that only bears the name is none.

    Rejects: FX_LIQUIDITY_SHORT.
    """
    code = ledger_code(liquidity_id(bank), currency)
    number = room.ledger.number(code)
    if number is not None:
        found = room.ledger.account(number)
        own = (found.kind, found.holder, found.unit) == (FXLIQ, bank, unit_of(bank))
        mirror = room.ledger.number(interunit_code(found.unit, currency))
        if own and found.asset == currency and mirror is not None:
            return number
    detail = f"{bank} has no liquidity account in {currency}"
    return Rejected(Reason.FX_LIQUIDITY_SHORT, detail, FX)


def dealer_of(
    room: Offshore, rules: RuleBook, stamp: Stamp, bank: str, account_id: str
) -> Dealer | Rejected:
    """Find who deals with the bank over an account.

    Rejects: ACCOUNT_UNKNOWN, SAME_ACCOUNT, SERVICING_BANK_WRONG, ACCOUNT_CLASS_FORBIDDEN.
    """
    cash = room.registry.cash_accounts.get(account_id)
    if cash is None:
        other = room.registry.institutions.get(account_id.removeprefix(f"{FXLIQ}-"))
        if other is None or account_id != liquidity_id(other.id):
            return Rejected(Reason.ACCOUNT_UNKNOWN, account_id, FX)
        if other.id == bank:
            return Rejected(Reason.SAME_ACCOUNT, f"{account_id} is the bank's own", FX)
        return Dealer(other.id, account_id, None)
    if cash.bank != bank:
        return Rejected(Reason.SERVICING_BANK_WRONG, f"{bank} does not keep {account_id}", FX)
    classes = rules["offshore.fx.account_classes"].at(stamp.date)
    if cash.account_class not in classes.texts:
        detail = f"{cash.id} is a {cash.account_class}, dealt {' '.join(classes.texts) or 'none'}"
        return Rejected(Reason.ACCOUNT_CLASS_FORBIDDEN, detail, classes.cite, classes.rule)
    return Dealer(cash.holder, cash.id, cash)


def dealer_account(room: Offshore, dealer: Dealer, currency: str) -> int | Rejected:
    """Find the dealer's ledger account of one currency.

    Rejects: ACCOUNT_CURRENCY_WRONG, FX_LIQUIDITY_SHORT.
    """
    if dealer.cash is None:
        return liquidity_account(room, dealer.institution, currency)
    number = room.ledger.number(ledger_code(dealer.account, currency))
    if number is None or currency not in dealer.cash.currencies:
        detail = f"{dealer.account} holds {' '.join(dealer.cash.currencies)}, not {currency}"
        return Rejected(Reason.ACCOUNT_CURRENCY_WRONG, detail, FX)
    return number


def both_legs(
    room: Offshore, bank: str, dealer: Dealer, paid: tuple[str, int], got: tuple[str, int]
) -> list[Leg] | Rejected:
    """Route both legs of an exchange through the bank's liquidity, as one chain that stands or falls as a whole.

    Rejects: FX_LIQUIDITY_SHORT, ACCOUNT_CURRENCY_WRONG.
    """
    numbers = []
    for currency, _ in (paid, got):
        for found in (
            dealer_account(room, dealer, currency),
            liquidity_account(room, bank, currency),
        ):
            if isinstance(found, Rejected):
                return found
            numbers.append(found)
    payer, pool_in, receiver, pool_out = numbers
    return [
        *room.ledger.route(payer, pool_in, paid[1]),
        *room.ledger.route(pool_out, receiver, got[1]),
    ]


def funds_refusal(room: Offshore, dealer: str, legs: list[Leg]) -> Rejected | None:
    """Refuse a chain that the ledger would refuse, by what is available: booked less held (C6), on both legs.

    Rejects: FUNDS_INSUFFICIENT, FX_LIQUIDITY_SHORT, BALANCE_LIMIT_EXCEEDED.
    """
    shortfall = room.ledger.check(legs)
    if shortfall is None:
        return None
    found = room.ledger.account(shortfall.account)
    if shortfall.code is not LedgerCode.INSUFFICIENT_FUNDS:
        return Rejected(Reason.BALANCE_LIMIT_EXCEEDED, f"{found.code}: {shortfall.code.name}", FX)
    if found.holder == dealer:
        available = money_text(shortfall.found, found.asset)
        needed = money_text(shortfall.limit, found.asset)
        detail = f"{found.code}: available {available}, needed {needed}"
        return Rejected(
            Reason.FUNDS_INSUFFICIENT, detail, "C6, available = booked - held, never below zero"
        )
    # How much the bank has left is not the customer's to know.
    return Rejected(Reason.FX_LIQUIDITY_SHORT, f"{found.code} does not cover the deal", FX)


def pair_of(rules: RuleBook, stamp: Stamp, name: str) -> Pair | Rejected:
    """Find a pair that is dealt today.

    Rejects: FX_PAIR_UNKNOWN.
    """
    dealt = rules["offshore.fx.pairs"].at(stamp.date)
    pair = PAIRS.get(name)
    if pair is not None and name in dealt.texts:
        return pair
    detail = f"{name!r}, one of {' '.join(dealt.texts) or 'none'}"
    return Rejected(Reason.FX_PAIR_UNKNOWN, detail, dealt.cite, dealt.rule)
