"""A small reinsurance market for tests: banks, a cedent, a broker, three reinsurers (one overseas with a seat), funded accounts."""

import datetime

from huangpu.core.message import Command, Rejected
from huangpu.core.values import PERCENT
from huangpu.engine.writer import Engine
from huangpu.journal.entry import Entry
from huangpu.ledger.events import PostOpeningBalance
from huangpu.registry.cash_accounts import AccountClass
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore.accounts import OpenCashAccount, SetUpBank
from huangpu.venues.reinsurance.membership import AdmitMember, GrantSeat, NameSettlementAccount
from huangpu.venues.reinsurance.placement.binding import BindSlip
from huangpu.venues.reinsurance.placement.lines import WriteLine
from huangpu.venues.reinsurance.placement.quoting import IssueFirmOrder, QuoteSlip
from huangpu.venues.reinsurance.placement.sections import (
    FiscalAndRegulatory,
    RiskDetails,
    Sections,
)
from huangpu.venues.reinsurance.placement.signing import SignDown
from huangpu.venues.reinsurance.placement.slip import ContractType, Method, PlaceSlip
from tests.support.centre import accepted, founded_engine, register, send

FUNDS_MINOR = 1_000_000_000
PEOPLE = {"CED": "ced-uw", "BRK": "brk-desk", "RE1": "re1-uw", "RE2": "re2-uw", "RE3": "re3-uw"}
BANK_OF = {"CED": "BK1", "BRK": "BK1", "RE1": "BK1", "RE2": "BK2", "RE3": "BK2"}
SECTIONS = Sections(
    risk_details=RiskDetails(
        interest="Commercial property book",
        territorial_limits="China",
        law_and_jurisdiction="Shanghai",
    ),
    fiscal=FiscalAndRegulatory(country_of_origin="CN"),
)


def market(*, seat: bool = True, currency: str = "USD", group: str = "") -> Engine:
    """Return a founded engine with the market admitted, its accounts named, and the cedent funded.

    RE3 is overseas without a mainland licence; RE2 banks elsewhere, so that money crosses banks.
    """
    engine = founded_engine()
    for bank in ("BK1", "BK2"):
        people = {f"{bank.lower()}-maker": ["BANK_OPERATOR"]}
        register(engine, bank, InstitutionKind.BANK, people, bic=f"S{bank}CNSH")
        accepted(send(engine, "operator", SetUpBank(bank=bank, currencies=[currency])))
    kinds = InstitutionKind
    register(engine, "CED", kinds.INSURER, {"ced-uw": ["CEDENT"]}, group=group)
    register(engine, "BRK", kinds.BROKER, {"brk-desk": ["BROKER"]})
    register(engine, "RE1", kinds.REINSURER, {"re1-uw": ["UNDERWRITER"]}, group=group)
    register(engine, "RE2", kinds.INSURER, {"re2-uw": ["UNDERWRITER"]})
    register(engine, "RE3", kinds.REINSURER, {"re3-uw": ["UNDERWRITER"]}, domicile="GB")
    for member in PEOPLE:
        accepted(send(engine, "operator", AdmitMember(institution_id=member)))
        open_account(engine, member, currency)
    if seat:
        accepted(send(engine, "operator", seat_of("RE3")))
    fund(engine, "CED", FUNDS_MINOR, currency)
    return engine


def seat_of(institution: str, until: datetime.date = datetime.date(2027, 11, 22)) -> GrantSeat:
    """Return the grant of a seat from the day of the tests."""
    return GrantSeat(
        institution_id=institution,
        desk="D-01",
        valid_from=datetime.date(2026, 11, 23),
        valid_until=until,
    )


def open_account(engine: Engine, member: str, currency: str = "USD") -> None:
    """Open a member's free trade account and name it for settlement."""
    domestic = engine.centre.registry.institutions[member].domestic
    kind = AccountClass.FTE if domestic else AccountClass.FTN
    bank = BANK_OF[member]
    opened = OpenCashAccount(
        account_id=f"{kind}-{member}",
        account_class=kind,
        holder=member,
        bank=bank,
        currencies=[currency],
    )
    accepted(send(engine, f"{bank.lower()}-maker", opened))
    named = NameSettlementAccount(currency=currency, account_id=f"{kind}-{member}")
    accepted(send(engine, PEOPLE[member], named))


