"""The log of ended payments: what is packed comes back whole, by number, by UETR, by every id, by party, in order."""

import datetime

import msgspec
import pytest
from tests.support.offshore import inward_order, overseas_order, uetr

from huangpu.core.keys import KeyTable
from huangpu.venues.offshore import archive
from huangpu.venues.offshore.archive import PaymentLog
from huangpu.venues.offshore.orders import (
    Direction,
    LifeStep,
    Payment,
    end_to_end_key,
    instruction_key,
    message_key,
    uetr_key,
)

MONDAY = datetime.date(2026, 11, 23)
AT_US = 1_795_397_400_000_000


def payment(number: int) -> Payment:
    """Return the nth payment: outward and inward by turns, some of them after waiting, some ended without money."""
    inward = number % 2 == 1
    order = (inward_order if inward else overseas_order)(
        100 + number,
        uetr=uetr(number),
        end_to_end_id=f"E{number}",
        instruction_id=f"I{number}",
        requested_date=MONDAY if number % 3 == 0 else None,
    )
    waited = number % 5 == 0
    return Payment(
        number=number,
        seq=number + 7,
        at_us=AT_US + number,
        message_id=f"M{number}",
        sender="OVB" if inward else "OTC1",
        order=order,
        direction=Direction.INWARD if inward else Direction.OUTWARD,
        status="RJCT" if waited else "ACCC" if inward else "ACSC",
        line="FIRST",
        rule="R-04",
        bank="BK1",
        debtor="" if inward else "OTC1",
        debtor_class="OVS" if inward else "FTE",
        creditor="OTC1" if inward else "",
        creditor_class="FTE" if inward else "OVS",
        correspondent="OVB",
        received_us=AT_US if waited else 0,
        steps=[LifeStep(AT_US, number, "PDNG", "QUEUE", "otc1-treasurer")] if waited else [],
        reason="FUNDS_INSUFFICIENT" if waited else "",
    )


@pytest.fixture(params=[1, 4, 1_024])
def log(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> PaymentLog:
    """Return a log of 50 payments in blocks of 1, of 4, and in none that is full."""
    monkeypatch.setattr(archive, "BLOCK_PAYMENTS", request.param)
    log = PaymentLog()
    for number in range(50):
        log.append(payment(number), MONDAY)
    return log


def test_every_payment_comes_back_whole(log: PaymentLog) -> None:
    assert list(log) == [payment(number) for number in range(50)]
    assert [log.get(uetr(number)) for number in range(50)] == list(log)
    assert log.get(uetr(51)) is None


def test_every_id_of_every_payment_is_used_up(log: PaymentLog) -> None:
    for found in log:
        order, own = found.order, bool(found.debtor)
        assert log.uses_any([uetr_key(order.uetr)])
        assert log.uses_any([message_key(found.sender, found.message_id)])
        assert log.uses_any([end_to_end_key(order, MONDAY, own_debtor=own)])
        assert log.uses_any([instruction_key(found.sender, order.instruction_id)])
        tuesday = MONDAY + datetime.timedelta(days=1)
        assert not log.uses_any([end_to_end_key(order, tuesday, own_debtor=own)])
        assert not log.uses_any([message_key("OTC2", found.message_id)])


def test_a_hash_that_collides_is_no_duplicate(
    log: PaymentLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(KeyTable, "find", lambda *_: (3, 4))
    assert not log.uses_any([uetr_key(uetr(9))])
    assert log.get(uetr(9)) is None
    assert log.get(uetr(4)) == payment(4)


def test_pages_run_from_the_newest_to_the_oldest(log: PaymentLog) -> None:
    assert [found.number for found in log.newest_first()] == list(range(49, -1, -1))
    assert [found.number for found in log.newest_first("10")] == list(range(9, -1, -1))
    assert [found.number for found in log.of_institution("OTC1", "3")] == [2, 1, 0]
    assert list(log.of_institution("OTC9")) == []
    moved = [found.number for found in log.of_account("FTE-OTC1")]
    assert moved == [number for number in range(49, -1, -1) if number % 5]
    log.append(payment(50), MONDAY)
    assert next(log.of_institution("BK1")).number == 50


def test_a_loaded_log_is_the_same_and_goes_on_the_same(log: PaymentLog) -> None:
    again = PaymentLog.load(log.dump())
    assert again.dump() == log.dump()
    assert list(again) == list(log)
    for number in range(50, 60):
        log.append(payment(number), MONDAY)
        again.append(payment(number), MONDAY)
    assert again.dump() == log.dump()


def test_a_log_of_other_fields_is_refused(log: PaymentLog) -> None:
    parts = msgspec.msgpack.decode(log.dump())
    parts[0] = parts[0][:-1]
    with pytest.raises(msgspec.DecodeError, match="payments of"):
        PaymentLog.load(msgspec.msgpack.encode(parts))
