"""Buy and sell legs by trade reference: margins, unmatched legs, circles, goods that come twice, affiliates; explained by four eyes."""

from datetime import date
from typing import Any, cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.support.centre import accepted, refused, send
from tests.support.monitoring import at, books, buy, day_us, enrich, monitored_engine, sell, tick
from tests.support.offshore import book_order, instruct, inward_order, overseas_order, receive

from huangpu.core.reasons import Reason
from huangpu.core.values import AMOUNT_MAX
from huangpu.engine.writer import Engine
from huangpu.venues.offshore.monitoring import pairing, run
from huangpu.venues.offshore.monitoring.books import SUM_MAX, Finding, FindingKind, FindingState
from huangpu.venues.offshore.monitoring.findings import ExplainFinding
from huangpu.venues.offshore.monitoring.pairing import BASIS_POINTS, LEGS_OF_A_RUN_MAX
from huangpu.venues.offshore.monitoring.proposals import ApproveProposal
from huangpu.venues.offshore.monitoring.rates import MILLION
from huangpu.venues.offshore.monitoring.views import findings

THOUSAND = 1_000_00


def of(engine: Engine, kind: FindingKind) -> list[Finding]:
    return [finding for finding in books(engine).findings if finding.kind is kind]


def test_a_margin_inside_the_band_says_nothing() -> None:
    engine = monitored_engine()
    sell(engine, 100 * THOUSAND, trade_reference="T1")
    buy(engine, 70 * THOUSAND, trade_reference="T1")
    sell(engine, 100 * THOUSAND, trade_reference="T2")
    buy(engine, 105 * THOUSAND, trade_reference="T2")
    for day in range(6):
        tick(engine, day_us(day))
    assert books(engine).findings == []


def test_a_margin_out_of_band_is_found_once_the_trade_is_quiet() -> None:
    engine = monitored_engine()
    first = sell(engine, 100 * THOUSAND, trade_reference="T1")
    second = buy(engine, 69 * THOUSAND, trade_reference="T1")
    sell(engine, 100 * THOUSAND, trade_reference="T2")
    buy(engine, 106 * THOUSAND, trade_reference="T2")
    tick(engine, day_us(2))
    assert of(engine, FindingKind.MARGIN_OUT_OF_BAND) == []
    for day in (3, 4, 5):
        tick(engine, day_us(day))
    gain, loss = of(engine, FindingKind.MARGIN_OUT_OF_BAND)
    assert gain.uetrs == [first, second]
    assert gain.detail == "T1: margin 3100 basis points, band -500 to 3000"
    assert loss.detail == "T2: margin -600 basis points, band -500 to 3000"
    assert (gain.company, gain.bank, gain.severity) == ("OTC1", "BK1", "MEDIUM")
    assert gain.cite == "huangpu policy 69, monitors after the event"


def test_a_leg_that_comes_late_begins_the_quiet_time_again() -> None:
    engine = monitored_engine()
    sell(engine, 100 * THOUSAND, trade_reference="T1")
    buy(engine, 10 * THOUSAND, trade_reference="T1")
    at(engine, day_us(2))
    buy(engine, 80 * THOUSAND, trade_reference="T1")
    for day in (3, 4, 5, 6):
        tick(engine, day_us(day))
    assert of(engine, FindingKind.MARGIN_OUT_OF_BAND) == []


def test_a_leg_without_its_other_side_is_found_after_the_days_of_the_row() -> None:
    engine = monitored_engine()
    uetr = buy(engine, THOUSAND, trade_reference="T1")
    buy(engine, THOUSAND, trade_reference="T2")
    sell(engine, THOUSAND, trade_reference="T2", debtor_account="HK-B9")
    for day in (1, 89):
        tick(engine, day_us(day))
    assert of(engine, FindingKind.LEG_UNMATCHED) == []
    for day in (90, 91):
        tick(engine, day_us(day))
    (finding,) = of(engine, FindingKind.LEG_UNMATCHED)
    assert (finding.uetrs, finding.detail) == ([uetr], "T1: only bought, since 2026-11-23")
    assert books(engine).trades == {}


def test_money_that_comes_back_to_its_payer_is_a_circle() -> None:
    engine = monitored_engine()
    first = sell(engine, 100 * THOUSAND, debtor_account="HK-X")
    second = buy(engine, 80 * THOUSAND, creditor_account="HK-X")
    tick(engine, day_us(0, 2))
    (finding,) = of(engine, FindingKind.ROUND_TRIP)
    assert sorted(finding.uetrs) == sorted([first, second])
    assert finding.severity == "HIGH"
    tick(engine, day_us(1))
    assert len(of(engine, FindingKind.ROUND_TRIP)) == 1


