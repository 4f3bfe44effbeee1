"""Accounts with their balances, the mirrors at correspondents, one account's payments, and its statements as files."""

import contextlib
import datetime
from collections.abc import Mapping
from typing import Any

from litestar import Response, get

from huangpu.console.offshore.files import CSV, XLSX, XML, attachment
from huangpu.console.offshore.tabs import venue_page
from huangpu.console.pages import NotFound, Visitor
from huangpu.venues.offshore import views
from huangpu.venues.offshore.reports.statements import DayStatement, StatementTooLong, statement

ROWS = 30
FORMS = {"csv": CSV, "xlsx": XLSX}
ACCOUNTS_SHOWN = 100


@get("/offshore/accounts")
async def show_accounts(visitor: Visitor, after: str = "") -> Response[str]:
    """List accounts with their balances, and the mirrors at correspondents."""
    _ = visitor.signed_in
    await visitor.gate.readable()
    room = visitor.centre.offshore
    found = views.accounts(room, institution=visitor.scope, limit=ACCOUNTS_SHOWN, after=after)
    data = {
        "accounts": found.accounts,
        "next_after": found.next_after,
        "nostros": views.nostros(room, visitor.scope),
    }
    return await venue_page(visitor, "offshore/accounts.html", "accounts", data)


@get("/offshore/accounts/{account_id:str}")
async def show_account(
    visitor: Visitor, account_id: str, currency: str = "", after: str = ""
) -> Response[str]:
    """Show one account's payments in one currency, and offer its statements."""
    _ = visitor.signed_in
    await visitor.gate.readable()
    return await _account(visitor, account_id, currency, {}, after=after)


@get("/offshore/accounts/{account_id:str}/statement")
async def show_statement(
    visitor: Visitor,
    account_id: str,
    currency: str,
    from_date: datetime.date,
    to_date: datetime.date | None = None,
    form: str = "show",
) -> Response[Any]:
    """Show a statement's sums, or hand it out: CSV and XLSX of a period, XML of a day."""
    _ = visitor.signed_in
    await visitor.gate.readable()
    dates = (from_date, max(from_date, to_date or from_date))
    name = f"{account_id}-{currency}-{dates[0]}"
    if form == "xml":
        desk, scope = visitor.console.desk, visitor.scope
        message = desk.statement_message(account_id, currency, from_date, scope)
        if message is None:
            raise NotFound
        return attachment(message, XML, f"{name}.xml")
    try:
        shown = _sums(visitor, account_id, currency, dates)
    except StatementTooLong:
        extra = {"too_long": True, "period": dates}
        return await _account(visitor, account_id, currency, extra, status=422)
    if shown is None:
        raise NotFound
    if form in FORMS:
        body = visitor.console.desk.statement_file(shown, form)
        return attachment(body, FORMS[form], f"{name}-{dates[1]}.{form}")
    return await _account(visitor, account_id, currency, {"shown": shown, "period": dates})


async def _account(
    visitor: Visitor,
    account_id: str,
    currency: str,
    extra: Mapping[str, Any],
    *,
    after: str = "",
    status: int = 200,
) -> Response[str]:
    room = visitor.centre.offshore
    account = views.account(room, account_id, visitor.scope)
    if account is None:
        raise NotFound
    held = [balance.currency for balance in account.balances]
    chosen = currency if currency in held else held[0]
    found = views.account_statement(
        room, account_id, chosen, institution=visitor.scope, limit=ROWS, after=after
    )
    if found is None:
        raise NotFound
    data: dict[str, Any] = {
        "account": account,
        "statement": found,
        "shown": None,
        "too_long": False,
        "period": (visitor.date, visitor.date),
        **extra,
    }
    if not extra:
        with contextlib.suppress(StatementTooLong):
            data["shown"] = _sums(visitor, account_id, chosen, data["period"])
    return await venue_page(visitor, "offshore/account.html", "accounts", data, status=status)


def _sums(
    visitor: Visitor, account_id: str, currency: str, dates: tuple[datetime.date, datetime.date]
) -> DayStatement | None:
    return statement(
        visitor.centre.offshore,
        account_id,
        currency,
        dates,
        now_us=visitor.now_us,
        institution=visitor.scope,
    )
