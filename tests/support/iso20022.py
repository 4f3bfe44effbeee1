"""Payment messages of the offshore fixture as XML, and calls that send them."""

import datetime

import httpx

from huangpu.gateways.iso20022 import (
    Account,
    Address,
    Code,
    CustomerCreditTransfer,
    Message,
    Money,
    Party,
    PaymentInitiation,
    PaymentOrder,
    Refusal,
    TransferOrder,
    receive,
    write_pacs008,
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