def test_a_small_return_and_an_old_one_make_no_circle() -> None:
    engine = monitored_engine()
    sell(engine, 100 * THOUSAND, debtor_account="HK-X")
    buy(engine, 79 * THOUSAND, creditor_account="HK-X")
    sell(engine, 100 * THOUSAND, debtor_account="HK-Y")
    tick(engine, day_us(0, 2))
    at(engine, day_us(31))
    buy(engine, 100 * THOUSAND, creditor_account="HK-Y")
    tick(engine, day_us(31, 2))
    assert of(engine, FindingKind.ROUND_TRIP) == []


def test_a_circle_of_three_is_found() -> None:
    engine = monitored_engine()
    accepted(send(engine, "otc1-treasurer", instruct(book_order("FTE-OTC2", 100 * THOUSAND))))
    onward = overseas_order(100 * THOUSAND, debtor_account="FTE-OTC2", creditor_account="HK-Z")
    enrich_nostro = inward_order(200 * THOUSAND, creditor_account="FTE-OTC2")
    accepted(send(engine, "ovb-desk", receive(enrich_nostro, instructed_agent="TSTBCNSHXXX")))
    accepted(send(engine, "otc2-treasurer", instruct(onward, bank="BK2")))
    sell(engine, 95 * THOUSAND, debtor_account="HK-Z")
    tick(engine, day_us(0, 2))
    (finding,) = of(engine, FindingKind.ROUND_TRIP)
    assert len(finding.uetrs) == 3
    assert "OTC1 and OTC2" in finding.detail


def test_the_same_goods_under_another_reference_are_found_and_instalments_are_not() -> None:
    engine = monitored_engine()
    lot = {"goods": "B/L 4711  copper"}
    first = buy(engine, THOUSAND, trade_reference="T1", **lot)
    buy(engine, THOUSAND, trade_reference="T1", **lot)
    again = buy(engine, THOUSAND, trade_reference="T2", goods="b/l 4711 Copper")
    buy(engine, THOUSAND + 1, trade_reference="T3", **lot)
    tick(engine, day_us(0, 2))
    (finding,) = of(engine, FindingKind.SAME_GOODS_TWICE)
    assert finding.uetrs == [first, again]


def test_an_affiliate_is_found_once_a_month() -> None:
    engine = monitored_engine()
    from tests.support.centre import register

    from huangpu.registry.cash_accounts import AccountClass
    from huangpu.registry.institutions import InstitutionKind
    from huangpu.venues.offshore.accounts import OpenCashAccount

    register(engine, "SUB1", InstitutionKind.COMPANY, {}, domicile="SG", group="GROUP1")
    opened = OpenCashAccount(
        account_id="FTN-SUB1",
        account_class=AccountClass.FTN,
        holder="SUB1",
        bank="BK1",
        currencies=["USD"],
    )
    accepted(send(engine, "bk1-maker", opened))
    for account in ("FTN-SUB1", "FTN-SUB1", "FTN-SUP1"):
        accepted(send(engine, "otc1-treasurer", instruct(book_order(account, THOUSAND))))
    tick(engine, day_us(0, 2))
    (finding,) = of(engine, FindingKind.AFFILIATE)
    assert finding.detail == "OTC1 and SUB1 are both of GROUP1"
    at(engine, day_us(10))
    accepted(send(engine, "otc1-treasurer", instruct(book_order("FTN-SUB1", THOUSAND))))
    tick(engine, day_us(10, 2))
    assert len(of(engine, FindingKind.AFFILIATE)) == 2


def circle(engine: Engine) -> None:
    enrich(engine)
    sell(engine, 100 * THOUSAND, debtor_account="HK-X")
    buy(engine, 100 * THOUSAND, creditor_account="HK-X")
    tick(engine, day_us(0, 2))


