"""Something on every desk of the offshore venue: a release that waits, screening cases, documents, a queue, a recall, proposals, breaks.

All of it by public commands of the people concerned; what one act needs of an earlier one is read as anybody may read it. Acts are simulated
like everything else here.
"""

import datetime
import hashlib
import itertools
from collections.abc import Iterator
from typing import Any

from huangpu.core.calendar import date_of, instant_us
from huangpu.core.message import Command, Rejected
from huangpu.demo.cast import COMPANIES
from huangpu.demo.seed import YUAN, bank_of, fte_of
from huangpu.demo.traffic import Author
from huangpu.engine import Engine, Submission
from huangpu.ledger.accounts import Side
from huangpu.registry.charter import Tick
from huangpu.venues.offshore import white_list
from huangpu.venues.offshore.boundary import AuditedFigures
from huangpu.venues.offshore.monitoring.books import Document, DocumentKind, Grade, LimitKind
from huangpu.venues.offshore.monitoring.cases import (
    AcceptDocuments,
    RejectDocuments,
    UploadDocuments,
)
from huangpu.venues.offshore.monitoring.findings import ExplainFinding
from huangpu.venues.offshore.monitoring.grades import SetGrade
from huangpu.venues.offshore.monitoring.limits import SetLimit
from huangpu.venues.offshore.monitoring.proposals import ApproveProposal
from huangpu.venues.offshore.orders import Direction, Payment
from huangpu.venues.offshore.payments.words import InstructPayment
from huangpu.venues.offshore.recalls.words import RequestCancellation
from huangpu.venues.offshore.reports.books import Item
from huangpu.venues.offshore.reports.breaks import AssignBreak
from huangpu.venues.offshore.reports.corrections import CorrectReportRecord
from huangpu.venues.offshore.reports.large_value import FileLargeValueReport
from huangpu.venues.offshore.reports.reconciliation import ReceiveCorrespondentStatement
from huangpu.venues.offshore.second_line.bop import CorrectBopRecord
from huangpu.venues.offshore.second_line.loans import RegisterLoan
from huangpu.venues.offshore.state import PaymentOrder, nostro_code
from huangpu.venues.offshore.upgraded import ApplyForUpgrade, ApproveUpgrade

Sent = tuple[str, Command]
PAUSE_US, MINUTE_US, HOUR_US = 1_700_000, 61_000_000, 3_600_000_000
FIRST, UPGRADED = COMPANIES[0], COMPANIES[1]
RING = (COMPANIES[8], COMPANIES[9], COMPANIES[10])
CHAIN = (
    (RING[0], RING[1], 3_000),
    (RING[0], RING[2], 2_600),
    (RING[1], RING[2], 3_400),
    (RING[2], COMPANIES[4], 7_500),
    (COMPANIES[4], COMPANIES[5], 2_700),
)
"""Who waits for whom: payer, payee, million yuan. No payer has enough, and no part of it settles by itself."""


def play(engine: Engine) -> list[tuple[Sent, Rejected]]:
    """Put something on every desk from the newest entry on; return what was refused, which is nothing."""
    author = Author(lambda: engine, 3)
    refused: list[tuple[Sent, Rejected]] = []
    for act in (_second_line, _listings, _queue, _names, _clock, _limits, _documents):
        refused += _sent(engine, author, act(author))
    for act in (_explained, _recall, _statement, _reports):
        refused += _sent(engine, author, act(author))
    return refused


def _sent(engine: Engine, author: Author, acts: Iterator[Sent]) -> Iterator[tuple[Sent, Rejected]]:
    """Send each act before the next is drawn, so that it may read what the one before left."""
    for by, command in acts:
        # The monitors look once a minute: the clock ticks when they may look again.
        pause_us = MINUTE_US if isinstance(command, Tick) else PAUSE_US
        at_us = engine.last_at_us + pause_us
        answer = engine.step([Submission(by, author.next_id(), command, at_us)])[0]
        outcome = answer if isinstance(answer, Rejected) else answer.outcome
        if isinstance(outcome, Rejected):
            yield (by, command), outcome


def _clock(_author: Author) -> Iterator[Sent]:
    yield "clock", Tick()


def _uetr(author: Author) -> str:
    number = author.chance.getrandbits(128)
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def _pay(author: Author, company: str, to: str, amount: int, **fields: Any) -> Sent:
    """Let a company pay CNY from its free trade account. Units: million yuan."""
    order = PaymentOrder(
        uetr=_uetr(author),
        debtor_account=fte_of(company),
        creditor_account=to,
        currency=fields.pop("currency", "CNY"),
        amount=amount * 1_000_000 * YUAN,
        **fields,
    )
    bank = bank_of(COMPANIES.index(company))
    return f"{company.lower()}-treasurer", InstructPayment(author.next_id(), bank, order)


