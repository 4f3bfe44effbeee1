"""The asynchronous door: batching, overload, a stopped engine that reopens."""

import asyncio
import time
from typing import Any

import msgspec
import pytest
from tests.support.centre import founded_engine, register

from huangpu.app import load_rules
from huangpu.core.message import Rejected
from huangpu.engine import gate as gates
from huangpu.engine.centre import Centre
from huangpu.engine.gate import Gate, Overloaded
from huangpu.engine.writer import Engine, EngineStopped, Submission
from huangpu.journal.memory import MemoryStore
from huangpu.journal.store import Append
from huangpu.registry.institutions import Institution, InstitutionKind, RegisterInstitution


class FlakyStore(MemoryStore):
    """A store that does the write and then cannot say so, once."""

    lie_once = False

    def append(self, expected_seq: int, epoch: int, count: int, body: bytes) -> Append:
        result = super().append(expected_seq, epoch, count, body)
        if self.lie_once:
            self.lie_once = False
            return Append.UNKNOWN
        return result

    def close(self) -> None:
        """Keep the rows, so that the journal can be opened again."""


def flaky_gate() -> tuple[Gate, FlakyStore]:
    store = FlakyStore()
    found = next(iter(founded_engine().entries(1)))

    def opened() -> Engine:
        from huangpu.app import open_engine

        return open_engine(store, load_rules(), lambda: found.at_us)

    first = Engine(Centre(load_rules()), store, lambda: found.at_us)
    first.step([Submission(found.by, found.id, found.command)])
    return Gate(opened), store


def bank(number: int) -> RegisterInstitution:
    good: Institution = register(
        founded_engine(), "BK0", InstitutionKind.OVERSEAS_BANK, {}, domicile="HK", bic="TSTCHKHHXXX"
    )
    from huangpu.core.identifiers import lei_of

    lei = lei_of(f"98450000GATE{number:06d}")
    bic = f"TST{chr(65 + number // 26)}HKH{chr(65 + number % 26)}"
    return RegisterInstitution(
        institution=msgspec.structs.replace(good, id=f"BK{number}", lei=lei, bic=bic)
    )


def test_many_submissions_share_few_writes_and_all_are_answered() -> None:
    async def scenario() -> None:
        gate, store = flaky_gate()
        gate.start()
        answers = await asyncio.gather(
            *(gate.submit("operator", f"b{n}", bank(n)) for n in range(40))
        )
        assert all(
            not isinstance(a, Rejected) and not isinstance(a.outcome, Rejected) for a in answers
        )
        assert len(list(store.read(1))) < 10
        assert len(gate.latencies_s[RegisterInstitution]) == 40
        await gate.stop()

    asyncio.run(scenario())


def test_an_unknown_write_is_told_and_the_same_id_learns_what_became_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gates, "REOPEN_PAUSE_S", 0)

    async def scenario() -> None:
        gate, store = flaky_gate()
        gate.start()
        store.lie_once = True
        with pytest.raises(EngineStopped, match="UNKNOWN"):
            await gate.submit("operator", "b1", bank(1))
        answer = await gate.submit("operator", "b1", bank(1))
        assert not isinstance(answer, Rejected)
        assert answer.seq == 2
        assert b"InstitutionRegistered" in gate.engine.answer(answer)
        await gate.stop()

    asyncio.run(scenario())


def test_a_full_queue_refuses_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "QUEUE_MAX", 3)

    async def scenario() -> None:
        gate, _ = flaky_gate()
        waiting = [
            asyncio.ensure_future(gate.submit("operator", f"b{n}", bank(n))) for n in range(3)
        ]
        await asyncio.sleep(0)
        with pytest.raises(Overloaded, match="3 commands queued"):
            await gate.submit("operator", "b4", bank(4))
        with pytest.raises(Overloaded):
            await gate.submit_all("operator", [("b5", bank(5))])
        gate.start()
        await asyncio.gather(*waiting)
        await gate.stop()

    asyncio.run(scenario())


def test_a_fault_in_a_decision_stops_the_engine_instead_of_building_on_half_a_state(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gates, "REOPEN_PAUSE_S", 0)

    async def scenario() -> None:
        gate, _ = flaky_gate()
        broken = gate.engine.centre
        monkeypatch.setattr(broken, "decide", lambda command, stamp: 1 // 0)
        gate.start()
        with pytest.raises(EngineStopped):
            await gate.submit("operator", "b1", bank(1))
        answer = await gate.submit("operator", "b1", bank(1))
        assert not isinstance(answer, Rejected)
        assert gate.engine.centre is not broken
        await gate.stop()

    asyncio.run(scenario())


def test_a_reader_sees_no_batch_before_it_is_durable(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        gate, store = flaky_gate()
        append = store.append

        def slowly(*row: Any) -> Append:
            time.sleep(0.02)
            return append(*row)

        monkeypatch.setattr(store, "append", slowly)
        commands = [bank(number) for number in range(6)]
        seen: list[tuple[int, int]] = []

        async def look() -> None:
            await gate.settled()
            seen.append((gate.engine.next_seq, gate.engine.store.tail().next_seq))

        gate.start()
        tasks: list[asyncio.Task[Any]] = []
        for number, command in enumerate(commands):
            tasks.append(asyncio.create_task(gate.submit("operator", f"b{number}", command)))
            await asyncio.sleep(0.005)
            tasks.append(asyncio.create_task(look()))
        await asyncio.gather(*tasks)
        await gate.stop()
        assert len(seen) == len(commands)
        assert [decided for decided, _ in seen] == [durable for _, durable in seen]

    asyncio.run(scenario())
