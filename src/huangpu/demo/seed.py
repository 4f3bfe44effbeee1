"""The deterministic start of the demo: the same commands in the same order every time, sent through the engine like any other.

Registers the cast, opens accounts with balances, lists companies, admits members, lists the 35 companies of the growth tier with
their marks, and gives every person the sandbox password.
"""

import datetime
import hashlib
import tomllib
from collections.abc import Callable, Iterator
from importlib import resources

from huangpu.config import SANDBOX_PASSWORD, Settings
from huangpu.core.calendar import date_of
from huangpu.core.message import Command, Rejected
from huangpu.demo import cast as casting
from huangpu.demo.cast import BANKS, COMPANIES, CURRENCIES, FIRMS, OVERSEAS_BANKS, SUPPLIERS
from huangpu.engine import Engine, Submission
from huangpu.engine.access import hash_of_password, hash_of_token
from huangpu.ledger.events import PostOpeningBalance
from huangpu.registry.cash_accounts import AccountClass, ledger_code
from huangpu.registry.institutions import InstitutionKind, RegisterInstitution
from huangpu.registry.people import IssueCredential, Person, RegisterPerson
from huangpu.venues.growth.clearing import DepositCash, DepositShares
from huangpu.venues.growth.instruments import ListInstrument
from huangpu.venues.growth.suitability import InvestorClass, RegisterInvestor, SignRiskStatement
from huangpu.venues.offshore.accounts import OpenCashAccount, OpenNostro, SetUpBank, opening_code
from huangpu.venues.offshore.fx.liquidity import OpenLiquidityAccount, liquidity_id
from huangpu.venues.offshore.screening.books import EntryKind, ListEntry
from huangpu.venues.offshore.screening.lists import AdoptScreeningList, ProposeScreeningList
from huangpu.venues.offshore.state import ListingApplication, nostro_code
from huangpu.venues.offshore.white_list import (
    ApplyForListing,
    BindServicingBank,
    ListCompany,
    RecommendCompany,
)
from huangpu.venues.reinsurance.membership import AdmitMember, GrantSeat, NameSettlementAccount

Sent = tuple[str, Command]
Progress = Callable[[str, int, int], None]

YUAN = 100
NOSTRO_MINOR = 50_000_000_000 * YUAN
LIQUIDITY_MINOR = 5_000_000_000 * YUAN
COMPANY_MINOR = 2_000_000_000 * YUAN
MEMBER_MINOR = 20_000_000_000 * YUAN
INVESTOR_FEN = 5_000_000_000 * YUAN
INVESTOR_SHARES = 200_000
BATCH = 200
_SALT = b"huangpu-sandbox-"

LOGINS = (
    ("operator", "operates the centre"),
    ("supervisor-supervisor", "reads everything, changes nothing"),
    ("compliance-1", "compliance of the operator: proposes screening lists"),
    ("compliance-2", "compliance of the operator: adopts them"),
    ("zone-1", "zone administration: recommends companies"),
    ("zone-2", "zone administration: lists them"),
    ("simb1-maker", "pilot bank: payment desk"),
    ("simb1-officer", "pilot bank: second pair of eyes"),
    ("otc01-treasurer", "offshore-trade subsidiary: pays"),
    ("brk01-broker", "broker: places slips"),
    ("ins01-cedent", "insurer: cedes"),
    ("re01-underwriter", "reinsurer: quotes and writes lines"),
    ("sec1-trader", "securities firm: trades"),
)

COMPLIANCE = ("compliance-1", "compliance-2")
"""Two people of the operator: one proposes a screening list, the other adopts it."""

LISTED = (
    (EntryKind.ENTITY, ["Simulated Listed Lighthouse Co., Ltd", "模拟名单灯塔有限公司"], "HK"),
    (EntryKind.ENTITY, ["Simulated Blacklisted Metals GmbH"], "DE"),
    (EntryKind.ENTITY, ["Simulated Embargoed Shipyard LLC", "Simulated Embargo Yard"], "AE"),
    (EntryKind.PERSON, ["Simlisted Quentin Nobody", "Quentin Simlisted"], "SG"),
    (EntryKind.PERSON, ["模拟无名氏", "Moni Wumingshi"], "HK"),
    (EntryKind.VESSEL, ["Simulated Ghost Tanker"], "PA"),
)
"""The demo's screening list: kind, names, country. All simulated."""


class SeedRefused(Exception):
    """A command of the seed was refused: the demo and the rules do not fit each other."""


def bank_of(number: int) -> str:
    """Return the pilot bank that keeps the accounts of the nth institution."""
    return BANKS[number % len(BANKS)]


