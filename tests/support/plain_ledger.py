"""The ledger once more, in dicts and whole copies: slow, obvious, and the judge of the fast one."""

import copy
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from huangpu.ledger import Account, LedgerCode, Leg, LegKind

TOP = 2**62


class Hold(NamedTuple):
    """What an open hold reserves."""

    debit: int
    credit: int
    amount: int


class PlainLedger:
    """Accounts in a list; booked and open holds in dicts; held is added up each time."""

    def __init__(self) -> None:
        self.accounts: list[Account] = []
        self.booked: dict[int, int] = {}
        self.open_holds: dict[int, Hold] = {}
        self.next_hold = 0

    def open_account(self, account: Account) -> int:
        """Open an account; its number is the count of those before it."""
        self.accounts.append(account)
        self.booked[len(self.accounts) - 1] = 0
        return len(self.accounts) - 1

    def held(self, number: int) -> int:
        """Add up the open holds on an account."""
        return sum(hold.amount for hold in self.open_holds.values() if hold.debit == number)

    def post(self, legs: Sequence[Leg]) -> tuple[int, LedgerCode] | None:
        """Apply the chain on a copy and keep the copy if all went well; else say which leg failed and why."""
        before = copy.deepcopy((self.booked, self.open_holds, self.next_hold))
        for place, leg in enumerate(legs):
            code = self.refusal(leg)
            if code is not LedgerCode.OK:
                self.booked, self.open_holds, self.next_hold = before
                return place, code
            self.apply(leg)
        return None

    def post_simultaneous(self, legs: Sequence[Leg]) -> tuple[int, LedgerCode] | None:
        """Apply all legs on a copy with no floor and no ceiling in force, then ask what each account was left with."""
        before = copy.deepcopy((self.booked, self.open_holds, self.next_hold))
        described = self.accounts
        self.accounts = [
            msgspec.structs.replace(account, booked_min=None, booked_max=None)
            for account in described
        ]
        failed = self.post(legs)
        self.accounts = described
        if failed is not None:
            return failed
        failed = self.refusal_at_the_end(legs)
        if failed is not None:
            self.booked, self.open_holds, self.next_hold = before
        return failed

    def refusal_at_the_end(self, legs: Sequence[Leg]) -> tuple[int, LedgerCode] | None:
        """Name the first account that the chain leaves below its floor, else above its ceiling."""
        moving = {LegKind.TRANSFER: (True, True), LegKind.HOLD: (True, False)}
        moving |= {LegKind.POST: (False, True), LegKind.VOID: (False, False)}
        paid = [(i, leg.debit) for i, leg in enumerate(legs) if moving[LegKind(leg.kind)][0]]
        received = [(i, leg.credit) for i, leg in enumerate(legs) if moving[LegKind(leg.kind)][1]]
        for number in dict.fromkeys(number for _, number in paid):
            floor = self.accounts[number].booked_min
            if floor is not None and self.booked[number] - self.held(number) < floor:
                return max(i for i, n in paid if n == number), LedgerCode.INSUFFICIENT_FUNDS
        for number in dict.fromkeys(number for _, number in received):
            ceiling = self.accounts[number].booked_max
            if ceiling is not None and self.booked[number] > ceiling:
                return max(i for i, n in received if n == number), LedgerCode.LIMIT_EXCEEDED
        return None

    def refusal(self, leg: Leg) -> LedgerCode:
        """Name the first rule the leg breaks."""
        known = range(len(self.accounts))
        if leg.kind not in list(LegKind):
            return LedgerCode.RECORD_MALFORMED
        if leg.debit not in known or leg.credit not in known:
            return LedgerCode.UNKNOWN_ACCOUNT
        if leg.debit == leg.credit:
            return LedgerCode.SAME_ACCOUNT
        if leg.amount < 1:
            return LedgerCode.AMOUNT_NOT_POSITIVE
        if leg.amount >= TOP:
            return LedgerCode.OVERFLOW
        if self.accounts[leg.debit].asset != self.accounts[leg.credit].asset:
            return LedgerCode.ASSET_MISMATCH
        if self.accounts[leg.debit].unit != self.accounts[leg.credit].unit:
            return LedgerCode.UNIT_MISMATCH
        if leg.kind in (LegKind.POST, LegKind.VOID):
            if leg.hold not in range(self.next_hold):
                return LedgerCode.UNKNOWN_HOLD
            if leg.hold not in self.open_holds:
                return LedgerCode.HOLD_NOT_OPEN
            if self.open_holds[leg.hold] != Hold(leg.debit, leg.credit, leg.amount):
                return LedgerCode.HOLD_DIFFERS
        return self.funds_refusal(leg)

    def funds_refusal(self, leg: Leg) -> LedgerCode:
        """Name the first balance rule the leg breaks."""
        floor = self.accounts[leg.debit].booked_min
        ceiling = self.accounts[leg.credit].booked_max
        left = self.booked[leg.debit] - self.held(leg.debit) - leg.amount
        if leg.kind in (LegKind.TRANSFER, LegKind.HOLD) and floor is not None and left < floor:
            return LedgerCode.INSUFFICIENT_FUNDS
        if leg.kind == LegKind.HOLD and self.held(leg.debit) + leg.amount >= TOP:
            return LedgerCode.OVERFLOW
        if leg.kind in (LegKind.TRANSFER, LegKind.POST):
            if self.booked[leg.debit] - leg.amount <= -TOP:
                return LedgerCode.OVERFLOW
            if ceiling is not None and self.booked[leg.credit] + leg.amount > ceiling:
                return LedgerCode.LIMIT_EXCEEDED
            if self.booked[leg.credit] + leg.amount >= TOP:
                return LedgerCode.OVERFLOW
        return LedgerCode.OK

    def apply(self, leg: Leg) -> None:
        """Do what the leg says."""
        if leg.kind == LegKind.HOLD:
            self.open_holds[self.next_hold] = Hold(leg.debit, leg.credit, leg.amount)
            self.next_hold += 1
        if leg.kind in (LegKind.POST, LegKind.VOID):
            del self.open_holds[leg.hold]
        if leg.kind in (LegKind.TRANSFER, LegKind.POST):
            self.booked[leg.debit] -= leg.amount
            self.booked[leg.credit] += leg.amount
