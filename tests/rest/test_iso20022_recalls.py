"""Recalls, returns and transfers between banks as messages over HTTP (scenario 14 of the domain note, through XML)."""

import datetime
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from lxml import etree
from tests.support.iso20022 import DATE, FAR_PARTY, TRADER, pacs008, pain001, post, read, transfer
from tests.support.offshore import BK1_BIC, OVB_BIC, balance, offshore_engine, uetr
from tests.support.rest import Api, give_token
from tests.support.shared import shared_path

from huangpu.engine import Engine
from huangpu.gateways.iso20022 import (
    Account,
    BankTransfer,
    CancellationRequest,
    CoveredPayment,
    CustomerCreditTransfer,
    InterbankStatusReport,
    Money,
    OriginalPayment,
    PaymentReturnMessage,
    ResolutionOfInvestigation,
    StatusReason,
    StatusRequest,
    receive,
    write_camt029,
    write_camt056,
    write_pacs004,
    write_pacs008,
    write_pacs009,
    write_pacs028,
)

PEOPLE = ("otc1-treasurer", "ovb-desk", "bk1-maker", "bk1-checker", "bk2-maker")
CREATED = "2026-11-23T09:45:00+08:00"
UETR = uetr(500)
PAID = 40_000_000


@pytest.fixture
def engine() -> Engine:
    engine = offshore_engine()
    for person in PEOPLE:
        if person in engine.centre.registry.people.persons:
            give_token(engine, person)
    return engine


@pytest.fixture
def api(engine: Engine) -> Iterator[Api]:
    """Give the state after scenario 3: OTC1 has paid SUP1, both at BK1."""
    api = Api(engine)
    paid = pain001("PAY-1", "BK1", "FTE-OTC1", transfer("FTN-SUP1", "USD", PAID, UETR))
    assert post(api, "otc1-treasurer", paid).status_code == 200
    yield api
    api.close()


def original(uetr_text: str = UETR, message_id: str = "PAY-1") -> OriginalPayment:
    return OriginalPayment(
        uetr=uetr_text, message_id=message_id, definition="pacs.008.001.08", end_to_end_id="E2E-1"
    )


def recall(number: int, uetr_text: str = UETR, reason: str = "DUPL", **names: str) -> bytes:
    return write_camt056(
        CancellationRequest(
            message_id=f"RCL-{number}",
            created_at=CREATED,
            assigner_bic=names.get("assigner", BK1_BIC),
            assignee_bic=names.get("assignee", BK1_BIC),
            original=original(uetr_text, names.get("message_id", "PAY-1")),
            reasons=(StatusReason(code=reason),),
            case_id=f"CASE-{number}",
        )
    )


def answer(number: int, confirmation: str, reason: str = "", consent: str = "") -> bytes:
    lines = (f"/CONSENT/{consent}",) if consent else ()
    reasons = (StatusReason(code=reason, information=lines),) if reason or lines else ()
    return write_camt029(
        ResolutionOfInvestigation(
            message_id=f"ANS-{number}",
            created_at=CREATED,
            assigner_bic=BK1_BIC,
            assignee_bic=BK1_BIC,
            confirmation=confirmation,
            original=original(),
            reasons=reasons,
        )
    )


def resolution(api: Api, by: str, data: bytes) -> tuple[str, str]:
    """Send and give the confirmation and its reason."""
    told = read(post(api, by, data))
    assert isinstance(told, ResolutionOfInvestigation), told
    return told.confirmation, told.reasons[0].code if told.reasons else ""


def messages(api: Api, by: str, uetr_text: str = UETR) -> dict[str, Any]:
    """Read the messages of a payment by definition, each valid against its schema."""
    shown = api.call("GET", f"/v1/offshore/payments/{uetr_text}/messages", by=by).json()["items"]
    found = {}
    for each in shown:
        path = shared_path("samples", "iso20022", "xsd", f"{each['definition']}.xsd")
        etree.XMLSchema(etree.parse(path)).assertValid(etree.fromstring(each["xml"].encode()))
        found[each["definition"]] = receive(each["xml"].encode())
    return found


