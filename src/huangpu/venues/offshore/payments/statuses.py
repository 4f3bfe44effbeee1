"""The status machine of a payment: which status may follow which, as a table.

Rule: domain note C3. `RCVD → ACTC → ACCP → ACFC → ACSP → ACSC → ACCC` is the way of a payment that settles in the entry of its receipt;
`PDNG` is waiting for a screening officer, a release, a cut-off or money. Every move is one-way, and no status after ACSC leads to RJCT or CANC.
"""

from huangpu.venues.offshore.orders import SETTLED, LifeStep, Payment, Pending, Wait

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


def life_of(record: Payment | Pending) -> list[LifeStep]:
    """List what has happened to a payment, in order: received and accepted, then each wait, then its end.

    Reading: only waits are recorded, with their entry and who acted; what precedes and follows them has the instant of receipt or of the end.
    """
    received_us = record.at_us
    if isinstance(record, Payment) and record.steps:
        received_us = record.received_us
    passed = [LifeStep(received_us, 0, status) for status in ACCEPTED]
    ends = [LifeStep(record.at_us, 0, status) for status in _ending(record)]
    return [*passed, *record.steps, *ends]


def statuses_of(record: Payment | Pending) -> list[str]:
    """List the statuses that a payment has passed, in order."""
    return [step.status for step in life_of(record)]


def _ending(record: Payment | Pending) -> tuple[str, ...]:
    """List the statuses that a payment passes after its last wait; none while it waits."""
    if isinstance(record, Pending):
        return ()
    if record.status not in SETTLED:
        return (record.status,)
    return (*SETTLING, "ACCC") if record.status == "ACCC" else SETTLING


def status_of(record: Payment | Pending) -> str:
    """Return the status that a payment has now."""
    return "PDNG" if isinstance(record, Pending) else record.status
