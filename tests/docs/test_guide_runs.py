"""Every call of the guide gives what the guide says, against the seeded demo in an open session.

A call is a line `as PERSON $B/path … --json '…'` after a comment: `# accepted: EVENT`, `# refused: REASON` or `# shows: …`.
"""

import re
import shlex
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from huangpu.app import load_rules
from huangpu.clock import demo_start_us
from huangpu.demo import seed
from huangpu.engine import Engine, Submission
from huangpu.engine.centre import Centre
from huangpu.journal.memory import MemoryStore
from huangpu.registry.charter import FoundCentre, Tick
from tests.docs.tables import ROOT
from tests.support.rest import Api

_CALL = re.compile(
    r"^# (?P<kind>accepted|refused|shows): (?P<what>.+)\n(?P<call>as (?:.|\n  )+)$", re.MULTILINE
)
OPEN_US = 90 * 1_000_000


class Call(NamedTuple):
    """One call of the guide and what it says of it."""

    kind: str
    what: str
    person: str
    path: str
    key: str
    body: str


def calls() -> list[Call]:
    text = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    found = []
    for match in _CALL.finditer(text):
        _, person, address, *rest = shlex.split(match["call"])
        options = dict(zip(rest[::2], rest[1::2], strict=True))
        key = options.get("-H", "").partition("Idempotency-Key: ")[2]
        path = address.removeprefix("$B")
        found.append(
            Call(match["kind"], match["what"], person, path, key, options.get("--json", ""))
        )
    return found


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    rules = load_rules()
    start_us = demo_start_us(rules)
    engine = Engine(Centre(rules), MemoryStore(), lambda: start_us)
    found = FoundCentre(
        name="guide",
        sandbox=True,
        operator="HUANGPU",
        operator_lei="984500HUANGPUSIM0060",
        person="operator",
        password_hash="$argon2id$none",
        clock_person="clock",
        rules_sha256=rules.digest(),
    )
    engine.step([Submission("founder", "found", found)])
    seed.seed(engine)
    engine.step([Submission("clock", "opened", Tick(), start_us + OPEN_US)])
    api = Api(engine)
    yield api
    api.close()


def test_every_call_of_the_guide_gives_what_it_says(api: Api) -> None:
    for call in calls():
        headers = {"Authorization": f"Bearer {seed.token_of(call.person)}"}
        if not call.body:
            answer = api.call("GET", call.path, by=None, headers=headers)
            assert call.kind == "shows", call
            assert answer.status_code == 200, (call, answer.text)
            continue
        headers["Content-Type"] = "application/json"
        answer = api.call(
            "POST", call.path, by=None, key=call.key, headers=headers, content=call.body
        )
        tree = answer.json()
        if call.kind == "refused":
            assert tree["code"] == call.what, (call, tree)
            assert tree["cite"], (call, tree)
            continue
        assert answer.status_code == 200, (call, tree)
        assert call.what in [event["type"] for event in tree["events"]], (call, tree)


def test_the_guide_has_calls_of_every_kind() -> None:
    text = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    found = calls()
    assert len(found) == len(re.findall(r"^as [a-z0-9-]+ ", text, re.MULTILINE))
    assert {call.kind for call in found} == {"accepted", "refused", "shows"}
    posts = [call.key for call in found if call.body]
    assert len(set(posts)) == len(posts)
