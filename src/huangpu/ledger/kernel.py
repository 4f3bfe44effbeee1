"""The compiled part of the ledger: a block of packed transfers, posted in one call.

Everything the compiled code depends on stands in this file (Numba's cache watches no other), and it is integers only: no
parallel loops, no fast math, so that every machine computes the same bytes. The kernel holds structure, not policy: floors and
ceilings are columns of the account array. Nothing here checks array bounds: `book.py` makes room before each call. The same
rules for chains of a few legs are in `book.py` in plain Python, which is faster there; a property test holds both to one twin.

Order of the checks, the first that fails is the answer: form, accounts, amount, asset, unit, hold, funds, overflow, ceiling.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

Records = npt.NDArray[np.void]
Function = TypeVar("Function", bound=Callable[..., Any])

# |booked|, held and amount stay below this, so that a sum of any two fits in int64.
BOOKED_LIMIT = 1 << 62
NO_FLOOR = -(1 << 63)
NO_CEILING = (1 << 63) - 1

TRANSFER, HOLD, POST, VOID = 0, 1, 2, 3
LINKED = 1

# Result codes are part of the journal's digests: never renumber, only add.
OK = 0
INSUFFICIENT_FUNDS = 1
LIMIT_EXCEEDED = 2
ASSET_MISMATCH = 3
UNIT_MISMATCH = 4
AMOUNT_NOT_POSITIVE = 5
UNKNOWN_ACCOUNT = 6
SAME_ACCOUNT = 7
UNKNOWN_HOLD = 8
HOLD_NOT_OPEN = 9
HOLD_DIFFERS = 10
OVERFLOW = 11
CHAIN_BROKEN = 12
CHAIN_OPEN = 13
RECORD_MALFORMED = 14

# One transfer on the wire and in the journal: 64 bytes, little-endian, packed.
TRANSFER_RECORD = np.dtype(
    [
        ("id_low", "<u8"),  # 0: the sender's id, carried and never read by the ledger
        ("id_high", "<u8"),  # 8
        ("debit", "<i4"),  # 16: account number that pays
        ("credit", "<i4"),  # 20: account number that receives
        ("amount", "<i8"),  # 24: minor units of the accounts' asset, positive
        ("hold", "<i8"),  # 32: POST and VOID: number of the hold; TRANSFER and HOLD: not read
        ("reference", "<u8"),  # 40: the sender's own word, carried and never read by the ledger
        ("kind", "u1"),  # 48: TRANSFER 0, HOLD 1, POST 2, VOID 3
        ("flags", "u1"),  # 49: bit 0 LINKED: this record and the next stand or fall together
        ("spare_16", "<u2"),  # 50: zero
        ("spare_32", "<u4"),  # 52: zero
        ("spare_64", "<u8"),  # 56: zero
    ]
)
ACCOUNT_RECORD = np.dtype(
    [
        ("booked", "<i8"),  # credit-positive
        ("held", "<i8"),  # sum of the open holds that name this account as debit
        ("floor", "<i8"),  # lowest booked - held after a debit or hold, or NO_FLOOR
        ("ceiling", "<i8"),  # highest booked after a credit, or NO_CEILING
        ("asset", "<i4"),  # number of the asset, in order of first use
        ("unit", "<i4"),  # number of the unit, in order of first use
        ("spare_1", "<i8"),  # zeros that fill one cache line
        ("spare_2", "<i8"),
        ("spare_3", "<i8"),
    ]
)
# Row n of the hold array is the hold number n + hold_base.
HOLD_RECORD = np.dtype([("amount", "<i8"), ("debit", "<i4"), ("credit", "<i4"), ("open", "<i8")])

assert np.little_endian
assert TRANSFER_RECORD.itemsize == 64
assert ACCOUNT_RECORD.itemsize == 64
assert HOLD_RECORD.itemsize == 24


def _compiled(function: Function) -> Function:
    """Compile with Numba and keep the machine code on disk, without losing the types."""
    return cast(Function, numba.njit(cache=True)(function))


@_compiled
def _form_refusal(accounts: Records, record: Any) -> int:
    """Check what a record says of itself and of the two accounts it names."""
    spare = record["spare_16"] | record["spare_32"] | record["spare_64"]
    if record["kind"] > VOID or record["flags"] > LINKED or spare != 0:
        return RECORD_MALFORMED
    debit = record["debit"]
    credit = record["credit"]
    account_count = len(accounts)
    if debit < 0 or debit >= account_count or credit < 0 or credit >= account_count:
        return UNKNOWN_ACCOUNT
    if debit == credit:
        return SAME_ACCOUNT
    if record["amount"] <= 0:
        return AMOUNT_NOT_POSITIVE
    if record["amount"] >= BOOKED_LIMIT:
        return OVERFLOW
    if accounts[debit]["asset"] != accounts[credit]["asset"]:
        return ASSET_MISMATCH
    if accounts[debit]["unit"] != accounts[credit]["unit"]:
        return UNIT_MISMATCH
    return OK


@_compiled
def _hold_refusal(holds: Records, hold_base: int, hold_next: int, record: Any) -> int:
    """Check that a POST or VOID names an open hold and repeats it exactly."""
    number = record["hold"]
    if number < 0 or number >= hold_next:
        return UNKNOWN_HOLD
    if number < hold_base or holds[number - hold_base]["open"] == 0:
        return HOLD_NOT_OPEN
    hold = holds[number - hold_base]
    if hold["debit"] != record["debit"] or hold["credit"] != record["credit"]:
        return HOLD_DIFFERS
    if hold["amount"] != record["amount"]:
        return HOLD_DIFFERS
    return OK


@_compiled
def _funds_refusal(accounts: Records, record: Any) -> int:
    """Check floor, ceiling and range; every sum here is of two terms below 2^62 in size."""
    kind = record["kind"]
    amount = record["amount"]
    payer = accounts[record["debit"]]
    receiver = accounts[record["credit"]]
    if kind == VOID:
        return OK
    # A POST spends what its hold reserved: booked - held does not move, so the floor is not asked again.
    floor = payer["floor"]
    available = payer["booked"] - payer["held"]
    if kind != POST and floor != NO_FLOOR and available < floor + amount:
        return INSUFFICIENT_FUNDS
    if kind == HOLD:
        return OVERFLOW if payer["held"] + amount >= BOOKED_LIMIT else OK
    if payer["booked"] - amount <= -BOOKED_LIMIT:
        return OVERFLOW
    if receiver["booked"] + amount > receiver["ceiling"]:
        return LIMIT_EXCEEDED
    if receiver["booked"] + amount >= BOOKED_LIMIT:
        return OVERFLOW
    return OK


@_compiled
def _refusal(accounts: Records, holds: Records, hold_base: int, hold_next: int, record: Any) -> int:
    """Return the code of the first rule that the record breaks, or OK; change nothing."""
    code = _form_refusal(accounts, record)
    if code != OK:
        return code
    if record["kind"] >= POST:
        code = _hold_refusal(holds, hold_base, hold_next, record)
        if code != OK:
            return code
    return _funds_refusal(accounts, record)


@_compiled
def _apply(accounts: Records, holds: Records, hold_base: int, hold_next: int, record: Any) -> int:
    """Carry out a record that was not refused; return the next hold number."""
    kind = record["kind"]
    amount = record["amount"]
    payer = accounts[record["debit"]]
    if kind == HOLD:
        hold = holds[hold_next - hold_base]
        hold["amount"] = amount
        hold["debit"] = record["debit"]
        hold["credit"] = record["credit"]
        hold["open"] = 1
        payer["held"] += amount
        return hold_next + 1
    if kind != TRANSFER:
        holds[record["hold"] - hold_base]["open"] = 0
        payer["held"] -= amount
    if kind != VOID:
        payer["booked"] -= amount
        accounts[record["credit"]]["booked"] += amount
    return hold_next


@_compiled
def _undo(accounts: Records, holds: Records, hold_base: int, hold_next: int, record: Any) -> int:
    """Take back the record applied last; return the next hold number."""
    kind = record["kind"]
    amount = record["amount"]
    payer = accounts[record["debit"]]
    if kind == HOLD:
        holds[hold_next - 1 - hold_base]["open"] = 0
        payer["held"] -= amount
        return hold_next - 1
    if kind != TRANSFER:
        holds[record["hold"] - hold_base]["open"] = 1
        payer["held"] += amount
    if kind != VOID:
        payer["booked"] += amount
        accounts[record["credit"]]["booked"] -= amount
    return hold_next


@_compiled
def post_records(
    accounts: Records,
    holds: Records,
    hold_base: int,
    hold_next: int,
    records: Records,
    codes: npt.NDArray[np.uint8],
) -> int:
    """Post every chain of the block that passes, write one code a record, return the next hold number.

    Shape: accounts cut to the number of accounts; holds with room for every HOLD of the block; codes as long as records.
    """
    count = len(records)
    start = 0
    while start < count:
        last = start
        while last < count and records[last]["flags"] & LINKED:
            last += 1
        if last == count:
            # The last record of the block promises a successor that never came.
            codes[start:count] = CHAIN_BROKEN
            codes[count - 1] = CHAIN_OPEN
            return hold_next
        codes[start : last + 1] = OK
        for index in range(start, last + 1):
            code = _refusal(accounts, holds, hold_base, hold_next, records[index])
            if code != OK:
                for applied in range(index - 1, start - 1, -1):
                    hold_next = _undo(accounts, holds, hold_base, hold_next, records[applied])
                codes[start : last + 1] = CHAIN_BROKEN
                codes[index] = code
                break
            hold_next = _apply(accounts, holds, hold_base, hold_next, records[index])
        start = last + 1
    return hold_next