def _second_line(author: Author) -> Iterator[Sent]:
    """A loan to be repaid, current settlement and a quota: three payments wait for an officer."""
    today = date_of(author.engine.last_at_us)
    account = f"DOM-{FIRST}"
    loan = RegisterLoan(
        loan_id="LOAN-2026-01",
        company=FIRST,
        account=account,
        drawn_on=today - datetime.timedelta(days=400),
        principal=60_000_000 * YUAN,
    )
    yield "simb1-maker", loan
    yield _pay(author, FIRST, account, 12, purpose="LOAN", remittance="SIMULATED repayment")
    yield _pay(author, FIRST, account, 3, purpose="CURR", remittance="SIMULATED settlement")
    figures = AuditedFigures(
        year=today.year - 1,
        registered_on=today - datetime.timedelta(days=900),
        in_zone=True,
        equity=240_000_000 * YUAN,
        revenue=1_600_000_000 * YUAN,
        turnover=300_000_000 * YUAN,
        documents_sha256=hashlib.sha256(b"SIMULATED audit").hexdigest(),
    )
    bank = bank_of(COMPANIES.index(UPGRADED))
    yield (
        f"{UPGRADED.lower()}-treasurer",
        ApplyForUpgrade(company=UPGRADED, bank=bank, figures=figures),
    )
    yield f"{bank.lower()}-officer", ApproveUpgrade(company=UPGRADED, record="SIM-PBOC-0001")
    yield _pay(author, UPGRADED, f"DOM-{UPGRADED}", 55, purpose="INVT")
    third = COMPANIES[5]
    bank = bank_of(COMPANIES.index(third))
    yield f"{third.lower()}-treasurer", ApplyForUpgrade(company=third, bank=bank, figures=figures)


def _listings(author: Author) -> Iterator[Sent]:
    """A suspension of one person dated ahead, and a removal that is proposed."""
    from_us = author.engine.last_at_us + 5 * HOUR_US
    yield (
        "zone-1",
        white_list.SuspendCompany(
            company=COMPANIES[7], cause="SIMULATED examination", effective_from_us=from_us
        ),
    )
    yield "zone-1", white_list.RemoveCompany(company=COMPANIES[6], cause="SIMULATED: ceased trade")
    yield "zone-2", SetGrade(company=COMPANIES[2], grade=Grade.B, cause="SIMULATED review")


def _queue(author: Author) -> Iterator[Sent]:
    """A ring that resolves itself, then a chain that waits."""
    for payer, payee in zip(RING, (*RING[1:], RING[0]), strict=True):
        yield _pay(author, payer, fte_of(payee), 4_000, trade_type="RESALE")
    yield "clock", Tick()
    for payer, payee, millions in CHAIN:
        yield _pay(author, payer, fte_of(payee), millions, trade_type="RESALE")
    # Goods that come twice, and money that comes back, for the monitors to notice.
    pair = (COMPANIES[2], COMPANIES[3])
    for payer, payee, goods in ((*pair, "SIMULATED COPPER B/L 77"), (*pair[::-1], "")):
        fields = {"trade_type": "RESALE", "trade_reference": "SIM-TR-1"}
        yield _pay(author, payer, fte_of(payee), 40, goods=goods, **fields)
    yield _pay(
        author,
        COMPANIES[4 - 1],
        fte_of(pair[0]),
        40,
        goods="SIMULATED COPPER B/L 77",
        trade_type="RESALE",
        trade_reference="SIM-TR-2",
    )


def _names(author: Author) -> Iterator[Sent]:
    """Payees that are, or may be, on the simulated list."""
    for company, name, country in (
        (FIRST, "Simulated Blacklisted Metals", "DE"),
        (COMPANIES[4], "Simulated Embargo Shipyards", "AE"),
        (FIRST, "Quentin Simlisted", "SG"),
    ):
        yield _pay(
            author,
            company,
            f"{country}-NAMED-{author.chance.randrange(100):02d}",
            2,
            currency="USD",
            trade_type="RESALE",
            creditor_agent="SIMOHK22XXX",
            creditor_name=name,
            creditor_country=country,
        )


def _limits(author: Author) -> Iterator[Sent]:
    """Limits in force and one that waits for the officer."""
    monitor = author.engine.centre.offshore.books.monitor
    for kind, millions in (
        (LimitKind.DAY, 900),
        (LimitKind.COUNTRY, 700),
        (LimitKind.PAYMENT, 600),
    ):
        yield (
            "simb1-maker",
            SetLimit(kind=kind, customer=FIRST, value=millions * 1_000_000 * YUAN),
        )
        yield "simb1-officer", ApproveProposal(number=len(monitor.proposals) - 1)
    yield "simb1-maker", SetLimit(kind=LimitKind.DAY, value=60_000_000_000 * YUAN)
    yield "simb1-officer", ApproveProposal(number=len(monitor.proposals) - 1)
    yield "simb1-maker", SetLimit(kind=LimitKind.MINUTE, customer=FIRST, value=60)


