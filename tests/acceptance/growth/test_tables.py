"""Run the growth tier's acceptance tables: comment lines with the clause, a header, aligned columns, the outcome last."""

import datetime
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support import growth as market
from tests.support.centre import accepted, founded_engine, register, send
from tests.support.shared import ROOT, shared_path

from huangpu.core.message import Rejected
from huangpu.core.reasons import Reason
from huangpu.core.values import format_decimal, parse_decimal
from huangpu.engine.writer import Engine
from huangpu.journal.entry import Entry
from huangpu.ledger import Leg, LegKind, pack
from huangpu.ledger.events import PostTransferBlock
from huangpu.registry.institutions import InstitutionKind
from huangpu.registry.people import Person, RegisterPerson
from huangpu.venues.growth import market_data
from huangpu.venues.growth.clearing import DepositShares
from huangpu.venues.growth.day import OrderSide
from huangpu.venues.growth.instruments import ListInstrument
from huangpu.venues.growth.orders import OrderAccepted, PlaceOrder
from huangpu.venues.growth.suitability import (
    InvestorClass,
    RegisterInvestor,
    SignRiskStatement,
)

FOLDER = Path(__file__).parent
COMPANIES = ROOT / "src/huangpu/venues/growth/reference/growth_companies.toml"
Row = dict[str, str]


def rows_of(name: str) -> list[Row]:
    lines = [line for line in (FOLDER / name).read_text().splitlines() if line[:1] not in ("", "#")]
    header = lines[0].split()
    rows = [dict(zip(header, line.split(None, len(header) - 1), strict=True)) for line in lines[1:]]
    assert rows, name
    return rows


def scenarios() -> Iterator[object]:
    for path in sorted(FOLDER.glob("*.table")):
        rows = rows_of(path.name)
        for case in dict.fromkeys(row.get("case", "") for row in rows):
            if case:
                chosen = [row for row in rows if row["case"] == case]
                yield pytest.param(close_of(path), chosen, id=f"{path.stem}-{case}")


def close_of(path: Path) -> int:
    line = next(line for line in path.read_text().splitlines() if line.startswith("# share"))
    close = parse_decimal(line.split()[-1], 2)
    assert close is not None
    return close


def scenario_market(close_fen: int) -> Engine:
    engine = founded_engine(at_us=market.clock(7, 0))
    for firm, trader in (
        (market.FIRM_ONE, market.TRADER_ONE),
        (market.FIRM_TWO, market.TRADER_TWO),
    ):
        register(engine, firm, InstitutionKind.SECURITIES_FIRM, {trader: ["TRADER"]})
    market.list_share(engine, market.OLD_SHARE, close_fen)
    for investor_id in (market.ALPHA, market.BETA, market.GAMMA):
        market.register_investor(engine, market.trader_of(investor_id), investor_id)
    return engine


def acted(engine: Engine, row: Row) -> str:
    """Do what one row says and write what came of it."""
    investor_id = f"INV-{row['who']}"
    trader = market.trader_of(investor_id)
    if row["act"] == "CLOSE":
        return format_decimal(engine.centre.growth.books.closes_fen[market.OLD_SHARE], 2)
    if row["act"] == "DEPOSIT":
        deposit = DepositShares(
            investor_id=investor_id, code=market.OLD_SHARE, quantity=int(row["shares"])
        )
        return told(engine, send(engine, trader, deposit))
    if row["act"] == "SPEND":
        return told(engine, spent(engine, investor_id))
    if row["act"] == "CANCEL":
        return told(engine, market.cancel(engine, trader, row["order"]))
    price_fen = parse_decimal(row["price"], 2)
    assert price_fen is not None
    side, shares = OrderSide(row["side"]), int(row["shares"])
    return told(engine, market.place(engine, investor_id, row["order"], side, shares, price_fen))


def spent(engine: Engine, investor_id: str) -> Entry | Rejected:
    """Empty an investor's cash but for one fen short of 200 shares at 20.00."""
    ledger = engine.centre.ledger
    cash, mirror = (
        ledger.number(code) for code in (f"GROWTH-{investor_id}/CNY", "ISSUED-GROWTH/CNY")
    )
    assert cash is not None
    assert mirror is not None
    leg = Leg(LegKind.TRANSFER, cash, mirror, market.CASH_FEN - 200 * 2000 + 1)
    firm = engine.centre.growth.books.investors[investor_id].firm
    bulk = Person(id=f"bulk-{investor_id}", institution=firm, roles=["BULK"])
    accepted(send(engine, "operator", RegisterPerson(person=bulk)))
    command = PostTransferBlock(records=pack([[leg]]).tobytes())
    return send(engine, bulk.id, command)


def told(engine: Engine, answer: Entry | Rejected) -> str:
    """Write an answer the way the tables do."""
    outcome = answer.outcome if isinstance(answer, Entry) else answer
    if isinstance(outcome, Rejected):
        return str(outcome.reason)
    order = next((event for event in outcome if isinstance(event, OrderAccepted)), None)
    if order is None:
        return "ok"
    kept = engine.centre.growth.books.orders
    words = [
        f"{kept[fill.maker_order].client_order_id}:{fill.quantity}@{format_decimal(fill.price_tick, 2)}"
        for fill in order.fills
    ]
    left = kept[order.order.number].open_shares
    return " ".join([*words, f"rests {left}"] if left else words)


