"""The resources of the API, one module a room: which path stands for which command or view function."""

from huangpu.gateways.rest.acts import Act
from huangpu.gateways.rest.reads import View
from huangpu.gateways.rest.resources import (
    growth,
    journal,
    offshore,
    offshore_boundary,
    offshore_reports,
    overview,
    registry,
    reinsurance,
)

ACTS: tuple[Act, ...] = (
    *registry.ACTS,
    *offshore.ACTS,
    *offshore_boundary.ACTS,
    *offshore_reports.ACTS,
    *reinsurance.ACTS,
    *growth.ACTS,
)
VIEWS: tuple[View, ...] = (
    *overview.VIEWS,
    *registry.VIEWS,
    *journal.VIEWS,
    *offshore.VIEWS,
    *offshore_boundary.VIEWS,
    *offshore_reports.VIEWS,
    *reinsurance.VIEWS,
    *growth.VIEWS,
)
