"""REST `/v1`: JSON over HTTP in, commands to the engine, views and answers out. Translation only."""

from huangpu.gateways.rest.actor import requester, scope_of
from huangpu.gateways.rest.server import EXCEPTION_HANDLERS, build_routes, edge

__all__ = ["EXCEPTION_HANDLERS", "build_routes", "edge", "requester", "scope_of"]
