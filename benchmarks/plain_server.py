"""What the REST figures are held against: bare ASGI applications on the same uvicorn, by the same load.

`answer` reads the body and answers as many bytes as a payment's answer has: the ceiling of this server. `commit` decodes the JSON, refuses a
repeated id, moves the money between two dicts and commits one row to SQLite (WAL, FULL) before it answers: the plain way to be durable.
"""

import argparse
import json
import sqlite3
from pathlib import Path
from typing import Any, Final

import uvicorn

ANSWER: Final = b'{"outcome":"accepted","events":"' + b"x" * 900 + b'"}'
HEAD: Final = {
    "type": "http.response.start",
    "status": 200,
    "headers": [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(ANSWER)).encode()),
    ],
}
DONE: Final = {"type": "http.response.body", "body": ANSWER}


async def answer(scope: Any, receive: Any, send: Any) -> None:
    """Read the request and answer."""
    if scope["type"] == "lifespan":
        return
    while (await receive()).get("more_body"):
        pass
    await send(HEAD)
    await send(DONE)


class Committing:
    """Checks an id and the funds, and commits each payment on its own."""

    def __init__(self, folder: Path) -> None:
        self._database = sqlite3.connect(folder / "plain.sqlite", isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.execute("CREATE TABLE payments (id TEXT PRIMARY KEY, body BLOB)")
        self._balances: dict[str, int] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one payment after its commit."""
        if scope["type"] == "lifespan":
            return
        if scope["method"] == "POST":
            body = (await receive())["body"]
            order = json.loads(body)["order"]
            for account, sign in ((order["debtor_account"], -1), (order["creditor_account"], 1)):
                self._balances[account] = (
                    self._balances.get(account, 10**12) + sign * order["amount"]
                )
            self._database.execute("INSERT INTO payments VALUES (?, ?)", (order["uetr"], body))
        await send(HEAD)
        await send(DONE)


def main() -> None:
    """Serve one of the two until stopped."""
    parser = argparse.ArgumentParser(description="Serve a plain ASGI application.")
    parser.add_argument("kind", choices=("answer", "commit"))
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args()
    app: Any = answer if given.kind == "answer" else Committing(given.data)
    uvicorn.run(app, port=given.port, access_log=False, log_level="warning", lifespan="off")


if __name__ == "__main__":
    main()
