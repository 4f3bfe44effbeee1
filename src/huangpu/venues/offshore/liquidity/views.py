"""What people and programs read of the queue: their own lines, what waits to be paid to them, who waits for whom, and what was resolved.

`institution` is who reads: None sees all, a company its own accounts, a bank those that it keeps. How much a holder sees of the payments that wait to
be paid to it is a row (`offshore.queue.incoming`); balances of others are never shown. Amounts are minor units, times microseconds.
"""

import datetime

import msgspec

from huangpu.core.rulebook import RuleBook
from huangpu.venues.offshore.liquidity.lines import (
    ELSEWHERE,
    NetPosition,
    Priority,
    Resolution,
)
from huangpu.venues.offshore.liquidity.solver import Queued, net_positions
from huangpu.venues.offshore.orders import Pending, parties_of
from huangpu.venues.offshore.pages import page_size
from huangpu.venues.offshore.state import Offshore

EDGE_PAYMENTS_SHOWN = 50


class QueuedPayment(msgspec.Struct, frozen=True, kw_only=True):
    """A payment that waits for money; `position` counts from 1 in its account's line. `short` is what its account lacks for it alone."""

    uetr: str
    account: str
    holder: str
    creditor: str
    creditor_name: str
    currency: str
    amount: int
    short: int
    priority: str
    position: int
    since_us: int
    expires_us: int


class Incoming(msgspec.Struct, frozen=True):
    """What waits to be paid to an account; `payments` is empty unless the row says LIST."""

    account: str
    currency: str
    count: int
    value: int
    payments: list[QueuedPayment]


class QueueView(msgspec.Struct, frozen=True):
    """The lines that a reader may see, and what waits to be paid to the reader."""

    waiting: list[QueuedPayment]
    incoming: list[Incoming]


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """An account in the graph of who waits for whom. `available` is None where the reader may not know it."""

    account: str
    holder: str
    kind: str
    available: int | None
    owes: int
    is_owed: int


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """The payments that wait from one account to another; `uetrs` are the first of them. `payee` is empty where no account here is credited."""

    payer: str
    payee: str
    count: int
    value: int
    uetrs: list[str]


class QueueGraph(msgspec.Struct, frozen=True):
    """Who waits for whom in one currency: accounts and the payments between them."""

    currency: str
    nodes: list[Node]
    edges: list[Edge]


def queue_of(
    room: Offshore,
    rules: RuleBook,
    date: datetime.date,
    *,
    institution: str | None,
    limit: int = 100,
) -> QueueView:
    """Show the reader's own lines, by account and in their order, and what waits to be paid to the reader."""
    shown: list[QueuedPayment] = []
    most = page_size(limit)
    for account, line in room.lines.by_account.items():
        if not _keeps_or_holds(room, account, institution):
            continue
        for position, queued in enumerate(line[: most - len(shown)], 1):
            shown.append(_payment(room, queued, position, full=True))
    return QueueView(shown, _incoming(room, rules, date, institution, most))


def position_of(room: Offshore, uetr: str, institution: str | None) -> int | None:
    """Return a payment's place in its line, from 1, to who may see it; None where it does not wait for money."""
    queued = room.lines.get(uetr)
    if queued is None or not _concerns(room, uetr, institution):
        return None
    return room.lines.position(uetr)


def graphs(room: Offshore, *, institution: str | None) -> list[QueueGraph]:
    """Draw who waits for whom, one graph a currency.

    Reading: a reader who does not see all gets the edges that leave its own accounts, and no balance of the accounts at their other ends.
    """
    ledger = room.ledger
    by_currency: dict[str, list[Queued]] = {}
    for queued in room.lines:
        if _keeps_or_holds(room, queued.payer, institution):
            by_currency.setdefault(ledger.account(queued.payer).asset, []).append(queued)
    return [
        _graph(room, currency, by_currency[currency], institution)
        for currency in sorted(by_currency)
    ]


def resolutions(room: Offshore, *, institution: str | None, limit: int = 50) -> list[Resolution]:
    """List what settled out of the queue, newest first: all of it, or the reader's payments and positions of each."""
    found: list[Resolution] = []
    for resolution in reversed(room.books.liquidity.resolutions):
        if len(found) == page_size(limit):
            break
        mine = resolution if institution is None else _part(room, resolution, institution)
        if mine is not None:
            found.append(mine)
    return found


