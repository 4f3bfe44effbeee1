"""Signing in and out: a password becomes a bearer token, a token becomes void.

The clear token is in the answer and nowhere else; its hash is journaled by a command of the person. Argon2 runs off the event loop,
two at a time, and a person whose sign-in failed too often waits.
"""

import asyncio
import time
from collections import deque
from typing import Annotated

import msgspec

from huangpu.core.message import Rejected
from huangpu.engine import Engine, EngineStopped, Gate, Overloaded
from huangpu.engine.access import hash_of_token, new_token, person_of_password
from huangpu.gateways.rest.actor import NOT_AUTHENTICATED, bearer_of, person_of
from huangpu.gateways.rest.commands import not_taken
from huangpu.gateways.rest.problems import malformed, problem, refused
from huangpu.gateways.rest.wire import Answer
from huangpu.registry.people import IssueOwnToken, Person, RevokeOwnToken

FAILURES_MAX = 5
FAILURES_WINDOW_S = 60
PEOPLE_WATCHED_MAX = 10_000
AT_A_TIME = 2

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who signs in."""

    person: Text
    password: Text


class Token(msgspec.Struct, frozen=True):
    """A fresh bearer token; it is shown once."""

    token: str
    person: str
    institution: str
    roles: list[str]
    seq: int


class SignInDesk:
    """Signs people in at one gate."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._verifying = asyncio.Semaphore(AT_A_TIME)
        self._failures: dict[str, deque[float]] = {}

    async def sign_in(self, body: bytes) -> Answer:
        """Answer a sign-in with a fresh token."""
        try:
            asked = msgspec.json.decode(body, type=SignIn)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return malformed(error)
        wait_s = self._wait_s(asked.person)
        if wait_s > 0:
            detail = (
                f"{FAILURES_MAX} failed sign-ins of {asked.person} within {FAILURES_WINDOW_S} s"
            )
            headers = {"Retry-After": str(wait_s)}
            return problem(429, "TOO_MANY_SIGN_INS", detail, headers=headers)
        person = await self._verified(asked)
        if person is None:
            self._failed(asked.person)
            detail = "unknown person or wrong password"
            return problem(401, "SIGN_IN_FAILED", detail, headers=dict(NOT_AUTHENTICATED.headers))
        self._failures.pop(asked.person, None)
        return await self._issued(person)

    async def sign_out(self, authorization: str) -> Answer:
        """Make the token of the request void."""
        person = person_of(self._gate, authorization)
        if person is None:
            return NOT_AUTHENTICATED
        hashed = hash_of_token(bearer_of(authorization))
        try:
            answer = await self._gate.submit(
                person.id, f"sign-out-{hashed[:32]}", RevokeOwnToken(hashed=hashed)
            )
        except (Overloaded, EngineStopped) as error:
            return not_taken(error)
        outcome = answer if isinstance(answer, Rejected) else answer.outcome
        return refused(outcome) if isinstance(outcome, Rejected) else Answer(204, b"")

    async def _verified(self, asked: SignIn) -> Person | None:
        engine: Engine = self._gate.engine
        async with self._verifying:
            return await asyncio.to_thread(
                person_of_password, engine.centre, asked.person, asked.password
            )

    async def _issued(self, person: Person) -> Answer:
        token = new_token()
        hashed = hash_of_token(token)
        try:
            answer = await self._gate.submit(
                person.id, f"sign-in-{hashed[:32]}", IssueOwnToken(hashed=hashed)
            )
        except (Overloaded, EngineStopped) as error:
            return not_taken(error)
        if isinstance(answer, Rejected):
            return refused(answer)
        if isinstance(answer.outcome, Rejected):
            return refused(answer.outcome, answer.seq)
        found = Token(token, person.id, person.institution, person.roles, answer.seq)
        return Answer(201, msgspec.json.encode(found))

    def _wait_s(self, person_id: str) -> int:
        failures = self._failures.get(person_id)
        if failures is None or len(failures) < FAILURES_MAX:
            return 0
        left_s = failures[0] + FAILURES_WINDOW_S - time.monotonic()
        return max(0, int(left_s) + 1) if left_s > 0 else 0

    def _failed(self, person_id: str) -> None:
        if len(self._failures) >= PEOPLE_WATCHED_MAX:
            self._failures.pop(next(iter(self._failures)))
        failures = self._failures.setdefault(person_id, deque(maxlen=FAILURES_MAX))
        failures.append(time.monotonic())
