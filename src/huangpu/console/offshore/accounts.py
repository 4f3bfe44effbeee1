"""Accounts with their balances, the mirrors at correspondents, one account's payments, and its statements as files."""

from litestar import Response, get

from huangpu.console.offshore.tabs import venue_page
from huangpu.console.pages import NotFound, Visitor
from huangpu.venues.offshore import views

ROWS = 30
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
    room = visitor.centre.offshore
    account = views.account(room, account_id, visitor.scope)
    if account is None:
        raise NotFound
    held = [balance.currency for balance in account.balances]
    shown = currency if currency in held else held[0]
    found = views.account_statement(
        room, account_id, shown, institution=visitor.scope, limit=ROWS, after=after
    )
    if found is None:
        raise NotFound
    data = {"account": account, "statement": found}
    return await venue_page(visitor, "offshore/account.html", "accounts", data)
