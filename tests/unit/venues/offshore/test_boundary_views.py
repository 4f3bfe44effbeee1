"""Nobody sees at the border what is not theirs: applications, proposals, upgrades, the release queue."""

import datetime

from tests.support.boundary import boundary_engine, change, do, figures, upgrade
from tests.support.centre import MONDAY_0930_US
from tests.support.offshore import book_order, instruct

from huangpu.venues.offshore import white_list
from huangpu.venues.offshore.boundary_views import applications, quotas, release_queue, upgrades
from huangpu.venues.offshore.state import ListingApplication, ListingState
from huangpu.venues.offshore.views import overview, payable_at
from huangpu.venues.offshore.views import white_list as listings

TODAY = datetime.date(2026, 11, 23)
HOUR_US = 3_600_000_000
READERS = ("HOLD1", "OTC1", "BK1", "BK2", "ZONE", "OVB", None)


def seen_by(count: object) -> list[str | None]:
    assert callable(count)
    return [reader for reader in READERS if count(reader)]


def test_an_application_is_the_companys_and_the_administrations() -> None:
    engine = boundary_engine()
    asked = ListingApplication(
        registered_on=TODAY, zone="LINGANG", dedicated=True, parent="G", trade_types=["RESALE"]
    )
    do(engine, "hold1-treasurer", white_list.ApplyForListing(company="HOLD1", application=asked))
    room = engine.centre.offshore
    assert seen_by(lambda reader: applications(room, MONDAY_0930_US, reader)) == [
        "HOLD1",
        "ZONE",
        None,
    ]
    found = applications(room, MONDAY_0930_US, None)[0]
    assert (found.company, found.state, found.application) == (
        "HOLD1",
        ListingState.APPLIED,
        asked,
    )


def test_a_proposed_change_is_told_to_the_authorities_alone() -> None:
    engine = boundary_engine()
    do(engine, "zone-1", white_list.RemoveCompany(company="OTC1", cause="left"))
    room = engine.centre.offshore

    def proposal(reader: str | None) -> bool:
        return any(one.proposal for one in listings(room, reader))

    assert seen_by(proposal) == ["ZONE", None]


def test_a_listing_is_shown_as_it_stood_at_the_instant() -> None:
    engine = boundary_engine()
    suspend = white_list.SuspendCompany(
        company="OTC1", cause="overdue", effective_from_us=MONDAY_0930_US + HOUR_US
    )
    do(engine, "zone-1", suspend)
    room = engine.centre.offshore
    for hours, state in ((0, "ACTIVE"), (1, "SUSPENDED"), (24, "SUSPENDED"), (25, "ACTIVE")):
        at_us = MONDAY_0930_US + hours * HOUR_US
        shown = {one.company: one.state for one in listings(room, None, at_us)}
        assert shown["OTC1"] == state, hours
        payable = [one.company for one in payable_at(room, at_us, None)]
        assert ("OTC1" in payable) == (state == "ACTIVE")
    assert overview(room, TODAY).companies["ACTIVE"] == 2


def test_an_upgrade_and_its_quotas_are_the_companys_and_its_banks() -> None:
    engine = boundary_engine()
    room, rules = engine.centre.offshore, engine.centre.rules
    assert seen_by(lambda reader: upgrades(room, rules, TODAY, reader)) == ["HOLD1", "BK1", None]
    view = upgrades(room, rules, TODAY, None)[0]
    assert (view.state, view.record, view.figures) == ("ACTIVE", "PBOC-HOLD1", figures())


def test_quota_use_is_shown_both_ways_and_follows_the_rows() -> None:
    engine = boundary_engine()
    room = engine.centre.offshore
    order = book_order(
        "DOM-HOLD1", 50_000_000_00, currency="CNY", purpose="CURR", debtor_account="FTE-HOLD1"
    )
    do(engine, "hold1-treasurer", instruct(order))
    inflow, outflow = quotas(room, engine.centre.rules, "HOLD1", TODAY)
    assert (inflow.net, inflow.claimed, inflow.left) == (50_000_000_00, 0, 150_000_000_00)
    assert (outflow.net, outflow.claimed, outflow.left) == (-50_000_000_00, 0, 250_000_000_00)
    change(engine, {"offshore.upgraded.outflow_leverage": 15_000})
    change(engine, {"offshore.upgraded.macro_prudential": 12_000})
    inflow, outflow = quotas(room, engine.centre.rules, "HOLD1", TODAY)
    assert (inflow.cap, outflow.cap) == (240_000_000_00, 360_000_000_00)


def test_a_cap_is_exact_integer_arithmetic_rounded_down() -> None:
    engine = boundary_engine(upgraded=())
    upgrade(engine, "HOLD1", equity=20_000_000_001)
    change(engine, {"offshore.upgraded.macro_prudential": 3_333})
    room = engine.centre.offshore
    caps = [one.cap for one in quotas(room, engine.centre.rules, "HOLD1", TODAY)]
    assert caps == [6_666_000_000, 6_666_000_000]
    assert [one.cap for one in quotas(room, engine.centre.rules, "OTC1", TODAY)] == [0, 0]


def test_the_release_queue_is_the_banks_own_and_names_the_maker() -> None:
    engine = boundary_engine()
    order = book_order("DOM-OTC1", 1_00, currency="CNY", purpose="CURR")
    do(engine, "bk1-both", instruct(order))
    room = engine.centre.offshore
    assert seen_by(lambda reader: release_queue(room, reader)) == ["BK1", None]
    assert release_queue(room, "BK1", "bk1-both")[0].mine
    assert not release_queue(room, "BK1", "bk1-checker")[0].mine
