"""Each institution reads only what it is a party to; figures are counted once and carry their window."""

import datetime

from tests.support.centre import MONDAY_0930_US, accepted, register, send
from tests.support.reinsurance import bound, by, market, quote, slip, write

from huangpu.core.calendar import instant_us
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.reinsurance import bills, views
from huangpu.venues.reinsurance.desks import HOUR_US, Capacity, LightDesk
from huangpu.venues.reinsurance.membership import AdmitMember
from huangpu.venues.reinsurance.placement.lines import WriteLine
from huangpu.venues.reinsurance.placement.quoting import IssueFirmOrder
from huangpu.venues.reinsurance.placement.signing import SignDown
from huangpu.venues.reinsurance.placement.slip import SlipState


def test_quotes_of_others_are_hidden_and_lines_too_until_signed() -> None:
    engine = market()
    room = engine.centre.reinsurance
    accepted(by(engine, "BRK", slip()))
    for member in ("RE1", "RE2"):
        accepted(by(engine, member, quote()))
    accepted(by(engine, "CED", IssueFirmOrder(slip_id="S1", leader="RE1")))
    write(engine, "S1", {"RE1": 40, "RE2": 60})
    for reader, seen in ((None, 2), ("BRK", 2), ("CED", 2), ("RE1", 1), ("RE2", 1), ("RE3", 0)):
        found = views.slip(room, reader, "S1")
        assert found is not None
        assert len(found.quotes) == seen, reader
        assert len(found.lines) == seen, reader
        assert all(step.party in ("", reader) for step in found.history) or seen == 2
    accepted(by(engine, "BRK", SignDown(slip_id="S1")))
    own = views.slip(room, "RE1", "S1")
    assert own is not None
    assert [line.reinsurer for line in own.signed] == ["RE1", "RE2"]
    assert [line.reinsurer for line in own.lines] == ["RE1"]
    assert views.slip(room, "RE3", "S1") is None


def test_a_slip_shown_to_named_markets_is_hidden_from_the_others() -> None:
    engine = market()
    room = engine.centre.reinsurance
    accepted(by(engine, "BRK", slip(markets=["RE1"])))
    assert [row.id for row in views.slips(room, "RE1")] == ["S1"]
    assert views.slips(room, "RE2") == []
    asked = views.slip(room, "RE1", "S1")
    assert asked is not None
    assert asked.slip.offer.markets == []


def test_lists_come_newest_first_and_go_on_after_the_last_row() -> None:
    engine = market()
    room = engine.centre.reinsurance
    for number in range(1, 6):
        accepted(by(engine, "BRK", slip(f"S{number}")))
    first = views.slips(room, None, limit=2)
    assert [row.id for row in first] == ["S5", "S4"]
    rest = views.slips(room, None, limit=9, after=first[-1].id)
    assert [row.id for row in rest] == ["S3", "S2", "S1"]
    assert views.slips(room, None, state=SlipState.BOUND) == []


def test_a_reinsurer_sees_its_own_part_of_the_bill() -> None:
    engine = market()
    room = engine.centre.reinsurance
    code = bound(engine)
    whole = bills.bill(room, "CED", f"{code}/A1")
    part = bills.bill(room, "RE2", f"{code}/A1")
    assert whole is not None
    assert part is not None
    assert len(whole.account.shares) == 3
    assert len(whole.steps) == 16
    assert len(whole.payments) == 6
    assert [share.reinsurer for share in part.account.shares] == ["RE2"]
    assert {step.reinsurer for step in part.steps} == {"", "RE2"}
    assert {payment.share for payment in part.payments} == {"RE2"}
    assert bills.bill(room, "BK1", f"{code}/A1") is None
    assert [bill.account.id for bill in bills.bills(room, "BRK")] == [f"{code}/A1"]
    assert len(bills.payments(room, "RE3")) == 2


def test_contracts_are_shown_to_their_parties() -> None:
    engine = market()
    room = engine.centre.reinsurance
    code = bound(engine)
    for reader in (None, "BRK", "CED", "RE1", "RE2", "RE3"):
        found = views.contract(room, reader, code)
        assert found is not None
        assert found.account_status == "SETTLED"
        assert [share.reinsurer.id for share in found.shares] == ["RE1", "RE2", "RE3"]
    assert views.contracts(room, "BK1") == []


