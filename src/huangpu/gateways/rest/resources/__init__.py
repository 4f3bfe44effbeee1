"""The resources of the API, one module a room: which path stands for which command or view function."""

from huangpu.gateways.rest.acts import Act
from huangpu.gateways.rest.reads import View
from huangpu.gateways.rest.resources import growth, journal, registry

ACTS: tuple[Act, ...] = (*registry.ACTS, *growth.ACTS)
VIEWS: tuple[View, ...] = (*registry.VIEWS, *journal.VIEWS, *growth.VIEWS)
