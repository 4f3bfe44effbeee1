"""The generator of files: pain.001 messages of 1,000 transactions over HTTP, written before the clock starts; prints what it saw as JSON.

Each connection sends its next file when the pain.002 for the last is complete; a file counts when every transaction of it is settled.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Iterator
from typing import Final

import uvloop

from benchmarks import centre
from benchmarks.iso import PAYER, TRANSACTIONS, pain001_of
from benchmarks.load import Connection
from huangpu.demo.seed import token_of

CONNECTIONS: Final = 2
ANSWER_S_MAX: Final = 120.0


def requests_of(count: int) -> Iterator[bytes]:
    """Write files as whole HTTP requests."""
    person, _, _ = centre.payer_of(PAYER)
    for number in range(count):
        body = pain001_of(number)
        head = (
            "POST /v1/iso20022 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {token_of(person)}\r\n"
            f"Content-Type: application/xml\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        yield head.encode() + body


async def sent(port: int, files: list[bytes]) -> list[float]:
    """Send all files; give the seconds that each took, after checking its answer."""
    left, times = iter(files), []
    over = asyncio.Event()

    def answered(connection: Connection, status: int, latency_s: float) -> None:
        assert status == 200, connection.body[:500]
        settled = connection.body.count(b">ACSC<") + connection.body.count(b">ACCC<")
        assert settled >= TRANSACTIONS, f"{settled} of {TRANSACTIONS} settled"
        times.append(latency_s)
        following(connection)

    def following(connection: Connection) -> None:
        file = next(left, None)
        if file is not None:
            connection.send(file, time.perf_counter())
        elif len(times) == len(files):
            over.set()

    loop = asyncio.get_running_loop()
    opened = [
        (await loop.create_connection(lambda: Connection(answered), "127.0.0.1", port))[1]
        for _ in range(CONNECTIONS)
    ]
    for connection in opened[: len(files)]:
        following(connection)
    await asyncio.wait_for(over.wait(), ANSWER_S_MAX)
    for connection in opened:
        connection.close()
    return times


def main() -> None:
    """Write the files, send them, print one JSON object."""
    parser = argparse.ArgumentParser(description="Send pain.001 files over HTTP and measure.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--count", type=int, default=8)
    given = parser.parse_args()
    # The first large file starts the process that reads them; it is not counted.
    first, *files = requests_of(given.count + 1)
    uvloop.run(sent(given.port, [first]))
    start_s = time.perf_counter()
    times = uvloop.run(sent(given.port, files))
    seconds = time.perf_counter() - start_s
    size = sum(len(file) for file in files) / len(files)
    found = {
        "transactions": given.count * TRANSACTIONS,
        "rate": given.count * TRANSACTIONS / seconds,
        "slowest_s": max(times),
        "bytes": size,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
