"""Cession limits: how much of one risk goes to one reinsurer, and to affiliates of the cedent.

The limits, the methods and classes they cover, and whether they warn or block are dated rows. Leaves out: ratings, solvency
and sanctions, which need data the centre does not hold.
"""

import datetime

from huangpu.core.message import Rejected
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import WHOLE, Rounding, percent_text, scaled
from huangpu.registry import Registry
from huangpu.venues.reinsurance.placement.slip import SignedLine, Slip, Warned


def passed_limits(
    registry: Registry,
    rules: RuleBook,
    slip: Slip,
    signed: list[SignedLine],
    date: datetime.date,
) -> list[Warned]:
    """List the cession limits that the signed lines pass.

    Rule: measures on reinsurance business 2005, art. 12; huangpu policy 52.
    Reading: what one reinsurer carries of the risk is cession x signed share of the whole; affiliates are the cedent's group.
    """
    methods = rules["reinsurance.cession_limit.methods"].at(date)
    exempt = rules["reinsurance.cession_limit.exempt_classes"].at(date)
    if slip.offer.method not in methods.texts or slip.offer.class_of_business in exempt.texts:
        return []
    cession = slip.offer.cession_micro_percent
    carried = {
        line.reinsurer: scaled(cession, line.signed_of_whole, WHOLE, Rounding.HALF_EVEN)
        for line in signed
    }
    one = rules["reinsurance.cession_limit.one_reinsurer"].at(date)
    found = [
        Warned(rule=one.rule, detail=_detail(name, share, one.integer), cite=one.cite)
        for name, share in carried.items()
        if share > one.integer
    ]
    group = registry.institutions[slip.offer.cedent].group
    affiliates = rules["reinsurance.cession_limit.affiliates"].at(date)
    inside = [name for name in carried if group and registry.institutions[name].group == group]
    total = sum(carried[name] for name in inside)
    if total > affiliates.integer:
        detail = _detail(f"{', '.join(inside)} (group {group})", total, affiliates.integer)
        found.append(Warned(rule=affiliates.rule, detail=detail, cite=affiliates.cite))
    return found


def _detail(who: str, share: int, limit: int) -> str:
    return f"{who}: {percent_text(share)} of the risk, at most {percent_text(limit)}"


def limit_refusal(rules: RuleBook, found: list[Warned], date: datetime.date) -> Rejected | None:
    """Refuse under the first limit passed, where the switch says block.

    Rejects: CESSION_LIMIT_EXCEEDED.
    """
    if not found or rules["reinsurance.cession_limit.action"].at(date).text != "block":
        return None
    first = found[0]
    return Rejected(Reason.CESSION_LIMIT_EXCEEDED, first.detail, first.cite, first.rule)
