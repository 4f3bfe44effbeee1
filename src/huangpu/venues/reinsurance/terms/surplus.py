"""Surplus (溢额): what of each sum insured lies above the retained line, up to a number of lines.

Rule: domain note B5: `ceded = min((SI - r)+, K)`; premium and every loss follow `ceded / SI`. Two conventions are in print for an n-line surplus:
K is n lines (ceded basis), or n lines hold the retention too, so K is n - 1 (gross basis). The contract says which.
"""

import enum

import msgspec

from huangpu.core.values import Rounding, divided, scaled


class LinesBasis(enum.StrEnum):
    """Whether the lines count what is ceded, or the whole capacity with the retention."""

    CEDED = "CEDED"
    GROSS = "GROSS"


class Surplus(msgspec.Struct, frozen=True, kw_only=True):
    """Terms of a surplus for one retained line.

    Units: retained_line_minor in minor units.
    """

    retained_line_minor: int
    lines: int
    lines_basis: LinesBasis

    @property
    def capacity_minor(self) -> int:
        """Return the most that is ceded of one risk."""
        lines = self.lines if self.lines_basis is LinesBasis.CEDED else self.lines - 1
        return lines * self.retained_line_minor


class SurplusCession(msgspec.Struct, frozen=True, kw_only=True):
    """How one risk is split: retained line, ceded, and above capacity (facultative or kept)."""

    sum_insured_minor: int
    retained_minor: int
    ceded_minor: int
    uncovered_minor: int

    def of(self, amount: int) -> int:
        """Return the ceded part of a premium or a loss, half-even."""
        return scaled(amount, self.ceded_minor, self.sum_insured_minor, Rounding.HALF_EVEN)


def cede(terms: Surplus, sum_insured: int) -> SurplusCession:
    """Split one risk over retention, surplus and what lies above."""
    assert sum_insured > 0
    above = max(sum_insured - terms.retained_line_minor, 0)
    ceded = min(above, terms.capacity_minor)
    return SurplusCession(
        sum_insured_minor=sum_insured,
        retained_minor=sum_insured - above,
        ceded_minor=ceded,
        uncovered_minor=above - ceded,
    )


def least_retention(sum_insured: int, lines: int) -> int:
    """Return the smallest retained line that leaves nothing above an n-line surplus (ceded basis)."""
    return divided(sum_insured, lines + 1, Rounding.UP)
