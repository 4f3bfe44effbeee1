"""Premium statistics that do not count twice, kept as running totals of what has been bound.

Rule: domain note A6. One cession has one trade code and is counted once, from the cedent's side; premium is the signed share only;
outward and inward are directions, traded is a measure of its own that is never added to them; a retrocession of an inward contract adds
nothing to inward. Leaves out: registrations outside the exchange, endorsements, reversals, exchange rates (figures stay by currency).
"""

import datetime
from collections import Counter

from huangpu.venues.reinsurance.accounting import PremiumAccount
from huangpu.venues.reinsurance.placement.binding import Contract, Direction


class Totals:
    """Premium by currency: traded in all, by day, and by direction.

    Units: minor units.
    """

    def __init__(self) -> None:
        self.traded: Counter[str] = Counter()
        self.traded_on: dict[datetime.date, Counter[str]] = {}
        self.directed: dict[Direction, Counter[str]] = {way: Counter() for way in Direction}
        self.contracts = 0

    def count(self, contract: Contract, account: PremiumAccount) -> None:
        """Add the account of one bound contract.

        Rule: domain note A6, rules (1), (2) and (4).
        """
        currency = account.currency
        assert contract.trade_code == account.trade_code
        self.contracts += 1
        self.traded[currency] += account.premium_minor
        self.traded_on.setdefault(contract.bound_on, Counter())[currency] += account.premium_minor
        for share, part in zip(contract.shares, account.shares, strict=True):
            assert share.reinsurer == part.reinsurer
            if share.direction is Direction.INWARD and not contract.inward_counted:
                continue
            self.directed[share.direction][currency] += part.premium_minor

    def today(self, date: datetime.date) -> Counter[str]:
        """Return what was traded on a date."""
        return self.traded_on.get(date, Counter())
