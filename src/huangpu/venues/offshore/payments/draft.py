"""What the orders decided so far in one entry would leave behind, before anything is applied.

A single order meets an empty draft. In a batch each accepted order leaves its ids and its movements here, so that the next one is decided
as if they had been applied; the books themselves do not change while a batch is decided.
"""

from collections.abc import Sequence

from huangpu.core.message import Stamp
from huangpu.core.rulebook import RuleBook
from huangpu.ledger.book import Book
from huangpu.ledger.kernel import BOOKED_LIMIT
from huangpu.ledger.transfers import LedgerCode, Leg, Shortfall
from huangpu.venues.offshore.state import (
    END_TO_END_NOT_PROVIDED,
    Indexes,
    Offshore,
    Payment,
    counterparty_key,
    end_to_end_key,
    sender_key,
)


class Draft:
    """One entry in the making: who sends which message through which bank, and what its orders have used up."""

    __slots__ = (
        "bank",
        "message_id",
        "moved",
        "room",
        "rules",
        "sender",
        "settled",
        "stamp",
        "used",
    )

    def __init__(
        self,
        room: Offshore,
        rules: RuleBook,
        stamp: Stamp,
        *,
        sender: str,
        bank: str,
        message_id: str,
    ) -> None:
        self.room = room
        self.rules = rules
        self.stamp = stamp
        self.sender = sender
        self.bank = bank
        self.message_id = message_id
        self.settled = 0
        self.moved: dict[int, int] = {}
        self.used = Indexes()

    def booked(self, number: int) -> int:
        """Return the booked balance as the accepted orders would leave it, credit-positive."""
        return self.room.ledger.booked(number) + self.moved.get(number, 0)

    def shortfall(self, legs: Sequence[Leg]) -> Shortfall | None:
        """Say what a routed transfer would fail on after the accepted orders.

        Reading: the ledger's own rules; no account stands in two legs of one transfer, so each leg is looked at by itself.
        """
        if not self.moved:
            return self.room.ledger.check(legs)
        return _shortfall(self.room.ledger, self.moved, legs)

    def take(self, payment: Payment, legs: Sequence[Leg]) -> None:
        """Count an accepted order in."""
        for leg in legs:
            self.moved[leg.debit] = self.moved.get(leg.debit, 0) - leg.amount
            self.moved[leg.credit] = self.moved.get(leg.credit, 0) + leg.amount
        order, used = payment.order, self.used
        used.messages[order.uetr] = order.uetr
        if order.end_to_end_id != END_TO_END_NOT_PROVIDED:
            key = end_to_end_key(order, self.stamp.date, own_debtor=bool(payment.debtor))
            used.end_to_end[key] = order.uetr
        if order.instruction_id:
            used.instructions[sender_key(payment.sender, order.instruction_id)] = order.uetr
        if payment.sample:
            used.counterparties[counterparty_key(payment.debtor, order)] = order.uetr
        self.settled += 1


def _shortfall(ledger: Book, moved: dict[int, int], legs: Sequence[Leg]) -> Shortfall | None:
    for index, leg in enumerate(legs):
        debit, credit, amount = leg.debit, leg.credit, leg.amount
        payer, receiver = ledger.account(debit), ledger.account(credit)
        lowered = ledger.booked(debit) + moved.get(debit, 0) - amount
        if payer.booked_min is not None:
            left = lowered - ledger.held(debit) - payer.booked_min
            if left < 0:
                code = LedgerCode.INSUFFICIENT_FUNDS
                return Shortfall(index, code, debit, left + amount, amount)
        if lowered <= -BOOKED_LIMIT:
            return Shortfall(index, LedgerCode.OVERFLOW, debit, lowered, BOOKED_LIMIT)
        raised = ledger.booked(credit) + moved.get(credit, 0) + amount
        if receiver.booked_max is not None and raised > receiver.booked_max:
            code = LedgerCode.LIMIT_EXCEEDED
            return Shortfall(index, code, credit, raised, receiver.booked_max)
        if raised >= BOOKED_LIMIT:
            return Shortfall(index, LedgerCode.OVERFLOW, credit, raised, BOOKED_LIMIT)
    return None
