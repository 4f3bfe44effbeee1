"""Views of recalls, returns and transfers: for their parties only, who waits for whom, and one final answer a UETR."""

from tests.support.centre import MONDAY_0930_US, accepted, send
from tests.support.offshore import (
    instruct,
    offshore_engine,
    overseas_order,
    uetr,
)
from tests.support.recalls import (
    announce,
    answer,
    bank_order,
    bank_pays,
    bank_receives,
    days_later,
    give_back,
    paid,
    recall,
)

from huangpu.core.calendar import DAY_US
from huangpu.engine.writer import Engine
from huangpu.venues.offshore.recalls.views import (
    bank_transfers,
    final_answer,
    recall_answer,
    recalls,
    returns,
)


def page(engine: Engine, institution: str | None, days: int = 0) -> list[tuple[str, str, int]]:
    now_us = MONDAY_0930_US + days * DAY_US
    found = recalls(engine.centre.offshore, now_us, institution=institution, open_only=True)
    return [(view.waits_for, view.waits_for_what, view.age_days) for view in found.items]


def test_a_recall_shows_who_waits_for_whose_answer_and_for_how_long() -> None:
    engine = offshore_engine()
    name = paid(engine, "OUTWARD")
    accepted(send(engine, "otc1-treasurer", recall(name)))
    assert page(engine, "OTC1", days=3) == [("OVB", "ANSWER", 3)]
    accepted(send(engine, "ovb-desk", answer(name)))
    assert page(engine, None, days=4) == [("OVB", "RETURN", 4)]
    assert page(engine, "SUP1") == page(engine, "OTC2") == page(engine, "BK2") == []


def test_pages_are_newest_first_and_for_parties_only() -> None:
    engine = offshore_engine()
    names = [paid(engine, amount=1_00) for _ in range(3)]
    for name in names:
        accepted(send(engine, "otc1-treasurer", recall(name)))
        accepted(send(engine, "bk1-checker", give_back(name)))
    room = engine.centre.offshore
    first = recalls(room, MONDAY_0930_US, institution="SUP1", limit=2)
    assert [view.recall.uetr for view in first.items] == names[:0:-1]
    rest = recalls(room, MONDAY_0930_US, institution="SUP1", limit=2, after=first.next_after)
    assert [view.recall.uetr for view in rest.items] == names[:1]
    assert [back.uetr for back in returns(room, institution="BK1").items] == names[::-1]
    assert returns(room, institution="BK2").items == []
    assert recalls(room, 0, institution=None, after="x").items == []


def test_a_uetr_has_one_final_answer() -> None:
    engine = offshore_engine()
    room = engine.centre.offshore
    assert final_answer(room, uetr(7)).status == ""
    name = paid(engine)
    settled = final_answer(room, name)
    assert (settled.status, settled.final, settled.returned) == ("ACCC", True, "")
    accepted(send(engine, "otc1-treasurer", recall(name)))
    assert final_answer(room, name).recall == "PDCR"
    accepted(send(engine, "sup1-treasurer", answer(name)))
    back = final_answer(room, name)
    assert (back.status, back.at_us, back.recall) == (settled.status, settled.at_us, "CNCL")
    assert back.returned == "RT000000000000"
    assert final_answer(room, name, "OTC2") == final_answer(room, name, "BK2")
    assert final_answer(room, name, "OTC2").kind == ""
    queued = overseas_order(1_500_000_00)
    accepted(send(engine, "otc1-treasurer", instruct(queued)))
    assert not final_answer(room, queued.uetr).final
    accepted(send(engine, "otc1-treasurer", recall(queued.uetr)))
    ended = final_answer(room, queued.uetr)
    assert (ended.status, ended.final, ended.reason) == ("CANC", True, "CANCELLED")


def test_transfers_and_covers_answer_by_uetr_and_show_to_their_banks_only() -> None:
    engine = offshore_engine()
    room = engine.centre.offshore
    order, cover = bank_order(1_00), bank_order(2_00, debtor_account="")
    accepted(send(engine, "bk1-maker", bank_pays(order)))
    accepted(send(engine, "ovb-desk", bank_receives(cover, cover=True)))
    assert final_answer(room, order.uetr).kind == "TRANSFER"
    assert final_answer(room, order.uetr, "BK2").kind == ""
    waiting = final_answer(room, cover.uetr)
    assert (waiting.kind, waiting.status, waiting.final) == ("COVER", "PDNG", False)
    accepted(send(engine, "ovb-desk", announce(2_00, cover.uetr)))
    met = final_answer(room, cover.uetr)
    assert (met.kind, met.status) == ("PAYMENT", "ACCC")
    shown = [found.order.uetr for found in bank_transfers(room, institution="OVB").items]
    assert shown == [cover.uetr, order.uetr]
    assert bank_transfers(room, institution="BK2").items == []


def test_a_recall_has_one_last_word_for_its_parties() -> None:
    engine = offshore_engine()
    room = engine.centre.offshore
    name = paid(engine)
    assert recall_answer(room, name) is None
    accepted(send(engine, "otc1-treasurer", recall(name)))
    days_later(engine, 40)
    found = recall_answer(room, name, "SUP1")
    assert found is not None
    assert found.answer_reason == "NOAS"
    assert recall_answer(room, name, "OTC2") is None
