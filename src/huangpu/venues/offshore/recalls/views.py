"""What people and programs read of recalls, returns and transfers between banks; each is for its parties only.

`institution` is who reads: None sees all. Lists come newest first, `limit` at a time, and `next_after` is the cursor of the next page.
"""

from collections.abc import Iterator

import msgspec

from huangpu.core.calendar import DAY_US
from huangpu.venues.offshore.bank_transfers.books import BankTransfer
from huangpu.venues.offshore.orders import Pending, parties_of
from huangpu.venues.offshore.pages import page_size
from huangpu.venues.offshore.payments.statuses import status_of
from huangpu.venues.offshore.recalls.books import Recall, RecallStatus, Return
from huangpu.venues.offshore.state import Offshore

FINAL = frozenset({"ACSC", "ACCC", "RJCT", "CANC"})


class RecallView(msgspec.Struct, frozen=True):
    """A recall, who has to act next (empty: nobody), and how long it has been open or was. Units: days, whole."""

    recall: Recall
    waits_for: str
    waits_for_what: str
    age_days: int
    payment_status: str
    currency: str
    amount: int


class RecallPage(msgspec.Struct, frozen=True):
    """Recalls, newest first."""

    items: list[RecallView]
    next_after: str


class ReturnPage(msgspec.Struct, frozen=True):
    """Returns, newest first."""

    items: list[Return]
    next_after: str


class BankTransferPage(msgspec.Struct, frozen=True):
    """Transfers between banks, newest first."""

    items: list[BankTransfer]
    next_after: str


class FinalAnswer(msgspec.Struct, frozen=True):
    """What became of a UETR: the one answer for everybody who may ask, for ever the same once `final`.

    `kind` is PAYMENT, TRANSFER, COVER, or empty where nothing of that UETR is known to the reader. `returned` is the id of the return of a
    payment that stays settled, `recall` the last word on its recall. Units: at_us in microseconds since the epoch.
    """

    uetr: str
    kind: str
    status: str
    final: bool
    at_us: int = 0
    reason: str = ""
    detail: str = ""
    returned: str = ""
    recall: str = ""


def recalls(
    room: Offshore,
    now_us: int,
    *,
    institution: str | None,
    open_only: bool = False,
    limit: int = 50,
    after: str = "",
) -> RecallPage:
    """List recalls with who waits for whose answer."""
    views: list[RecallView] = []
    found = room.books.recalls.recalls
    for number in _descending(len(found), after):
        recall = found[number]
        if institution is not None and institution not in recall.parties:
            continue
        if open_only and not _waits_for(room, recall)[0]:
            continue
        if len(views) == page_size(limit):
            return RecallPage(views, str(views[-1].recall.number))
        views.append(_recall_view(room, recall, now_us))
    return RecallPage(views, "")


def returns(
    room: Offshore, *, institution: str | None, limit: int = 50, after: str = ""
) -> ReturnPage:
    """List returns."""
    items: list[Return] = []
    found = room.books.recalls.returns
    for number in _descending(len(found), after):
        if institution is not None and institution not in found[number].parties:
            continue
        if len(items) == page_size(limit):
            return ReturnPage(items, str(items[-1].number))
        items.append(found[number])
    return ReturnPage(items, "")


def bank_transfers(
    room: Offshore, *, institution: str | None, limit: int = 50, after: str = ""
) -> BankTransferPage:
    """List transfers between banks."""
    items: list[BankTransfer] = []
    found = room.books.bank_transfers.transfers
    for number in _descending(len(found), after):
        if institution is not None and institution not in found[number].parties:
            continue
        if len(items) == page_size(limit):
            return BankTransferPage(items, str(items[-1].number))
        items.append(found[number])
    return BankTransferPage(items, "")


def final_answer(room: Offshore, uetr: str, institution: str | None = None) -> FinalAnswer:
    """Answer what became of a UETR (pacs.028): always one answer, and the final one never changes but for its return.

    Rule: domain note C5.4. Reading: for a covered payment the payment answers, not its cover; who is no party gets the answer of a UETR that is
    not known.
    """
    found = room.record_of(uetr)
    if found is not None and institution in (None, *parties_of(found)):
        status = status_of(found)
        number = room.recalls.returned.get(uetr)
        asked = room.recalls.by_uetr.get(uetr, ())
        return FinalAnswer(
            uetr,
            "PAYMENT",
            status,
            status in FINAL,
            found.since_us if isinstance(found, Pending) else found.at_us,
            "" if isinstance(found, Pending) else found.reason,
            "" if isinstance(found, Pending) else found.detail,
            "" if number is None else room.books.recalls.returns[number].return_id,
            room.books.recalls.recalls[asked[-1]].status if asked else "",
        )
    place = room.transfers.by_uetr.get(uetr)
    transfer = None if place is None else room.books.bank_transfers.transfers[place]
    if transfer is None or institution not in (None, *transfer.parties):
        return FinalAnswer(uetr, "", "", final=False)
    return FinalAnswer(
        uetr,
        "TRANSFER" if transfer.kind == "CORE" else "COVER",
        transfer.status,
        transfer.status in FINAL,
        transfer.ended_us or transfer.at_us,
        transfer.reason,
        transfer.detail,
    )


def recall_answer(room: Offshore, uetr: str, institution: str | None = None) -> Recall | None:
    """Return the last recall of a payment with its answer, for who may see it (pacs.028 about a camt.056)."""
    asked = room.recalls.by_uetr.get(uetr)
    if asked is None:
        return None
    last = room.books.recalls.recalls[asked[-1]]
    return last if institution in (None, *last.parties) else None


def _waits_for(room: Offshore, recall: Recall) -> tuple[str, str]:
    """Say who has to act next, and what is waited for: an answer, or the return that was agreed."""
    if recall.status is RecallStatus.PDCR:
        return recall.assignee, "ANSWER"
    agreed = recall.status is RecallStatus.CNCL and recall.final
    if agreed and recall.uetr not in room.recalls.returned:
        return recall.assignee, "RETURN"
    return "", ""


def _recall_view(room: Offshore, recall: Recall, now_us: int) -> RecallView:
    record = room.record_of(recall.uetr)
    assert record is not None
    waits_for, what = _waits_for(room, recall)
    until_us = now_us if waits_for else recall.answered_us
    age_days = max(0, until_us - recall.at_us) // DAY_US
    order = record.order
    return RecallView(
        recall, waits_for, what, age_days, status_of(record), order.currency, order.amount
    )


def _descending(count: int, after: str) -> Iterator[int]:
    end = min(count, int(after)) if after.isdecimal() else 0 if after else count
    return iter(range(end - 1, -1, -1))
