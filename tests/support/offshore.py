"""The fixture of the offshore acceptance scenarios (domain note G), built by commands, with its exact balances.

Banks BK1 and BK2, overseas bank OVB, companies OTC1 to OTC3, their group company HOLD1, overseas companies SUP1 and BUY2. Everybody has one
person: `bk1-maker`, `bk1-checker`, `otc1-treasurer`, `ovb-desk`, and the administration has two, `zone-1` and `zone-2`.
"""

import itertools
from typing import Any

from huangpu.core.message import Command
from huangpu.core.rulebook import RuleBook
from huangpu.engine.writer import Engine
from huangpu.ledger.accounts import Account, Side
from huangpu.ledger.events import OpenLedgerAccount, PostOpeningBalance
from huangpu.registry.cash_accounts import AccountClass
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore.accounts import OpenCashAccount, OpenNostro, SetUpBank, opening_code
from huangpu.venues.offshore.payments.words import InstructPayment, ReceiveCreditTransfer
from huangpu.venues.offshore.state import PaymentOrder, nostro_code
from huangpu.venues.offshore.white_list import BindServicingBank, ListCompany, RecommendCompany
from tests.support.centre import accepted, founded_engine, register, send

BK1_BIC = "TSTACNSHXXX"
BK2_BIC = "TSTBCNSHXXX"
OVB_BIC = "TSTCHKHHXXX"
CURRENCIES = ["CNY", "USD", "EUR", "JPY"]

# account, class, holder, bank, balances in minor units
ACCOUNTS: tuple[tuple[str, str, str, str, dict[str, int]], ...] = (
    ("FTE-OTC1", "FTE", "OTC1", "BK1", {"USD": 1_000_000_00, "CNY": 5_000_000_00}),
    ("FTE-OTC2", "FTE", "OTC2", "BK2", {"USD": 200_000_00}),
    ("FTE-OTC3", "FTE", "OTC3", "BK1", {"USD": 300_000_00}),
    ("FTN-SUP1", "FTN", "SUP1", "BK1", {"USD": 0}),
    ("NRA-BUY2", "NRA", "BUY2", "BK1", {"USD": 50_000_00}),
    ("DOM-OTC1", "DOM", "OTC1", "BK1", {"CNY": 2_000_000_00}),
    ("DOM-HOLD1", "DOM", "HOLD1", "BK1", {"CNY": 10_000_000_00}),
    ("DOM-HOLD1-FX", "DOM", "HOLD1", "BK1", {"USD": 0}),
)
NOSTRO_USD = 50_000_000_00
FX_LIQUIDITY = {"USD": 3_000_000_00, "CNY": 20_000_000_00}

_uetrs = itertools.count(1)


def offshore_engine(rules: RuleBook | None = None) -> Engine:
    """Return an engine that stands at the beginning of every scenario of section G."""
    engine = founded_engine(rules)
    _register(engine)
    _open(engine)
    _list(engine)
    return engine


def uetr(number: int | None = None) -> str:
    """Return a well-formed UETR, the same for the same number; a fresh one without a number."""
    number = 10_000_000 + next(_uetrs) if number is None else number
    return f"00000000-0000-4000-8000-{number:012x}"


def overseas_order(amount: int, **changes: Any) -> PaymentOrder:
    """Return OTC1's order of scenario 2: USD to an overseas supplier at OVB."""
    fields: dict[str, Any] = {
        "uetr": uetr(),
        "debtor_account": "FTE-OTC1",
        "creditor_account": "HK-SUPPLIER-1",
        "creditor_agent": OVB_BIC,
        "creditor_name": "Simulated Supplier Limited",
        "creditor_country": "HK",
        "currency": "USD",
        "amount": amount,
        "trade_type": "RESALE",
    }
    return PaymentOrder(**(fields | changes))


def book_order(creditor_account: str, amount: int, **changes: Any) -> PaymentOrder:
    """Return OTC1's order to an account kept at a bank of the centre."""
    fields: dict[str, Any] = {
        "uetr": uetr(),
        "debtor_account": "FTE-OTC1",
        "creditor_account": creditor_account,
        "currency": "USD",
        "amount": amount,
        "trade_type": "RESALE",
    }
    return PaymentOrder(**(fields | changes))


def inward_order(amount: int, **changes: Any) -> PaymentOrder:
    """Return the order of scenario 1: an overseas buyer pays USD to FTE-OTC1."""
    fields: dict[str, Any] = {
        "uetr": uetr(),
        "debtor_account": "HK-BUYER-1",
        "debtor_agent": OVB_BIC,
        "debtor_name": "Simulated Buyer Limited",
        "debtor_country": "HK",
        "creditor_account": "FTE-OTC1",
        "currency": "USD",
        "amount": amount,
    }
    return PaymentOrder(**(fields | changes))


