"""The centre at a glance: the public figures of the three venues, as of the newest entry."""

import msgspec

from huangpu.core.calendar import date_of
from huangpu.engine.centre import Centre
from huangpu.venues.growth import views as growth
from huangpu.venues.offshore import pages as offshore_pages
from huangpu.venues.offshore import views as offshore
from huangpu.venues.reinsurance import bills as reinsurance


class CentreOverview(msgspec.Struct, frozen=True):
    """Figures of the three venues. Units: as_of_us in microseconds since the epoch."""

    name: str
    sandbox: bool
    as_of_us: int
    entries: int
    institutions: int
    offshore: offshore_pages.Overview
    reinsurance: reinsurance.Overview
    growth: growth.TierOverview


def overview(centre: Centre, at_us: int, entries: int) -> CentreOverview:
    """Add up the figures of the three venues at an instant."""
    charter = centre.registry.charter
    return CentreOverview(
        charter.name,
        charter.sandbox,
        at_us,
        entries,
        len(centre.registry.institutions),
        offshore.overview(centre.offshore, date_of(at_us)),
        reinsurance.overview(centre.reinsurance, at_us),
        growth.overview(centre.growth),
    )
