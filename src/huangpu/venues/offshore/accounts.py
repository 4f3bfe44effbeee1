"""Cash accounts and mirrors: a bank opens accounts of the classes its customers may hold, blocks and closes them.

A bank is set up once a currency: the INTERUNIT mirrors of its separate accounting unit and of its ordinary books, and an OPENING mirror in
each, through which balances come in by the ledger's `PostOpeningBalance`. A nostro mirrors the bank's money at a correspondent and lives in
the separate accounting unit. A customer's account can only be opened in a currency its bank is set up for, so every transfer finds
its way. Leaves out: fees, interest, credit lines.
"""

from huangpu.core.identifiers import is_code
from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.ledger.accounts import RESERVED_PREFIXES, Account, Side, interunit_code
from huangpu.ledger.events import AccountOpened
from huangpu.registry.cash_accounts import (
    AccountClass,
    AccountStatus,
    CashAccount,
    CashAccountOpened,
    CashAccountStatusChanged,
    CurrencyAdded,
    ledger_code,
)
from huangpu.registry.institutions import Institution, InstitutionKind
from huangpu.venues.offshore.refusals import not_yours
from huangpu.venues.offshore.state import Nostro, Offshore

ACCOUNTS = "huangpu policy 20, who may hold which account"
MIRRORS = "huangpu policy 24, units, mirrors and correspondents"


class SetUpBank(Command, frozen=True):
    """Open the mirrors through which a bank's two units settle, in the named currencies; those that are there stay."""

    bank: str
    currencies: list[str]


class OpenNostro(Command, frozen=True):
    """Open the mirror of a bank's money at a correspondent; the first in a currency is the bank's default way out."""

    bank: str
    correspondent: str
    currency: str


class OpenCashAccount(Command, frozen=True):
    """Open an account for a holder at the acting bank."""

    account_id: str
    account_class: AccountClass
    holder: str
    bank: str
    currencies: list[str]


class AddAccountCurrency(Command, frozen=True):
    """Let an account hold a further currency."""

    account_id: str
    currency: str


class BlockAccount(Command, frozen=True):
    """Stop all payments from and to an account."""

    account_id: str
    cause: str


class UnblockAccount(Command, frozen=True):
    """Let a blocked account be used again."""

    account_id: str
    cause: str


class CloseAccount(Command, frozen=True):
    """Close an empty account for good."""

    account_id: str
    cause: str


class NostroOpened(Event, frozen=True):
    """The bank can pay and receive through this correspondent in this currency."""

    nostro: Nostro


def opening_code(unit: str, currency: str) -> str:
    """Name the mirror through which opening balances enter a unit."""
    return f"OPENING-{unit}/{currency}"


def set_up_bank(room: Offshore, rules: RuleBook, command: SetUpBank, stamp: Stamp) -> Decision:
    """Open what is missing of a bank's mirrors.

    Rejects: INSTITUTION_UNKNOWN, INSTITUTION_KIND_WRONG, CURRENCY_UNKNOWN, ACCOUNT_KNOWN.
    """
    bank = room.registry.institutions.get(command.bank)
    refused = _not_a_bank(bank, command.bank, InstitutionKind.BANK)
    if refused is not None:
        return refused
    currencies = rules["offshore.currencies"].at(stamp.date)
    events: list[Event] = []
    for currency in dict.fromkeys(command.currencies):
        if currency not in currencies.texts:
            detail = f"{currency}, one of {' '.join(currencies.texts)}"
            return Rejected(Reason.CURRENCY_UNKNOWN, detail, currencies.cite, currencies.rule)
        for unit in (f"{command.bank}-SAU", f"{command.bank}-DOM"):
            for kind, code in (
                ("INTERUNIT", interunit_code(unit, currency)),
                ("OPENING", opening_code(unit, currency)),
            ):
                if room.ledger.number(code) is None:
                    events.append(_mirror(code, command.bank, currency, unit, kind))
    if not events:
        detail = f"{command.bank} is set up in {' '.join(command.currencies) or 'no currency'}"
        return Rejected(Reason.ACCOUNT_KNOWN, detail, MIRRORS)
    return events


def open_nostro(room: Offshore, rules: RuleBook, command: OpenNostro, stamp: Stamp) -> Decision:
    """Open a nostro mirror in the bank's separate accounting unit; it cannot be overdrawn.

    Rejects: NOT_YOUR_INSTITUTION, INSTITUTION_UNKNOWN, INSTITUTION_KIND_WRONG, ACCOUNT_CURRENCY_WRONG, ACCOUNT_KNOWN.
    """
    if stamp.institution != command.bank:
        return not_yours(stamp, command.bank, ACCOUNTS)
    institutions = room.registry.institutions
    for bank_id, kind in (
        (command.bank, InstitutionKind.BANK),
        (command.correspondent, InstitutionKind.OVERSEAS_BANK),
    ):
        refused = _not_a_bank(institutions.get(bank_id), bank_id, kind)
        if refused is not None:
            return refused
    unit = f"{command.bank}-SAU"
    refused = _not_set_up(room, unit, command.currency)
    if refused is not None:
        return refused
    nostro = Nostro(command.bank, command.correspondent, command.currency)
    if room.ledger.number(nostro.code) is not None:
        return Rejected(Reason.ACCOUNT_KNOWN, nostro.code, MIRRORS)
    account = Account(
        code=nostro.code,
        holder=command.bank,
        asset=command.currency,
        unit=unit,
        kind="NOSTRO",
        normal=Side.DEBIT,
        booked_min=None,
        booked_max=0,
    )
    return [AccountOpened(account=account), NostroOpened(nostro=nostro)]


