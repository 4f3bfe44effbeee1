"""Payment messages of the offshore fixture as XML, and calls that send them."""

import datetime

import httpx

from huangpu.gateways.iso20022 import (
    Account,
    Address,
    CancellationRequest,
    Code,
    CustomerCreditTransfer,
    Message,
    Money,
    OriginalPayment,
    Party,
    PaymentInitiation,
    PaymentOrder,
    Refusal,
    ResolutionOfInvestigation,
    StatusReason,
    StatusRequest,
    TransferOrder,
    receive,
    write_camt029,
    write_camt056,
    write_pacs008,
    write_pacs028,
    write_pain001,
)
from tests.support.offshore import BK1_BIC, BK2_BIC, OVB_BIC
from tests.support.rest import Api

CREATED_AT = "2026-11-23T09:30:00+08:00"
DATE = datetime.date(2026, 11, 23)
BICS = {"BK1": BK1_BIC, "BK2": BK2_BIC}
FAR_PARTY = Party(
    name="Simulated Supplier Limited", address=Address(town_name="Hong Kong", country="HK")
)
TRADER = Party(name="Simulated OTC1", address=Address(town_name="Shanghai", country="CN"))


def transfer(account: str, currency: str, amount: int, uetr: str) -> TransferOrder:
    """Return one transfer; an account of the fixture is kept at BK1, any other overseas."""
    far = account.startswith("HK-")
    return TransferOrder(
        end_to_end_id=f"E2E-{uetr[-4:]}",
        uetr=uetr,
        amount=Money(amount, currency),
        creditor_agent_bic=OVB_BIC if far else BK1_BIC,
        creditor=FAR_PARTY if far else Party(name="Simulated Creditor"),
        creditor_account=Account(other_id=account),
        purpose=Code(proprietary="CURR") if account.startswith("DOM") else Code(),
        trade_type="RESALE",
    )


def pain001(message_id: str, bank: str, debtor: str, *transfers: TransferOrder) -> bytes:
    """Write a customer's order."""
    order = PaymentOrder(
        payment_id=message_id,
        requested_date=DATE,
        debtor=TRADER,
        debtor_account=Account(other_id=debtor),
        debtor_agent_bic=BICS[bank],
        transfers=transfers,
    )
    return write_pain001(
        PaymentInitiation(
            message_id=message_id,
            created_at=CREATED_AT,
            transfer_count=len(transfers),
            initiating_party=TRADER,
            payments=(order,),
        )
    )


def pacs008(message_id: str, account: str, currency: str, amount: int, uetr: str) -> bytes:
    """Write OVB's payment to an account at BK1."""
    return write_pacs008(
        CustomerCreditTransfer(
            message_id=message_id,
            created_at=CREATED_AT,
            settlement_method="INDA",
            instruction_id=f"IN-{message_id}",
            end_to_end_id=f"E2E-{message_id}",
            uetr=uetr,
            settlement_amount=Money(amount, currency),
            settlement_date=DATE,
            charge_bearer="SHAR",
            instructing_bic=OVB_BIC,
            instructed_bic=BK1_BIC,
            debtor=FAR_PARTY,
            debtor_account=Account(other_id="HK-BUYER"),
            debtor_agent_bic=OVB_BIC,
            creditor_agent_bic=BK1_BIC,
            creditor=TRADER,
            creditor_account=Account(other_id=account),
            trade_type="RESALE",
        )
    )


def original(uetr: str, message_id: str, definition: str = "pacs.008.001.08") -> OriginalPayment:
    """Name the payment that a message is about, by its UETR and the message that brought it."""
    return OriginalPayment(
        uetr=uetr, message_id=message_id, definition=definition, end_to_end_id="NOTPROVIDED"
    )


def camt056(message_id: str, about: OriginalPayment, reason: str) -> bytes:
    """Write a request of BK1's side for a payment back."""
    return write_camt056(
        CancellationRequest(
            message_id=message_id,
            created_at=CREATED_AT,
            assigner_bic=BK1_BIC,
            assignee_bic=BK1_BIC,
            original=about,
            reasons=(StatusReason(code=reason),),
            case_id=f"CASE-{message_id}",
        )
    )


def camt029(message_id: str, about: OriginalPayment, confirmation: str, reason: str = "") -> bytes:
    """Write BK1's answer to such a request; when it agrees, the holder of the account has consented."""
    consent = ("/CONSENT/HOLDER",) if confirmation == "CNCL" else ()
    return write_camt029(
        ResolutionOfInvestigation(
            message_id=message_id,
            created_at=CREATED_AT,
            assigner_bic=BK1_BIC,
            assignee_bic=BK1_BIC,
            confirmation=confirmation,
            original=about,
            reasons=(StatusReason(code=reason, information=consent),),
        )
    )


def pacs028(message_id: str, about: OriginalPayment) -> bytes:
    """Write a question what became of a payment, or of its recall where the definition is that of camt.056."""
    return write_pacs028(
        StatusRequest(
            message_id=message_id,
            created_at=CREATED_AT,
            original=about,
            instructing_bic=OVB_BIC,
            instructed_bic=BK1_BIC,
        )
    )


def post(api: Api, by: str, data: bytes) -> httpx.Response:
    """Send a message as a person."""
    headers = {"Content-Type": "application/xml"}
    return api.call("POST", "/v1/iso20022", by=by, headers=headers, content=data)


def read(response: httpx.Response) -> Message:
    """Read an XML answer, asserting that it keeps its own profile."""
    assert response.headers["content-type"] == "application/xml", response.text
    message = receive(response.content)
    assert not isinstance(message, Refusal), (message, response.text)
    return message