@pytest.mark.parametrize(("close_fen", "rows"), list(scenarios()))
def test_the_market_does_what_the_table_says(close_fen: int, rows: list[Row]) -> None:
    engine = scenario_market(close_fen)
    for number, row in enumerate(rows, 1):
        day = market.MONDAY + datetime.timedelta(days=int(row["day"]) - 1)
        hour, minute, second = (int(part) for part in row["time"].split(":"))
        market.tick(engine, market.clock(hour, minute, second, day))
        before = engine.centre.digest()
        found = acted(engine, row)
        assert found == row["expect"], f"row {number}: {row}"
        refused = found in Reason.__members__
        assert refused == (engine.centre.digest() == before) or row["act"] == "CLOSE"
    assert not any(engine.centre.ledger.totals().values())


@pytest.mark.parametrize("row", rows_of("sse_is_1_suitability.table"), ids=str)
def test_an_individual_needs_assets_and_experience(row: Row) -> None:
    engine = scenario_market(2000)
    assets = parse_decimal(row["assets"], 2)
    assert assets is not None
    command = RegisterInvestor(
        investor_id="INV-DELTA",
        investor_class=InvestorClass(row["class"]),
        average_assets_fen=assets,
        months_of_trading=int(row["months"]),
    )
    answer = send(engine, market.TRADER_ONE, command)
    assert isinstance(answer, Entry)
    outcome = answer.outcome
    found = f"{outcome.reason}  {outcome.detail}" if isinstance(outcome, Rejected) else "registered"
    assert found == row["expect"]


@pytest.mark.parametrize("row", rows_of("sse_is_2_statement.table"), ids=str)
def test_a_new_member_needs_a_statement_of_ordinary_investors(row: Row) -> None:
    engine = scenario_market(2000)
    market.list_share(engine, "688999", 2000, datetime.date.fromisoformat(row["listed"]))
    market.register_investor(engine, market.TRADER_ONE, "INV-DELTA", InvestorClass(row["class"]))
    if row["signed"] == "yes":
        accepted(send(engine, market.TRADER_ONE, SignRiskStatement(investor_id="INV-DELTA")))
    market.tick(engine, market.clock(9, 30))
    order = PlaceOrder(
        client_order_id="O1",
        investor_id="INV-DELTA",
        code="688999",
        side=market.BUY,
        price_fen=2000,
        quantity=200,
    )
    answer = send(engine, market.TRADER_ONE, order)
    assert isinstance(answer, Entry)
    outcome = answer.outcome
    found = str(outcome.reason) if isinstance(outcome, Rejected) else "accepted"
    assert found == row["expect"]


@pytest.mark.parametrize("row", rows_of("sse_mk_marks.table"), ids=str)
def test_the_listing_date_gives_the_mark(row: Row) -> None:
    engine = founded_engine()
    command = ListInstrument(
        code=row["code"],
        name=row["code"],
        name_zh=f"股份{row['code']}",
        listing_date=datetime.date.fromisoformat(row["listed"]),
        shares_issued=1,
        previous_close_fen=100,
        weighted_votes=row["weighted"] == "yes",
    )
    accepted(send(engine, "operator", command))
    found = market_data.board(engine.centre.growth)[0]
    assert f"{found.label} {found.short_name}" == row["expect"]


def companies() -> list[ListInstrument]:
    """Read the reference file as the commands that list it."""
    return [
        ListInstrument(
            code=company["code"],
            name=company["name"],
            name_zh=company["name_zh"],
            listing_date=company["listing_date"],
            shares_issued=company["simulated_shares_issued"],
            previous_close_fen=company["simulated_previous_close_fen"],
            weighted_votes=company["weighted_votes"],
        )
        for company in tomllib.loads(COMPANIES.read_text())["company"]
    ]


def test_thirty_five_companies_are_listed_thirty_two_existing_and_three_new() -> None:
    engine = founded_engine()
    for command in companies():
        accepted(send(engine, "operator", command))
    shown = market_data.overview(engine.centre.growth)
    counted = [(total.label, total.companies) for total in shown.by_membership]
    assert shown.companies == 35
    assert counted == [("成1", 32), ("成", 3)]
    market.tick(engine, market.clock(9, 30))
    assert sum(row.trading for row in market_data.board(engine.centre.growth)) == 35


def test_the_reference_file_agrees_with_the_published_list() -> None:
    """Codes, Chinese names and dates of section A9 of the domain notes, cell by cell."""
    text = shared_path("domain", "growth_tier.md").read_text()
    part = text[text.index("### A9.") : text.index("† no U in the June 2026 table")]
    published: set[tuple[str, str, str]] = set()
    for line in part.splitlines():
        cells = [cell.strip().strip("*") for cell in line.strip("|").split("|")]
        for code, name, date in zip(cells[::3], cells[1::3], cells[2::3], strict=False):
            if code.isdigit():
                published.add((code, name.strip("*").split()[0].rstrip("*"), date))
    ours = {(c.code, c.name_zh, c.listing_date.isoformat()) for c in companies()}
    assert len(published) == 35
    assert ours == published
