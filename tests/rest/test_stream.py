"""The stream over a socket: who may open it, resume by Last-Event-ID, and a client who goes away."""

from collections.abc import Iterator

import httpx
import msgspec
import pytest
from tests.support.offshore import book_order, instruct, offshore_engine, uetr
from tests.support.rest import give_token, token_of
from tests.support.server import served

from huangpu.engine import Engine


@pytest.fixture
def engine() -> Engine:
    engine = offshore_engine()
    for person in ("otc1-treasurer", "sup1-treasurer", "operator"):
        give_token(engine, person)
    return engine


@pytest.fixture
def address(engine: Engine) -> Iterator[str]:
    with served(engine) as address:
        yield address


def headers_of(person: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token_of(person)}"} | more


def pay(address: str, number: int) -> int:
    command = instruct(book_order("FTN-SUP1", 100, uetr=uetr(number)), f"M{number}")
    headers = headers_of("otc1-treasurer") | {"Idempotency-Key": f"p{number}"}
    answer = httpx.post(
        f"{address}/v1/commands", headers=headers, content=msgspec.json.encode(command)
    )
    seq: int = answer.json()["seq"]
    return seq


def ids_until(lines: Iterator[str], last: int) -> list[int]:
    """Read event ids up to one."""
    found: list[int] = []
    for line in lines:
        if line.startswith("id: "):
            found.append(int(line.removeprefix("id: ")))
            if found[-1] == last:
                return found
    raise AssertionError(f"the stream ended before {last}: {found}")


@pytest.mark.parametrize(
    ("person", "topics", "status"), [("", "offshore", 401), ("operator", "weather", 400)]
)
def test_who_may_not_and_what_is_not_there(
    address: str, person: str, topics: str, status: int
) -> None:
    headers = headers_of(person) if person else {}
    answer = httpx.get(f"{address}/v1/stream", params={"topics": topics}, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_client_follows_leaves_and_resumes(address: str) -> None:
    path, seen = f"{address}/v1/stream?topics=offshore", headers_of("sup1-treasurer")
    with httpx.stream("GET", path, headers=seen, timeout=10) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["cache-control"] == "no-store"
        lines = stream.iter_lines()
        assert next(lines) == "retry: 2000"
        first = pay(address, 1)
        assert ids_until(lines, first)[-1] == first
    second, third = pay(address, 2), pay(address, 3)
    resumed = seen | {"Last-Event-ID": str(first)}
    with httpx.stream("GET", path, headers=resumed, timeout=10) as stream:
        assert ids_until(stream.iter_lines(), third) == [second, third]
