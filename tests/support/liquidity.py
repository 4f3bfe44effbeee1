"""Companies A, B and C at BK1 and D at BK2, each with an empty FTE account in USD: the fixture of the queue and of gridlock.

Every company is listed and served by its bank; its treasurer is `a-treasurer` and so on. `give` brings in opening money.
"""

import datetime

from huangpu.core.calendar import instant_us
from huangpu.core.message import Command
from huangpu.core.rulebook import Row, RuleBook
from huangpu.engine.writer import Engine
from huangpu.journal.entry import Entry
from huangpu.ledger.events import PostOpeningBalance
from huangpu.registry.cash_accounts import AccountClass
from huangpu.registry.charter import Tick
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore.accounts import OpenCashAccount, opening_code
from huangpu.venues.offshore.liquidity.lines import Resolution
from huangpu.venues.offshore.liquidity.queue import GridlockResolved, QueueReleased
from huangpu.venues.offshore.orders import Payment, Pending
from huangpu.venues.offshore.white_list import BindServicingBank, ListCompany, RecommendCompany
from tests.support.centre import MONDAY_0930_US, accepted, load_rules, register, send
from tests.support.offshore import book_order, instruct, offshore_engine

DATE = datetime.date(2026, 11, 23)
COMPANIES = {"A": "BK1", "B": "BK1", "C": "BK1", "D": "BK2"}


def liquidity_engine(**rows: int | bool | str | list[str]) -> Engine:
    """Return the offshore fixture with companies A to D; a row is named with `__` for the dot: `queue__method="FIFO"`."""
    engine = offshore_engine(_rules(rows))
    for company, bank in COMPANIES.items():
        people = {f"{company.lower()}-treasurer": ["TREASURER"]}
        register(engine, company, InstitutionKind.COMPANY, people)
        opened = OpenCashAccount(
            account_id=f"FTE-{company}",
            account_class=AccountClass.FTE,
            holder=company,
            bank=bank,
            currencies=["USD"],
        )
        do(engine, f"{bank.lower()}-maker", opened)
        do(engine, "zone-1", RecommendCompany(company=company))
        do(
            engine,
            f"{company.lower()}-treasurer",
            BindServicingBank(company=company, bank=bank),
        )
        do(engine, "zone-2", ListCompany(company=company))
    return engine


def give(engine: Engine, account: str, amount: int) -> None:
    """Bring USD in from outside; no payment, so nothing is released by it before the next tick."""
    unit = engine.centre.registry.cash_accounts[account].unit
    code = opening_code(unit, "USD")
    do(
        engine,
        "operator",
        PostOpeningBalance(debit=code, credit=f"{account}/USD", amount=amount),
    )


def pay(
    engine: Engine, payer: str, payee: str, amount: int, *, at_us: int | None = None, **changes: str
) -> str:
    """Let one of the companies pay another; return the UETR."""
    order = book_order(f"FTE-{payee}", amount, debtor_account=f"FTE-{payer}", **changes)
    command = instruct(order, bank=COMPANIES[payer])
    accepted(send(engine, f"{payer.lower()}-treasurer", command, at_us=at_us))
    return order.uetr


def tick(engine: Engine, hour: int = 9, minute: int = 30, second: int = 10) -> Entry:
    """Let the clock tick at an instant of the fixture's Monday."""
    return accepted(send(engine, "clock", Tick(), at_us=instant_us(DATE, hour, minute, second)))


def later(seconds: int) -> int:
    """Return an instant so many seconds after the fixture's."""
    return MONDAY_0930_US + seconds * 1_000_000


def do(engine: Engine, by: str, command: Command) -> Entry:
    """Submit what must be accepted."""
    return accepted(send(engine, by, command))


def record(engine: Engine, uetr: str) -> Payment | Pending:
    """Return what is known of a payment."""
    found = engine.centre.offshore.record_of(uetr)
    assert found is not None, uetr
    return found


def status(engine: Engine, uetr: str) -> str:
    """Return PDNG for a payment that waits, else how it ended."""
    found = record(engine, uetr)
    return "PDNG" if isinstance(found, Pending) else found.status


def resolutions(entry: Entry) -> list[Resolution]:
    """List what an entry released or resolved."""
    assert isinstance(entry.outcome, list)
    return [
        event.resolution
        for event in entry.outcome
        if isinstance(event, QueueReleased | GridlockResolved)
    ]


def _rules(rows: dict[str, int | bool | str | list[str]]) -> RuleBook:
    rules = load_rules()
    laid: list[Row] = []
    for name, value in rows.items():
        newest = rules[f"offshore.{name.replace('__', '.')}"].rows[-1]
        row = Row(newest.rule, newest.from_date, value, newest.unit, "a test's own row")
        laid.append(row)
    return rules.with_rows(laid)
