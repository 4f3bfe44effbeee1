"""The resources of the API, one module a room: which path stands for which command or view function."""

from huangpu.gateways.rest.acts import Act
from huangpu.gateways.rest.reads import View
from huangpu.gateways.rest.resources import (
    growth,
    journal,
    offshore,
    offshore_boundary,
    offshore_fx,
    offshore_liquidity,
    offshore_monitoring,
    offshore_recalls,
    offshore_reports,
    offshore_screening,
    overview,
    registry,
    reinsurance,
)

ACTS: tuple[Act, ...] = (
    *registry.ACTS,
    *offshore.ACTS,
    *offshore_boundary.ACTS,
    *offshore_recalls.ACTS,
    *offshore_liquidity.ACTS,
    *offshore_screening.ACTS,
    *offshore_fx.ACTS,
    *offshore_monitoring.ACTS,
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
    *offshore_recalls.VIEWS,
    *offshore_liquidity.VIEWS,
    *offshore_screening.VIEWS,
    *offshore_fx.VIEWS,
    *offshore_monitoring.VIEWS,
    *offshore_reports.VIEWS,
    *reinsurance.VIEWS,
    *growth.VIEWS,
)
