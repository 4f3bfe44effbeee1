"""Short forms for recalls, returns and transfers between banks on the fixture of section G, and how their outcome is written in a table."""

import itertools
from typing import Any

from huangpu.core.calendar import DAY_US
from huangpu.core.message import Rejected
from huangpu.engine.writer import Engine
from huangpu.gateways.iso20022.exchange import REFUSALS
from huangpu.journal.entry import Entry
from huangpu.registry.cash_accounts import AccountClass
from huangpu.registry.charter import Tick
from huangpu.venues.offshore.accounts import OpenCashAccount
from huangpu.venues.offshore.bank_transfers.books import BankTransferOrder
from huangpu.venues.offshore.bank_transfers.words import (
    AnnounceCoveredTransfer,
    BankTransferRecorded,
    CoverEnded,
    ReceiveBankTransfer,
    TransferBetweenBanks,
)
from huangpu.venues.offshore.payments.words import PaymentEnded, PaymentSettled, PaymentWaiting
from huangpu.venues.offshore.recalls.words import (
    AnswerCancellation,
    PaymentReturned,
    RecallAcknowledged,
    RecallAnswered,
    RecallRequested,
    ReceiveReturn,
    RequestCancellation,
    ReturnPayment,
)
from tests.support.centre import accepted, send
from tests.support.offshore import (
    BK1_BIC,
    OVB_BIC,
    book_order,
    instruct,
    inward_order,
    overseas_order,
    receive,
    uetr,
)

_messages = itertools.count(1)


def message_id() -> str:
    """Return a message id that no other test uses."""
    return f"RM-{next(_messages)}"


def paid(engine: Engine, way: str = "BOOK", amount: int = 400_000_00) -> str:
    """Settle one USD payment of OTC1 (BOOK: to SUP1, OUTWARD: to OVB) or to OTC1 (INWARD: from OVB), and return its UETR."""
    name = uetr()
    if way == "INWARD":
        accepted(send(engine, "ovb-desk", receive(inward_order(amount, uetr=name))))
    elif way == "OUTWARD":
        accepted(send(engine, "otc1-treasurer", instruct(overseas_order(amount, uetr=name))))
    else:
        order = book_order("FTN-SUP1", amount, uetr=name)
        accepted(send(engine, "otc1-treasurer", instruct(order)))
    return name


def recall(name: str, reason: str = "DUPL", **changes: Any) -> RequestCancellation:
    """Ask for a payment back."""
    fields: dict[str, Any] = {"message_id": message_id(), "uetr": name, "reason": reason}
    return RequestCancellation(**(fields | changes))


def answer(name: str, confirmation: str = "CNCL", **changes: Any) -> AnswerCancellation:
    """Answer a recall."""
    fields: dict[str, Any] = {
        "message_id": message_id(),
        "uetr": name,
        "confirmation": confirmation,
    }
    return AnswerCancellation(**(fields | changes))


def give_back(name: str, reason: str = "AC04", **changes: Any) -> ReturnPayment:
    """Return a payment without a recall."""
    fields: dict[str, Any] = {"message_id": message_id(), "uetr": name, "reason": reason}
    return ReturnPayment(**(fields | changes))


def take_back(name: str, amount: int, reason: str = "AC04", **changes: Any) -> ReceiveReturn:
    """Receive OVB's return of an outward payment of BK1."""
    number = message_id()
    fields: dict[str, Any] = {
        "message_id": number,
        "instructing_agent": OVB_BIC,
        "instructed_agent": BK1_BIC,
        "return_id": number,
        "uetr": name,
        "currency": "USD",
        "amount": amount,
        "reason": reason,
    }
    return ReceiveReturn(**(fields | changes))


def bank_order(amount: int, **changes: Any) -> BankTransferOrder:
    """Return an order between banks in USD: out of BK1's liquidity to OVB."""
    fields: dict[str, Any] = {
        "uetr": uetr(),
        "currency": "USD",
        "amount": amount,
        "debtor_account": "FXLIQ-BK1",
        "creditor_bic": OVB_BIC,
    }
    return BankTransferOrder(**(fields | changes))


def bank_pays(order: BankTransferOrder, **changes: Any) -> TransferBetweenBanks:
    """Wrap an order between banks in a message."""
    fields: dict[str, Any] = {"message_id": message_id(), "order": order}
    return TransferBetweenBanks(**(fields | changes))


def bank_receives(order: BankTransferOrder, **changes: Any) -> ReceiveBankTransfer:
    """Wrap an order between banks in OVB's message to BK1."""
    fields: dict[str, Any] = {
        "message_id": message_id(),
        "instructing_agent": OVB_BIC,
        "instructed_agent": BK1_BIC,
        "order": order,
    }
    return ReceiveBankTransfer(**(fields | changes))


def announce(amount: int, name: str, **changes: Any) -> AnnounceCoveredTransfer:
    """Announce a payment to OTC1 whose cover comes through OVB."""
    fields: dict[str, Any] = {
        "message_id": message_id(),
        "instructing_agent": OVB_BIC,
        "instructed_agent": BK1_BIC,
        "reimbursement_agent": OVB_BIC,
        "order": inward_order(amount, uetr=name),
    }
    return AnnounceCoveredTransfer(**(fields | changes))


def days_later(engine: Engine, days: int) -> None:
    """Let the centre's clock tick so many days after its last entry."""
    accepted(send(engine, "clock", Tick(), at_us=engine.last_at_us + days * DAY_US))


def outcome(found: Entry | Rejected) -> str:
    """Write how a submission ended: the code of camt.029 with its reason, the return, the status; or the reason and its code."""
    ended = found.outcome if isinstance(found, Entry) else found
    if isinstance(ended, Rejected):
        code = REFUSALS.get(ended.reason, "")
        return f"{ended.reason} {code}".rstrip()
    words = []
    for event in ended:
        if isinstance(event, RecallAnswered):
            words.append(f"{event.recall.status} {event.recall.answer_reason}".rstrip())
        elif isinstance(event, PaymentReturned):
            words.append(event.posted.reason)
        elif isinstance(event, (RecallRequested, RecallAcknowledged)):
            words.append("PDCR")
        elif isinstance(event, (PaymentSettled, PaymentEnded)):
            words.append(event.payment.status)
        elif isinstance(event, PaymentWaiting):
            words.append("PDNG")
        elif isinstance(event, (BankTransferRecorded, CoverEnded)):
            words.append(f"{event.transfer.kind} {event.transfer.status}")
    return " ".join(words)


def open_bank_accounts(engine: Engine) -> None:
    """Open FTU accounts of OVB and of BK2 at BK1."""
    for holder in ("OVB", "BK2"):
        opened = OpenCashAccount(
            account_id=f"FTU-{holder}",
            account_class=AccountClass.FTU,
            holder=holder,
            bank="BK1",
            currencies=["USD"],
        )
        accepted(send(engine, "bk1-maker", opened))