def _documents(author: Author) -> Iterator[Sent]:
    """Cases with documents: one accepted, one rejected, one to judge; the others are still open."""
    cases = author.engine.centre.offshore.books.monitor.cases
    own = [uetr for uetr, case in cases.items() if case.payment.company == FIRST][:3]
    for number, uetr in enumerate(own):
        kinds = (DocumentKind.CONTRACT, DocumentKind.INVOICE, DocumentKind.BILL_OF_LADING)
        documents = [
            Document(
                kind=kind,
                name=f"SIMULATED {kind.replace('_', ' ').lower()} {number + 1}.pdf",
                sha256=hashlib.sha256(f"{kind} {uetr}".encode()).hexdigest(),
                size=author.chance.randrange(60_000, 900_000),
                reference=f"SIM-{kind[:3]}-{number + 1:03d}",
            )
            for kind in kinds
        ]
        yield (f"{FIRST.lower()}-treasurer", UploadDocuments(uetr=uetr, documents=documents))
    if len(own) == 3:
        yield "simb1-officer", AcceptDocuments(uetr=own[0])
        yield "simb1-officer", RejectDocuments(uetr=own[1], cause="SIMULATED: invoice unsigned")


def _explained(author: Author) -> Iterator[Sent]:
    """The bank of the newest finding explains it; its officer has still to agree."""
    author_room = author.engine.centre.offshore
    for finding in author_room.books.monitor.findings[-1:]:
        maker = f"{finding.bank.lower()}-maker"
        text = "SIMULATED: two lots of one contract, second lot resold"
        yield maker, ExplainFinding(finding=finding.number, text=text)


def _recall(author: Author) -> Iterator[Sent]:
    """Two companies ask for payments back."""
    log = author.engine.centre.offshore.payments
    for company, reason in ((FIRST, "DUPL"), (COMPANIES[4], "CUST")):
        found = (
            payment
            for payment in log.of_institution(company)
            if payment.debtor == company and payment.direction is Direction.OUTWARD
        )
        for payment in itertools.islice(found, 1):
            yield (
                f"{company.lower()}-treasurer",
                RequestCancellation(
                    message_id=author.next_id(), uetr=payment.order.uetr, reason=reason
                ),
            )


def _statement(author: Author) -> Iterator[Sent]:
    """A correspondent's statement of the day before that lacks one payment and has one of its own."""
    room = author.engine.centre.offshore
    closed = room.books.reports.closed
    if closed is None:
        return
    code = nostro_code("SIMB1", "OVB-HK", "USD")
    number = room.ledger.number(code)
    assert number is not None
    start_us, end_us = instant_us(closed, 0), instant_us(closed, 24 - 1, 59, 59)
    later = list(
        itertools.takewhile(
            lambda one: one.at_us >= start_us, room.payments.of_institution("OVB-HK")
        )
    )
    own = [one for one in later if _through(one)]
    closing = room.ledger.balance(number) - sum(_signed(one) for one in own if one.at_us > end_us)
    of_day = [one for one in own if one.at_us <= end_us][::-1]
    opening = closing - sum(map(_signed, of_day))
    entries = [
        Item(
            amount=one.order.amount,
            side=Side.CREDIT if _signed(one) > 0 else Side.DEBIT,
            value_date=closed,
            uetr=one.order.uetr,
        )
        for one in of_day[1:]
    ]
    missing = _signed(of_day[0]) if of_day else 0
    fee = Item(amount=48_00, side=Side.DEBIT, value_date=closed, reference="SIM-FEE-01")
    yield (
        "ovb-hk-correspondent",
        ReceiveCorrespondentStatement(
            bank="SIMB1",
            correspondent="OVB-HK",
            currency="USD",
            date=closed,
            opening=opening,
            closing=closing - missing - 48_00,
            entries=[*entries, fee],
        ),
    )
    if room.books.reports.breaks:
        yield "simb1-maker", AssignBreak(break_id=0, owner="simb1-maker")


def _through(payment: Payment) -> bool:
    return (
        payment.bank == "SIMB1"
        and payment.correspondent == "OVB-HK"
        and payment.order.currency == "USD"
        and payment.direction is not Direction.BOOK
    )


def _signed(payment: Payment) -> int:
    sign = 1 if payment.direction is Direction.INWARD else -1
    return sign * payment.order.amount


def _reports(author: Author) -> Iterator[Sent]:
    """Large-value reports are filed but the newest and two that were forgotten; a record and a code wait for the officer."""
    room = author.engine.centre.offshore
    today = date_of(author.engine.last_at_us)
    due = [one for one in room.books.reports.large_values if one.due <= today]
    for report in due[2:]:
        yield (
            f"{report.bank.lower()}-maker",
            FileLargeValueReport(report=report.number, reference=f"SIM-AML-{report.number:05d}"),
        )
    if room.books.reports.closed is not None:
        yield (
            "simb1-maker",
            CorrectReportRecord(
                unit="SIMB1-SAU",
                date=room.books.reports.closed,
                sequence=1,
                changes={"bop_code": "122010"},
                cause="SIMULATED: merchanting, not general trade",
            ),
        )
    found = (one for one in room.payments.of_institution("SIMB1") if _through(one))
    for payment in itertools.islice(found, 1):
        yield (
            "simb1-maker",
            CorrectBopRecord(uetr=payment.order.uetr, code="122030", cause="SIMULATED correction"),
        )
