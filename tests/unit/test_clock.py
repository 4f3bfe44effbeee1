"""The clock's ticks: one a second, sooner after one that found something due."""

import asyncio
import contextlib
from collections.abc import Iterator

import pytest

from huangpu import clock


def test_a_busy_tick_is_followed_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    findings: Iterator[bool] = iter((False, True, True, False))
    pauses: list[float] = []

    async def tick() -> bool:
        found = next(findings, None)
        if found is None:
            raise asyncio.CancelledError
        return found

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", pause)
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(clock.ticking(tick))
    idle, busy = clock.TICK_SECONDS, clock.BUSY_TICK_SECONDS
    assert busy < idle
    assert pauses == [idle, busy, busy, idle]
