"""Reference data of shares."""

import datetime
from typing import Any

import pytest
from tests.support import growth as market
from tests.support.centre import accepted, founded_engine, refused, send

from huangpu.core.reasons import Reason
from huangpu.venues.growth.instruments import ListInstrument


def listing(**changed: Any) -> ListInstrument:
    fields: dict[str, Any] = {
        "code": "688256",
        "name": "Cambricon",
        "name_zh": "寒武纪",
        "listing_date": datetime.date(2020, 7, 20),
        "shares_issued": 1_000,
        "previous_close_fen": 2000,
    }
    return ListInstrument(**{**fields, **changed})


@pytest.mark.parametrize(
    ("changed", "reason", "detail"),
    [
        ({"code": "68825"}, Reason.IDENTIFIER_MALFORMED, "code '68825', six digits"),
        ({"isin": "CNE1000041R7"}, Reason.IDENTIFIER_MALFORMED, "check digit ISO 6166"),
        ({"name_zh": ""}, Reason.FIELD_OUT_OF_RANGE, "a name is empty"),
        ({"shares_issued": 0}, Reason.FIELD_OUT_OF_RANGE, "0 shares issued"),
        ({"previous_close_fen": 0}, Reason.FIELD_OUT_OF_RANGE, "previous close 0 fen"),
        ({"previous_close_fen": 500_001}, Reason.FIELD_OUT_OF_RANGE, "1 to 500000"),
    ],
)
def test_malformed_reference_data_is_refused(
    changed: dict[str, Any], reason: Reason, detail: str
) -> None:
    found = refused(send(founded_engine(), "operator", listing(**changed)))
    assert found.reason is reason
    assert detail in found.detail


def test_a_share_is_listed_once() -> None:
    engine = founded_engine()
    accepted(send(engine, "operator", listing(isin="CNE1000041R8")))
    assert refused(send(engine, "operator", listing())).reason is Reason.INSTRUMENT_KNOWN


def test_only_the_operator_lists() -> None:
    engine = market.small_market(opened=False)
    found = refused(send(engine, market.TRADER_ONE, listing(code="688001")))
    assert found.reason is Reason.PERMISSION_MISSING


def test_a_share_listed_during_the_day_trades_from_the_next_opening() -> None:
    engine = market.small_market()
    market.list_share(engine, "688001", 1000)
    order = market.place(engine, market.ALPHA, "O1", market.BUY, 200, 1000, code="688001")
    assert refused(order).reason is Reason.INSTRUMENT_NOT_TRADING
    tuesday = market.MONDAY + datetime.timedelta(days=1)
    market.tick(engine, market.clock(9, 30, day=tuesday))
    accepted(market.place(engine, market.ALPHA, "O1", market.BUY, 200, 1000, code="688001"))


def test_a_share_does_not_trade_before_its_listing_date() -> None:
    engine = market.small_market(opened=False)
    tuesday = market.MONDAY + datetime.timedelta(days=1)
    market.list_share(engine, "688001", 1000, listing_date=tuesday)
    market.tick(engine, market.clock(9, 30))
    order = market.place(engine, market.BETA, "O1", market.BUY, 200, 1000, code="688001")
    assert refused(order).reason is Reason.INSTRUMENT_NOT_TRADING
    market.tick(engine, market.clock(9, 30, day=tuesday))
    accepted(market.place(engine, market.BETA, "O1", market.BUY, 200, 1000, code="688001"))
