"""ISO 20022: payment messages as bytes, to and from typed structs; pure translation.

`parse` reads any known message by its profile (the tables of this package) into a Document;
`read_*` then checks the rules across fields and extracts a struct; `write_*` turns a struct into
bytes that keep the same profile and rules. `receive` does parse and read in one step. Nothing here
knows the engine; identifiers and times are always arguments.
"""

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
from huangpu.gateways.iso20022.pacs008 import read_pacs008, write_pacs008
from huangpu.gateways.iso20022.pain001 import read_pain001, write_pain001
from huangpu.gateways.iso20022.profile import definitions
from huangpu.gateways.iso20022.reader import Document, parse
from huangpu.gateways.iso20022.refusal import Refusal, WriteError
from huangpu.gateways.iso20022.rules import check_document
from huangpu.gateways.iso20022.safe_xml import SIZE_BYTES_MAX
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
)

READERS: dict[str, Callable[[Document], Message | Refusal]] = {
    "pain.001.001.09": read_pain001,
    "pain.002.001.10": read_pain002,
    "pacs.008.001.08": read_pacs008,
    "pacs.002.001.10": read_pacs002,
    "camt.054.001.08": read_camt054,
    "admi.002.001.01": read_admi002,
}


def receive(data: bytes, *, size_bytes_max: int = SIZE_BYTES_MAX) -> Message | Refusal:
    """Read one message of any known definition into its struct.

    Units: size_bytes_max in bytes of the message as received.
    Rejects: whatever `parse` or the message's `read_*` rejects; never raises on any input.
    """
    document = parse(data, size_bytes_max=size_bytes_max)
    if isinstance(document, Refusal):
        return document
    return READERS[document.definition](document)


__all__ = [
    "READERS",
    "SIZE_BYTES_MAX",
    "TRADE_TYPES",
    "Account",
    "Address",
    "BusinessHeader",
    "Charge",
    "Code",
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
    "Party",
    "PaymentInitiation",
    "PaymentOrder",
    "PaymentOrderStatus",
    "Refusal",
    "StatusReason",
    "TransferOrder",
    "TransferStatus",
    "WriteError",
    "check_document",
    "definitions",
    "information_lines",
    "parse",
    "read_admi002",
    "read_camt054",
    "read_pacs002",
    "read_pacs008",
    "read_pain001",
    "read_pain002",
    "reason_of",
    "receive",
    "reject_of",
    "write_admi002",
    "write_camt054",
    "write_document",
    "write_pacs002",
    "write_pacs008",
    "write_pain001",
    "write_pain002",
]