def test_overview_counts_access_and_keeps_measures_apart() -> None:
    engine = market()
    room = engine.centre.reinsurance
    bound(engine)
    accepted(by(engine, "BRK", slip("S2")))
    now = bills.overview(room, MONDAY_0930_US)
    assert (now.institutions, now.domestic, now.foreign) == (5, 4, 1)
    assert {row.domicile: row.institutions for row in now.countries} == {"CN": 4, "GB": 1}
    assert (now.slips_open, now.contracts_bound, now.seats_valid) == (1, 1, 1)
    amounts = {(f.measure, f.currency): f.amount_minor for f in now.figures}
    assert amounts == {
        ("traded", "USD"): 40_000_000,
        ("traded_today", "USD"): 40_000_000,
        ("outward", "USD"): 40_000_000,
    }
    tomorrow = bills.overview(room, MONDAY_0930_US + 24 * HOUR_US)
    assert "traded_today" not in {figure.measure for figure in tomorrow.figures}


def test_inward_is_counted_once_when_it_is_retroceded() -> None:
    engine = market()
    room = engine.centre.reinsurance
    people = {"hk-uw": ["CEDENT"]}
    register(engine, "HKC", InstitutionKind.INSURER, people, domicile="HK")
    accepted(send(engine, "operator", AdmitMember(institution_id="HKC")))
    foreign_to_home = slip("S1", cedent="HKC")
    place_for(engine, foreign_to_home)
    (code,) = room.books.contracts
    place_for(engine, slip("S2", cedent="HKC", retroceded_contract=code))
    amounts = {f.measure: f.amount_minor for f in bills.figures(room, MONDAY_0930_US)}
    assert amounts["inward"] == 40_000_000
    assert amounts["traded"] == 80_000_000


def place_for(engine, placed) -> None:  # type: ignore[no-untyped-def]
    """Bind a slip of the overseas cedent, which settles over its own account."""
    from huangpu.ledger.events import PostOpeningBalance
    from huangpu.registry.cash_accounts import AccountClass
    from huangpu.venues.offshore.accounts import OpenCashAccount
    from huangpu.venues.reinsurance.membership import NameSettlementAccount
    from huangpu.venues.reinsurance.placement.binding import BindSlip

    if "FTN-HKC" not in engine.centre.registry.cash_accounts:
        opened = OpenCashAccount(
            account_id="FTN-HKC",
            account_class=AccountClass.FTN,
            holder="HKC",
            bank="BK1",
            currencies=["USD"],
        )
        accepted(send(engine, "bk1-maker", opened))
        named = NameSettlementAccount(currency="USD", account_id="FTN-HKC")
        accepted(send(engine, "hk-uw", named))
        money = PostOpeningBalance(
            debit="OPENING-BK1-SAU/USD", credit="FTN-HKC/USD", amount=100_000_000
        )
        accepted(send(engine, "operator", money))
    accepted(by(engine, "BRK", placed))
    accepted(by(engine, "RE1", quote(placed.slip_id)))
    accepted(send(engine, "hk-uw", IssueFirmOrder(slip_id=placed.slip_id, leader="RE1")))
    line = WriteLine(slip_id=placed.slip_id, written_micro_percent=100_000_000)
    accepted(by(engine, "RE1", line))
    accepted(by(engine, "BRK", SignDown(slip_id=placed.slip_id)))
    accepted(by(engine, "BRK", BindSlip(slip_id=placed.slip_id)))


def test_a_lit_desk_goes_dark_at_its_expiry() -> None:
    engine = market()
    room = engine.centre.reinsurance
    signal = LightDesk(
        class_of_business="PROPERTY",
        side=Capacity.OFFERED,
        currency="USD",
        capacity_minor=5_000_000_000,
        expires_at_us=MONDAY_0930_US + HOUR_US,
    )
    accepted(by(engine, "RE3", signal))
    (row,) = views.desks(room, MONDAY_0930_US)
    assert (row.institution.id, row.desk) == ("RE3", "D-01")
    assert views.desks(room, MONDAY_0930_US + HOUR_US) == []


def test_members_show_their_seat_on_the_day() -> None:
    room = market().centre.reinsurance
    rows = {row.institution.id: row for row in views.members(room, MONDAY_0930_US)}
    assert (rows["RE3"].desk, rows["RE3"].seat_valid, rows["RE3"].domestic) == ("D-01", True, False)
    assert rows["RE1"].seat_from is None
    assert rows["CED"].settlement_currencies == ["USD"]
    later = instant_us(datetime.date(2027, 12, 1), 9)
    assert not views.member_row(room, "RE3", later).seat_valid
    foreign = views.members(room, MONDAY_0930_US, domestic=False)
    assert [row.institution.id for row in foreign] == ["RE3"]
