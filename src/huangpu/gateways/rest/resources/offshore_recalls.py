"""Recalls, returns and transfers between banks: the same commands that camt.056, camt.029, pacs.004 and pacs.009 stand for, and their state."""

import msgspec

from huangpu.gateways.rest.acts import Act
from huangpu.gateways.rest.reads import After, Asked, Limit, Page, View, Window
from huangpu.venues.offshore.bank_transfers.books import BankTransfer
from huangpu.venues.offshore.bank_transfers.words import (
    AnnounceCoveredTransfer,
    ReceiveBankTransfer,
    TransferBetweenBanks,
)
from huangpu.venues.offshore.recalls import views
from huangpu.venues.offshore.recalls.books import Return
from huangpu.venues.offshore.recalls.words import (
    AnswerCancellation,
    ReceiveReturn,
    RequestCancellation,
    ReturnPayment,
)


class RecallsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which recalls to list; `open` only those that wait for somebody."""

    limit: Limit = 50
    after: After = ""
    open: bool = False


def _recalls(asked: Asked) -> Page[views.RecallView]:
    query: RecallsQuery = asked.query
    found = views.recalls(
        asked.centre.offshore,
        asked.gate.engine.last_at_us,
        institution=asked.institution,
        open_only=query.open,
        limit=query.limit,
        after=query.after,
    )
    return Page(found.items, found.next_after)


def _returns(asked: Asked) -> Page[Return]:
    query: Window = asked.query
    found = views.returns(
        asked.centre.offshore,
        institution=asked.institution,
        limit=query.limit,
        after=query.after,
    )
    return Page(found.items, found.next_after)


def _bank_transfers(asked: Asked) -> Page[BankTransfer]:
    query: Window = asked.query
    found = views.bank_transfers(
        asked.centre.offshore,
        institution=asked.institution,
        limit=query.limit,
        after=query.after,
    )
    return Page(found.items, found.next_after)


def _outcome(asked: Asked) -> views.FinalAnswer | None:
    found = views.final_answer(asked.centre.offshore, asked.path["uetr"], asked.institution)
    return found if found.kind else None


ACTS: tuple[Act, ...] = (
    Act("/v1/offshore/recalls", RequestCancellation),
    Act("/v1/offshore/recall-answers", AnswerCancellation),
    Act("/v1/offshore/returns", ReturnPayment),
    Act("/v1/offshore/incoming-returns", ReceiveReturn),
    Act("/v1/offshore/bank-transfers", TransferBetweenBanks),
    Act("/v1/offshore/incoming-bank-transfers", ReceiveBankTransfer),
    Act("/v1/offshore/covered-transfers", AnnounceCoveredTransfer),
)
VIEWS: tuple[View, ...] = (
    View(
        "/v1/offshore/recalls",
        _recalls,
        Page[views.RecallView],
        "List recalls with who has to act next, newest first",
        RecallsQuery,
    ),
    View(
        "/v1/offshore/returns",
        _returns,
        Page[Return],
        "List returns, newest first",
        Window,
    ),
    View(
        "/v1/offshore/bank-transfers",
        _bank_transfers,
        Page[BankTransfer],
        "List transfers between banks, newest first",
        Window,
    ),
    View(
        "/v1/offshore/outcomes/{uetr}",
        _outcome,
        views.FinalAnswer,
        "Tell what became of a UETR, as pacs.028 asks",
    ),
)