def open_cash_account(
    room: Offshore, rules: RuleBook, command: OpenCashAccount, stamp: Stamp
) -> Decision:
    """Open an account of a class that the holder may have, at the acting bank.

    Rule: B1 (Art. 15 and 16 of the 2014 FT account rules).
    Rejects: NOT_YOUR_INSTITUTION, INSTITUTION_KIND_WRONG, IDENTIFIER_MALFORMED, ACCOUNT_KNOWN, INSTITUTION_UNKNOWN,
    ACCOUNT_CLASS_FORBIDDEN, FIELD_OUT_OF_RANGE, ACCOUNT_CURRENCY_WRONG.
    """
    if stamp.institution != command.bank:
        return not_yours(stamp, command.bank, ACCOUNTS)
    institutions = room.registry.institutions
    refused = _not_a_bank(institutions.get(command.bank), command.bank, InstitutionKind.BANK)
    if refused is not None:
        return refused
    reserved = command.account_id.startswith(RESERVED_PREFIXES)
    if reserved or not is_code(command.account_id) or "/" in command.account_id:
        detail = f"account id {command.account_id!r}: 1 to 64 letters, digits and ._:-, not beginning {' '.join(RESERVED_PREFIXES)}"
        return Rejected(Reason.IDENTIFIER_MALFORMED, detail, ACCOUNTS)
    if command.account_id in room.registry.cash_accounts:
        return Rejected(Reason.ACCOUNT_KNOWN, command.account_id, ACCOUNTS)
    holder = institutions.get(command.holder)
    if holder is None:
        return Rejected(Reason.INSTITUTION_UNKNOWN, command.holder, ACCOUNTS)
    holders = rules[f"offshore.account.{command.account_class}.holders"].at(stamp.date)
    found = f"{holder.kind}:{'DOMESTIC' if holder.domestic else 'OVERSEAS'}"
    if found not in holders.texts or holder.id == command.bank:
        detail = f"{holder.id} is {found}; {command.account_class} is for {' '.join(holders.texts) or 'nobody'}"
        return Rejected(Reason.ACCOUNT_CLASS_FORBIDDEN, detail, holders.cite, holders.rule)
    currencies = list(dict.fromkeys(command.currencies))
    if not currencies:
        return Rejected(Reason.FIELD_OUT_OF_RANGE, "0 currencies, at least 1", ACCOUNTS)
    account = CashAccount(
        id=command.account_id,
        account_class=command.account_class,
        holder=holder.id,
        bank=command.bank,
        currencies=currencies,
    )
    events: list[Event] = [CashAccountOpened(account=account)]
    for currency in currencies:
        refused = _currency_refusal(room, rules, stamp, account, currency)
        if refused is not None:
            return refused
        events.append(_cash(account, currency))
    return events


def add_account_currency(
    room: Offshore, rules: RuleBook, command: AddAccountCurrency, stamp: Stamp
) -> Decision:
    """Open a further currency under an open account of the acting bank.

    Rejects: ACCOUNT_UNKNOWN, NOT_YOUR_INSTITUTION, ACCOUNT_CLOSED, ACCOUNT_KNOWN, ACCOUNT_CURRENCY_WRONG.
    """
    account = _own_account(room, command.account_id, stamp)
    if isinstance(account, Rejected):
        return account
    if account.status is AccountStatus.CLOSED:
        return Rejected(Reason.ACCOUNT_CLOSED, account.id, ACCOUNTS)
    if command.currency in account.currencies:
        return Rejected(Reason.ACCOUNT_KNOWN, ledger_code(account.id, command.currency), ACCOUNTS)
    refused = _currency_refusal(room, rules, stamp, account, command.currency)
    if refused is not None:
        return refused
    return [
        CurrencyAdded(account_id=account.id, currency=command.currency),
        _cash(account, command.currency),
    ]


def block_account(room: Offshore, rules: RuleBook, command: BlockAccount, stamp: Stamp) -> Decision:
    """Block an open account of the acting bank.

    Rejects: ACCOUNT_UNKNOWN, NOT_YOUR_INSTITUTION, ACCOUNT_CLOSED, ACCOUNT_BLOCKED.
    """
    account = _own_account(room, command.account_id, stamp)
    if isinstance(account, Rejected):
        return account
    if account.status is AccountStatus.CLOSED:
        return Rejected(Reason.ACCOUNT_CLOSED, account.id, ACCOUNTS)
    if account.status is AccountStatus.BLOCKED:
        return Rejected(Reason.ACCOUNT_BLOCKED, f"{account.id} is blocked already", ACCOUNTS)
    return [_changed(account, AccountStatus.BLOCKED, command.cause)]