def fte_of(company: str) -> str:
    """Return the free trade account of an institution."""
    return f"FT-{company}"


def investors() -> list[tuple[str, str, InvestorClass]]:
    """Return the investors of the demo: id, firm and class."""
    kinds = (
        InvestorClass.INSTITUTION,
        InvestorClass.INDIVIDUAL_PROFESSIONAL,
        InvestorClass.INDIVIDUAL_ORDINARY,
    )
    return [(f"{firm}-INV{n}", firm, kinds[n % len(kinds)]) for firm in FIRMS for n in range(1, 7)]


def companies() -> list[dict[str, object]]:
    """Read the 35 companies of the growth tier from the reference data."""
    file = resources.files("huangpu") / "venues" / "growth" / "reference" / "growth_companies.toml"
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["company"]
    assert isinstance(rows, list)
    return rows


def seed(engine: Engine, progress: Progress | None = None) -> bool:
    """Send the seed unless the centre is already peopled; tell whether it was sent.

    Raises: SeedRefused naming the first command that was refused.
    """
    if len(engine.centre.registry.institutions) > 1:
        return False
    today = date_of(engine.last_at_us)
    sent = list(commands(today))
    for start in range(0, len(sent), BATCH):
        batch = [
            Submission(by, f"seed-{start + n}", command)
            for n, (by, command) in enumerate(sent[start : start + BATCH])
        ]
        for submission, answer in zip(batch, engine.step(batch), strict=True):
            outcome = answer if isinstance(answer, Rejected) else answer.outcome
            if isinstance(outcome, Rejected):
                raise SeedRefused(f"{submission.by}: {submission.command}: {outcome}")
        if progress is not None:
            progress("seed", min(start + BATCH, len(sent)), len(sent))
    return True


def commands(today: datetime.date) -> Iterator[Sent]:
    """Yield every command of the seed with its actor."""
    yield from _registry()
    yield from _accounts()
    yield from _white_list(today)
    yield from _exchange(today)
    yield from _growth()
    yield from _screening(today)


def logins(settings: Settings) -> list[str]:
    """Return the lines that tell who may sign in, and how."""
    lines = [
        f"Sandbox logins, all with the password [bold]{SANDBOX_PASSWORD}[/bold] (everything is simulated):"
    ]
    lines += [f"  [bold]{person:<22}[/bold] {what}" for person, what in LOGINS]
    lines.append(f"  bearer token of a person: [bold]{token_of('PERSON')}[/bold]")
    assert settings.sandbox
    return lines


def token_of(person: str) -> str:
    """Return the sandbox bearer token of a person; anybody can read it here, so no real centre accepts it."""
    return f"sandbox-{person}"


def _registry() -> Iterator[Sent]:
    password = hash_of_password(SANDBOX_PASSWORD, _SALT)
    ids = ["operator"]
    for member in casting.cast():
        yield "operator", RegisterInstitution(institution=member.institution)
        for person in member.people:
            yield "operator", RegisterPerson(person=person)
            ids.append(person.id)
    for person_id in COMPLIANCE:
        person = Person(id=person_id, institution="HUANGPU", roles=["COMPLIANCE"])
        yield "operator", RegisterPerson(person=person)
        ids.append(person_id)
    for person_id in ids:
        yield "operator", IssueCredential(person_id=person_id, scheme="password", hashed=password)
        hashed = hash_of_token(token_of(person_id))
        yield "operator", IssueCredential(person_id=person_id, scheme="token", hashed=hashed)


def _accounts() -> Iterator[Sent]:
    for bank in BANKS:
        maker = f"{bank.lower()}-maker"
        yield "operator", SetUpBank(bank=bank, currencies=[*CURRENCIES, "EUR", "HKD"])
        for overseas in OVERSEAS_BANKS:
            for currency in CURRENCIES:
                yield maker, OpenNostro(bank=bank, correspondent=overseas, currency=currency)
                nostro = nostro_code(bank, overseas, currency)
                yield _opening(f"{bank}-SAU", currency, nostro, NOSTRO_MINOR, mirror=True)
        for currency in CURRENCIES:
            yield maker, OpenLiquidityAccount(currency=currency)
            code = ledger_code(liquidity_id(bank), currency)
            yield _opening(f"{bank}-SAU", currency, code, LIQUIDITY_MINOR)
    for number, company in enumerate(COMPANIES):
        yield from _account(company, AccountClass.FTE, bank_of(number), COMPANY_MINOR)
        yield from _account(company, AccountClass.DOM, bank_of(number), 0, f"DOM-{company}")
    for number, supplier in enumerate(SUPPLIERS):
        yield from _account(supplier, AccountClass.FTN, bank_of(number), 0)
        yield from _account(supplier, AccountClass.NRA, bank_of(number), 0, f"NRA-{supplier}")


