"""What the centre remembers of recalls and returns, and the indexes by which a decision finds them without a search.

A leaf: the state of the venue holds it. A recall is one row that is answered once; a return is one row for ever. The payment that they are
about is never rewritten: it stays ACSC or ACCC in the log.
"""

import enum
from bisect import bisect_left, insort

import msgspec

from huangpu.venues.offshore.orders import Direction, message_key


class RecallStatus(enum.StrEnum):
    """Where a recall stands, in the words of camt.029."""

    PDCR = "PDCR"
    CNCL = "CNCL"
    RJCR = "RJCR"


class Recall(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One request to take a payment back (camt.056) and what was answered (camt.029).

    `assigner` asks and `assignee` has to answer, institution ids both; `parties` may see it. `final` tells whether the payment was final when
    the request came. `acknowledged_id` is the message that said PDCR; `answer_reason` is empty where it was agreed. Units: microseconds since the epoch; `due_us` is when silence is a refusal.
    """

    number: int
    uetr: str
    case_id: str
    message_id: str
    assigner: str
    assignee: str
    parties: list[str]
    reason: str
    information: str = ""
    seq: int
    at_us: int
    final: bool = False
    due_us: int = 0
    status: RecallStatus = RecallStatus.PDCR
    acknowledged_us: int = 0
    acknowledged_by: str = ""
    acknowledged_id: str = ""
    answered_us: int = 0
    answered_by: str = ""
    person: str = ""
    answer_message_id: str = ""
    answer_reason: str = ""
    answer_information: str = ""
    consent: str = ""
    return_id: str = ""

    @property
    def request_id(self) -> str:
        """Return the id of the camt.056 that goes on to the creditor's side."""
        return f"CX{self.number:012d}"

    @property
    def answer_id(self) -> str:
        """Return the id of the camt.029 that goes back to the side that asked."""
        return f"RA{self.number:012d}"


class Return(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Money of a final payment that went back (pacs.004): `payer` is the creditor of the payment, `payee` its debtor.

    `direction` is that of the money now. Institutions are empty where they are overseas. `recall` is the number of the recall that it answers, -1
    for none. Units: amount and balances in minor units; microseconds since the epoch.
    """

    number: int
    return_id: str
    message_id: str
    sender: str
    uetr: str
    payment: int
    direction: Direction
    bank: str
    correspondent: str = ""
    payer: str = ""
    payer_account: str
    payer_booked_after: int = 0
    payee: str = ""
    payee_account: str
    payee_booked_after: int = 0
    currency: str
    amount: int
    reason: str
    information: str = ""
    parties: list[str]
    seq: int
    at_us: int
    recall: int = -1


class RecallBooks(msgspec.Struct):
    """All recalls and all returns, each at the place of its number."""

    recalls: list[Recall] = []
    returns: list[Return] = []


class RecallIndex:
    """Recalls by payment, returns by payment, open recalls by the instant at which silence refuses them, ids used up."""

    __slots__ = ("by_uetr", "due", "keys", "open", "returned")

    def __init__(self) -> None:
        self.by_uetr: dict[str, list[int]] = {}
        self.open: dict[str, int] = {}
        self.returned: dict[str, int] = {}
        self.due: list[tuple[int, int]] = []
        self.keys: set[str] = set()

    @classmethod
    def of(cls, books: RecallBooks) -> "RecallIndex":
        """Build the indexes of books that were loaded."""
        index = cls()
        for recall in books.recalls:
            index.note_recall(recall)
            if recall.status is not RecallStatus.PDCR:
                index.note_answer(recall)
        for back in books.returns:
            index.note_return(back)
        return index

    def note_recall(self, recall: Recall) -> None:
        """Take an open recall in."""
        assert recall.uetr not in self.open, recall
        self.by_uetr.setdefault(recall.uetr, []).append(recall.number)
        self.open[recall.uetr] = recall.number
        insort(self.due, (recall.due_us, recall.number))
        self.keys.add(message_key(recall.assigner, recall.message_id))
        self.keys.add(case_key(recall.assigner, recall.case_id))
        self.note_acknowledged(recall)

    def note_acknowledged(self, recall: Recall) -> None:
        """Use up the id of a message that said PDCR."""
        if recall.acknowledged_id:
            self.keys.add(message_key(recall.acknowledged_by, recall.acknowledged_id))

    def note_answer(self, recall: Recall) -> None:
        """Take an answer in: the recall is open no more."""
        assert self.open.pop(recall.uetr) == recall.number
        del self.due[bisect_left(self.due, (recall.due_us, recall.number))]
        if recall.answer_message_id:
            self.keys.add(message_key(recall.answered_by, recall.answer_message_id))

    def note_return(self, back: Return) -> None:
        """Take a return in: a payment has one at most."""
        assert back.uetr not in self.returned, back
        self.returned[back.uetr] = back.number
        self.keys.add(message_key(back.sender, back.message_id))
        self.keys.add(return_key(back.sender, back.return_id))


def case_key(assigner: str, case_id: str) -> str:
    """Return the key under which a case id of an assigner is used up."""
    return f"K{assigner}|{case_id}"


def return_key(sender: str, return_id: str) -> str:
    """Return the key under which a return id of a sender is used up."""
    return f"R{sender}|{return_id}"
