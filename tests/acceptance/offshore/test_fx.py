"""Runs the table of scenario 15: each row is one quote of BK1, accepted by OTC1 after some seconds."""

from pathlib import Path

import pytest
from tests.support.fx import accept, dealt, fx_engine, hold, quoted
from tests.support.offshore import balance, balances

from huangpu.core.message import Rejected
from huangpu.core.values import CURRENCY_DIGITS, parse_decimal
from huangpu.engine.writer import Engine
from huangpu.gateways.iso20022.reasons import status_reason
from huangpu.journal.entry import Entry
from huangpu.venues.offshore.fx import views
from huangpu.venues.offshore.fx.pairs import PAIRS
from huangpu.venues.offshore.fx.state import FxSide, Position, position_key

FOLDER = Path(__file__).parent


def rows() -> list[dict[str, str]]:
    lines = [line for line in (FOLDER / "g15_fx.table").read_text().splitlines() if line[0] != "#"]
    header = lines[0].split()
    return [
        dict(zip(header, line.split(maxsplit=len(header) - 1), strict=True)) for line in lines[1:]
    ]


def minor(text: str, currency: str) -> int:
    found = parse_decimal(text.removeprefix("-"), CURRENCY_DIGITS[currency])
    assert found is not None, text
    return -found if text.startswith("-") else found


def outcome(answer: Entry | Rejected) -> str:
    """Say how the acceptance ended: the customer's status, or the reason with its ISO or proprietary code."""
    found = answer.outcome if isinstance(answer, Entry) else answer
    if isinstance(found, Rejected):
        reason = status_reason(found)
        return f"{found.reason} {reason.code or reason.proprietary}"
    return "ACCC"


def position(engine: Engine, pair: str) -> Position:
    positions = engine.centre.offshore.books.fx.positions
    key = position_key("BK1-SAU", pair)
    return positions.get(key, Position(unit="BK1-SAU", pair=pair))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["case"])
def test_scenario(row: dict[str, str]) -> None:
    engine = fx_engine()
    pair = PAIRS[row["pair"]]
    rate = parse_decimal(row["rate"], pair.digits)
    quoted(
        engine,
        pair=pair.name,
        side=FxSide(row["side"]),
        currency=row["currency"],
        amount=minor(row["amount"], row["currency"]),
        mid=rate,
        rate=rate,
    )
    held = minor(row["held"], "CNY")
    if held:
        hold(engine, "FTE-OTC1/CNY", held)
    before = balances(engine)
    answer = accept(engine, after_s=int(row["after"].removesuffix("s")))
    assert outcome(answer) == row["expect"], answer
    for part in row["leaves"].split(","):
        code, _, amount = part.partition("=")
        assert balance(engine, code) == minor(amount, code[-3:]), code
    base, counter = row["position"].split("/")
    left = position(engine, pair.name)
    assert (left.base, left.counter) == (minor(base, pair.base), minor(counter, pair.counter))
    if row["expect"] == "ACCC":
        deal = dealt(answer)
        assert (deal.rate, deal.source) == (rate, "CNH")
    else:
        assert balances(engine) == before
        assert views.deals(engine.centre.offshore, institution=None).deals == []
    assert not any(engine.centre.ledger.totals().values())
