"""A busy morning of the offshore venue, so that every resource has something to show: who did what, and what each payment is called."""

import datetime

from huangpu.core.message import Command
from huangpu.engine.writer import Engine
from huangpu.ledger.events import PostOpeningBalance
from huangpu.registry.institutions import InstitutionKind
from huangpu.registry.people import Person, RegisterPerson
from huangpu.venues.offshore.accounts import opening_code
from huangpu.venues.offshore.bank_transfers.books import BankTransferOrder
from huangpu.venues.offshore.fx.deals import AcceptQuote
from huangpu.venues.offshore.fx.positions import SquarePosition
from huangpu.venues.offshore.fx.quotes import RequestQuote
from huangpu.venues.offshore.fx.state import FxSide
from huangpu.venues.offshore.monitoring.books import Grade, LimitKind
from huangpu.venues.offshore.monitoring.grades import SetGrade
from huangpu.venues.offshore.monitoring.limits import SetLimit
from huangpu.venues.offshore.monitoring.proposals import ApproveProposal
from huangpu.venues.offshore.second_line.release import ReleaseSecondLine
from huangpu.venues.offshore.state import ListingApplication, nostro_code
from huangpu.venues.offshore.white_list import ApplyForListing
from tests.support.boundary import boundary_engine, lend
from tests.support.centre import MONDAY_0930_US, accepted, register, send
from tests.support.fx import quoted
from tests.support.monitoring import tick
from tests.support.offshore import (
    OVB_BIC,
    book_order,
    instruct,
    inward_order,
    overseas_order,
    receive,
    uetr,
)
from tests.support.recalls import answer, bank_order, bank_receives, recall
from tests.support.screening import LISTED, adopt

SETTLED, QUEUED, UNRELEASED, RELEASED, SCREENED = (uetr(number) for number in range(1, 6))
OVERSEAS, INWARD, AFFILIATE, OTHER, BETWEEN = (uetr(number) for number in range(6, 11))


def busy_engine() -> Engine:
    """Return the border's fixture after a morning of everything; BK2 and OTC2 have one queued payment and a loan."""
    engine = boundary_engine()
    register(engine, "SUPERVISOR1", InstitutionKind.SUPERVISOR, {"supervisor-1": ["SUPERVISOR"]})
    register(engine, "NEW1", InstitutionKind.COMPANY, {"new1-treasurer": ["TREASURER"]})
    for person in ("comp-1", "comp-2"):
        registered = Person(id=person, institution="HUANGPU", roles=["COMPLIANCE"])
        accepted(send(engine, "operator", RegisterPerson(person=registered)))
    adopt(engine, "1", LISTED)
    _pay(engine)
    _deal(engine)
    _watch(engine)
    tick(engine, MONDAY_0930_US + 60_000_000)
    return engine


def _pay(engine: Engine) -> None:
    border = {"debtor_account": "FTE-OTC1", "currency": "CNY", "purpose": "CURR"}
    for by, command in (
        ("otc1-treasurer", instruct(book_order("FTN-SUP1", 400_000_00, uetr=SETTLED))),
        ("bk1-maker", recall(SETTLED)),
        ("sup1-treasurer", answer(SETTLED)),
        ("otc1-treasurer", instruct(overseas_order(100_000_00, uetr=OVERSEAS))),
        ("ovb-desk", receive(inward_order(50_000_00, uetr=INWARD))),
        ("otc1-treasurer", instruct(book_order("FTE-HOLD1", 10_00, uetr=AFFILIATE))),
        ("otc1-treasurer", instruct(overseas_order(5_000_000_00, uetr=QUEUED))),
        ("otc1-treasurer", instruct(book_order("DOM-OTC1", 500_00, uetr=RELEASED, **border))),
        ("bk1-checker", ReleaseSecondLine(uetr=RELEASED)),
        ("otc1-treasurer", instruct(book_order("DOM-OTC1", 600_00, uetr=UNRELEASED, **border))),
        (
            "otc1-treasurer",
            instruct(overseas_order(20_000_00, uetr=SCREENED, creditor_name=LISTED)),
        ),
        (
            "otc2-treasurer",
            instruct(overseas_order(900_000_00, uetr=OTHER, debtor_account="FTE-OTC2"), bank="BK2"),
        ),
        ("ovb-desk", bank_receives(_to_bank())),
    ):
        _do(engine, by, command)


def _to_bank() -> BankTransferOrder:
    """Return OVB's order in favour of BK1's own account."""
    return bank_order(
        700_00,
        uetr=BETWEEN,
        debtor_account="",
        debtor_bic=OVB_BIC,
        creditor_account="FXLIQ-BK1",
        creditor_bic="",
    )


def _deal(engine: Engine) -> None:
    asked = RequestQuote(
        request_id="R1",
        bank="BK1",
        account="FTE-OTC1",
        pair="USD/CNY",
        side=FxSide.BUY,
        currency="USD",
        amount=1_000_00,
    )
    _do(engine, "otc1-treasurer", asked)
    quoted(engine, amount=1_000_00)
    quoted(engine, "Q2", amount=2_000_00)
    _do(engine, "otc1-treasurer", AcceptQuote(bank="BK1", quote_id="Q1"))
    opening, nostro = opening_code("BK1-SAU", "CNY"), nostro_code("BK1", "OVB", "CNY")
    _do(engine, "operator", PostOpeningBalance(debit=nostro, credit=opening, amount=10_000_00))
    square = SquarePosition(pair="USD/CNY", base=400_00, counter=2_840_00, counterparty="OVB")
    _do(engine, "bk1-maker", square)


def _watch(engine: Engine) -> None:
    lend(engine, "L1", 1_000_000_00, datetime.date(2026, 1, 5))
    limit = SetLimit(kind=LimitKind.DAY, value=90_000_000_00, customer="OTC1")
    _do(engine, "bk1-maker", limit)
    number = len(engine.centre.offshore.books.monitor.proposals) - 1
    _do(engine, "bk1-checker", ApproveProposal(number=number))
    _do(engine, "bk1-maker", SetLimit(kind=LimitKind.PAYMENT, value=80_000_000_00, customer=""))
    _do(engine, "zone-1", SetGrade(company="OTC1", grade=Grade.C, cause="late documents"))
    application = ListingApplication(
        registered_on=datetime.date(2026, 1, 5),
        zone="LINGANG",
        dedicated=True,
        parent="Simulated Group",
        trade_types=["RESALE"],
        bank="BK1",
    )
    _do(engine, "new1-treasurer", ApplyForListing(company="NEW1", application=application))


def _do(engine: Engine, by: str, command: Command) -> None:
    accepted(send(engine, by, command))
