"""The example scenario tells what it says it tells, and leaves the balances it promises."""

import msgspec
from tests.support.centre import load_rules
from tests.support.offshore import balance
from tests.support.shared import ROOT

from huangpu.cli.scenario import play, read_scenario

REFUSED = {
    "w-2": "OWN_ACT_NOT_APPROVABLE",
    "p-3": "MESSAGE_ID_REUSED",
    "p-4": "SERVICING_BANK_WRONG",
    "p-6": "SECOND_LINE_CURRENCY",
    "p-8": "TRADE_TYPE_MISSING",
    "p-10": "WHITE_LIST_STATUS",
}


def test_example_plays_as_told() -> None:
    with (ROOT / "examples" / "offshore.jsonl").open(encoding="utf-8") as lines:
        engine, answers = play(load_rules(), read_scenario(lines, "offshore.jsonl"))
        told = [msgspec.json.decode(answer) for answer in answers]
    refused = {one["id"]: one["reason"] for one in told if one["outcome"] == "rejected"}
    assert refused == REFUSED
    # In 1,250,000 and 30,000; out 900,000, 200,000 and twice 50,000 of the batch.
    assert balance(engine, "FTE-OTC1/USD") == 80_000_00
    assert balance(engine, "FTN-SUP1/USD") == 200_000_00
    assert balance(engine, "NOSTRO-BK1@OVB/USD") == 50_280_000_00
