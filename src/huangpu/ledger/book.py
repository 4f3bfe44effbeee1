"""The book: all accounts, balances and holds of the centre, and the only code that changes them.

`check` answers whether a chain of legs would pass and touches nothing; `post` applies a chain that was checked. A chain is tried
on overlays and adopted as a whole, so no refusal can leave half a chain behind. `post_block` is the other lane: packed records, run by
the kernel in one call. Both keep the same rules in the same order, and both write the same arrays.

Left out on purpose: who may move what, dates, freezes, ids of transfers (a repeated command is recognised by its command id).
Balances are credit-positive minor units in int64, below 2^62 in size. No clock, float, file or randomness.
"""

import hashlib
from collections.abc import Sequence
from typing import Self

import msgspec
import numpy as np
import numpy.typing as npt

from huangpu.ledger.accounts import Account, in_normal_sign, interunit_code
from huangpu.ledger.history import History
from huangpu.ledger.kernel import (
    ACCOUNT_RECORD,
    BOOKED_LIMIT,
    HOLD_RECORD,
    NO_CEILING,
    NO_FLOOR,
    TRANSFER_RECORD,
    Records,
    post_records,
)
from huangpu.ledger.transfers import Leg, LegKind, Shortfall
from huangpu.ledger.trial import Trial

CAPACITY_MIN = 16
DUMP_FORMAT = 1
OPEN_HOLD_RECORD = np.dtype(
    [("number", "<i8"), ("amount", "<i8"), ("debit", "<i4"), ("credit", "<i4")]
)


class _Dump(msgspec.Struct, frozen=True):
    """What `dump` writes: descriptions as they are, numbers as little-endian arrays."""

    format: int
    accounts: list[Account]
    booked: bytes
    held: bytes
    hold_next: int
    open_holds: bytes
    history: bytes


