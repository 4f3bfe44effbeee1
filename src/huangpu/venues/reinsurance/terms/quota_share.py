"""Quota share: a fixed percentage of every risk, with a largest cession a risk and a limit an event.

Rule: domain note B5: ceded premium c P, ceded loss c X; with a largest cession M a risk `c_i = min(c SI_i, M) / SI_i`; with an event limit E
`min(sum of c_i X_i, E)`. A share that M cuts is kept as the exact fraction ceded / sum insured; each amount is rounded once.
"""

from collections.abc import Sequence

import msgspec

from huangpu.core.values import WHOLE, Rounding, divided, scaled


class QuotaShare(msgspec.Struct, frozen=True, kw_only=True):
    """Terms of a quota share.

    Units: shares and rates in micro-percent; limits in minor units, 0 for none.
    """

    cession_micro_percent: int
    commission_micro_percent: int = 0
    brokerage_micro_percent: int = 0
    max_cession_minor: int = 0
    event_limit_minor: int = 0


class Fraction(msgspec.Struct, frozen=True):
    """An exact share: `numerator / denominator` of one risk."""

    numerator: int
    denominator: int

    def of(self, amount: int) -> int:
        """Return this share of an amount, half-even."""
        return scaled(amount, self.numerator, self.denominator, Rounding.HALF_EVEN)


def ceded_share(terms: QuotaShare, sum_insured: int) -> Fraction:
    """Return the share of one risk that is ceded, after the largest cession a risk."""
    assert sum_insured > 0
    whole = Fraction(terms.cession_micro_percent, WHOLE)
    if terms.max_cession_minor == 0:
        return whole
    if terms.cession_micro_percent * sum_insured <= terms.max_cession_minor * WHOLE:
        return whole
    return Fraction(terms.max_cession_minor, sum_insured)


def ceded_premium(terms: QuotaShare, premium: int, placed: int) -> int:
    """Return the placed part of the ceded premium of a book, rounded once.

    Units: premium in minor units at 100 %; placed in micro-percent of the cession.
    """
    return divided(
        premium * terms.cession_micro_percent * placed, WHOLE * WHOLE, Rounding.HALF_EVEN
    )


def ceded_event_loss(terms: QuotaShare, losses: Sequence[tuple[int, int]]) -> int:
    """Return what one event recovers, from (sum insured, loss) of each risk hit, after the event limit."""
    ceded = sum(ceded_share(terms, sum_insured).of(loss) for sum_insured, loss in losses)
    if terms.event_limit_minor:
        return min(ceded, terms.event_limit_minor)
    return ceded
