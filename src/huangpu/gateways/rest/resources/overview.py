"""The centre at a glance: the public figures of the three venues, as of the newest entry."""

from huangpu.engine.overview import CentreOverview, overview
from huangpu.gateways.rest.reads import Asked, View


def _overview(asked: Asked) -> CentreOverview:
    engine = asked.gate.engine
    return overview(asked.centre, engine.last_at_us, engine.next_seq - 1)


VIEWS: tuple[View, ...] = (
    View("/v1/overview", _overview, CentreOverview, "Show the figures of the three venues"),
)