class Book:
    """Accounts numbered from 0 in order of opening, holds numbered from 0 in order of making.

    Closed holds keep their number but lose their row when room is needed: row n stands for hold `_hold_base` + n.
    """

    def __init__(self) -> None:
        self.history = History()
        self._described: list[Account] = []
        self._number_of: dict[str, int] = {}
        self._asset_of: dict[str, int] = {}
        self._unit_of: dict[str, int] = {}
        self._descriptions_hash = hashlib.sha256()
        self._hold_base = 0
        self._hold_next = 0
        self._passed: tuple[tuple[Leg, ...], bool, Trial] | None = None
        self._take_accounts(np.zeros(CAPACITY_MIN, dtype=ACCOUNT_RECORD))
        self._holds: Records = np.zeros(CAPACITY_MIN, dtype=HOLD_RECORD)

    # Accounts and balances.

    def open_account(self, account: Account) -> int:
        """Open an account with nothing in it and return its number."""
        assert account.code not in self._number_of, account.code
        floor = NO_FLOOR if account.booked_min is None else account.booked_min
        ceiling = NO_CEILING if account.booked_max is None else account.booked_max
        assert account.booked_min is None or abs(floor) < BOOKED_LIMIT, account
        assert account.booked_max is None or 0 <= ceiling < BOOKED_LIMIT, account
        number = len(self._described)
        if number == len(self._accounts):
            self._take_accounts(self._accounts_doubled())
        asset = self._asset_of.setdefault(account.asset, len(self._asset_of))
        unit = self._unit_of.setdefault(account.unit, len(self._unit_of))
        # One assignment of a whole row is four times faster than field by field.
        self._accounts[number] = (0, 0, floor, ceiling, asset, unit, 0, 0, 0)
        self._described.append(account)
        self._number_of[account.code] = number
        self._descriptions_hash.update(msgspec.msgpack.encode(account))
        return number

    def account_count(self) -> int:
        """Count the accounts; their numbers are 0 to this, exclusive."""
        return len(self._described)

    def number(self, code: str) -> int | None:
        """Look an account's number up by its code."""
        return self._number_of.get(code)

    def account(self, number: int) -> Account:
        """Return the description of an account."""
        return self._described[self._known(number)]

    def booked(self, number: int) -> int:
        """Return the booked balance, credit-positive."""
        return self._booked[self._known(number)]

    def held(self, number: int) -> int:
        """Return the sum of the open holds on an account."""
        return self._held[self._known(number)]

    def available(self, number: int) -> int:
        """Return what could be debited now: booked - held - floor.

        Reading: an account without a floor is measured from zero, although nothing stops a larger debit.
        """
        floor = self._described[self._known(number)].booked_min
        return self._booked[number] - self._held[number] - (floor or 0)

    def balance(self, number: int) -> int:
        """Return the booked balance in the account's normal sign: a mirror asset shows positive."""
        return in_normal_sign(self._described[self._known(number)], self._booked[number])

    def next_hold(self) -> int:
        """Return the number that the next HOLD will get."""
        return self._hold_next

    def open_hold(self, number: int) -> Leg | None:
        """Return the HOLD leg behind an open hold, or None when it is closed or never was."""
        row = number - self._hold_base
        if row < 0 or number >= self._hold_next:
            return None
        amount, debit, credit, is_open = self._holds[row].item()
        return Leg(LegKind.HOLD, debit, credit, amount, number) if is_open else None

    # The lane of chains.

    def check(self, legs: Sequence[Leg], *, simultaneous: bool = False) -> Shortfall | None:
        """Say what a chain would fail on, or None if all its legs would pass; change nothing.

        Reading: in order, each leg seeing those before it; or as one step, funds and ceilings asked at the end (decision 13).
        """
        trial = self._trial()
        shortfall = trial.run_simultaneous(legs) if simultaneous else trial.run(legs)
        self._passed = None if shortfall is not None else (tuple(legs), simultaneous, trial)
        return shortfall

    def post(self, legs: Sequence[Leg], *, simultaneous: bool = False) -> None:
        """Apply a chain that `check` passed in the same mode; the trial of the chain checked last is adopted, any other is run again."""
        passed, self._passed = self._passed, None
        if passed is not None and passed[0] == tuple(legs) and passed[1] is simultaneous:
            trial = passed[2]
        else:
            trial = self._trial()
            shortfall = trial.run_simultaneous(legs) if simultaneous else trial.run(legs)
            assert shortfall is None, shortfall
        self._make_hold_room(len(trial.opened))
        for hold in trial.opened:
            row = (hold.amount, hold.debit, hold.credit, 1)
            self._holds[self._hold_next - self._hold_base] = row
            self._hold_next += 1
        for number in trial.closed:
            self._holds["open"][number - self._hold_base] = 0
        for number, amount in trial.booked.items():
            self._booked[number] = amount
        for number, amount in trial.held.items():
            self._held[number] = amount

    def route(self, debit: int, credit: int, amount: int) -> list[Leg]:
        """Build the legs of a payment: one within a unit, else two through the units' mirrors.

        The payer's unit owes the amount to its INTERUNIT account, the receiver's unit is owed it by its own: each unit balances
        by itself. Two assets are never routed: the single leg that results is refused by `check`.
        """
        payer = self.account(debit)
        receiver = self.account(credit)
        if payer.unit == receiver.unit or payer.asset != receiver.asset:
            return [Leg(LegKind.TRANSFER, debit, credit, amount)]
        out_of = self._number_of.get(interunit_code(payer.unit, payer.asset))
        into = self._number_of.get(interunit_code(receiver.unit, receiver.asset))
        assert out_of is not None, interunit_code(payer.unit, payer.asset)
        assert into is not None, interunit_code(receiver.unit, receiver.asset)
        return [
            Leg(LegKind.TRANSFER, debit, out_of, amount),
            Leg(LegKind.TRANSFER, into, credit, amount),
        ]

    # The lane of blocks.

    def post_block(self, records: Records) -> npt.NDArray[np.uint8]:
        """Post every chain of a block that passes and skip the rest; return one LedgerCode a record.

        Records with the LINKED flag form a chain with their successor. Transfer ids are carried, not read: a block is repeated or
        not by its command id. The first call of a process loads the compiled kernel: an empty block warms it up.

        Shape: records one-dimensional, TRANSFER_RECORD; the answer is as long.
        """
        assert records.dtype == TRANSFER_RECORD, records.dtype
        assert records.ndim == 1, records.shape
        # The copy makes bytes from the wire writable and contiguous: one compiled form, and no change under our feet.
        block = np.array(records, dtype=TRANSFER_RECORD, order="C")
        self._passed = None
        self._make_hold_room(int(np.count_nonzero(block["kind"] == LegKind.HOLD)))
        codes = np.zeros(len(block), dtype=np.uint8)
        accounts = self._accounts[: len(self._described)]
        self._hold_next = int(
            post_records(accounts, self._holds, self._hold_base, self._hold_next, block, codes)
        )
        return codes

    # The whole state.

    def totals(self) -> dict[tuple[str, str], int]:
        """Sum booked per (unit, asset): every sum is zero, always."""
        count = len(self._described)
        rings: dict[tuple[str, str], list[int]] = {}
        for account, booked in zip(self._described, self._booked[:count], strict=True):
            rings.setdefault((account.unit, account.asset), []).append(booked)
        return {ring: sum(amounts) for ring, amounts in rings.items()}

    def digest(self) -> bytes:
        """Return the SHA-256 of the state: descriptions, balances, open holds, next hold number."""
        state = self._descriptions_hash.copy()
        for part in (self._column("booked"), self._column("held"), self._open_holds().tobytes()):
            state.update(len(part).to_bytes(8, "little"))
            state.update(part)
        state.update(self._hold_next.to_bytes(8, "little"))
        return state.digest()

    def dump(self) -> bytes:
        """Write the state as msgpack; `load` gives a book of equal digest and equal behaviour."""
        dump = _Dump(
            format=DUMP_FORMAT,
            accounts=self._described,
            booked=self._column("booked"),
            held=self._column("held"),
            hold_next=self._hold_next,
            open_holds=self._open_holds().tobytes(),
            history=self.history.dump(),
        )
        return msgspec.msgpack.encode(dump)

    @classmethod
    def load(cls, body: bytes) -> Self:
        """Rebuild a book from a dump; assert that it is whole and balanced."""
        dump = msgspec.msgpack.decode(body, type=_Dump)
        assert dump.format == DUMP_FORMAT, dump.format
        book = cls()
        for account in dump.accounts:
            book.open_account(account)
        count = len(dump.accounts)
        book._accounts["booked"][:count] = np.frombuffer(dump.booked, dtype="<i8")
        book._accounts["held"][:count] = np.frombuffer(dump.held, dtype="<i8")
        open_holds = np.frombuffer(dump.open_holds, dtype=OPEN_HOLD_RECORD)
        book._hold_next = dump.hold_next
        book._hold_base = int(open_holds["number"][0]) if len(open_holds) else dump.hold_next
        book._holds = np.zeros(_capacity(dump.hold_next - book._hold_base), dtype=HOLD_RECORD)
        rows = open_holds["number"] - book._hold_base
        for name in ("amount", "debit", "credit"):
            book._holds[name][rows] = open_holds[name]
        book._holds["open"][rows] = 1
        book.history.restore(dump.history)
        assert not any(book.totals().values()), book.totals()
        assert sum(open_holds["amount"].tolist()) == sum(book._accounts["held"].tolist())
        return book

    # Private parts.

    def _known(self, number: int) -> int:
        """Pass an account's number on, stopping those that a list would read from its end."""
        assert 0 <= number < len(self._described), number
        return number

    def _trial(self) -> Trial:
        """Start a trial on the present balances."""
        return Trial(
            self._described,
            (self._booked, self._held),
            open_hold=self.open_hold,
            hold_next=self._hold_next,
        )

    def _take_accounts(self, accounts: Records) -> None:
        """Adopt an account array; Python reads its columns through memory views, 3 times faster than NumPy scalars."""
        self._accounts = accounts
        self._passed = None
        self._booked = accounts["booked"].data
        self._held = accounts["held"].data

    def _accounts_doubled(self) -> Records:
        """Copy the account array into one of twice the room."""
        accounts = np.zeros(2 * len(self._accounts), dtype=ACCOUNT_RECORD)
        accounts[: len(self._accounts)] = self._accounts
        return accounts

    def _column(self, name: str) -> bytes:
        """Copy one column of the account array, cut to the accounts that exist."""
        return self._accounts[name][: len(self._described)].tobytes()

    def _open_holds(self) -> Records:
        """List the open holds by number."""
        rows = np.flatnonzero(self._holds["open"][: self._hold_next - self._hold_base])
        found = np.zeros(len(rows), dtype=OPEN_HOLD_RECORD)
        found["number"] = rows + self._hold_base
        for name in ("amount", "debit", "credit"):
            found[name] = self._holds[name][rows]
        return found

    def _make_hold_room(self, wanted: int) -> None:
        """Give the hold array `wanted` free rows: drop the closed ones at its start, then double."""
        used = self._hold_next - self._hold_base
        if used + wanted <= len(self._holds):
            return
        still_open = np.flatnonzero(self._holds["open"][:used])
        dropped = int(still_open[0]) if len(still_open) else used
        kept = self._holds[dropped:used]
        holds = np.zeros(_capacity(2 * (len(kept) + wanted)), dtype=HOLD_RECORD)
        holds[: len(kept)] = kept
        self._holds = holds
        self._hold_base += dropped


def _capacity(wanted: int) -> int:
    """Round up to a power of two, at least CAPACITY_MIN."""
    return max(CAPACITY_MIN, 1 << max(wanted - 1, 0).bit_length())
