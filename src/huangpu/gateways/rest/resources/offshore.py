"""Offshore-trade settlement: payments, accounts and the white list as posts; what an institution is a party to as reads."""

import datetime
from typing import Annotated

import msgspec

from huangpu.core.calendar import date_of
from huangpu.gateways.rest.acts import Act
from huangpu.gateways.rest.reads import After, Asked, Limit, Page, View, Window
from huangpu.venues.offshore import pages, views
from huangpu.venues.offshore.accounts import (
    AddAccountCurrency,
    BlockAccount,
    CloseAccount,
    OpenCashAccount,
    OpenNostro,
    SetUpBank,
    UnblockAccount,
)
from huangpu.venues.offshore.payments.words import (
    InstructPayment,
    InstructPaymentBatch,
    ReceiveCreditTransfer,
)
from huangpu.venues.offshore.white_list import (
    BindServicingBank,
    ListCompany,
    RecommendCompany,
    ReinstateCompany,
    RemoveCompany,
    SuspendCompany,
    UnbindServicingBank,
)


class PaymentsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which payments to list: of one party, in one status."""

    limit: Limit = 50
    after: After = ""
    party: str | None = None
    status: str | None = None


class StatementQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A page of an account's payments."""

    limit: Limit = 50
    after: After = ""


class InstantQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An instant in microseconds since the epoch; the newest entry's by default."""

    at_us: Annotated[int, msgspec.Meta(ge=0, le=2**52)] | None = None


class DateQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A business date; the newest entry's by default."""

    date: datetime.date | None = None


def _date(asked: Asked) -> datetime.date:
    given: datetime.date | None = asked.query.date
    return given or date_of(asked.gate.engine.last_at_us)


def _payments(asked: Asked) -> Page[pages.PaymentView]:
    query: PaymentsQuery = asked.query
    found = views.payments(
        asked.centre.offshore,
        institution=asked.institution,
        party=query.party,
        status=query.status,
        limit=query.limit,
        after=query.after,
    )
    return Page(found.payments, found.next_after)


def _payment(asked: Asked) -> pages.PaymentDetail | None:
    centre = asked.centre
    return views.payment(centre.offshore, centre.rules, asked.path["uetr"], asked.institution)


def _accounts(asked: Asked) -> Page[pages.AccountView]:
    query: Window = asked.query
    found = views.accounts(
        asked.centre.offshore,
        institution=asked.institution,
        limit=query.limit,
        after=query.after,
    )
    return Page(found.accounts, found.next_after)


def _account(asked: Asked) -> pages.AccountView | None:
    return views.account(asked.centre.offshore, asked.path["account_id"], asked.institution)


def _statement(asked: Asked) -> pages.AccountStatement | None:
    query: StatementQuery = asked.query
    return views.account_statement(
        asked.centre.offshore,
        asked.path["account_id"],
        asked.path["currency"],
        institution=asked.institution,
        limit=query.limit,
        after=query.after,
    )


def _nostros(asked: Asked) -> Page[pages.NostroView]:
    return Page(views.nostros(asked.centre.offshore, asked.institution))


def _white_list(asked: Asked) -> Page[pages.ListingView]:
    now_us = asked.gate.engine.last_at_us
    return Page(views.white_list(asked.centre.offshore, asked.institution, now_us))


def _payable(asked: Asked) -> Page[pages.PayableCompany]:
    at_us = asked.query.at_us
    instant_us = asked.gate.engine.last_at_us if at_us is None else at_us
    return Page(views.payable_at(asked.centre.offshore, instant_us, asked.institution))


def _matrix(asked: Asked) -> Page[pages.MatrixCell]:
    return Page(views.matrix(asked.centre.rules, _date(asked)))


def _overview(asked: Asked) -> pages.Overview:
    return views.overview(asked.centre.offshore, _date(asked))


ACTS: tuple[Act, ...] = (
    Act("/v1/offshore/payments", InstructPayment),
    Act("/v1/offshore/payment-batches", InstructPaymentBatch),
    Act("/v1/offshore/incoming-transfers", ReceiveCreditTransfer),
    Act("/v1/offshore/accounts", OpenCashAccount),
    Act("/v1/offshore/accounts/{account_id}/currencies", AddAccountCurrency),
    Act("/v1/offshore/accounts/{account_id}/block", BlockAccount),
    Act("/v1/offshore/accounts/{account_id}/unblock", UnblockAccount),
    Act("/v1/offshore/accounts/{account_id}/close", CloseAccount),
    Act("/v1/offshore/nostros", OpenNostro),
    Act("/v1/offshore/banks/{bank}/set-up", SetUpBank),
    Act("/v1/offshore/white-list/{company}/recommend", RecommendCompany),
    Act("/v1/offshore/white-list/{company}/list", ListCompany),
    Act("/v1/offshore/white-list/{company}/suspend", SuspendCompany),
    Act("/v1/offshore/white-list/{company}/reinstate", ReinstateCompany),
    Act("/v1/offshore/white-list/{company}/remove", RemoveCompany),
    Act("/v1/offshore/white-list/{company}/bind", BindServicingBank),
    Act("/v1/offshore/white-list/{company}/unbind", UnbindServicingBank),
)
VIEWS: tuple[View, ...] = (
    View("/v1/offshore/overview", _overview, pages.Overview, "Show the day's figures", DateQuery),
    View(
        "/v1/offshore/payments",
        _payments,
        Page[pages.PaymentView],
        "List payments, newest first",
        PaymentsQuery,
    ),
    View("/v1/offshore/payments/{uetr}", _payment, pages.PaymentDetail, "Show one payment"),
    View(
        "/v1/offshore/accounts",
        _accounts,
        Page[pages.AccountView],
        "List accounts with their balances",
        Window,
    ),
    View("/v1/offshore/accounts/{account_id}", _account, pages.AccountView, "Show one account"),
    View(
        "/v1/offshore/accounts/{account_id}/{currency}/payments",
        _statement,
        pages.AccountStatement,
        "List the payments of one account in one currency",
        StatementQuery,
    ),
    View("/v1/offshore/nostros", _nostros, Page[pages.NostroView], "List the nostro mirrors"),
    View("/v1/offshore/white-list", _white_list, Page[pages.ListingView], "List the white list"),
    View(
        "/v1/offshore/payable-companies",
        _payable,
        Page[pages.PayableCompany],
        "List who could pay at an instant",
        InstantQuery,
    ),
    View(
        "/v1/offshore/matrix",
        _matrix,
        Page[pages.MatrixCell],
        "Write out the transfer matrix in force on a date",
        DateQuery,
    ),
)
