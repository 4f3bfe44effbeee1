"""The words of transfers between banks: the commands, one for each message, and the events that tell what became of them."""

from huangpu.core.message import Command, Event
from huangpu.venues.offshore.bank_transfers.books import BankTransfer, BankTransferOrder
from huangpu.venues.offshore.orders import PaymentOrder


class TransferBetweenBanks(Command, frozen=True):
    """Pay from an account that the acting bank holds here: its FTU account, its own money, or its nostro (pacs.009 CORE out)."""

    message_id: str
    order: BankTransferOrder


class ReceiveBankTransfer(Command, frozen=True):
    """Take a pacs.009 of a bank overseas in: CORE credits a bank's account, a cover pays for an announced payment; agents are BICs."""

    message_id: str
    instructing_agent: str
    instructed_agent: str
    order: BankTransferOrder
    cover: bool = False


class AnnounceCoveredTransfer(Command, frozen=True):
    """Take in a pacs.008 whose money comes by cover (settlement method COVE) through `reimbursement_agent`; all agents are BICs."""

    message_id: str
    instructing_agent: str
    instructed_agent: str
    reimbursement_agent: str
    order: PaymentOrder


class BankTransferRecorded(Event, frozen=True):
    """A transfer between banks is final, or a cover waits for its payment."""

    transfer: BankTransfer


class CoverEnded(Event, frozen=True):
    """A cover that waited has met its payment, or has waited in vain."""

    transfer: BankTransfer


class CoverAwaited(Event, frozen=True):
    """An announced payment waits for its cover until an instant. Units: microseconds since the epoch."""

    uetr: str
    until_us: int


class CoverNotAwaited(Event, frozen=True):
    """An announced payment waits for cover no more."""

    uetr: str
