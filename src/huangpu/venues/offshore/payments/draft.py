"""What the orders decided so far in one entry would leave behind, before anything is applied.

A single order meets an empty draft. In a batch, or where one payment's credit releases another, each accepted order leaves its ids and its
movements here, so that the next one is decided as if they had been applied; the books themselves do not change in a decision.
"""

import datetime
from collections.abc import Sequence

from huangpu.core.message import Stamp
from huangpu.core.rulebook import RuleBook
from huangpu.ledger.book import Book
from huangpu.ledger.kernel import BOOKED_LIMIT
from huangpu.ledger.transfers import LedgerCode, Leg, LegKind, Shortfall
from huangpu.venues.offshore.orders import Payment, Pending, counterparty_key, keys_of
from huangpu.venues.offshore.screening.books import Standing
from huangpu.venues.offshore.state import Offshore


class Moves:
    """What an entry has decided so far: movements by ledger account, ids used up, payments ended, and counters of other rooms.

    `cleared` are the decisions of officers on parties, `cases` the parties for which a case was opened, both by `bank|party`; `compared` are
    the parties that it held against the lists. Ids are worked out when they are asked for: the one order of an entry mostly asks for none.
    """

    __slots__ = (
        "_counterparties",
        "_keys",
        "_taken",
        "booked",
        "cases",
        "cleared",
        "compared",
        "counts",
        "ended",
        "held",
        "holds",
    )

    def __init__(self) -> None:
        self.booked: dict[int, int] = {}
        self.held: dict[int, int] = {}
        self.holds = 0
        self.ended = 0
        self._taken: list[tuple[Payment | Pending, datetime.date]] = []
        self._keys: set[str] = set()
        self._counterparties: set[str] = set()
        self.counts: dict[str, int] = {}
        self.cases: set[str] = set()
        self.cleared: dict[str, Standing] = {}
        self.compared: set[str] = set()

    def take(self, record: Payment | Pending, date: datetime.date) -> None:
        """Count an accepted order in: its ids on a business date, and, when it has ended, its number."""
        self._taken.append((record, date))
        if type(record) is Payment:
            self.ended += 1

    @property
    def keys(self) -> set[str]:
        """Return the ids that the entry has used up, in the form of `keys_of`."""
        if self._taken:
            self._sort()
        return self._keys

    @property
    def counterparties(self) -> set[str]:
        """Return the creditor accounts that a company has paid in this entry (`counterparty_key`)."""
        if self._taken:
            self._sort()
        return self._counterparties

    def _sort(self) -> None:
        for record, date in self._taken:
            self._keys.update(keys_of(record, date))
            if isinstance(record, Payment) and record.sample:
                self._counterparties.add(counterparty_key(record.debtor, record.order))
        self._taken.clear()


