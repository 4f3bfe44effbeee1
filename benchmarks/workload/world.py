"""The world of the workload: companies, counterparties and hot accounts on top of the demo's seed, set up by the centre's own commands.

400 companies on the white list hold three currencies each (the parent trader, number 0, all five) at the four demo banks; eight more
have no money at all; 5,000 counterparties bank with three overseas banks, eight in ten with the first, whose nostros are the hot ones.
Every name is invented. The data folder is written in process, so that the server which is then measured finds a peopled centre.
"""

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.screening import Author, entries_of
from huangpu.app import load_rules, open_centre
from huangpu.clock import DemoClock, demo_start_us
from huangpu.config import Settings
from huangpu.core.calendar import date_of
from huangpu.core.identifiers import lei_of, uscc_of
from huangpu.core.message import Command, Rejected
from huangpu.demo import seed
from huangpu.demo.cast import BANKS, OVERSEAS_BANKS
from huangpu.engine import Engine, Submission
from huangpu.engine.access import hash_of_token
from huangpu.ledger.events import PostOpeningBalance
from huangpu.registry.cash_accounts import AccountClass, ledger_code
from huangpu.registry.institutions import Institution, InstitutionKind, RegisterInstitution
from huangpu.registry.people import IssueCredential, Person, RegisterPerson
from huangpu.venues.offshore.accounts import OpenCashAccount, OpenNostro, SetUpBank, opening_code
from huangpu.venues.offshore.fx.liquidity import OpenLiquidityAccount, liquidity_id
from huangpu.venues.offshore.screening.lists import AdoptScreeningList, ProposeScreeningList
from huangpu.venues.offshore.state import nostro_code
from huangpu.venues.offshore.white_list import BindServicingBank, ListCompany, RecommendCompany

CURRENCIES: Final = ("USD", "CNY", "EUR", "HKD", "SGD")
"""The currencies of the mix; SGD stands for the others."""
THIRD: Final = ("EUR", "HKD", "EUR", "SGD")
"""The third currency of a company, by its number."""
SUPPLIERS: Final = 20
SHORT_COMPANIES: Final = 8
COMPANY_MINOR: Final = 10**15
NOSTRO_MINOR: Final = 10**17
LIQUIDITY_MINOR: Final = 10**16
LIST_SEED: Final = 20_261_123
BATCH: Final = 500


class World(msgspec.Struct, frozen=True):
    """How large the world is: companies with money, counterparties overseas, names on the screening list."""

    companies: int = 400
    counterparties: int = 5_000
    listed: int = 20_000


SMALL: Final = World(companies=24, counterparties=120, listed=200)
"""Enough for every kind of the mix; set up in two seconds."""


def company_of(number: int) -> str:
    """Name a company; those from `World.companies` on have no money."""
    return f"WTC{number:03d}"


def bank_of(number: int) -> str:
    """Name the bank that serves a company."""
    return BANKS[number % len(BANKS)]


def bic_of(bank_number: int) -> str:
    """Return the BIC of a demo bank."""
    return f"SIM{chr(65 + bank_number)}CNSHXXX"


def account_of(number: int) -> str:
    """Name a company's free trade account."""
    return seed.fte_of(company_of(number))


def domestic_of(number: int) -> str:
    """Name a company's ordinary account onshore."""
    return f"DOM-{company_of(number)}"


def supplier_account(number: int) -> str:
    """Name the FTN account of an overseas company that banks in the zone."""
    return f"FTN-WOS{number:02d}"


def currencies_of(number: int) -> list[str]:
    """List the currencies of a company's account: three, the parent trader's all."""
    return list(CURRENCIES) if number == 0 else ["CNY", "USD", THIRD[number % len(THIRD)]]


class Counterparty(msgspec.Struct, frozen=True):
    """Somebody overseas: account, name, country and the BIC of the bank."""

    account: str
    name: str
    country: str
    agent: str


@functools.cache
def counterparties(count: int) -> list[Counterparty]:
    """Write the counterparties; eight in ten bank with the first overseas bank."""
    author = Author(LIST_SEED + 1)
    homes = list(OVERSEAS_BANKS.values())
    found = []
    for number in range(count):
        home = homes[{8: 1, 9: 2}.get(number % 10, 0)]
        name = f"{author.word()} {author.word()} {author.word()} Trading"
        found.append(Counterparty(f"OV{number:05d}", name, home, f"SIMO{home}22XXX"))
    return found