def _graph(
    room: Offshore, currency: str, payments: list[Queued], institution: str | None
) -> QueueGraph:
    edges: dict[tuple[int, int], list[Queued]] = {}
    for queued in payments:
        edges.setdefault((queued.payer, queued.payee), []).append(queued)
    owes: dict[int, int] = {}
    is_owed: dict[int, int] = {}
    for queued in payments:
        owes[queued.payer] = owes.get(queued.payer, 0) + queued.amount
        is_owed[queued.payee] = is_owed.get(queued.payee, 0) + queued.amount
    nodes = [
        _node(room, account, institution, (owes.get(account, 0), is_owed.get(account, 0)))
        for account in net_positions(payments)
        if account != ELSEWHERE
    ]
    drawn = [
        Edge(
            payer=_code(room, payer),
            payee=_code(room, payee),
            count=len(found),
            value=sum(queued.amount for queued in found),
            uetrs=[queued.key for queued in found[:EDGE_PAYMENTS_SHOWN]],
        )
        for (payer, payee), found in edges.items()
    ]
    return QueueGraph(currency, nodes, drawn)


def _node(room: Offshore, account: int, institution: str | None, sums: tuple[int, int]) -> Node:
    described = room.ledger.account(account)
    own = _keeps_or_holds(room, account, institution)
    return Node(
        account=described.code,
        holder=described.holder,
        kind=described.kind,
        available=room.ledger.available(account) if own else None,
        owes=sums[0],
        is_owed=sums[1],
    )


def _incoming(
    room: Offshore, rules: RuleBook, date: datetime.date, institution: str | None, limit: int
) -> list[Incoming]:
    """Show what waits to be paid to accounts that the reader holds, as far as the row allows; who sees all sees it in the lines."""
    allowed = rules["offshore.queue.incoming"].at(date).text
    if institution is None or allowed not in ("TOTAL", "LIST"):
        return []
    by_payee: dict[int, list[Queued]] = {}
    for queued in room.lines:
        if _is_paid_here(room, queued.payee, institution):
            by_payee.setdefault(queued.payee, []).append(queued)
    return [
        Incoming(
            account=_code(room, payee),
            currency=room.ledger.account(payee).asset,
            count=len(found),
            value=sum(queued.amount for queued in found),
            payments=[
                _payment(room, queued, 0, full=False)
                for queued in (found[:limit] if allowed == "LIST" else ())
            ],
        )
        for payee, found in by_payee.items()
    ]


def _payment(room: Offshore, queued: Queued, position: int, *, full: bool) -> QueuedPayment:
    """Show a waiting payment; not `full` to its payee, who learns neither its place nor its payer's balance."""
    pending = room.books.pending[queued.key]
    order = pending.order
    available = room.ledger.available(queued.payer)
    return QueuedPayment(
        uetr=queued.key,
        account=_code(room, queued.payer),
        holder=pending.debtor,
        creditor=order.creditor_account,
        creditor_name=_creditor_name(room, pending),
        currency=order.currency,
        amount=order.amount,
        short=max(0, order.amount - available) if full else 0,
        priority=(pending.priority or str(Priority.NORMAL)) if full else "",
        position=position,
        since_us=pending.since_us,
        expires_us=pending.expires_us if full else 0,
    )


def _creditor_name(room: Offshore, pending: Pending) -> str:
    known = room.registry.institutions.get(pending.creditor)
    return pending.order.creditor_name if known is None else known.name


def _part(room: Offshore, resolution: Resolution, institution: str) -> Resolution | None:
    """Cut a resolution down to the payments and the positions of one reader."""
    uetrs = [uetr for uetr in resolution.uetrs if _concerns(room, uetr, institution)]
    if not uetrs:
        return None
    positions: list[NetPosition] = []
    for position in resolution.positions:
        number = room.ledger.number(position.account)
        if number is not None and _keeps_or_holds(room, number, institution):
            positions.append(position)
    found = [room.record_of(uetr) for uetr in uetrs]
    value = sum(record.order.amount for record in found if record is not None)
    return msgspec.structs.replace(
        resolution, uetrs=uetrs, positions=positions, value=value, waiting_before=0
    )


def _concerns(room: Offshore, uetr: str, institution: str | None) -> bool:
    record = room.record_of(uetr)
    return record is not None and (institution is None or institution in parties_of(record))


def _is_paid_here(room: Offshore, account: int, institution: str) -> bool:
    """Tell whether an account is a cash account of the reader; a nostro mirrors money elsewhere."""
    if account == ELSEWHERE:
        return False
    described = room.registry.cash_accounts.get(_code(room, account).rpartition("/")[0])
    return described is not None and described.holder == institution


def _keeps_or_holds(room: Offshore, account: int, institution: str | None) -> bool:
    """Tell whether a reader holds the account or is the bank that keeps it."""
    if institution is None or account == ELSEWHERE:
        return institution is None
    code = room.ledger.account(account).code
    described = room.registry.cash_accounts.get(code.rpartition("/")[0])
    if described is None:
        return room.ledger.account(account).holder == institution
    return institution in (described.holder, described.bank)


def _code(room: Offshore, account: int) -> str:
    return "" if account == ELSEWHERE else room.ledger.account(account).code
