"""Running balances across the second line: what has settled, and what pending payments claim, both ways.

A payment claims its quota when it starts to wait and gives the claim back when it ends without money; when it settles the claim becomes
part of the running balance. What a payment claims follows from its rule alone, so that a plain recount of all payments gives the
same figures. What the orders before it in one entry take is counted in the draft.
"""

from collections.abc import Mapping

from huangpu.registry.cash_accounts import AccountClass
from huangpu.venues.offshore.boundary import Claim, Running
from huangpu.venues.offshore.matrix import Line
from huangpu.venues.offshore.orders import Payment, PaymentOrder, Pending
from huangpu.venues.offshore.state import Offshore

UPGRADED = "R-15"
HEAD_OFFICE = "R-12"
OWN_ACCOUNT = "R-08"
LOAN = "LOAN"
NET, IN, OUT = "net", "in", "out"
"""What an entry in the making counts of a running balance (`Moves.counts`, after the key)."""
_NONE = Running()


Movement = Payment | Pending
"""What takes a quota: a payment that has settled, or one that waits."""


def quota_key(company: str) -> str:
    """Name the running balance of an upgraded company."""
    return f"{UPGRADED}|{company}"


def head_office_key(bank: str) -> str:
    """Name the running balance between a bank's unit and its head office."""
    return f"{HEAD_OFFICE}|{bank}"


def loan_key(account: str) -> str:
    """Name the running balance of repayments into an account at the lending bank."""
    return f"{LOAN}|{account}"


def claims_of(payment: Movement) -> list[Claim]:
    """List what a payment takes of running balances; nothing on the first line."""
    if payment.line != Line.SECOND:
        return []
    order = payment.order
    key = _key(payment.rule, payment.debtor, order)
    if not key:
        return []
    into = payment.creditor_class == AccountClass.DOM
    return [Claim(key, order.amount if into else -order.amount)]


def room_left(room: Offshore, counts: Mapping[str, int], claim: Claim, cap: int, uetr: str) -> int:
    """Return what may still be moved in a claim's direction under a cap on the net movement, pending payments counted in full.

    Reading: pending payments of the other direction may end without money, so they give no room; what the payment itself has reserved
    is not held against it when it is looked at again.
    Units: fen; negative where the cap was lowered below what is used.
    """
    books, key, into = room.books.boundary, claim.key, claim.amount > 0
    kept = books.running.get(key, _NONE)
    net = kept.net + counts.get(f"{key}|{NET}", 0)
    claimed = (kept.claimed_in if into else kept.claimed_out) + counts.get(
        f"{key}|{IN if into else OUT}", 0
    )
    own = sum(
        abs(one.amount)
        for one in books.claims.get(uetr, ())
        if one.key == key and (one.amount > 0) == into
    )
    return cap - claimed + own - (net if into else -net)


def draft_pending(room: Offshore, counts: dict[str, int], payment: Movement) -> None:
    """Count a payment in that starts to wait in the entry in the making; one that waits on has reserved already."""
    if payment.order.uetr not in room.books.boundary.claims:
        for claim in claims_of(payment):
            _count(counts, claim, 1)


def draft_ended(room: Offshore, counts: dict[str, int], uetr: str) -> None:
    """Count out what a payment reserved that ends without money in the entry in the making."""
    for claim in room.books.boundary.claims.get(uetr, ()):
        _count(counts, claim, -1)


def draft_settled(room: Offshore, counts: dict[str, int], payment: Movement) -> None:
    """Count a payment in that settles in the entry in the making."""
    if payment.line != Line.SECOND:
        return
    draft_ended(room, counts, payment.order.uetr)
    for claim in claims_of(payment):
        counted = f"{claim.key}|{NET}"
        counts[counted] = counts.get(counted, 0) + claim.amount


def note_pending(room: Offshore, payment: Movement) -> None:
    """Reserve what a payment takes when it starts to wait; one that waits on has reserved already."""
    books = room.books.boundary
    if payment.line != Line.SECOND or payment.order.uetr in books.claims:
        return
    claims = claims_of(payment)
    if claims:
        books.claims[payment.order.uetr] = claims
        for claim in claims:
            _claim(books.running.setdefault(claim.key, Running()), claim.amount)


def note_ended(room: Offshore, uetr: str) -> None:
    """Give back what a payment reserved that ended without money."""
    books = room.books.boundary
    for claim in books.claims.pop(uetr, ()):
        _claim(books.running[claim.key], claim.amount, -1)


def note_settled(room: Offshore, payment: Movement) -> None:
    """Move what a payment takes from reserved, if it waited, to settled."""
    if payment.line != Line.SECOND:
        return
    note_ended(room, payment.order.uetr)
    for claim in claims_of(payment):
        room.books.boundary.running.setdefault(claim.key, Running()).net += claim.amount


def note_returned(room: Offshore, payment: Movement, amount: int) -> None:
    """Give back what a settled payment took, as far as its money has gone back. Units: fen."""
    for claim in claims_of(payment):
        part = amount if claim.amount > 0 else -amount
        room.books.boundary.running.setdefault(claim.key, Running()).net -= part


def _key(rule: str, debtor: str, order: PaymentOrder) -> str:
    if rule == UPGRADED:
        return quota_key(debtor)
    if rule == HEAD_OFFICE:
        return head_office_key(debtor)
    if rule == OWN_ACCOUNT and order.purpose == LOAN:
        return loan_key(order.creditor_account)
    return ""


def _count(counts: dict[str, int], claim: Claim, sign: int) -> None:
    counted = f"{claim.key}|{IN if claim.amount > 0 else OUT}"
    counts[counted] = counts.get(counted, 0) + sign * abs(claim.amount)


def _claim(running: Running, amount: int, sign: int = 1) -> None:
    if amount > 0:
        running.claimed_in += sign * amount
    else:
        running.claimed_out -= sign * amount
    assert running.claimed_in >= 0
    assert running.claimed_out >= 0
