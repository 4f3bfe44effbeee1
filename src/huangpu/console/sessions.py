"""Who is signed in at the console: sessions are kept here, in memory, and a browser holds only a random name for one.

A session ends by signing out, after an hour without use, or twelve hours after it began; a restart ends all. Failed attempts are
counted by person id, so that passwords cannot be tried at speed.
"""

import secrets
import time
from collections import deque
from collections.abc import Callable

import msgspec

IDLE_S = 3_600
LIFE_S = 12 * 3_600
ATTEMPTS_MAX = 8
ATTEMPTS_WINDOW_S = 300
SESSIONS_MAX = 10_000
COOKIE = "hp_session"


class Session(msgspec.Struct):
    """One signed-in browser: the person, the token that its forms carry, and when it was last used."""

    person: str
    csrf: str
    began_s: float
    used_s: float


class Sessions:
    """All sessions of this process by their secret name."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._by_name: dict[str, Session] = {}
        self._failures: dict[str, deque[float]] = {}

    def begin(self, person: str) -> str:
        """Open a session and return its name."""
        now_s = self._clock_s()
        if len(self._by_name) >= SESSIONS_MAX:
            self._drop_old(now_s)
        name = secrets.token_urlsafe(32)
        self._by_name[name] = Session(person, secrets.token_urlsafe(24), now_s, now_s)
        self._failures.pop(person, None)
        return name

    def find(self, name: str) -> Session | None:
        """Return a living session and note that it was used."""
        found = self._by_name.get(name)
        if found is None:
            return None
        now_s = self._clock_s()
        if not self._alive(found, now_s):
            del self._by_name[name]
            return None
        found.used_s = now_s
        return found

    def lives(self, name: str) -> bool:
        """Tell whether a session goes on; asking is not using it."""
        found = self._by_name.get(name)
        return found is not None and self._alive(found, self._clock_s())

    def end(self, name: str) -> None:
        """Forget a session."""
        self._by_name.pop(name, None)

    def may_try(self, person: str) -> bool:
        """Tell whether a further password may be tried for a person id."""
        failures = self._failures.get(person)
        if failures is None:
            return True
        now_s = self._clock_s()
        while failures and now_s - failures[0] > ATTEMPTS_WINDOW_S:
            failures.popleft()
        return len(failures) < ATTEMPTS_MAX

    def failed(self, person: str) -> None:
        """Count a wrong password."""
        if len(self._failures) >= SESSIONS_MAX:
            self._failures.clear()
        self._failures.setdefault(person, deque(maxlen=ATTEMPTS_MAX)).append(self._clock_s())

    def _alive(self, session: Session, now_s: float) -> bool:
        return now_s - session.used_s < IDLE_S and now_s - session.began_s < LIFE_S

    def _drop_old(self, now_s: float) -> None:
        living = {n: s for n, s in self._by_name.items() if self._alive(s, now_s)}
        if len(living) >= SESSIONS_MAX:
            oldest = min(living, key=lambda n: living[n].used_s)
            del living[oldest]
        self._by_name = living
