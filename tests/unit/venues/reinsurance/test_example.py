"""The example of the exchange plays to its end, with the refusals that it tells of and no others."""

import json
from pathlib import Path

from tests.support.reinsurance import booked

from huangpu.app import load_rules
from huangpu.cli.scenario import play, read_scenario

EXAMPLE = Path(__file__).parents[4] / "examples" / "reinsurance.jsonl"


def test_the_example_tells_its_story() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    engine, answers = play(load_rules(), read_scenario(lines, EXAMPLE.name))
    outcomes = [json.loads(answer) for answer in answers]
    refused = [answer["reason"] for answer in outcomes if answer["outcome"] == "rejected"]
    assert refused == [
        "TERMS_INCOMPLETE",
        "SEAT_MISSING",
        "LEADER_LINE_MISSING",
        "SLIP_STATE_WRONG",
        "FUNDS_INSUFFICIENT",
        "PREMIUM_ALREADY_SETTLED",
    ]
    (contract,) = engine.centre.reinsurance.books.contracts.values()
    assert [share.signed_of_order for share in contract.shares] == [
        40_000_000,
        37_500_000,
        22_500_000,
    ]
    assert contract.status == "ON_RISK"
    paid = {name: booked(engine, name) for name in ("RE1", "RE2", "RE3", "BRK", "CED")}
    assert paid == {
        "RE1": 11_120_000,
        "RE2": 10_425_000,
        "RE3": 6_255_000,
        "BRK": 1_000_000,
        "CED": 50_000_000 - 28_800_000,
    }
