"""What the centre remembers of transfers between banks, and the indexes by which a decision finds them.

A leaf: the state of the venue holds it. A transfer that moves money is CORE and has a UETR of its own; a cover (COV) has the UETR of the
payment that it covers, and its money is that payment's.
"""

import enum
from typing import Annotated

import msgspec

from huangpu.venues.offshore.orders import (
    AMOUNT_ON_THE_WIRE,
    END_TO_END_NOT_PROVIDED,
    Direction,
    instruction_key,
    message_key,
    uetr_key,
)


class TransferKind(enum.StrEnum):
    """What a pacs.009 is for."""

    CORE = "CORE"
    COV = "COV"


class BankTransferOrder(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """One transfer between banks as it was ordered.

    An account kept here is a free trade account of class FTU (`FTU-OVB`), a bank's own account (`FXLIQ-BK1`) or its nostro
    (`NOSTRO-BK1@OVB`); every other is overseas and has the BIC of its holder and of the bank that keeps it.
    Units: amount in minor units of the currency. Agents and banks are BICs.
    """

    uetr: str
    currency: str
    amount: Annotated[int, AMOUNT_ON_THE_WIRE]
    debtor_account: str = ""
    creditor_account: str = ""
    end_to_end_id: str = END_TO_END_NOT_PROVIDED
    instruction_id: str = ""
    debtor_bic: str = ""
    debtor_agent: str = ""
    creditor_bic: str = ""
    creditor_agent: str = ""
    purpose: str = ""
    remittance: str = ""


class BankTransfer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A transfer between banks: who took part, what it left, and for a cover whether its payment has come.

    `status` is ACSC or ACCC where money moved, or a cover met its payment; PDNG for a cover that waits; RJCT for one that ended alone.
    Institutions are ids, empty where they are overseas and no member. Units: minor units; microseconds since the epoch.
    """

    number: int
    kind: TransferKind
    status: str
    direction: Direction
    line: str = ""
    rule: str = ""
    message_id: str
    sender: str
    bank: str
    correspondent: str = ""
    debtor: str = ""
    debtor_booked_after: int = 0
    creditor: str = ""
    creditor_booked_after: int = 0
    parties: list[str]
    order: BankTransferOrder
    seq: int
    at_us: int
    until_us: int = 0
    ended_us: int = 0
    reason: str = ""
    detail: str = ""

    @property
    def outbound_id(self) -> str:
        """Return the id of the pacs.009 that tells the correspondent to pay on."""
        return f"HB{self.number:012d}"


class BankTransferBooks(msgspec.Struct):
    """All transfers between banks, each at the place of its number; announced payments that wait for cover, with their last instant."""

    transfers: list[BankTransfer] = []
    awaited: dict[str, int] = {}


class TransferIndex:
    """Transfers by UETR, covers that wait, ids used up."""

    __slots__ = ("by_uetr", "keys", "waiting")

    def __init__(self) -> None:
        self.by_uetr: dict[str, int] = {}
        self.waiting: dict[str, int] = {}
        self.keys: set[str] = set()

    @classmethod
    def of(cls, books: BankTransferBooks) -> "TransferIndex":
        """Build the indexes of books that were loaded."""
        index = cls()
        for transfer in books.transfers:
            index.note(transfer)
        return index

    def note(self, transfer: BankTransfer) -> None:
        """Take a transfer in as it stands now."""
        order, sender = transfer.order, transfer.sender
        self.by_uetr[order.uetr] = transfer.number
        self.keys.add(uetr_key(order.uetr))
        self.keys.add(message_key(sender, transfer.message_id))
        if order.instruction_id:
            self.keys.add(instruction_key(sender, order.instruction_id))
        if transfer.status == "PDNG":
            self.waiting[order.uetr] = transfer.number
        else:
            self.waiting.pop(order.uetr, None)