def test_a_recall_that_is_agreed_brings_the_money_back(api: Api, engine: Engine) -> None:
    assert resolution(api, "bk1-maker", recall(1)) == ("PDCR", "")
    assert resolution(api, "bk1-checker", answer(1, "CNCL", consent="HOLDER")) == ("CNCL", "")
    assert balance(engine, "FTE-OTC1/USD") == 100_000_000
    assert balance(engine, "FTN-SUP1/USD") == 0
    sent = messages(api, "bk1-maker")
    back = sent["pacs.004.001.09"]
    assert (back.returned_amount, back.original.uetr) == (Money(PAID, "USD"), UETR)
    assert back.reasons[0].code == "FOCR"
    assert sent["camt.029.001.09"].confirmation == "CNCL"
    assert sent["camt.056.001.08"].reasons[0].code == "DUPL"
    assert resolution(api, "bk1-maker", recall(2, reason="TECH")) == ("RJCR", "ARDT")


def test_a_recall_that_is_refused_moves_nothing(api: Api, engine: Engine) -> None:
    assert resolution(api, "bk1-maker", recall(1)) == ("PDCR", "")
    assert resolution(api, "bk1-checker", answer(1, "RJCR", "CUST")) == ("RJCR", "CUST")
    assert balance(engine, "FTN-SUP1/USD") == PAID


def test_a_recall_of_an_unknown_payment_is_refused(api: Api) -> None:
    assert resolution(api, "bk1-maker", recall(1, uetr(501))) == ("RJCR", "NOOR")
    assert resolution(api, "bk2-maker", recall(2)) == ("RJCR", "NOOR")


def test_the_same_recall_gets_the_same_answer(api: Api, engine: Engine) -> None:
    first = post(api, "bk1-maker", recall(1))
    before = engine.next_seq
    assert post(api, "bk1-maker", recall(1)).content == first.content
    assert engine.next_seq == before


def test_where_a_recall_stands_can_be_asked(api: Api) -> None:
    def asked(number: int) -> tuple[str, str]:
        request = StatusRequest(
            message_id=f"RQ-{number}",
            created_at=CREATED,
            original=OriginalPayment(uetr=UETR, message_id="RCL-1", definition="camt.056.001.08"),
            instructing_bic=BK1_BIC,
            instructed_bic=BK1_BIC,
        )
        return resolution(api, "bk1-maker", write_pacs028(request))

    assert asked(1) == ("RJCR", "NOOR")
    post(api, "bk1-maker", recall(1))
    assert asked(2) == ("PDCR", "")
    post(api, "bk1-checker", answer(1, "RJCR", "CUST"))
    assert asked(3) == ("RJCR", "CUST")


def test_an_answer_without_a_recall_is_refused(api: Api) -> None:
    response = post(api, "bk1-checker", answer(1, "RJCR", "CUST"))
    assert response.status_code == 422
    assert b"RECALL_UNKNOWN" in response.content


def returned(number: int, amount: int, uetr_text: str, reason: str = "AC04") -> bytes:
    return write_pacs004(
        PaymentReturnMessage(
            message_id=f"RTN-{number}",
            created_at=CREATED,
            settlement_method="INDA",
            return_id=f"RTR-{number}",
            original=original(uetr_text, "HP000000000001"),
            returned_amount=Money(amount, "USD"),
            settlement_date=DATE,
            charge_bearer="SHAR",
            instructing_bic=OVB_BIC,
            instructed_bic=BK1_BIC,
            debtor=FAR_PARTY,
            creditor=TRADER,
            reasons=(StatusReason(code=reason),),
        )
    )


def test_a_return_from_overseas_comes_home_once(api: Api, engine: Engine) -> None:
    there = uetr(510)
    out = pain001("PAY-2", "BK1", "FTE-OTC1", transfer("HK-SUPPLIER", "USD", 5_000, there))
    assert post(api, "otc1-treasurer", out).status_code == 200
    before = balance(engine, "FTE-OTC1/USD")
    report = read(post(api, "ovb-desk", returned(1, 5_000, there)))
    assert isinstance(report, InterbankStatusReport)
    assert (report.status, report.original_definition) == ("ACSC", "pacs.004.001.09")
    assert (report.original_uetr, report.effective_date) == (there, datetime.date(2026, 11, 23))
    assert balance(engine, "FTE-OTC1/USD") == before + 5_000
    again = read(post(api, "ovb-desk", returned(2, 5_000, there)))
    assert isinstance(again, InterbankStatusReport)
    assert again.status == "RJCT"
    assert balance(engine, "FTE-OTC1/USD") == before + 5_000