def instruct(order: PaymentOrder, message_id: str = "", bank: str = "BK1") -> InstructPayment:
    """Wrap an order in a message of its own."""
    return InstructPayment(message_id=message_id or f"M-{order.uetr[-12:]}", bank=bank, order=order)


def receive(
    order: PaymentOrder, message_id: str = "", instructed_agent: str = BK1_BIC
) -> ReceiveCreditTransfer:
    """Wrap an order in OVB's message to a bank."""
    return ReceiveCreditTransfer(
        message_id=message_id or f"M-{order.uetr[-12:]}",
        instructing_agent=OVB_BIC,
        instructed_agent=instructed_agent,
        order=order,
    )


def balance(engine: Engine, code: str) -> int:
    """Return a ledger account's booked balance as people read it, in minor units: `FTE-OTC1/USD`."""
    number = engine.centre.ledger.number(code)
    assert number is not None, code
    return engine.centre.ledger.balance(number)


def balances(engine: Engine) -> dict[str, int]:
    """Return every booked balance of the ledger by account code."""
    ledger = engine.centre.ledger
    return {ledger.account(n).code: ledger.balance(n) for n in range(ledger.account_count())}


def _register(engine: Engine) -> None:
    zone = {"zone-1": ["ADMINISTRATION"], "zone-2": ["ADMINISTRATION"]}
    register(engine, "ZONE", InstitutionKind.ADMINISTRATION, zone)
    for bank, bic in (("BK1", BK1_BIC), ("BK2", BK2_BIC)):
        people = {
            f"{bank.lower()}-maker": ["BANK_OPERATOR"],
            f"{bank.lower()}-checker": ["BANK_OFFICER"],
        }
        register(engine, bank, InstitutionKind.BANK, people, bic=bic)
    desk = {"ovb-desk": ["CORRESPONDENT"]}
    register(engine, "OVB", InstitutionKind.OVERSEAS_BANK, desk, domicile="HK", bic=OVB_BIC)
    for company, domicile, group in (
        ("OTC1", "CN", "GROUP1"),
        ("OTC2", "CN", ""),
        ("OTC3", "CN", ""),
        ("HOLD1", "CN", "GROUP1"),
        ("SUP1", "SG", ""),
        ("BUY2", "DE", ""),
    ):
        people = {f"{company.lower()}-treasurer": ["TREASURER"]}
        register(engine, company, InstitutionKind.COMPANY, people, domicile=domicile, group=group)


def _open(engine: Engine) -> None:
    for bank in ("BK1", "BK2"):
        _do(engine, "operator", SetUpBank(bank=bank, currencies=CURRENCIES))
    for currency in ("USD", "CNY"):
        nostro = OpenNostro(bank="BK1", correspondent="OVB", currency=currency)
        _do(engine, "bk1-maker", nostro)
    _do(engine, "bk2-maker", OpenNostro(bank="BK2", correspondent="OVB", currency="USD"))
    _bring(engine, nostro_code("BK1", "OVB", "USD"), opening_code("BK1-SAU", "USD"), NOSTRO_USD)
    for account_id, kind, holder, bank, amounts in ACCOUNTS:
        opened = OpenCashAccount(
            account_id=account_id,
            account_class=AccountClass(kind),
            holder=holder,
            bank=bank,
            currencies=list(amounts),
        )
        _do(engine, f"{bank.lower()}-maker", opened)
        unit = engine.centre.registry.cash_accounts[account_id].unit
        for currency, amount in amounts.items():
            if amount:
                _bring(engine, opening_code(unit, currency), f"{account_id}/{currency}", amount)
    for currency, amount in FX_LIQUIDITY.items():
        code = f"FXLIQ-BK1/{currency}"
        account = Account(code, "BK1", currency, "BK1-SAU", "FXLIQ", Side.CREDIT)
        _do(engine, "operator", OpenLedgerAccount(account=account))
        _bring(engine, opening_code("BK1-SAU", currency), code, amount)


def _list(engine: Engine) -> None:
    for company, bank in (("OTC1", "BK1"), ("OTC2", "BK2"), ("OTC3", "BK1")):
        _do(engine, "zone-1", RecommendCompany(company=company))
        treasurer = f"{company.lower()}-treasurer"
        _do(engine, treasurer, BindServicingBank(company=company, bank=bank))
    for company in ("OTC1", "OTC2"):
        _do(engine, "zone-2", ListCompany(company=company))


def _bring(engine: Engine, debit: str, credit: str, amount: int) -> None:
    _do(engine, "operator", PostOpeningBalance(debit=debit, credit=credit, amount=amount))


def _do(engine: Engine, by: str, command: Command) -> None:
    accepted(send(engine, by, command))
