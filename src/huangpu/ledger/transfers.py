"""The words of a movement: legs, holds, chains, and the codes a chain can be refused with.

A chain is a list of legs that stand or fall together. Small chains travel as `Leg`s; bulk travels as packed TRANSFER_RECORDs, and
`pack` and `unpack` translate between the two. The numbers behind the enums are defined in `kernel.py`, beside the compiled code.

Transfer ids are not read here: a repeated transfer is recognised where commands are, by the command id and its stored answer.
"""

import enum
from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from huangpu.ledger import kernel
from huangpu.ledger.kernel import TRANSFER_RECORD, Records

__all__ = ["TRANSFER_RECORD", "LedgerCode", "Leg", "LegKind", "Shortfall", "pack", "unpack"]


class LegKind(enum.IntEnum):
    """What a leg does: move, reserve, spend the reserve, release the reserve."""

    TRANSFER = kernel.TRANSFER
    HOLD = kernel.HOLD
    POST = kernel.POST
    VOID = kernel.VOID


class Leg(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One movement from the debit to the credit account; debit lowers booked, credit raises it.

    HOLD reserves `amount` on debit in favour of credit and gets the next hold number. POST spends the open hold `hold` in
    full and VOID releases it: both repeat its debit, credit and amount.

    Units: amount in minor units of the asset of both accounts.
    """

    kind: int
    debit: int
    credit: int
    amount: int
    hold: int = -1


class LedgerCode(enum.IntEnum):
    """Why a leg was refused. Codes are part of stored digests: never renumber."""

    OK = kernel.OK
    INSUFFICIENT_FUNDS = kernel.INSUFFICIENT_FUNDS
    LIMIT_EXCEEDED = kernel.LIMIT_EXCEEDED
    ASSET_MISMATCH = kernel.ASSET_MISMATCH
    UNIT_MISMATCH = kernel.UNIT_MISMATCH
    AMOUNT_NOT_POSITIVE = kernel.AMOUNT_NOT_POSITIVE
    UNKNOWN_ACCOUNT = kernel.UNKNOWN_ACCOUNT
    SAME_ACCOUNT = kernel.SAME_ACCOUNT
    UNKNOWN_HOLD = kernel.UNKNOWN_HOLD
    HOLD_NOT_OPEN = kernel.HOLD_NOT_OPEN
    HOLD_DIFFERS = kernel.HOLD_DIFFERS
    OVERFLOW = kernel.OVERFLOW
    CHAIN_BROKEN = kernel.CHAIN_BROKEN  # block lane: another record of the chain was refused
    CHAIN_OPEN = kernel.CHAIN_OPEN  # block lane: the block ended inside a chain
    RECORD_MALFORMED = (
        kernel.RECORD_MALFORMED
    )  # unknown kind or flag, or a spare byte that is not zero


class Shortfall(msgspec.Struct, frozen=True):
    """The first rule that a chain breaks: where, which, the value found and the limit it met.

    Units, by code: INSUFFICIENT_FUNDS: found is available, limit the amount asked. LIMIT_EXCEEDED: found is what booked would
    become, limit is booked_max. OVERFLOW: found is the sum that left the range, limit is 2^62. AMOUNT_NOT_POSITIVE: the amount, and 1.
    UNKNOWN_ACCOUNT: the number, and the count of accounts. SAME_ACCOUNT, ASSET_MISMATCH, UNIT_MISMATCH: credit and debit
    number. UNKNOWN_HOLD, HOLD_NOT_OPEN: hold number, next hold number. HOLD_DIFFERS: the leg's amount, the hold's amount.
    RECORD_MALFORMED: the kind, and the highest kind. In a simultaneous chain funds and ceilings are asked at the end: `leg` is then the last
    one that debited or credited the account, and for INSUFFICIENT_FUNDS found is what would be available (negative), limit 0.
    """

    leg: int
    code: LedgerCode
    account: int
    found: int
    limit: int


def pack(chains: Sequence[Sequence[Leg]]) -> Records:
    """Pack chains of legs into transfer records, LINKED within each chain.

    Shape: one TRANSFER_RECORD a leg, ids and references zero.
    """
    legs = [(leg, place < len(chain)) for chain in chains for place, leg in enumerate(chain, 1)]
    records = np.zeros(len(legs), dtype=TRANSFER_RECORD)
    for index, (leg, linked) in enumerate(legs):
        record = records[index]
        record["kind"] = leg.kind
        record["debit"] = leg.debit
        record["credit"] = leg.credit
        record["amount"] = leg.amount
        record["hold"] = leg.hold
        record["flags"] = kernel.LINKED if linked else 0
    return records


def unpack(records: Records, codes: npt.NDArray[np.uint8]) -> list[Leg]:
    """List the legs that a block really posted, in order: the records whose code is OK."""
    assert len(records) == len(codes)
    posted = records[codes == kernel.OK]
    names = ("kind", "debit", "credit", "amount", "hold")
    columns = [posted[name].tolist() for name in names]
    return [Leg(*fields) for fields in zip(*columns, strict=True)]
