"""A chain of legs tried on overlays: what it would change is kept aside, the book stays as it is.

The rules, and their order, are those of `kernel.py`: form, accounts, amount, asset, unit, hold, funds, overflow, ceiling. For
chains of a few legs this is faster than packing them and calling compiled code, and it can say what was found and what the limit was.
A simultaneous chain (decision 13) asks for funds and ceilings once, of what all its legs together leave behind.
"""

from collections.abc import Callable, Sequence

from huangpu.ledger.accounts import Account
from huangpu.ledger.kernel import BOOKED_LIMIT, HOLD, POST, TRANSFER, VOID
from huangpu.ledger.transfers import LedgerCode, Leg, Shortfall


class _Overlay(dict[int, int]):
    """Numbers as the chain leaves them; each is read from its column when it is first asked for."""

    __slots__ = ("column",)

    column: memoryview

    def __missing__(self, number: int) -> int:
        found: int = self.column[number]
        self[number] = found
        return found


class Trial:
    """The effect of the legs tried so far; `Book.post` adopts it, `Book.check` drops it."""

    __slots__ = ("_accounts", "_hold_next", "_open_hold", "booked", "closed", "held", "opened")

    def __init__(
        self,
        accounts: list[Account],
        balances: tuple[memoryview, memoryview],
        *,
        open_hold: Callable[[int], Leg | None],
        hold_next: int,
    ) -> None:
        """Start from the present state: booked and held columns, the book's open holds, its next hold number."""
        self._accounts = accounts
        self._open_hold = open_hold
        self._hold_next = hold_next
        self.booked = _Overlay()
        self.held = _Overlay()
        self.booked.column, self.held.column = balances
        self.opened: list[Leg] = []
        self.closed: dict[int, Leg] = {}

    def run(self, legs: Sequence[Leg]) -> Shortfall | None:
        """Try the legs in order; return the first that is refused, or None."""
        for index, leg in enumerate(legs):
            shortfall = self._form_shortfall(index, leg)
            if shortfall is None and leg.kind >= POST:
                shortfall = self._hold_shortfall(index, leg)
            if shortfall is None:
                shortfall = self._moved(index, leg)
            if shortfall is not None:
                return shortfall
        return None

    def run_simultaneous(self, legs: Sequence[Leg]) -> Shortfall | None:
        """Try the legs as one step: form, holds and range leg by leg, floors and ceilings at the end.

        Reading: at the end, an account that a TRANSFER or HOLD debited must keep its floor, and one that was credited its ceiling.
        """
        debited: dict[int, int] = {}
        credited: dict[int, int] = {}
        for index, leg in enumerate(legs):
            shortfall = self._form_shortfall(index, leg)
            if shortfall is None and leg.kind >= POST:
                shortfall = self._hold_shortfall(index, leg)
            if shortfall is None and leg.kind != VOID:
                shortfall = self._range_shortfall(index, leg)
            if shortfall is not None:
                return shortfall
            self._apply(leg)
            if leg.kind in (TRANSFER, HOLD):
                debited[leg.debit] = index
            if leg.kind in (TRANSFER, POST):
                credited[leg.credit] = index
        return self._end_shortfall(debited, credited)

    def _end_shortfall(self, debited: dict[int, int], credited: dict[int, int]) -> Shortfall | None:
        """Check floors and ceilings of what the chain leaves; the arguments give each account's last leg."""
        for number, index in debited.items():
            floor = self._accounts[number].booked_min
            if floor is None:
                continue
            available = self.booked[number] - self.held[number] - floor
            if available < 0:
                return Shortfall(index, LedgerCode.INSUFFICIENT_FUNDS, number, available, 0)
        for number, index in credited.items():
            ceiling = self._accounts[number].booked_max
            booked = self.booked[number]
            if ceiling is not None and booked > ceiling:
                return Shortfall(index, LedgerCode.LIMIT_EXCEEDED, number, booked, ceiling)
        return None

    def _form_shortfall(self, index: int, leg: Leg) -> Shortfall | None:
        """Check what a leg says of itself and of the two accounts it names."""
        debit, credit, amount = leg.debit, leg.credit, leg.amount
        count = len(self._accounts)
        if not TRANSFER <= leg.kind <= VOID:
            return Shortfall(index, LedgerCode.RECORD_MALFORMED, debit, leg.kind, VOID)
        if not 0 <= debit < count:
            return Shortfall(index, LedgerCode.UNKNOWN_ACCOUNT, debit, debit, count)
        if not 0 <= credit < count:
            return Shortfall(index, LedgerCode.UNKNOWN_ACCOUNT, credit, credit, count)
        if debit == credit:
            return Shortfall(index, LedgerCode.SAME_ACCOUNT, credit, credit, debit)
        if amount <= 0:
            return Shortfall(index, LedgerCode.AMOUNT_NOT_POSITIVE, debit, amount, 1)
        if amount >= BOOKED_LIMIT:
            return Shortfall(index, LedgerCode.OVERFLOW, debit, amount, BOOKED_LIMIT)
        payer = self._accounts[debit]
        receiver = self._accounts[credit]
        if payer.asset != receiver.asset:
            return Shortfall(index, LedgerCode.ASSET_MISMATCH, credit, credit, debit)
        if payer.unit != receiver.unit:
            return Shortfall(index, LedgerCode.UNIT_MISMATCH, credit, credit, debit)
        return None

    def _hold_shortfall(self, index: int, leg: Leg) -> Shortfall | None:
        """Check that a POST or VOID names an open hold and repeats it exactly."""
        number = leg.hold
        hold_next = self._hold_next + len(self.opened)
        if not 0 <= number < hold_next:
            return Shortfall(index, LedgerCode.UNKNOWN_HOLD, leg.debit, number, hold_next)
        if number >= self._hold_next:
            hold: Leg | None = self.opened[number - self._hold_next]
        else:
            hold = self._open_hold(number)
        if hold is None or number in self.closed:
            return Shortfall(index, LedgerCode.HOLD_NOT_OPEN, leg.debit, number, hold_next)
        if (hold.debit, hold.credit, hold.amount) != (leg.debit, leg.credit, leg.amount):
            return Shortfall(index, LedgerCode.HOLD_DIFFERS, leg.debit, leg.amount, hold.amount)
        return None

    def _moved(self, index: int, leg: Leg) -> Shortfall | None:
        """Check floor, range and ceiling of a leg of good form, and put it on the overlays where it passes."""
        kind, debit, credit, amount = leg.kind, leg.debit, leg.credit, leg.amount
        booked = self.booked
        floor = self._accounts[debit].booked_min
        # A POST spends what its hold reserved: booked - held does not move, so the floor is not asked again.
        if floor is not None and kind <= HOLD:
            available = booked[debit] - self.held[debit] - floor
            if available < amount:
                code = LedgerCode.INSUFFICIENT_FUNDS
                return Shortfall(index, code, debit, available, amount)
        if kind == HOLD and self.held[debit] + amount >= BOOKED_LIMIT:
            held = self.held[debit] + amount
            return Shortfall(index, LedgerCode.OVERFLOW, debit, held, BOOKED_LIMIT)
        if kind in (HOLD, VOID):
            self._apply(leg)
            return None
        lowered = booked[debit] - amount
        if lowered <= -BOOKED_LIMIT:
            return Shortfall(index, LedgerCode.OVERFLOW, debit, lowered, BOOKED_LIMIT)
        raised = booked[credit] + amount
        ceiling = self._accounts[credit].booked_max
        if ceiling is not None and raised > ceiling:
            return Shortfall(index, LedgerCode.LIMIT_EXCEEDED, credit, raised, ceiling)
        if raised >= BOOKED_LIMIT:
            return Shortfall(index, LedgerCode.OVERFLOW, credit, raised, BOOKED_LIMIT)
        if kind == POST:
            self._apply(leg)
        else:
            booked[debit], booked[credit] = lowered, raised
        return None

    def _range_shortfall(self, index: int, leg: Leg) -> Shortfall | None:
        """Check the range alone of a TRANSFER, HOLD or POST: no sum on the way leaves int64."""
        debit, credit, amount = leg.debit, leg.credit, leg.amount
        if leg.kind == HOLD:
            held = self.held[debit] + amount
            if held >= BOOKED_LIMIT:
                return Shortfall(index, LedgerCode.OVERFLOW, debit, held, BOOKED_LIMIT)
            return None
        lowered = self.booked[debit] - amount
        if lowered <= -BOOKED_LIMIT:
            return Shortfall(index, LedgerCode.OVERFLOW, debit, lowered, BOOKED_LIMIT)
        raised = self.booked[credit] + amount
        if raised >= BOOKED_LIMIT:
            return Shortfall(index, LedgerCode.OVERFLOW, credit, raised, BOOKED_LIMIT)
        return None

    def _apply(self, leg: Leg) -> None:
        """Put a leg that was not refused on the overlays."""
        kind, debit, amount = leg.kind, leg.debit, leg.amount
        if kind == HOLD:
            self.held[debit] += amount
            self.opened.append(leg)
            return
        if kind != TRANSFER:
            self.held[debit] -= amount
            self.closed[leg.hold] = leg
        if kind != VOID:
            self.booked[debit] -= amount
            self.booked[leg.credit] += amount