def test_a_payment_from_overseas_is_returned_by_its_bank(api: Api, engine: Engine) -> None:
    here = uetr(520)
    assert post(api, "ovb-desk", pacs008("IN-1", "FTE-OTC1", "USD", 700, here)).status_code == 200
    response = post(api, "bk1-checker", returned(3, 700, here))
    report = read(response)
    assert isinstance(report, InterbankStatusReport), response.text
    assert report.status == "ACSC", report
    back = messages(api, "ovb-desk", here)["pacs.004.001.09"]
    assert (back.original.uetr, back.reasons[0].code) == (here, "AC04")
    assert (back.instructing_bic, back.instructed_bic) == (BK1_BIC, OVB_BIC)


def bank_transfer(number: int, **changes: Any) -> bytes:
    found = BankTransfer(
        message_id=f"FI-{number}",
        created_at=CREATED,
        settlement_method="INDA",
        instruction_id=f"FI-IN-{number}",
        end_to_end_id=f"FI-E2E-{number}",
        uetr=uetr(600 + number),
        settlement_amount=Money(250_000, "USD"),
        settlement_date=DATE,
        instructing_bic=OVB_BIC,
        instructed_bic=BK1_BIC,
        debtor_bic=OVB_BIC,
        creditor_bic=BK1_BIC,
    )
    return write_pacs009(msgspec.structs.replace(found, **changes))


def test_a_bank_funds_its_account_here(api: Api, engine: Engine) -> None:
    before = balance(engine, "FXLIQ-BK1/USD")
    report = read(post(api, "ovb-desk", bank_transfer(1)))
    assert isinstance(report, InterbankStatusReport)
    assert report.status in {"ACSC", "ACCC"}, report
    assert report.original_definition == "pacs.009.001.08"
    assert balance(engine, "FXLIQ-BK1/USD") == before + 250_000
    again = post(api, "ovb-desk", bank_transfer(1))
    assert again.content == post(api, "ovb-desk", bank_transfer(1)).content
    assert balance(engine, "FXLIQ-BK1/USD") == before + 250_000


def test_a_bank_pays_a_bank_overseas(api: Api, engine: Engine) -> None:
    out = bank_transfer(
        2,
        instructing_bic=BK1_BIC,
        instructed_bic=OVB_BIC,
        debtor_bic=BK1_BIC,
        debtor_account=Account(other_id="FXLIQ-BK1"),
        creditor_bic=OVB_BIC,
        creditor_account=Account(other_id="OVB-OWN"),
    )
    before = balance(engine, "FXLIQ-BK1/USD")
    report = read(post(api, "bk1-maker", out))
    assert isinstance(report, InterbankStatusReport)
    assert report.status in {"ACSC", "ACCC"}, report
    assert balance(engine, "FXLIQ-BK1/USD") == before - 250_000
    sent = messages(api, "ovb-desk", uetr(602))["pacs.009.001.08"]
    assert (sent.uetr, sent.settlement_amount) == (uetr(602), Money(250_000, "USD"))
    assert (sent.instructing_bic, sent.instructed_bic) == (BK1_BIC, OVB_BIC)
    hidden = api.call("GET", f"/v1/offshore/payments/{uetr(602)}/messages", by="bk2-maker")
    assert hidden.status_code == 404
    request = StatusRequest(
        message_id="RQ-9",
        created_at=CREATED,
        original=OriginalPayment(uetr=uetr(602), message_id="FI-2", definition="pacs.009.001.08"),
        instructing_bic=OVB_BIC,
        instructed_bic=BK1_BIC,
    )
    told = read(post(api, "ovb-desk", write_pacs028(request)))
    assert isinstance(told, InterbankStatusReport)
    assert (told.status, told.original_definition) == (report.status, "pacs.009.001.08")


def test_an_announced_payment_waits_for_its_cover(api: Api, engine: Engine) -> None:
    announced = receive(pacs008("COV-8", "FTE-OTC1", "USD", 250_000, uetr(603)))
    assert isinstance(announced, CustomerCreditTransfer)
    by_cover = msgspec.structs.replace(
        announced, settlement_method="COVE", reimbursement_bic=OVB_BIC
    )
    before = balance(engine, "FTE-OTC1/USD")
    first = read(post(api, "ovb-desk", write_pacs008(by_cover)))
    assert isinstance(first, InterbankStatusReport)
    assert first.status == "PDNG", first
    assert balance(engine, "FTE-OTC1/USD") == before
    cover = CoveredPayment(debtor=FAR_PARTY, creditor=TRADER)
    paid = read(post(api, "ovb-desk", bank_transfer(3, covered=cover)))
    assert isinstance(paid, InterbankStatusReport)
    assert paid.status in {"ACSC", "ACCC"}, paid
    assert balance(engine, "FTE-OTC1/USD") == before + 250_000
