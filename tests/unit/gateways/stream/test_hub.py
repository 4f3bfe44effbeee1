"""The stream: who is told what, resume from the journal, and a slow reader who is dropped to fresh figures."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import msgspec
import pytest
from tests.support import growth
from tests.support import liquidity as queue
from tests.support.offshore import book_order, instruct, offshore_engine, overseas_order, uetr

from huangpu.engine import Engine, Gate
from huangpu.gateways.stream import hub as stream
from huangpu.gateways.stream.hub import Hub, Subject
from huangpu.registry.charter import Tick
from huangpu.venues.growth.orders import PlaceOrder

Story = Callable[[Gate, Hub], Coroutine[Any, Any, None]]


def figures(centre: object, at_us: int, seq: int) -> dict[str, int]:
    return {"payments": len(centre.offshore.payments)}  # type: ignore[attr-defined]


def play(story: Story, engine: Engine | None = None) -> None:
    async def run() -> None:
        opened = engine or offshore_engine()
        gate = Gate(lambda: opened)
        hub = Hub(gate, {"overview": figures})
        gate.start()
        await story(gate, hub)
        await gate.stop()

    asyncio.run(run())


def events(frame: bytes) -> list[tuple[str, Any, int | None]]:
    found = []
    for block in frame.decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if line and line[0] != ":")
        if "event" in fields:
            seq = int(fields["id"]) if "id" in fields else None
            found.append((fields["event"], msgspec.json.decode(fields["data"]), seq))
    return found


async def entries_until(frames: AsyncIterator[bytes], count: int) -> list[tuple[int, str]]:
    """Collect notices as (seq, command) until there are so many."""
    found: list[tuple[int, str]] = []
    while len(found) < count:
        frame = await asyncio.wait_for(anext(frames), 5)
        found += [
            (seq, body["command"])
            for kind, body, seq in events(frame)
            if kind == "entry" and seq is not None
        ]
    return found


async def pay(gate: Gate, number: int, account: str = "FTN-SUP1") -> int:
    command = instruct(book_order(account, 100, uetr=uetr(number)), f"M{number}")
    answer = await gate.submit("otc1-treasurer", f"p{number}", command)
    return answer.seq  # type: ignore[union-attr]


def follow(
    hub: Hub, institution: str | None, after: int | None = None, topic: str = "offshore"
) -> AsyncIterator[bytes]:
    return hub.frames(Subject((topic,), institution), after, lambda: True)


async def body_of(frames: AsyncIterator[bytes]) -> Any:
    """Return the one notice that comes next."""
    ((kind, body, _),) = events(await asyncio.wait_for(anext(frames), 5))
    assert kind == "entry"
    return body


def test_a_payment_is_told_to_its_parties_only() -> None:
    async def story(gate: Gate, hub: Hub) -> None:
        readers = {one: follow(hub, one) for one in ("OTC1", "SUP1", "BK1", "OTC2", None)}
        for frames in readers.values():
            assert events(await anext(frames))[0][0] == "hello"
        first = await pay(gate, 1)
        other = await gate.submit("otc2-treasurer", "x", instruct(overseas_order(5), "X", "BK2"))
        for party in ("OTC1", "SUP1", "BK1"):
            assert await entries_until(readers[party], 1) == [(first, "InstructPayment")]
        assert await entries_until(readers["OTC2"], 1) == [(other.seq, "InstructPayment")]  # type: ignore[union-attr]
        assert [seq for seq, _ in await entries_until(readers[None], 2)] == [first, first + 1]

    play(story)


def test_a_notice_carries_no_amount_and_a_refusal_goes_to_its_sender_only() -> None:
    async def story(gate: Gate, hub: Hub) -> None:
        payer, payee = follow(hub, "OTC1"), follow(hub, "SUP1")
        await anext(payer)
        await anext(payee)
        refused = await pay(gate, 1, "NO-SUCH")
        settled = await pay(gate, 2)
        assert [seq for seq, _ in await entries_until(payer, 2)] == [refused, settled]
        frame = await asyncio.wait_for(anext(payee), 5)
        ((_, body, seq),) = events(frame)
        assert seq == settled
        assert body["uetrs"] == [uetr(2)]
        assert "amount" not in frame.decode()

    play(story)


def test_a_reader_who_comes_back_gets_what_was_missed_and_nothing_twice() -> None:
    async def story(gate: Gate, hub: Hub) -> None:
        seqs = [await pay(gate, number) for number in range(1, 6)]
        frames = follow(hub, "SUP1", after=seqs[1])
        assert [seq for seq, _ in await entries_until(frames, 3)] == seqs[2:]
        last = await pay(gate, 6)
        assert [seq for seq, _ in await entries_until(frames, 1)] == [last]
        up_to_date = follow(hub, "SUP1", after=last)
        assert events(await anext(up_to_date)) == []

    play(story)


@pytest.mark.parametrize("after", [10**9, -1])
def test_a_number_that_cannot_be_resumed_is_a_reset(
    after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "RESUMED_ENTRIES_MAX", 10)

    async def story(gate: Gate, hub: Hub) -> None:
        frames = hub.frames(Subject(("offshore", "overview"), None), after, lambda: True)
        kinds = [kind for kind, _, _ in events(await anext(frames))]
        assert kinds == ["reset", "figures.overview"]

    play(story)


def test_a_slow_reader_loses_its_queue_and_starts_from_fresh_figures() -> None:
    async def story(gate: Gate, hub: Hub) -> None:
        slow = hub.frames(Subject(("offshore", "overview"), None), None, lambda: True)
        await anext(slow)
        for number in range(1, stream.QUEUE_FRAMES_MAX + 10):
            await pay(gate, number)
        kinds = [(kind, body) for kind, body, _ in events(await anext(slow))]
        assert [kind for kind, _ in kinds] == ["reset", "figures.overview"]
        assert kinds[0][1]["seq"] == gate.engine.next_seq - 1
        assert kinds[1][1] == {"payments": stream.QUEUE_FRAMES_MAX + 9}
        last = await pay(gate, 1_000)
        assert [seq for seq, _ in await entries_until(slow, 1)] == [last]

    play(story)


def test_figures_that_changed_are_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "FIGURES_PAUSE_S", 0.01)

    async def story(gate: Gate, hub: Hub) -> None:
        frames = hub.frames(Subject(("overview",), "OTC2"), None, lambda: True)
        assert events(await anext(frames))[1][1] == {"payments": 0}
        await pay(gate, 1)
        kind, body, _ = events(await asyncio.wait_for(anext(frames), 5))[0]
        assert (kind, body) == ("figures.overview", {"payments": 1})
        await pay(gate, 2, "NO-SUCH")
        monkeypatch.setattr(stream, "HEARTBEAT_S", 0.2)
        assert await asyncio.wait_for(anext(frames), 5) == stream.HEARTBEAT

    play(story)


def test_all_readers_of_a_subject_share_the_encoded_frame() -> None:
    async def story(gate: Gate, hub: Hub) -> None:
        readers = [follow(hub, "SUP1") for _ in range(3)]
        for frames in readers:
            await anext(frames)
        await pay(gate, 1)
        held = [next(iter(reader._frames)) for group in hub._readers.values() for reader in group]
        assert len(held) == 3
        assert all(frame is held[0] for frame in held)

    play(story)


def test_a_reader_who_leaves_or_loses_the_credential_is_forgotten() -> None:
    async def story(gate: Gate, hub: Hub) -> None:
        welcome = [True]
        frames = hub.frames(Subject(("offshore",), None), None, lambda: welcome[0])
        await anext(frames)
        await pay(gate, 1)
        await anext(frames)
        welcome[0] = False
        with pytest.raises(StopAsyncIteration):
            await anext(frames)
        assert hub._readers == {}
        leaver = follow(hub, "OTC1")
        await anext(leaver)
        await leaver.aclose()  # type: ignore[attr-defined]
        assert hub._readers == {}

    play(story)


def test_an_entry_that_settles_several_payments_tells_each_party_of_its_own() -> None:
    engine = queue.liquidity_engine()
    queue.give(engine, "FTE-A", 100)
    released = queue.pay(engine, "B", "C", 100)

    async def story(gate: Gate, hub: Hub) -> None:
        readers = {one: follow(hub, one) for one in ("A", "B", "C", "BK1", None)}
        for frames in readers.values():
            await anext(frames)
        order = book_order("FTE-B", 100, debtor_account="FTE-A")
        await gate.submit("a-treasurer", "a-1", instruct(order, "A-MESSAGE"))
        told = {one: await body_of(frames) for one, frames in readers.items()}
        both = [order.uetr, released]
        seen = {one: body["uetrs"] for one, body in told.items()}
        assert seen == {"A": both[:1], "B": both, "C": both[1:], "BK1": both, None: both}
        named = {one: body.get("refers_to") for one, body in told.items()}
        assert named.pop("C") is None
        assert list(named.values()) == [{"message_id": "A-MESSAGE"}] * 4

    play(story, engine)


def test_netting_tells_each_party_of_its_own_payments() -> None:
    engine = queue.liquidity_engine()
    first, second, third = (
        queue.pay(engine, payer, payee, 100) for payer, payee in ("AB", "BC", "CA")
    )

    async def story(gate: Gate, hub: Hub) -> None:
        readers = {one: follow(hub, one, topic="registry") for one in ("A", "B", "C", None)}
        for frames in readers.values():
            await anext(frames)
        await gate.submit("clock", "tick", Tick(), at_us=queue.later(10))
        seen = {one: set((await body_of(frames))["uetrs"]) for one, frames in readers.items()}
        all_three = {first, second, third}
        assert seen == {
            "A": {first, third},
            "B": {first, second},
            "C": {second, third},
            None: all_three,
        }

    play(story, engine)


def test_a_trade_tells_the_other_firm_no_order_id_of_the_taker() -> None:
    engine = growth.small_market()
    growth.place(engine, growth.GAMMA, "MAKER", growth.SELL, 200, 2000)

    async def story(gate: Gate, hub: Hub) -> None:
        firms = (growth.FIRM_ONE, growth.FIRM_TWO)
        taker, maker = (follow(hub, firm, topic="growth") for firm in firms)
        await anext(taker)
        await anext(maker)
        order = PlaceOrder(
            client_order_id="TAKER",
            investor_id=growth.ALPHA,
            code=growth.OLD_SHARE,
            side=growth.BUY,
            price_fen=2000,
            quantity=200,
        )
        await gate.submit(growth.TRADER_ONE, "t-1", order)
        own = {"code": growth.OLD_SHARE, "client_order_id": "TAKER"}
        assert (await body_of(taker))["refers_to"] == own
        assert (await body_of(maker))["refers_to"] == {"code": growth.OLD_SHARE}

    play(story, engine)
