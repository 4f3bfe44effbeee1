"""How this venue cites: refusals under a dated row, and the policies that stand where no public rule does.

Each policy is described in `docs/rules/reinsurance.md` with its alternatives.
"""

from huangpu.core.message import Rejected
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import Row

MEMBERSHIP = "huangpu policy 40"
SEATS = "huangpu policy 41"
SETTLEMENT_ACCOUNTS = "huangpu policy 42"
SLIP_FORM = "huangpu policy 43"
MARKETS = "huangpu policy 44"
QUOTES = "huangpu policy 45"
FIRM_ORDER = "huangpu policy 46"
LINES = "huangpu policy 47"
SIGNING = "London signing provision (MRC guide, chapter 6); huangpu policy 48"
BINDING = "huangpu policy 49"
ACCOUNT = "huangpu policy 50"
SETTLEMENT = "huangpu policy 51"
DESKS = "huangpu policy 55"
TYPES = "huangpu policy 56"


def by_row(reason: Reason, detail: str, row: Row) -> Rejected:
    """Refuse under a dated row: its clause and its name go with the refusal."""
    return Rejected(reason, detail, row.cite, row.rule)
