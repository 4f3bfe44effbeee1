"""Composition root: builds rule book, journal, engine and gateways by hand.

`opening` makes an engine from a data folder; `web` puts REST, the stream and the console on its gate.
"""

from huangpu.app.opening import (
    SNAPSHOTS,
    Progress,
    load_rules,
    open_centre,
    open_engine,
    write_snapshot,
)

__all__ = ["SNAPSHOTS", "Progress", "load_rules", "open_centre", "open_engine", "write_snapshot"]
