"""The status machine of a payment: which status may follow which, as a table.

Rule: domain note C3. `RCVD → ACTC → ACCP → ACFC → ACSP → ACSC → ACCC` is the way of a payment that settles in the entry of its receipt;
`PDNG` is waiting for a screening officer, a release, a cut-off or money. Every move is one-way, and no status after ACSC leads to RJCT or CANC.
"""

from huangpu.venues.offshore.orders import Payment, Pending, Wait

MOVES: dict[str, tuple[str, ...]] = {
    "RCVD": ("ACTC", "RJCT"),
    "ACTC": ("ACCP", "PATC", "RJCT"),
    "PATC": ("ACCP", "RJCT", "CANC"),
    "ACCP": ("ACFC", "PDNG", "RJCT"),
    "ACFC": ("ACSP", "PDNG", "RJCT"),
    "PDNG": ("PDNG", "ACFC", "ACSP", "RJCT", "CANC"),
    "ACSP": ("ACSC",),
    "ACSC": ("ACCC",),
    "ACCC": (),
    "RJCT": (),
    "CANC": (),
}
"""From each status, the statuses that may come next; an empty tuple is an end."""

ACCEPTED = ("RCVD", "ACTC", "ACCP")
SETTLING = ("ACFC", "ACSP", "ACSC")

WAIT_CITES = {
    Wait.SCREENING: "D1, screening bands",
    Wait.RELEASE: "R-18, a second officer releases",
    Wait.WAREHOUSE: "C6, cut-offs and value dates",
    Wait.COVER: "C1, pacs.009 COV",
    Wait.QUEUE: "C8, liquidity queue",
}
"""Why a payment waits, by what it waits for."""


def statuses_of(record: Payment | Pending) -> list[str]:
    """List the statuses that a payment has passed, in order."""
    passed = [*ACCEPTED, *(step.status for step in record.steps)]
    if isinstance(record, Pending):
        return passed
    if record.status in ("RJCT", "CANC"):
        return [*passed, record.status]
    passed += SETTLING
    if record.status == "ACCC":
        passed.append("ACCC")
    return passed


def status_of(record: Payment | Pending) -> str:
    """Return the status that a payment has now."""
    return "PDNG" if isinstance(record, Pending) else record.status
