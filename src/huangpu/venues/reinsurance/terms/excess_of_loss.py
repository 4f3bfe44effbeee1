"""Excess of loss: the part of a loss above the deductible, up to the limit; for a year less an aggregate deductible, up to an aggregate limit.

Rule: domain note B5: `R = min((X - D)+, L)` for each loss or event, then `A = min((sum R - AAD)+, AAL)` with `AAL = (1 + m) L` for m
reinstatements. Per loss, then sum, then the aggregate deductible, then the cap. Leaves out: reinstatement premium.
"""

from collections.abc import Sequence

import msgspec


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """One layer: `limit` in excess of `deductible`.

    Units: minor units. `reinstatements` is None where the year is not capped.
    """

    limit_minor: int
    deductible_minor: int
    aggregate_deductible_minor: int = 0
    reinstatements: int | None = None


def recovery(layer: Layer, loss: int) -> int:
    """Return what one loss recovers from the layer."""
    return min(max(loss - layer.deductible_minor, 0), layer.limit_minor)


def recoveries(layer: Layer, losses: Sequence[int]) -> list[int]:
    """Return what each loss of a year adds to the recovery, in order of the losses."""
    limit = None if layer.reinstatements is None else (1 + layer.reinstatements) * layer.limit_minor
    found: list[int] = []
    total = paid = 0
    for loss in losses:
        total += recovery(layer, loss)
        due = max(total - layer.aggregate_deductible_minor, 0)
        if limit is not None:
            due = min(due, limit)
        found.append(due - paid)
        paid = due
    return found