class Draft:
    """One entry in the making, as one message in it sees it: who sends which message through which bank; `rows` are the rules of its date."""

    __slots__ = (
        "bank",
        "in_batch",
        "message_id",
        "moves",
        "room",
        "rows",
        "rules",
        "sender",
        "stamp",
    )

    def __init__(
        self,
        room: Offshore,
        rules: RuleBook,
        stamp: Stamp,
        *,
        sender: str = "",
        bank: str = "",
        message_id: str = "",
        in_batch: bool = False,
        moves: Moves | None = None,
    ) -> None:
        self.room = room
        self.rules = rules
        self.rows = rules.on(stamp.date)
        self.stamp = stamp
        self.sender = sender
        self.bank = bank
        self.message_id = message_id
        self.in_batch = in_batch
        self.moves = Moves() if moves is None else moves

    def of(self, pending: Pending) -> "Draft":
        """Return this entry as the message of a waiting payment sees it."""
        return Draft(
            self.room,
            self.rules,
            self.stamp,
            sender=pending.sender,
            bank=pending.bank,
            message_id=pending.message_id,
            in_batch=pending.in_batch,
            moves=self.moves,
        )

    def booked(self, number: int) -> int:
        """Return the booked balance as the entry so far would leave it, credit-positive."""
        return self.room.ledger.booked(number) + self.moves.booked.get(number, 0)

    def available(self, number: int) -> int:
        """Return what could be debited after the entry so far."""
        moves = self.moves
        left = moves.booked.get(number, 0) - moves.held.get(number, 0)
        return self.room.ledger.available(number) + left

    def uses(self, key: str) -> bool:
        """Tell whether an id is used up, by the books or by the entry so far."""
        return key in self.moves.keys or self.room.uses(key)

    def first_used(self, keys: Sequence[str]) -> str:
        """Return the first of these ids that is used up, or nothing: one look for all where none is, as almost always."""
        if self.moves.keys.isdisjoint(keys) and not self.room.uses_any(keys):
            return ""
        return next(key for key in keys if self.uses(key))

    def knows(self, counterparty: str) -> bool:
        """Tell whether a company has paid a creditor account before (`counterparty_key`)."""
        return (
            counterparty in self.room.books.counterparties
            or counterparty in self.moves.counterparties
        )

    def next_number(self) -> int:
        """Return the number of the next payment that ends."""
        return len(self.room.payments) + self.moves.ended

    def next_hold(self) -> int:
        """Return the number that the ledger's next hold will get."""
        return self.room.ledger.next_hold() + self.moves.holds

    def shortfall(self, legs: Sequence[Leg]) -> Shortfall | None:
        """Say what a routed transfer would fail on after the entry so far.

        Reading: the ledger's own rules, leg by leg; an amount and its charge leave the same account.
        """
        if not self.moves.booked and not self.moves.held:
            return self.room.ledger.check(legs)
        return _shortfall(self.room.ledger, self.moves, legs)

    def move(self, legs: Sequence[Leg]) -> None:
        """Count movements in."""
        booked, held = self.moves.booked, self.moves.held
        for leg in legs:
            if leg.kind == LegKind.HOLD:
                held[leg.debit] = held.get(leg.debit, 0) + leg.amount
                self.moves.holds += 1
                continue
            if leg.kind != LegKind.TRANSFER:
                held[leg.debit] = held.get(leg.debit, 0) - leg.amount
            if leg.kind != LegKind.VOID:
                booked[leg.debit] = booked.get(leg.debit, 0) - leg.amount
                booked[leg.credit] = booked.get(leg.credit, 0) + leg.amount


def _shortfall(ledger: Book, moves: Moves, legs: Sequence[Leg]) -> Shortfall | None:
    booked: dict[int, int] = {}
    held: dict[int, int] = {}
    for index, leg in enumerate(legs):
        debit, credit, amount = leg.debit, leg.credit, leg.amount
        if leg.kind == LegKind.VOID:
            held[debit] = held.get(debit, 0) - amount
            continue
        payer, receiver = ledger.account(debit), ledger.account(credit)
        before = ledger.booked(debit) + moves.booked.get(debit, 0) + booked.get(debit, 0)
        if payer.booked_min is not None and leg.kind != LegKind.POST:
            kept = ledger.held(debit) + moves.held.get(debit, 0) + held.get(debit, 0)
            left = before - amount - kept - payer.booked_min
            if left < 0:
                code = LedgerCode.INSUFFICIENT_FUNDS
                return Shortfall(index, code, debit, left + amount, amount)
        if leg.kind != LegKind.TRANSFER:
            kept_more = amount if leg.kind == LegKind.HOLD else -amount
            held[debit] = held.get(debit, 0) + kept_more
        if leg.kind == LegKind.HOLD:
            continue
        if before - amount <= -BOOKED_LIMIT:
            return Shortfall(index, LedgerCode.OVERFLOW, debit, before - amount, BOOKED_LIMIT)
        raised = (
            ledger.booked(credit) + moves.booked.get(credit, 0) + booked.get(credit, 0) + amount
        )
        if receiver.booked_max is not None and raised > receiver.booked_max:
            code = LedgerCode.LIMIT_EXCEEDED
            return Shortfall(index, code, credit, raised, receiver.booked_max)
        if raised >= BOOKED_LIMIT:
            return Shortfall(index, LedgerCode.OVERFLOW, credit, raised, BOOKED_LIMIT)
        booked[debit] = booked.get(debit, 0) - amount
        booked[credit] = booked.get(credit, 0) + amount
    return None