def test_a_finding_is_explained_by_two_persons_of_its_bank() -> None:
    engine = monitored_engine()
    circle(engine)
    explain = ExplainFinding(finding=0, text="returned deposit, contract 12")
    assert refused(send(engine, "bk2-maker", explain)).reason is Reason.NOT_YOUR_INSTITUTION
    assert refused(send(engine, "otc1-treasurer", explain)).reason is Reason.PERMISSION_MISSING
    unknown = ExplainFinding(finding=9, text="x")
    assert refused(send(engine, "bk1-maker", unknown)).reason is Reason.FINDING_UNKNOWN
    silent = ExplainFinding(finding=0, text="")
    assert refused(send(engine, "bk1-maker", silent)).reason is Reason.FIELD_OUT_OF_RANGE
    accepted(send(engine, "bk1-both", explain))
    own = refused(send(engine, "bk1-both", ApproveProposal(number=0)))
    assert own.reason is Reason.OWN_ACT_NOT_APPROVABLE
    assert books(engine).findings[0].state is FindingState.OPEN
    accepted(send(engine, "bk1-maker", explain))
    accepted(send(engine, "bk1-checker", ApproveProposal(number=0)))
    finding = books(engine).findings[0]
    assert (finding.state, finding.explained_by, finding.approved_by) == (
        FindingState.EXPLAINED,
        "bk1-both",
        "bk1-checker",
    )
    late = refused(send(engine, "bk1-checker", ApproveProposal(number=1)))
    assert late.reason is Reason.FINDING_STATE_WRONG
    again = refused(send(engine, "bk1-maker", explain))
    assert again.reason is Reason.FINDING_STATE_WRONG


def test_findings_are_shown_to_bank_and_administration_and_not_to_the_company() -> None:
    engine = monitored_engine()
    circle(engine)
    room = engine.centre.offshore
    for reader, number in (("BK1", 1), ("ZONE", 1), (None, 1), ("OTC1", 0), ("BK2", 0)):
        shown = findings(room, day_us(0, 5), institution=reader).findings
        assert len(shown) == number, reader
        assert all(view.age_us == 180_000_000 for view in shown)
    explained = findings(room, day_us(1), institution=None, state=FindingState.EXPLAINED)
    assert explained.findings == []
    assert findings(room, day_us(1), institution=None, after="0").findings == []


def test_a_look_is_bounded_and_the_next_tick_goes_on() -> None:
    engine = monitored_engine()
    enrich(engine)
    tick(engine, day_us(0, 1))
    for number in range(2 * LEGS_OF_A_RUN_MAX + 5):
        sell(engine, 100 + number)
    left = []
    for seconds in range(1, 4):
        tick(engine, day_us(0, 1) + seconds * 1_000_000)
        left.append(len(books(engine).legs))
    assert left == [LEGS_OF_A_RUN_MAX + 5, 5, 5]
    tick(engine, day_us(0, 3))
    assert books(engine).legs == []


def test_series_that_one_look_leaves_wait_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "SERIES_OF_A_RUN_MAX", 1)
    engine = monitored_engine()
    sell(engine, 200 * THOUSAND)
    tick(engine, day_us(0, 1))
    sell(engine, 100 * THOUSAND)
    assert list(books(engine).touched) == ["COMPANY|OTC1", "BANK|BK1"]
    tick(engine, day_us(0, 2))
    assert list(books(engine).touched) == ["BANK|BK1"]
    tick(engine, day_us(0, 2) + 200_000)
    assert books(engine).touched == {}


@example(fen=SUM_MAX, amount=AMOUNT_MAX, near=0, rate=7_100_000, share=8_000)
@given(
    fen=st.integers(0, 10**15) | st.integers(0, SUM_MAX),
    amount=st.integers(0, 10**15) | st.integers(0, SUM_MAX),
    near=st.integers(-3, 3),
    rate=st.sampled_from([0, 1, 333_333, 1_000_000, 7_100_000]),
    share=st.sampled_from([0, 1, 5_000, 8_000, 10_000]),
)
def test_the_quick_look_passes_over_no_leg_that_is_alike(
    fen: int, amount: int, near: int, rate: int, share: int
) -> None:
    look = pairing._Look(
        cast(Any, None), cast(Any, None), date(2026, 11, 23), 30, share, {"X": rate}
    )
    at_an_end = [
        fen * MILLION * factor // (max(rate, 1) * BASIS_POINTS) + near
        for factor in (share, BASIS_POINTS * BASIS_POINTS // max(share, 1))
    ]
    least, most = look.alike(fen, "X")
    for tried in (amount, *(max(end, 0) for end in at_an_end)):
        other = look.fen("X", tried)
        if min(fen, other) * BASIS_POINTS >= max(fen, other) * share:
            assert least <= tried <= most or tried > SUM_MAX
