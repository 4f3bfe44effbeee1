"""Every table of this folder, row by row: the reinsurance exchange against its worked examples and its state machine."""

import datetime
import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.centre import MONDAY_0930_US, send
from tests.support.reinsurance import by, market, quote, seat_of, slip

from huangpu.core.message import Command, Rejected
from huangpu.core.reasons import Reason
from huangpu.core.values import PERCENT, WHOLE, Rounding, allocated, parse_decimal, scaled
from huangpu.engine.writer import Engine
from huangpu.journal.entry import Entry
from huangpu.venues.reinsurance.accounting import Basis, derive, premium_refusal
from huangpu.venues.reinsurance.placement.binding import BindSlip
from huangpu.venues.reinsurance.placement.lines import WithdrawLine, WriteLine
from huangpu.venues.reinsurance.placement.quoting import DeclineSlip, IssueFirmOrder
from huangpu.venues.reinsurance.placement.signing import (
    SignDown,
    Written,
    signed_shares,
    standing_sum,
)
from huangpu.venues.reinsurance.placement.slip import CloseSlip, SignedLine
from huangpu.venues.reinsurance.terms.excess_of_loss import Layer, recoveries
from huangpu.venues.reinsurance.terms.quota_share import QuotaShare, ceded_premium, ceded_share
from huangpu.venues.reinsurance.terms.surplus import LinesBasis, Surplus, cede

FOLDER = Path(__file__).parent
DAY_US = 86_400_000_000


def rows(name: str) -> list[dict[str, str]]:
    """Read an aligned table: columns are apart by two blanks or more."""
    lines = (FOLDER / f"{name}.table").read_text(encoding="utf-8").splitlines()
    split = [
        [cell.strip() for cell in line.split("  ") if cell.strip()]
        for line in lines
        if line and not line.startswith("#")
    ]
    header, *body = split
    return [dict(zip(header, cells, strict=True)) for cells in body]


def micro(text: str) -> int:
    """Read percent as micro-percent."""
    value = parse_decimal(text, 9)
    assert value is not None
    assert value % 1_000 == 0, text
    return value // 1_000


def label(row: dict[str, str]) -> str:
    return "-".join(row.values())[:60]


@pytest.mark.parametrize("row", rows("w1_quota_share"), ids=label)
def test_quota_share_cedes(row: dict[str, str]) -> None:
    terms = QuotaShare(
        cession_micro_percent=micro(row["cession"]),
        max_cession_minor=int(row["max_cession"]) * 100,
    )
    sum_insured, premium, claim = (int(row[k]) * 100 for k in ("sum_insured", "premium", "claim"))
    share = ceded_share(terms, sum_insured)
    found = [share.of(amount) for amount in (sum_insured, premium, claim)]
    wanted = [int(row[k]) * 100 for k in ("ceded_sum", "ceded_premium", "ceded_claim")]
    assert found == wanted
    if not terms.max_cession_minor:
        assert ceded_premium(terms, premium, WHOLE) == wanted[1]


@pytest.mark.parametrize("row", rows("w2_surplus"), ids=label)
def test_surplus_cedes(row: dict[str, str]) -> None:
    terms = Surplus(
        retained_line_minor=int(row["retention"]) * 100,
        lines=int(row["lines"]),
        lines_basis=LinesBasis(row["basis"]),
    )
    found = cede(terms, int(row["sum_insured"]) * 100)
    parts = (
        found.ceded_minor,
        found.uncovered_minor,
        found.of(int(row["premium"]) * 100),
        found.of(int(row["claim"]) * 100),
    )
    wanted = ("ceded", "uncovered", "ceded_premium", "ceded_claim")
    assert parts == tuple(int(row[k]) * 100 for k in wanted)
    assert found.retained_minor + parts[0] + parts[1] == found.sum_insured_minor


@pytest.mark.parametrize("row", rows("w3_excess_of_loss"), ids=label)
def test_layer_recovers(row: dict[str, str]) -> None:
    m = row["reinstatements"]
    layer = Layer(
        limit_minor=int(row["limit"]),
        deductible_minor=int(row["deductible"]),
        aggregate_deductible_minor=int(row["aggregate_deductible"]),
        reinstatements=None if m == "none" else int(m),
    )
    losses = [int(loss) for loss in row["losses"].split(",")]
    assert recoveries(layer, losses) == [int(part) for part in row["recoveries"].split(",")]


