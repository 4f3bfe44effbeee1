"""ISO 20022: payment messages as bytes, to and from typed structs; pure translation.

`parse` reads any known message by its profile (the tables of this package) into a Document;
`read_*` then checks the rules across fields and extracts a struct; `write_*` turns a struct into
bytes that keep the same profile and rules. `receive` does parse and read in one step. Nothing here
knows the engine; identifiers and times are always arguments.
"""

import datetime
from collections.abc import Callable

from huangpu.gateways.iso20022.model import (
    TRADE_TYPES,
    Account,
    Address,
    BusinessHeader,
    Charge,
    Code,
    CustomerCreditTransfer,
    CustomerStatusReport,
    Entry,
    EntryDetail,
    EntryNotification,
    InterbankStatusReport,
    MessageReject,
    Party,
    PaymentInitiation,
    PaymentOrder,
    PaymentOrderStatus,
    StatusReason,
    TransferOrder,
    TransferStatus,
)
from huangpu.gateways.iso20022.money import Money
from huangpu.gateways.iso20022.notices import (
    read_admi002,
    read_camt054,
    reject_of,
    write_admi002,
    write_camt054,
)
from huangpu.gateways.iso20022.original import OriginalPayment
from huangpu.gateways.iso20022.pacs008 import read_pacs008, write_pacs008
from huangpu.gateways.iso20022.pacs009 import (
    BankTransfer,
    CoveredPayment,
    read_pacs009,
    write_pacs009,
)
from huangpu.gateways.iso20022.pacs028 import StatusRequest, read_pacs028, write_pacs028
from huangpu.gateways.iso20022.pain001 import read_pain001, write_pain001
from huangpu.gateways.iso20022.profile import definitions
from huangpu.gateways.iso20022.reader import Document, parse
from huangpu.gateways.iso20022.recalls import (
    CancellationRequest,
    ResolutionOfInvestigation,
    read_camt029,
    read_camt056,
    write_camt029,
    write_camt056,
)
from huangpu.gateways.iso20022.refusal import Refusal, WriteError
from huangpu.gateways.iso20022.returns import PaymentReturnMessage, read_pacs004, write_pacs004
from huangpu.gateways.iso20022.rules import check_document
from huangpu.gateways.iso20022.safe_xml import SIZE_BYTES_MAX
from huangpu.gateways.iso20022.statements import (
    AccountStatement,
    Balance,
    read_camt052,
    read_camt053,
    write_camt052,
    write_camt053,
)
from huangpu.gateways.iso20022.statuses import (
    information_lines,
    read_pacs002,
    read_pain002,
    reason_of,
    write_pacs002,
    write_pain002,
)
from huangpu.gateways.iso20022.writer import write_document

Message = (
    PaymentInitiation
    | CustomerCreditTransfer
    | CustomerStatusReport
    | InterbankStatusReport
    | EntryNotification
    | MessageReject
    | BankTransfer
    | PaymentReturnMessage
    | StatusRequest
    | CancellationRequest
    | ResolutionOfInvestigation
    | AccountStatement
)

READERS: dict[str, Callable[[Document], Message | Refusal]] = {
    "pain.001.001.09": read_pain001,
    "pain.002.001.10": read_pain002,
    "pacs.008.001.08": read_pacs008,
    "pacs.002.001.10": read_pacs002,
    "pacs.004.001.09": read_pacs004,
    "pacs.009.001.08": read_pacs009,
    "pacs.028.001.03": read_pacs028,
    "camt.029.001.09": read_camt029,
    "camt.052.001.08": read_camt052,
    "camt.053.001.08": read_camt053,
    "camt.054.001.08": read_camt054,
    "camt.056.001.08": read_camt056,
    "admi.002.001.01": read_admi002,
}


def receive(
    data: bytes, *, size_bytes_max: int = SIZE_BYTES_MAX, on: datetime.date | None = None
) -> Message | Refusal:
    """Read one message of any known definition into its struct, by the edition in force on a date.

    Units: size_bytes_max in bytes of the message as received.
    Rejects: whatever `parse` or the message's `read_*` rejects; never raises on any input.
    """
    document = parse(data, size_bytes_max=size_bytes_max, on=on)
    if isinstance(document, Refusal):
        return document
    return READERS[document.definition](document)


__all__ = [
    "READERS",
    "SIZE_BYTES_MAX",
    "TRADE_TYPES",
    "Account",
    "AccountStatement",
    "Address",
    "Balance",
    "BankTransfer",
    "BusinessHeader",
    "CancellationRequest",
    "Charge",
    "Code",
    "CoveredPayment",
    "CustomerCreditTransfer",
    "CustomerStatusReport",
    "Document",
    "Entry",
    "EntryDetail",
    "EntryNotification",
    "InterbankStatusReport",
    "Message",
    "MessageReject",
    "Money",
    "OriginalPayment",
    "Party",
    "PaymentInitiation",
    "PaymentOrder",
    "PaymentOrderStatus",
    "PaymentReturnMessage",
    "Refusal",
    "ResolutionOfInvestigation",
    "StatusReason",
    "StatusRequest",
    "TransferOrder",
    "TransferStatus",
    "WriteError",
    "check_document",
    "definitions",
    "information_lines",
    "parse",
    "read_admi002",
    "read_camt029",
    "read_camt052",
    "read_camt053",
    "read_camt054",
    "read_camt056",
    "read_pacs002",
    "read_pacs004",
    "read_pacs008",
    "read_pacs009",
    "read_pacs028",
    "read_pain001",
    "read_pain002",
    "reason_of",
    "receive",
    "reject_of",
    "write_admi002",
    "write_camt029",
    "write_camt052",
    "write_camt053",
    "write_camt054",
    "write_camt056",
    "write_document",
    "write_pacs002",
    "write_pacs004",
    "write_pacs008",
    "write_pacs009",
    "write_pacs028",
    "write_pain001",
    "write_pain002",
]
