"""What a ledger account is: one holder, one asset, one self-balancing unit.

An account is described once, when it is opened, and never changes: its balance lives in the book. Balances are
credit-positive everywhere in the ledger: what the centre or a bank owes the holder is positive, and a mirror of what
lies elsewhere (a nostro, an issue of shares) is negative. `normal` only says in which sign people read the balance.
Blocks, freezes and dormancy are decisions of the venues, not of the ledger.
"""

import enum

import msgspec

INTERUNIT = "INTERUNIT"
RESERVED_PREFIXES = ("INTERUNIT-", "OPENING-", "NOSTRO-", "ISSUED-", "GROWTH-")
"""Beginnings of account codes that only the venues' own commands give: mirrors, and the claims of the growth tier."""
PAYMENT_KINDS = frozenset(
    {
        *("FTE", "FTN", "FTU", "FTI", "FTF", "NRA", "OSA", "EFE", "EFN", "EFF", "EFU"),
        *("DOM", "OVS", "NOSTRO", INTERUNIT, "OPENING"),
    }
)
"""Kinds of accounts whose money moves by payments alone, each of which the transfer matrix has to allow, and the mirrors behind them."""
VENUE_HELD_KINDS = PAYMENT_KINDS | {"CASH", "SHARES"}
"""Kinds of accounts on which the venues place holds, for payments that wait and orders that rest: no hold there is anybody else's."""


class Side(enum.StrEnum):
    """The side on which an account, or an entry in it, stands."""

    CREDIT = "CREDIT"
    DEBIT = "DEBIT"


class Account(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The static description of one ledger account.

    Units: booked_min and booked_max in the asset's minor units, credit-positive, whatever `normal` is.
    """

    code: str  # unique in the book, for instance "FTE-OTC1/USD"
    holder: str  # institution id
    asset: str  # ISO 4217 code, a security ("688256") or a claim
    unit: (
        str  # the ring that balances on its own: a bank's separate accounting unit, a clearing unit
    )
    kind: str  # the venue's class word: FTE, FTN, NRA, OSA, DOM, NOSTRO, OPENING, CASH, SHARES, ISSUED, INTERUNIT
    normal: Side  # CREDIT: a liability to the holder; DEBIT: a mirror asset
    booked_min: int | None = 0  # lowest allowed booked - held; None is no floor
    booked_max: int | None = None  # highest allowed booked; None is no ceiling


def in_normal_sign(account: Account, booked: int) -> int:
    """Turn a credit-positive balance into the sign in which the account is read."""
    return booked if account.normal is Side.CREDIT else -booked


def interunit_code(unit: str, asset: str) -> str:
    """Name the account through which a unit settles with all other units."""
    return f"{INTERUNIT}-{unit}/{asset}"
