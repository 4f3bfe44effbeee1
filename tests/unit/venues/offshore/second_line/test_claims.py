"""Quotas inside one entry: the orders of a batch count for each other as if each had come alone."""

import pytest
from tests.support.boundary import boundary_engine, change, do
from tests.support.centre import accepted, refused, send
from tests.support.offshore import book_order, instruct

from huangpu.core.reasons import Reason
from huangpu.engine.writer import Engine
from huangpu.venues.offshore.boundary import Running
from huangpu.venues.offshore.orders import PaymentOrder
from huangpu.venues.offshore.payments.words import InstructPaymentBatch, PaymentRefused
from huangpu.venues.offshore.second_line.claims import quota_key
from huangpu.venues.offshore.second_line.release import ReleaseSecondLine
from huangpu.venues.offshore.upgraded import WithdrawUpgrade

EQUITY = 200_000_000_00


def order(amount: int) -> PaymentOrder:
    """Order an upgraded transfer: into the domestic economy where positive, out of it where negative."""
    pair = ("FTE-HOLD1", "DOM-HOLD1-B") if amount > 0 else ("DOM-HOLD1-B", "FTE-HOLD1")
    return book_order(pair[1], abs(amount), currency="CNY", purpose="CURR", debtor_account=pair[0])


def turned_down(engine: Engine, amounts: list[int]) -> list[int]:
    """Send a batch and return the positions that were refused."""
    orders = [order(amount) for amount in amounts]
    batch = InstructPaymentBatch(message_id=orders[0].uetr[-12:], bank="BK1", orders=orders)
    entry = accepted(send(engine, "bk1-maker", batch))
    assert isinstance(entry.outcome, list)
    found = [event for event in entry.outcome if isinstance(event, PaymentRefused)]
    assert {one.refusal.reason for one in found} <= {Reason.QUOTA_EXCEEDED}
    return [one.position for one in found]


@pytest.mark.parametrize(
    ("amounts", "refused_at"),
    [
        ([EQUITY, 1, -1, 1, 1], [1, 4]),
        ([-EQUITY, -1, 2 * EQUITY, 1], [1, 3]),
        ([EQUITY - 1, 2, 1], [1]),
    ],
)
def test_settling_orders_of_a_batch_move_the_net(amounts: list[int], refused_at: list[int]) -> None:
    engine = boundary_engine()
    assert turned_down(engine, amounts) == refused_at
    kept = [amount for place, amount in enumerate(amounts) if place not in refused_at]
    running = engine.centre.offshore.books.boundary.running[quota_key("HOLD1")]
    assert running == Running(net=sum(kept))


def test_waiting_orders_of_the_other_direction_give_no_room() -> None:
    engine = boundary_engine(
        {"transfer.FTE.DOM.CNY.UPGRADED": "release", "transfer.DOM.FTE.CNY.UPGRADED": "release"}
    )
    assert turned_down(engine, [EQUITY, -EQUITY, 1, -1]) == [2, 3]
    running = engine.centre.offshore.books.boundary.running[quota_key("HOLD1")]
    assert running == Running(net=0, claimed_in=EQUITY, claimed_out=EQUITY)


def test_a_cap_lowered_meanwhile_refuses_at_settlement_and_gives_back() -> None:
    engine = boundary_engine({"transfer.FTE.DOM.CNY.UPGRADED": "release"})
    pending = order(EQUITY)
    do(engine, "bk1-maker", instruct(pending))
    change(engine, {"offshore.upgraded.inflow_leverage": 9_999})
    accepted(send(engine, "bk1-checker", ReleaseSecondLine(uetr=pending.uetr)))
    ended = engine.centre.offshore.payments.get(pending.uetr)
    assert ended is not None
    assert (ended.status, ended.reason) == ("RJCT", Reason.QUOTA_EXCEEDED)
    running = engine.centre.offshore.books.boundary.running[quota_key("HOLD1")]
    assert running == Running()


def test_running_balances_outlive_a_withdrawal() -> None:
    engine = boundary_engine()
    do(engine, "bk1-maker", instruct(order(EQUITY)))
    do(engine, "bk1-checker", WithdrawUpgrade(company="HOLD1", cause="BREACH"))
    # Plain again, and never on the white list: the account cannot pay.
    again = refused(send(engine, "bk1-maker", instruct(order(1))))
    assert again.reason is Reason.WHITE_LIST_STATUS
    running = engine.centre.offshore.books.boundary.running[quota_key("HOLD1")]
    assert running.net == EQUITY
