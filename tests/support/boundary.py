"""The fixture of the border's acceptance tables: that of section G with one account of every class, and people with two roles."""

import datetime
from collections.abc import Mapping, Sequence

from huangpu.core.message import Command
from huangpu.core.rulebook import RowValue
from huangpu.engine.writer import Engine
from huangpu.ledger.events import PostOpeningBalance
from huangpu.registry.cash_accounts import AccountClass
from huangpu.registry.institutions import InstitutionKind
from huangpu.registry.people import Person, RegisterPerson
from huangpu.venues.offshore.accounts import AddAccountCurrency, OpenCashAccount, opening_code
from huangpu.venues.offshore.boundary import AuditedFigures
from huangpu.venues.offshore.second_line.loans import RegisterLoan
from huangpu.venues.offshore.upgraded import ApplyForUpgrade, ApproveUpgrade
from tests.support.centre import accepted, register, send
from tests.support.offshore import offshore_engine

# account, class, holder, bank, balances in minor units
FURTHER_ACCOUNTS: tuple[tuple[str, str, str, str, Mapping[str, int]], ...] = (
    ("FTE-OTC1-B", "FTE", "OTC1", "BK1", {"USD": 0, "CNY": 0}),
    ("FTE-HOLD1", "FTE", "HOLD1", "BK1", {"USD": 100_000_00, "CNY": 500_000_000_00}),
    ("DOM-HOLD1-B", "DOM", "HOLD1", "BK1", {"CNY": 500_000_000_00}),
    ("FTN-SUP2", "FTN", "SUP1", "BK1", {"USD": 100_000_00, "CNY": 100_000_00}),
    ("FTN-BUY2", "FTN", "BUY2", "BK1", {"USD": 100_000_00}),
    ("FTU-BK2", "FTU", "BK2", "BK1", {"USD": 100_000_00, "CNY": 20_000_000_000_00}),
    ("FTU-OVB", "FTU", "OVB", "BK1", {"USD": 100_000_00}),
    ("DOM-BK2", "DOM", "BK2", "BK1", {"CNY": 100_000_00}),
    ("OSA-SUP1", "OSA", "SUP1", "BK1", {"USD": 100_000_00}),
    ("EFE-OTC2", "EFE", "OTC2", "BK1", {"USD": 100_000_00, "CNY": 100_000_00}),
    ("EFN-SUP1", "EFN", "SUP1", "BK1", {"USD": 100_000_00}),
    ("DOM-OTC2", "DOM", "OTC2", "BK1", {"CNY": 100_000_00}),
    ("DOM-OTC1-L", "DOM", "OTC1", "BK2", {"CNY": 0}),
    ("FTE-INS1", "FTE", "INS1", "BK1", {"CNY": 0}),
    ("DOM-INS1", "DOM", "INS1", "BK1", {"CNY": 100_000_00}),
)


def boundary_engine(
    rows: Mapping[str, RowValue] | None = None, *, upgraded: Sequence[str] = ("HOLD1",)
) -> Engine:
    """Return the fixture, with the values of some rows changed and some companies upgraded on an equity of CNY 200 m."""
    engine = offshore_engine()
    both = Person(id="bk1-both", institution="BK1", roles=["BANK_OPERATOR", "BANK_OFFICER"])
    do(engine, "operator", RegisterPerson(person=both))
    register(engine, "INS1", InstitutionKind.INSURER, {"ins1-treasurer": ["TREASURER"]})
    for account_id, kind, holder, bank, amounts in FURTHER_ACCOUNTS:
        opened = OpenCashAccount(
            account_id=account_id,
            account_class=AccountClass(kind),
            holder=holder,
            bank=bank,
            currencies=list(amounts),
        )
        do(engine, f"{bank.lower()}-maker", opened)
        unit = engine.centre.registry.cash_accounts[account_id].unit
        for currency, amount in amounts.items():
            if amount:
                debit = opening_code(unit, currency)
                credit = f"{account_id}/{currency}"
                do(
                    engine,
                    "operator",
                    PostOpeningBalance(debit=debit, credit=credit, amount=amount),
                )
    do(engine, "bk1-maker", AddAccountCurrency(account_id="DOM-HOLD1-FX", currency="EUR"))
    for company in upgraded:
        upgrade(engine, company)
    change(engine, rows or {})
    return engine


def change(engine: Engine, rows: Mapping[str, RowValue]) -> None:
    """Lay other values over the newest row of rules, as a what-if does."""
    rules = engine.centre.rules
    newest = [rules[name].rows[-1] for name in rows]
    engine.centre.rules = rules.with_rows(
        type(row)(row.rule, row.from_date, rows[row.rule], row.unit, row.cite, row.note)
        for row in newest
    )


def figures(**changes: object) -> AuditedFigures:
    """Return figures that just pass every entry test."""
    fields: dict[str, object] = {
        "year": 2025,
        "registered_on": datetime.date(2024, 6, 1),
        "in_zone": True,
        "equity": 200_000_000_00,
        "revenue": 1_000_000_000_00,
        "turnover": 100_000_000_00,
        "documents_sha256": "0" * 64,
    }
    return AuditedFigures(**(fields | changes))  # type: ignore[arg-type]


def upgrade(engine: Engine, company: str, **changes: object) -> None:
    """Upgrade a company's FTE account at BK1 by two persons of the bank."""
    asked = ApplyForUpgrade(company=company, bank="BK1", figures=figures(**changes))
    do(engine, "bk1-maker", asked)
    do(engine, "bk1-checker", ApproveUpgrade(company=company, record=f"PBOC-{company}"))


def lend(engine: Engine, loan_id: str, principal: int, drawn_on: datetime.date) -> None:
    """Enter a loan of BK2 to OTC1."""
    loan = RegisterLoan(
        loan_id=loan_id,
        company="OTC1",
        account="DOM-OTC1-L",
        drawn_on=drawn_on,
        principal=principal,
    )
    do(engine, "bk2-maker", loan)


def do(engine: Engine, by: str, command: Command) -> None:
    """Send a command that must be accepted."""
    accepted(send(engine, by, command))