def fund(engine: Engine, member: str, amount: int, currency: str = "USD") -> None:
    """Bring money to a member's account from outside."""
    bank = BANK_OF[member]
    posted = PostOpeningBalance(
        debit=f"OPENING-{bank}-SAU/{currency}", credit=account_code(member, currency), amount=amount
    )
    accepted(send(engine, "operator", posted))


def account_code(member: str, currency: str = "USD") -> str:
    """Return the code of a member's ledger account."""
    return f"{'FTN' if member == 'RE3' else 'FTE'}-{member}/{currency}"


def booked(engine: Engine, member: str, currency: str = "USD") -> int:
    """Return what a member has."""
    number = engine.centre.ledger.number(account_code(member, currency))
    assert number is not None
    return engine.centre.ledger.booked(number)


def slip(slip_id: str = "S1", **changes: object) -> PlaceSlip:
    """Return a complete quota-share slip: 40 % of 1,000,000.00 USD, commission 30 %, brokerage 2.5 %."""
    fields: dict[str, object] = {
        "slip_id": slip_id,
        "cedent": "CED",
        "contract_type": ContractType.QUOTA_SHARE,
        "method": Method.TREATY,
        "class_of_business": "PROPERTY",
        "period_from": datetime.date(2027, 1, 1),
        "period_to": datetime.date(2027, 12, 31),
        "currency": "USD",
        "estimated_premium_minor": 100_000_000,
        "cession_micro_percent": 40 * PERCENT,
        "commission_micro_percent": 30 * PERCENT,
        "brokerage_micro_percent": 2_500_000,
        "sections": SECTIONS,
    }
    return PlaceSlip(**(fields | changes))  # type: ignore[arg-type]


def quote(slip_id: str = "S1", **changes: object) -> QuoteSlip:
    """Return a quote: commission 28 %, share 40 %, valid to the end of the year."""
    fields: dict[str, object] = {
        "slip_id": slip_id,
        "commission_micro_percent": 28 * PERCENT,
        "share_micro_percent": 40 * PERCENT,
        "valid_until": datetime.date(2026, 12, 31),
    }
    return QuoteSlip(**(fields | changes))  # type: ignore[arg-type]


def by(engine: Engine, member: str, command: Command, at_us: int | None = None) -> Entry | Rejected:
    """Send a command by the person of a member."""
    return send(engine, PEOPLE[member], command, at_us=at_us)


def ordered(
    engine: Engine, placed: PlaceSlip | None = None, *, short: bool = False, unequal: bool = False
) -> str:
    """Place a slip, let RE1 quote and the cedent order; return the slip's id."""
    placed = placed or slip()
    accepted(by(engine, "BRK", placed))
    accepted(by(engine, "RE1", quote(placed.slip_id)))
    order = IssueFirmOrder(
        slip_id=placed.slip_id,
        leader="RE1",
        short_placement_agreed=short,
        unequal_signing_authorised=unequal,
    )
    accepted(by(engine, "CED", order))
    return placed.slip_id


def write(engine: Engine, slip_id: str, lines: dict[str, int], stand: tuple[str, ...] = ()) -> None:
    """Write lines in whole percent of the order; those named stand."""
    for member, percent in lines.items():
        line = WriteLine(
            slip_id=slip_id,
            written_micro_percent=percent * PERCENT,
            to_stand=member in stand,
        )
        accepted(by(engine, member, line))


def bound(engine: Engine, placed: PlaceSlip | None = None) -> str:
    """Run a slip from submission to binding (40 / 50 / 30, the first to stand); return the trade code."""
    slip_id = ordered(engine, placed)
    write(engine, slip_id, {"RE1": 40, "RE2": 50, "RE3": 30}, stand=("RE1",))
    accepted(by(engine, "BRK", SignDown(slip_id=slip_id)))
    accepted(by(engine, "BRK", BindSlip(slip_id=slip_id)))
    return engine.centre.reinsurance.books.slips[slip_id].trade_code