def _account(
    holder: str, account_class: AccountClass, bank: str, balance_minor: int, account_id: str = ""
) -> Iterator[Sent]:
    account_id = account_id or fte_of(holder)
    yield (
        f"{bank.lower()}-maker",
        OpenCashAccount(
            account_id=account_id,
            account_class=account_class,
            holder=holder,
            bank=bank,
            currencies=CURRENCIES,
        ),
    )
    if balance_minor:
        for currency in CURRENCIES:
            yield _opening(
                f"{bank}-SAU", currency, ledger_code(account_id, currency), balance_minor
            )


def _opening(unit: str, currency: str, code: str, minor: int, *, mirror: bool = False) -> Sent:
    pair = (code, opening_code(unit, currency)) if mirror else (opening_code(unit, currency), code)
    return "operator", PostOpeningBalance(debit=pair[0], credit=pair[1], amount=minor)


def _white_list(today: datetime.date) -> Iterator[Sent]:
    last = COMPANIES[-1]
    application = ListingApplication(
        registered_on=today - datetime.timedelta(days=200),
        zone="LINGANG",
        dedicated=True,
        parent="Simulated Group",
        trade_types=["RESALE", "GLOBAL_PROC"],
        bank=bank_of(len(COMPANIES) - 1),
        documents_sha256=hashlib.sha256(b"SIMULATED application").hexdigest(),
    )
    yield (
        f"{last.lower()}-treasurer",
        ApplyForListing(company=last, application=application),
    )
    for number, company in enumerate(COMPANIES):
        yield "zone-1", RecommendCompany(company=company)
        yield (
            f"{bank_of(number).lower()}-maker",
            BindServicingBank(company=company, bank=bank_of(number)),
        )
        if company != COMPANIES[-1]:
            yield "zone-2", ListCompany(company=company)


def _exchange(today: datetime.date) -> Iterator[Sent]:
    ends = today + datetime.timedelta(days=365)
    for number, member in enumerate(casting.reinsurance_members()):
        found = member.institution
        yield "operator", AdmitMember(institution_id=found.id)
        if not found.domestic and found.kind is InstitutionKind.REINSURER:
            desk = f"DESK-{found.id}"
            yield (
                "operator",
                GrantSeat(institution_id=found.id, desk=desk, valid_from=today, valid_until=ends),
            )
        account_class = AccountClass.FTE if found.domestic else AccountClass.FTN
        yield from _account(found.id, account_class, bank_of(number), MEMBER_MINOR)
        for currency in CURRENCIES:
            yield (
                member.people[0].id,
                NameSettlementAccount(currency=currency, account_id=fte_of(found.id)),
            )


def _growth() -> Iterator[Sent]:
    codes = []
    for row in companies():
        codes.append(str(row["code"]))
        yield (
            "operator",
            ListInstrument(
                code=str(row["code"]),
                name=str(row["name"]),
                name_zh=str(row["name_zh"]),
                listing_date=_date(row["listing_date"]),
                shares_issued=_integer(row["simulated_shares_issued"]),
                previous_close_fen=_integer(row["simulated_previous_close_fen"]),
                weighted_votes=bool(row["weighted_votes"]),
            ),
        )
    for investor, firm, kind in investors():
        trader = f"{firm.lower()}-trader"
        yield (
            trader,
            RegisterInvestor(
                investor_id=investor,
                investor_class=kind,
                average_assets_fen=600_000 * YUAN,
                months_of_trading=36,
            ),
        )
        if not investor.endswith("INV5"):
            yield trader, SignRiskStatement(investor_id=investor)
        yield "operator", DepositCash(investor_id=investor, amount_fen=INVESTOR_FEN)
        for code in codes:
            yield (
                "operator",
                DepositShares(investor_id=investor, code=code, quantity=INVESTOR_SHARES),
            )


def _screening(today: datetime.date) -> Iterator[Sent]:
    """Adopt a small list of names that nobody bears, proposed by one person of compliance and adopted by another."""
    entries = [
        ListEntry(f"SIM-{number}", kind, names, [country], programme="SIMULATED")
        for number, (kind, names, country) in enumerate(LISTED, 1)
    ]
    version = today.isoformat()
    yield (
        "compliance-1",
        ProposeScreeningList(
            list_id="SIMULATED", version=version, published=today, entries=entries
        ),
    )
    yield "compliance-2", AdoptScreeningList(list_id="SIMULATED", version=version)


def _date(value: object) -> datetime.date:
    assert isinstance(value, datetime.date)
    return value


def _integer(value: object) -> int:
    assert isinstance(value, int)
    return value
