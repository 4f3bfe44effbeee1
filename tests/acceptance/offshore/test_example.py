"""The example scenario tells what it says it tells, and leaves the balances it promises."""

import msgspec
from tests.support.centre import load_rules
from tests.support.offshore import balance
from tests.support.shared import ROOT

from huangpu.cli.scenario import play, read_scenario

REFUSED = {
    "w-2": "OWN_ACT_NOT_APPROVABLE",
    "p-6": "SECOND_LINE_CURRENCY",
    "p-10": "WHITE_LIST_STATUS",
}


def test_example_plays_as_told() -> None:
    with (ROOT / "examples" / "offshore.jsonl").open(encoding="utf-8") as lines:
        engine, answers = play(load_rules(), read_scenario(lines, "offshore.jsonl"))
        told = [msgspec.json.decode(answer) for answer in answers]
    refused = {one["id"]: one["reason"] for one in told if one["outcome"] == "rejected"}
    assert refused == REFUSED
    # In 1,250,000 and 800,000; out 900,000, 700,000 from the queue and 100,000 sold; 200,000 went to SUP1 and came back.
    assert balance(engine, "FTE-OTC1/USD") == 350_000_00
    assert balance(engine, "FTN-SUP1/USD") == 0
    assert balance(engine, "NOSTRO-BK1@OVB/USD") == 50_450_000_00
    # 100,000 at 7.0950 is 709,500.00; 500,000.00 of it went home across the second line.
    assert balance(engine, "FTE-OTC1/CNY") == 209_500_00
    assert balance(engine, "DOM-OTC1/CNY") == 500_000_00
    [case] = engine.centre.offshore.books.screening.cases.values()
    assert (case.state, case.list_version, case.score_bp) == ("CONFIRMED", "1", 10_000)
    assert not any(engine.centre.ledger.totals().values())
