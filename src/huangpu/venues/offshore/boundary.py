"""What the centre remembers of the border between the free trade accounts and everything else.

Upgrades with their audited figures, running balances of quotas with what pending payments have claimed, loans that may be repaid across the
second line, corrections of balance-of-payments records. Structs only, so that the state of the venue can hold them; the decisions
are in `upgraded.py` and `second_line/`.
"""

import datetime
import enum
from typing import Annotated

import msgspec

FEN_ON_THE_WIRE = msgspec.Meta(ge=-(2**63), le=2**63 - 1)
"""What a journal can write; the decision asks for more."""


class AuditedFigures(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A company's last audited year. Units: amounts in fen; `documents_sha256` in lower-case hexadecimal."""

    year: int
    registered_on: datetime.date
    in_zone: bool
    equity: Annotated[int, FEN_ON_THE_WIRE]
    revenue: Annotated[int, FEN_ON_THE_WIRE]
    turnover: Annotated[int, FEN_ON_THE_WIRE]
    documents_sha256: str


class UpgradeState(enum.StrEnum):
    """Where a company's upgrade stands."""

    APPLIED = "APPLIED"
    REFUSED = "REFUSED"
    ACTIVE = "ACTIVE"
    WITHDRAWN = "WITHDRAWN"


class UpgradeStep(msgspec.Struct, frozen=True):
    """One change of an upgrade, with the number of the record filed with the PBoC where there is one."""

    at_us: int
    state: UpgradeState
    person: str
    cause: str = ""
    record: str = ""


class Upgrade(msgspec.Struct, frozen=True, kw_only=True):
    """The upgrade of a company's FTE accounts at one bank.

    `figures` are those in force, `asked` those that wait for the bank's officer, `maker` who entered them.
    """

    company: str
    bank: str
    state: UpgradeState
    figures: AuditedFigures | None = None
    asked: AuditedFigures | None = None
    asked_bank: str = ""
    maker: str = ""
    record: str = ""
    steps: list[UpgradeStep] = []


class Running(msgspec.Struct):
    """One running balance: what has settled, and what pending payments claim in each direction.

    Units: fen; `net` is positive where money went into the domestic economy (from a free trade account to an ordinary one).
    """

    net: int = 0
    claimed_in: int = 0
    claimed_out: int = 0


class Claim(msgspec.Struct, frozen=True):
    """What one payment takes of one running balance. Units: fen, positive into the domestic economy."""

    key: str
    amount: int


class Loan(msgspec.Struct, frozen=True, kw_only=True):
    """A company's own RMB loan at a bank, which may be repaid across the second line. Units: principal in fen."""

    id: str
    company: str
    bank: str
    account: str
    drawn_on: datetime.date
    principal: int
    ended: bool = False


class BopCorrection(msgspec.Struct, frozen=True):
    """A correction of a payment's balance-of-payments code; in force once a second person approved it."""

    code: str
    cause: str
    maker: str
    at_us: int
    checker: str = ""
    approved_us: int = 0


class BoundaryBooks(msgspec.Struct):
    """Everything of the border that a snapshot holds."""

    upgrades: dict[str, Upgrade] = {}
    running: dict[str, Running] = {}
    claims: dict[str, list[Claim]] = {}
    loans: dict[str, Loan] = {}
    loans_by_account: dict[str, list[str]] = {}
    corrections: dict[str, list[BopCorrection]] = {}
