"""Problem details (RFC 9457) for everything that is not a success, and the HTTP status of every reason.

A refusal carries reason, detail, cite and rule; malformed input carries the path of the field; an unknown outcome carries Retry-After.
A problem is made from the entry or the request alone, never from the clock, so a repeated question gets the same bytes.
"""

import re

import msgspec

from huangpu.core.message import Rejected
from huangpu.core.reasons import Reason
from huangpu.gateways.rest.wire import NO_HEADERS, Answer

MEDIA_TYPE = "application/problem+json"

_FORBIDDEN = (
    Reason.ACTOR_UNKNOWN,
    Reason.INSTITUTION_SUSPENDED,
    Reason.PERMISSION_MISSING,
    Reason.NOT_YOUR_INSTITUTION,
    Reason.OWN_ACT_NOT_APPROVABLE,
)

STATUS: dict[Reason, int] = dict.fromkeys(Reason, 422) | dict.fromkeys(_FORBIDDEN, 403)
"""HTTP status of each reason: 403 when the actor may not do it at all, 422 when this command breaks a rule."""


def _type_of(code: str) -> str:
    return f"/docs/problems#{code.lower()}"


def _title_of(code: str) -> str:
    return code.replace("_", " ").capitalize()


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Body of every error: `code` is the reason or the kind of fault, `path` a JSON path, `cite` the clause."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    cite: str = ""
    rule: str = ""
    path: str = ""
    seq: int = 0


def problem(
    status: int, code: str, detail: str, *, path: str = "", headers: dict[str, str] | None = None
) -> Answer:
    """Return a problem that is no refusal of the engine: malformed, unauthorised, not found, overloaded."""
    body = Problem(_type_of(code), _title_of(code), status, code, detail, path=path)
    return Answer(status, msgspec.json.encode(body), MEDIA_TYPE, headers or NO_HEADERS)


def refused(rejected: Rejected, seq: int = 0, headers: dict[str, str] | None = None) -> Answer:
    """Return a refusal of the engine, with its clause and the row that refused."""
    status = STATUS[rejected.reason]
    return Answer(
        status, msgspec.json.encode(refusal_body(rejected, seq)), MEDIA_TYPE, headers or NO_HEADERS
    )


def refusal_body(rejected: Rejected, seq: int = 0) -> Problem:
    """Return the problem body of a refusal."""
    reason = rejected.reason
    return Problem(
        _type_of(reason),
        _title_of(reason),
        STATUS[reason],
        reason,
        rejected.detail,
        rejected.cite,
        rejected.rule,
        seq=seq,
    )


NOT_READY = problem(
    503, "NOT_READY", "the engine is reopening its journal", headers={"Retry-After": "1"}
)

_AT_PATH = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>[^`]+)`)?$", re.DOTALL)


def malformed(error: Exception, where: str = "") -> Answer:
    """Return what msgspec found wrong with a body or a query, with the path of the field."""
    match = _AT_PATH.match(str(error))
    assert match is not None
    path = match["path"] or "$"
    return problem(400, "MALFORMED", match["what"], path=f"{where} {path}" if where else path)
