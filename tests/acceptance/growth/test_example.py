"""The example scenario tells the story it is written for."""

import datetime

import msgspec
from tests.support.centre import send
from tests.support.shared import ROOT

from huangpu.app import load_rules
from huangpu.core.message import Rejected
from huangpu.engine.centre import COMMANDS
from huangpu.engine.writer import Engine, embedded
from huangpu.journal.entry import Entry
from huangpu.journal.memory import MemoryStore
from huangpu.venues.growth import views

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
MICROSECOND = datetime.timedelta(microseconds=1)


def played() -> tuple[Engine, list[str]]:
    """Play the file through an embedded centre; return the refusals in order."""
    engine = embedded(load_rules(), MemoryStore())
    refusals: list[str] = []
    kinds = {kind.__name__: kind for kind in COMMANDS}
    for line in (ROOT / "examples/growth.jsonl").read_text().splitlines():
        step = msgspec.json.decode(line)
        command = msgspec.convert(step["do"], kinds[step["do"]["type"]])
        at_us = (datetime.datetime.fromisoformat(step["at"]) - EPOCH) // MICROSECOND
        answer = send(engine, step["by"], command, id=step["id"], at_us=at_us)
        assert isinstance(answer, Entry)
        if isinstance(answer.outcome, Rejected):
            refusals.append(str(answer.outcome.reason))
    return engine, refusals


def test_the_example_shows_each_guard_and_both_trading_days() -> None:
    engine, refusals = played()
    assert refusals == [
        "INVESTOR_NOT_SUITABLE",
        "SESSION_CLOSED",
        "RISK_STATEMENT_MISSING",
        "SHARES_INSUFFICIENT",
        "PRICE_OUTSIDE_LIMIT",
        "QUANTITY_BELOW_MINIMUM",
        "FUNDS_INSUFFICIENT",
    ]
    room = engine.centre.growth
    assert [(row.price_fen, row.quantity) for row in views.tape(room)] == [(2950, 500)]
    row = views.board_row(room, "688765")
    assert row is not None
    assert row.previous_close_fen == 2907
    claims = {(c.firm, c.asset): c.amount for c in views.firm_claims(room, None)}
    assert claims["SIMSEC2", "688765"] == 50_000
    gained = 500 * 2950 - 300 * 2905 - 200 * 2910
    assert claims["SIMSEC1", "CNY"] == 100_000_000 + gained
