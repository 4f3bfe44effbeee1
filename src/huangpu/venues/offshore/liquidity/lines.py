"""The waiting lines: for each account that pays, its payments that wait for money, in the order in which they are to settle.

A line is an index over the payments that wait (`Wait.QUEUE` comes first among their waits); what it cannot derive from them, the place of each in
its line and the resolutions of the past, is `LiquidityBooks`. An account without a line costs a settled payment one look into a
dictionary. A leaf: the state of the venue holds it.
"""

import enum
from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from operator import itemgetter

import msgspec

from huangpu.ledger.book import Book
from huangpu.registry.cash_accounts import ledger_code
from huangpu.venues.offshore.liquidity.solver import Queued
from huangpu.venues.offshore.orders import Direction, Pending, Wait

RESOLUTIONS_KEPT = 500
"""So many resolutions are kept for the views; the journal has them all."""
QUEUES = "huangpu policy 33, liquidity queue"
ELSEWHERE = -1
"""The payee of a payment whose way out is not open: it is credited nowhere here."""


class Spot(enum.StrEnum):
    """Where a payment is moved to among those of its priority."""

    FIRST = "FIRST"
    LAST = "LAST"


class Priority(enum.StrEnum):
    """How early a waiting payment is to settle among those of its account; the highest first."""

    URGENT = "URGENT"
    HIGH = "HIGH"
    NORMAL = "NORMAL"


RANKS = {str(priority): rank for rank, priority in enumerate(Priority)}
_order = itemgetter(4, 5)  # rank, place


class NetPosition(msgspec.Struct, frozen=True):
    """What an account received less what it paid in one resolution. Units: net in minor units."""

    account: str
    net: int


class Resolution(msgspec.Struct, frozen=True, kw_only=True):
    """Waiting payments that settled together: which, by which method, in which round, and what each account was left to bear.

    `cycle` names the round and is the same for all resolutions of one entry; `trigger` is CREDIT, TICK or END_OF_DAY.
    `method` is FIFO, BYPASS_FIFO, BILATERAL, FULL or PARTIAL. Units: value in minor units of the currency, not above what a journal can write.
    """

    cycle: str
    at_us: int
    trigger: str
    method: str
    currency: str
    uetrs: list[str]
    value: int
    waiting_before: int
    positions: list[NetPosition]


class LiquidityBooks(msgspec.Struct):
    """What a snapshot holds of the queues beside the waiting payments themselves."""

    places: dict[str, int] = {}
    next_place: int = 0
    first_place: int = 0
    resolutions: list[Resolution] = []


class Lines:
    """All waiting lines, by the ledger number of the account that pays."""

    __slots__ = ("_end_of", "_ends", "_ledger", "_queued", "by_account")

    def __init__(self, ledger: Book) -> None:
        self._ledger = ledger
        self.by_account: dict[int, list[Queued]] = {}
        self._queued: dict[str, Queued] = {}
        self._ends: list[tuple[int, int, str]] = []
        self._end_of: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._queued)

    def __iter__(self) -> Iterator[Queued]:
        return iter(self._queued.values())

    def get(self, uetr: str) -> Queued | None:
        """Return the place of a payment in the lines, or None where it does not wait for money."""
        return self._queued.get(uetr)

    def line(self, account: int) -> Sequence[Queued]:
        """Return the line of an account, by its ledger number."""
        return self.by_account.get(account, ())

    def position(self, uetr: str) -> int:
        """Return the place of a waiting payment in its line, from 1."""
        found = self._queued[uetr]
        return bisect_left(self.by_account[found.payer], _order(found), key=_order) + 1

    def due(self, at_us: int) -> list[str]:
        """List the payments whose life has ended, the oldest end first."""
        end = bisect_left(self._ends, (at_us + 1,))
        return [uetr for _, _, uetr in self._ends[:end]]

    def end_us(self, uetr: str) -> int:
        """Return when the life of a waiting payment ends, 0 where it has no end."""
        return self._end_of.get(uetr, 0)

    def next_end_us(self) -> int | None:
        """Return when the next life ends, or None where nothing waits."""
        return self._ends[0][0] if self._ends else None

    def note(self, books: LiquidityBooks, pending: Pending, nostro: str) -> None:
        """Put a payment that waits for money into its line, or take one that waits for something else out.

        Shape: nostro is the code of the mirror that an outward payment is to go through.
        """
        uetr = pending.order.uetr
        self._forget(uetr)
        if not pending.waits or pending.waits[0] is not Wait.QUEUE:
            books.places.pop(uetr, None)
            return
        place = books.places.get(uetr)
        if place is None:
            place = books.places[uetr] = books.next_place
            books.next_place += 1
        order = pending.order
        payer = self._ledger.number(ledger_code(order.debtor_account, order.currency))
        assert payer is not None, order.debtor_account
        book = pending.direction is Direction.BOOK
        code = ledger_code(order.creditor_account, order.currency) if book else nostro
        payee = self._ledger.number(code)
        found = Queued(
            key=uetr,
            payer=payer,
            payee=ELSEWHERE if payee is None else payee,
            amount=order.amount,
            rank=RANKS.get(pending.priority, RANKS[Priority.NORMAL]),
            place=place,
        )
        self._queued[uetr] = found
        insort(self.by_account.setdefault(payer, []), found, key=_order)
        if pending.expires_us:
            insort(self._ends, (pending.expires_us, place, uetr))
            self._end_of[uetr] = pending.expires_us

    def move(self, books: LiquidityBooks, pending: Pending, nostro: str, to: Spot) -> None:
        """Give a waiting payment the place before all others, or after them."""
        first = to is Spot.FIRST
        books.first_place -= first
        place = books.first_place if first else books.next_place
        books.next_place += not first
        self._forget(pending.order.uetr)
        books.places[pending.order.uetr] = place
        self.note(books, pending, nostro)

    def drop(self, books: LiquidityBooks, uetr: str) -> None:
        """Take a payment that ends out of its line."""
        self._forget(uetr)
        books.places.pop(uetr, None)

    def _forget(self, uetr: str) -> None:
        found = self._queued.pop(uetr, None)
        if found is None:
            return
        line = self.by_account[found.payer]
        del line[bisect_left(line, _order(found), key=_order)]
        if not line:
            del self.by_account[found.payer]
        end_us = self._end_of.pop(uetr, None)
        if end_us is not None:
            del self._ends[bisect_left(self._ends, (end_us, found.place, uetr))]