@pytest.mark.parametrize("row", rows("w13_signing"), ids=lambda row: row["case"])
def test_lines_are_signed(row: dict[str, str]) -> None:
    cells = row["written"].split(",")
    lines = [Written(micro(cell.removesuffix("s")), cell.endswith("s")) for cell in cells]
    if row["signed"] == Reason.LINES_TO_STAND_EXCEED_ORDER:
        assert standing_sum(lines) > WHOLE
        return
    signed = signed_shares(lines)
    assert signed == [micro(cell) for cell in row["signed"].split(",")]
    assert WHOLE - sum(signed) == micro(row["short"])


@pytest.mark.parametrize("row", rows("b5_premium_account"), ids=label)
def test_premium_account_is_derived(row: dict[str, str]) -> None:
    shares = [micro(cell) for cell in row["lines"].split(",")]
    total = scaled(sum(shares), micro(row["order"]), WHOLE, Rounding.HALF_EVEN)
    signed = [
        SignedLine(reinsurer=f"RE{n}", written_of_order=s, signed_of_order=s, signed_of_whole=w)
        for n, (s, w) in enumerate(zip(shares, allocated(total, shares), strict=True), 1)
    ]
    terms = QuotaShare(
        cession_micro_percent=micro(row["cession"]),
        commission_micro_percent=micro(row["commission"]),
        brokerage_micro_percent=micro(row["brokerage"]),
    )
    basis = Basis(
        trade_code="T",
        cedent="CED",
        broker="BRK",
        currency="USD",
        estimated_premium_minor=int(row["premium"]),
        terms=terms,
    )
    account = derive(basis, signed)
    found = (
        account.premium_minor,
        account.commission_minor,
        account.brokerage_minor,
        account.net_minor,
    )
    wanted = ("gross", "commission_sum", "brokerage_sum", "net")
    assert found == tuple(int(row[k]) for k in wanted)
    assert [s.premium_minor for s in account.shares] == numbers(row["premium_parts"])
    assert [s.net_minor for s in account.shares] == numbers(row["net_parts"])
    assert (premium_refusal(account) is None) == (account.premium_minor > 0)


def numbers(cell: str) -> list[int]:
    return [int(part) for part in cell.split(",")]


# The state machine, driven through the engine.

Arguments = dict[str, str]


def _shares(words: Arguments) -> dict[str, int]:
    return {name: micro(value) for name, value in words.items()}


COMMANDS: dict[str, Callable[[Arguments], Command]] = {
    "place": lambda _: slip(),
    "close": lambda _: CloseSlip(slip_id="S1", cause="market closed"),
    "quote": lambda w: quote(
        commission_micro_percent=micro(w["commission"]), share_micro_percent=micro(w["share"])
    ),
    "decline": lambda _: DeclineSlip(slip_id="S1", cause="no appetite"),
    "order": lambda w: IssueFirmOrder(
        slip_id="S1",
        leader=w["leader"],
        short_placement_agreed="short" in w,
        unequal_signing_authorised="unequal" in w,
    ),
    "write": lambda w: WriteLine(
        slip_id="S1", written_micro_percent=micro(w["line"]), to_stand="stand" in w
    ),
    "withdraw": lambda _: WithdrawLine(slip_id="S1"),
    "sign": lambda w: SignDown(slip_id="S1", unequal=_shares(w)),
    "bind": lambda _: BindSlip(slip_id="S1"),
}


def perform(engine: Engine, row: dict[str, str]) -> Entry | Rejected:
    words = dict(word.split("=") for word in row["arguments"].split() if word != "-")
    if row["do"] == "unseat":
        today = seat_of(row["by"], until=datetime.date(2026, 11, 23))
        return send(engine, "operator", today)
    if row["do"] == "late_write":
        command = COMMANDS["write"](words)
        return by(engine, row["by"], command, at_us=MONDAY_0930_US + DAY_US)
    return by(engine, row["by"], COMMANDS[row["do"]](words))


SCENARIOS = {
    name: list(steps)
    for name, steps in itertools.groupby(rows("b2_placement"), lambda row: row["scenario"])
}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_slip_lives_by_the_rule(scenario: str) -> None:
    engine = market()
    for row in SCENARIOS[scenario]:
        before = engine.centre.digest()
        answer = perform(engine, row)
        outcome = answer.outcome if isinstance(answer, Entry) else answer
        refused = isinstance(outcome, Rejected)
        found = outcome.reason if isinstance(outcome, Rejected) else type(outcome[0]).__name__
        assert found == row["expect"], (row, outcome)
        if refused:
            assert engine.centre.digest() == before, row


def test_micro_reads_percent() -> None:
    assert micro("37.5") == 37 * PERCENT + 500_000
