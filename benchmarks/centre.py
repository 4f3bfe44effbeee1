"""The centre that the groups work on: the demo's own seed on a journal of choice, and payments and orders in any number.

Every payment is a single instruction of a treasurer to an overseas supplier, as the demo sends them: it passes the registry, the rule book,
the white list, the matrix, the funds and the sampling, and ends final. Ids come from a counter, so two runs send the same commands.
"""

import datetime
from pathlib import Path
from typing import Final

from huangpu.app import load_rules
from huangpu.core.calendar import instant_us
from huangpu.core.identifiers import lei_of
from huangpu.core.message import Rejected
from huangpu.demo import seed
from huangpu.demo.cast import COMPANIES
from huangpu.engine import Centre, Engine, Entry, Submission
from huangpu.journal.memory import MemoryStore
from huangpu.journal.sqlite import SqliteStore
from huangpu.journal.store import Store
from huangpu.ledger.accounts import Account, Side
from huangpu.ledger.events import OpenLedgerAccount
from huangpu.registry.charter import FoundCentre, Tick
from huangpu.registry.people import Person, RegisterPerson
from huangpu.venues.growth.day import OrderSide
from huangpu.venues.growth.orders import PlaceOrder
from huangpu.venues.offshore.payments.words import InstructPayment
from huangpu.venues.offshore.state import PaymentOrder

OVERSEAS_BIC: Final = "SIMOHK22XXX"
PAYERS: Final = COMPANIES[1:-1]
"""The companies that pay: the seed leaves the last one off the white list, and the demo sets the first one limits."""

SUPPLIERS: Final = 200
AT_US: Final = instant_us(datetime.date(2026, 11, 23), 9, 31)
"""09:31 in Shanghai on a Monday: payments settle and shares trade."""


def seeded(store: Store) -> Engine:
    """Return an engine on a centre that the demo's seed has peopled."""
    rules = load_rules()
    engine = Engine(Centre(rules), store, lambda: AT_US)
    found = FoundCentre(
        name="huangpu benchmark",
        sandbox=True,
        operator="HUANGPU",
        operator_lei=lei_of("984500HUANGPUSIM00"),
        person="operator",
        password_hash="$argon2id$none",
        clock_person="clock",
        rules_sha256=rules.digest(),
    )
    settle(engine, [Submission("founder", "found", found)])
    seed.seed(engine)
    settle(engine, [Submission("clock", "tick", Tick())])
    return engine


def on_memory() -> Engine:
    """Return a seeded engine whose journal is a list in memory."""
    return seeded(MemoryStore())


def on_sqlite(folder: Path) -> Engine:
    """Return a seeded engine whose journal is the default store."""
    return seeded(SqliteStore(folder))


def payer_of(number: int) -> tuple[str, str, str]:
    """Return who orders the nth payment: person, free trade account and bank."""
    place = 1 + number % len(PAYERS)
    company = COMPANIES[place]
    return f"{company.lower()}-treasurer", seed.fte_of(company), seed.bank_of(place)


def order_of(number: int, account: str) -> PaymentOrder:
    """Return the nth order: one dollar and some cents to one of 200 suppliers overseas."""
    return PaymentOrder(
        uetr=f"{number >> 48 & 0xFFFFFFFF:08x}-0000-4000-8000-{number & 0xFFFFFFFFFFFF:012x}",
        end_to_end_id=f"E2E-{number}",
        debtor_account=account,
        creditor_account=f"HK-SUPPLIER-{number % SUPPLIERS:03d}",
        creditor_agent=OVERSEAS_BIC,
        creditor_name="Simulated Supplier HK",
        creditor_country="HK",
        currency="USD",
        amount=100 + number % 100,
        trade_type="RESALE",
    )


def payment_of(number: int) -> Submission:
    """Return the nth payment as it reaches the engine."""
    person, account, bank = payer_of(number)
    command = InstructPayment(message_id=f"M-{number}", bank=bank, order=order_of(number, account))
    return Submission(person, f"p-{number}", command)


def orders_of(start: int, count: int) -> list[Submission]:
    """Return the orders from the nth on: limit orders of four firms in the 35 shares, around the last close; about half of them trade."""
    lines = [
        (str(row["code"]), int(str(row["simulated_previous_close_fen"])))
        for row in seed.companies()
    ]
    holders = [
        (investor, firm) for investor, firm, _ in seed.investors() if not investor.endswith("INV5")
    ]
    found = []
    for number in range(start, start + count):
        code, close_fen = lines[number % len(lines)]
        investor, firm = holders[number * 7 % len(holders)]
        away_fen = number * 13 % 9 - 4
        command = PlaceOrder(
            client_order_id=f"o-{number}",
            investor_id=investor,
            code=code,
            side=OrderSide.BUY if number // len(lines) % 2 else OrderSide.SELL,
            price_fen=close_fen + away_fen,
            quantity=200 + number % 50,
        )
        found.append(Submission(f"{firm.lower()}-trader", f"o-{number}", command))
    return found


BULK = "bulk"
"""The person who sends packed transfers between the wallets."""


def open_wallets(engine: Engine, count: int) -> int:
    """Open `count` plain ledger accounts that may not fall below zero, and a source without a floor; return the source's number.

    The wallets' numbers follow the source's.
    """
    source = engine.centre.ledger.account_count()
    bulk = Person(id=BULK, institution="HUANGPU", roles=["BULK"])
    batch = [Submission("operator", "w-bulk", RegisterPerson(person=bulk))]
    for number in range(count + 1):
        account = Account(
            code=f"BENCH-{number}/CNY",
            holder="HUANGPU",
            asset="CNY",
            unit="BENCH",
            kind="BENCH",
            normal=Side.CREDIT,
            booked_min=0 if number else None,
        )
        batch.append(Submission("operator", f"w-{number}", OpenLedgerAccount(account=account)))
    settle(engine, batch)
    return source


def settle(engine: Engine, batch: list[Submission]) -> None:
    """Send a batch and assert that every command of it was accepted."""
    for answer in engine.step(batch):
        assert isinstance(answer, Entry), answer
        assert not isinstance(answer.outcome, Rejected), answer.outcome