def build(folder: Path, world: World) -> int:
    """Found a centre in a folder, seed it as the demo does, add the world; give the number of entries."""
    rules = load_rules()
    clock = DemoClock(rules, demo_start_us(rules))
    engine = open_centre(Settings(data=folder, sandbox=True), clock.now_us)
    seed.seed(engine)
    sent = list(_commands(world, engine))
    for start in range(0, len(sent), BATCH):
        batch = [
            Submission(by, f"world-{start + n}", command)
            for n, (by, command) in enumerate(sent[start : start + BATCH])
        ]
        for submission, answer in zip(batch, engine.step(batch), strict=True):
            outcome = answer if isinstance(answer, Rejected) else answer.outcome
            assert not isinstance(outcome, Rejected), (submission, outcome)
    entries = engine.next_seq - 1
    engine.store.close()
    return entries


def _commands(world: World, engine: Engine) -> Iterator[seed.Sent]:
    yield from _banks()
    for number in range(SUPPLIERS):
        yield from _supplier(number)
    for number in range(world.companies + SHORT_COMPANIES):
        yield from _company(number, funded=number < world.companies)
    today = date_of(engine.last_at_us)
    entries = entries_of(Author(LIST_SEED), world.listed)
    found = ProposeScreeningList(list_id="WORKLOAD", version="1", published=today, entries=entries)
    yield "compliance-1", found
    yield "compliance-2", AdoptScreeningList(list_id="WORKLOAD", version="1")


def _banks() -> Iterator[seed.Sent]:
    for bank in BANKS:
        maker = f"{bank.lower()}-maker"
        yield "operator", SetUpBank(bank=bank, currencies=["SGD"])
        for currency in CURRENCIES:
            known = currency in ("CNY", "USD")
            for overseas in OVERSEAS_BANKS:
                if not known:
                    yield maker, OpenNostro(bank=bank, correspondent=overseas, currency=currency)
                nostro = nostro_code(bank, overseas, currency)
                yield _opening(nostro, opening_code(f"{bank}-SAU", currency), NOSTRO_MINOR)
            if not known:
                yield maker, OpenLiquidityAccount(currency=currency)
            code = ledger_code(liquidity_id(bank), currency)
            yield _opening(opening_code(f"{bank}-SAU", currency), code, LIQUIDITY_MINOR)


def _opening(debit: str, credit: str, minor: int) -> seed.Sent:
    return "operator", PostOpeningBalance(debit=debit, credit=credit, amount=minor)


def _supplier(number: int) -> Iterator[seed.Sent]:
    name = f"WOS{number:02d}"
    supplier = Institution(
        id=name,
        name=f"Simulated Overseas Supplier {number:02d}",
        name_zh=f"模拟境外供货商{number:02d}",
        kind=InstitutionKind.COMPANY,
        lei=lei_of(f"9845SIM1{name.rjust(10, '0')}"),
        domicile="SG",
    )
    yield "operator", RegisterInstitution(institution=supplier)
    bank = bank_of(number)
    opened = OpenCashAccount(
        account_id=supplier_account(number),
        account_class=AccountClass.FTN,
        holder=name,
        bank=bank,
        currencies=list(CURRENCIES),
    )
    yield f"{bank.lower()}-maker", opened


def _company(number: int, *, funded: bool) -> Iterator[seed.Sent]:
    name, bank = company_of(number), bank_of(number)
    maker, person = f"{bank.lower()}-maker", f"{name.lower()}-treasurer"
    company = Institution(
        id=name,
        name=f"Simulated Workload Trading {number:03d}",
        name_zh=f"模拟负载贸易{number:03d}",
        kind=InstitutionKind.COMPANY,
        lei=lei_of(f"9845SIM1{name.rjust(10, '0')}"),
        domicile="CN",
        uscc=uscc_of(f"91310115M9{number:07d}"),
    )
    yield "operator", RegisterInstitution(institution=company)
    treasurer = Person(id=person, institution=name, roles=["TREASURER"])
    yield "operator", RegisterPerson(person=treasurer)
    hashed = hash_of_token(seed.token_of(person))
    yield "operator", IssueCredential(person_id=person, scheme="token", hashed=hashed)
    held = currencies_of(number)
    for account, account_class, currencies in (
        (account_of(number), AccountClass.FTE, held),
        (domestic_of(number), AccountClass.DOM, ["CNY"]),
    ):
        opened: Command = OpenCashAccount(
            account_id=account,
            account_class=account_class,
            holder=name,
            bank=bank,
            currencies=currencies,
        )
        yield maker, opened
    for currency in held if funded else ():
        code = ledger_code(account_of(number), currency)
        yield _opening(opening_code(f"{bank}-SAU", currency), code, COMPANY_MINOR)
    yield "zone-1", RecommendCompany(company=name)
    yield maker, BindServicingBank(company=name, bank=bank)
    yield "zone-2", ListCompany(company=name)