def unblock_account(
    room: Offshore, rules: RuleBook, command: UnblockAccount, stamp: Stamp
) -> Decision:
    """Open a blocked account of the acting bank again.

    Rejects: ACCOUNT_UNKNOWN, NOT_YOUR_INSTITUTION, ACCOUNT_STATE_WRONG.
    """
    account = _own_account(room, command.account_id, stamp)
    if isinstance(account, Rejected):
        return account
    if account.status is not AccountStatus.BLOCKED:
        detail = f"{account.id} is {account.status}, needed BLOCKED"
        return Rejected(Reason.ACCOUNT_STATE_WRONG, detail, ACCOUNTS)
    return [_changed(account, AccountStatus.OPEN, command.cause)]


def close_account(room: Offshore, rules: RuleBook, command: CloseAccount, stamp: Stamp) -> Decision:
    """Close an account of the acting bank that holds nothing.

    Rejects: ACCOUNT_UNKNOWN, NOT_YOUR_INSTITUTION, ACCOUNT_CLOSED, ACCOUNT_NOT_EMPTY.
    """
    account = _own_account(room, command.account_id, stamp)
    if isinstance(account, Rejected):
        return account
    if account.status is AccountStatus.CLOSED:
        return Rejected(Reason.ACCOUNT_CLOSED, account.id, ACCOUNTS)
    for currency in account.currencies:
        number = room.ledger.number(ledger_code(account.id, currency))
        assert number is not None
        booked, held = room.ledger.booked(number), room.ledger.held(number)
        if booked or held:
            detail = f"{ledger_code(account.id, currency)}: booked {booked}, held {held} minor units, needed 0"
            return Rejected(Reason.ACCOUNT_NOT_EMPTY, detail, ACCOUNTS)
    return [_changed(account, AccountStatus.CLOSED, command.cause)]


def apply_nostro_opened(room: Offshore, event: NostroOpened, stamp: Stamp) -> None:
    """Keep the mirror."""
    assert event.nostro.code not in room.books.nostros
    room.books.nostros[event.nostro.code] = event.nostro
    room.add_nostro(event.nostro)


def _mirror(code: str, bank: str, currency: str, unit: str, kind: str) -> AccountOpened:
    account = Account(
        code=code,
        holder=bank,
        asset=currency,
        unit=unit,
        kind=kind,
        normal=Side.DEBIT,
        booked_min=None,
    )
    return AccountOpened(account=account)


def _cash(account: CashAccount, currency: str) -> AccountOpened:
    ledger_account = Account(
        code=ledger_code(account.id, currency),
        holder=account.holder,
        asset=currency,
        unit=account.unit,
        kind=account.account_class,
        normal=Side.CREDIT,
    )
    return AccountOpened(account=ledger_account)


def _changed(account: CashAccount, status: AccountStatus, cause: str) -> CashAccountStatusChanged:
    return CashAccountStatusChanged(account_id=account.id, status=status, cause=cause)


def _currency_refusal(
    room: Offshore, rules: RuleBook, stamp: Stamp, account: CashAccount, currency: str
) -> Rejected | None:
    forbidden = rules.find(f"offshore.account.{account.account_class}.currencies_forbidden")
    row = None if forbidden is None else forbidden.at(stamp.date)
    if row is not None and currency in row.texts:
        detail = f"{currency} on a {account.account_class} account, forbidden {' '.join(row.texts)}"
        return Rejected(Reason.ACCOUNT_CURRENCY_WRONG, detail, row.cite, row.rule)
    if room.ledger.number(ledger_code(account.id, currency)) is not None:
        return Rejected(Reason.ACCOUNT_KNOWN, ledger_code(account.id, currency), ACCOUNTS)
    return _not_set_up(room, account.unit, currency)


def _not_set_up(room: Offshore, unit: str, currency: str) -> Rejected | None:
    if room.ledger.number(interunit_code(unit, currency)) is not None:
        return None
    return Rejected(Reason.ACCOUNT_CURRENCY_WRONG, f"{unit} is not set up in {currency}", MIRRORS)


def _not_a_bank(found: Institution | None, bank_id: str, kind: InstitutionKind) -> Rejected | None:
    if found is None:
        return Rejected(Reason.INSTITUTION_UNKNOWN, bank_id, MIRRORS)
    if found.kind is kind:
        return None
    return Rejected(
        Reason.INSTITUTION_KIND_WRONG, f"{bank_id} is a {found.kind}, needed {kind}", MIRRORS
    )


def _own_account(room: Offshore, account_id: str, stamp: Stamp) -> CashAccount | Rejected:
    account = room.registry.cash_accounts.get(account_id)
    if account is None:
        return Rejected(Reason.ACCOUNT_UNKNOWN, account_id, ACCOUNTS)
    if account.bank != stamp.institution:
        return not_yours(stamp, account.bank, ACCOUNTS)
    return account
