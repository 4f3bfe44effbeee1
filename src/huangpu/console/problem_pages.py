"""What the `type` of a problem points to: every reason for which a command can be refused, in words, for anybody who follows the link."""

from litestar import Response, get

from huangpu.console.pages import Visitor, page
from huangpu.core.reasons import Reason

FAULTS = (
    "MALFORMED",
    "NOT_AUTHENTICATED",
    "FORBIDDEN",
    "NOT_FOUND",
    "METHOD_NOT_ALLOWED",
    "BODY_TOO_LARGE",
    "MEDIA_TYPE_UNSUPPORTED",
    "IDEMPOTENCY_KEY_MISSING",
    "TOO_MANY_COMMANDS",
    "SIGN_IN_FAILED",
    "TOO_MANY_SIGN_INS",
    "OVERLOADED",
    "OUTCOME_UNKNOWN",
    "NOT_READY",
    "INTERNAL",
)
"""Faults of the request or of the moment: nothing was decided, so they cite no clause."""


@get("/docs/problems")
async def show(visitor: Visitor) -> Response[str]:
    """List every reason and fault under its own anchor; needs no sign-in, because it tells nothing of anybody."""
    data = {"topic": "", "reasons": list(Reason), "faults": FAULTS}
    return await page(visitor, "problems.html", data)
