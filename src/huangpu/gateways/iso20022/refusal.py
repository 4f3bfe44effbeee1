"""Refusals: why a document is not accepted, as an ISO 20022 reason code, a path and a detail.

Inside the gateway a broken rule travels as the exception Fault, so that each level of the document
adds its own step to the path while the stack unwinds; at the public boundary it becomes a Refusal,
which is a value. Codes come from the external status reason set; where the set has one code for
the debtor's side and one for the creditor's, the path decides.
"""

import contextlib
from collections.abc import Iterator

import msgspec

# The code to use when the element lies on the debtor's side, on the creditor's, or on neither.
SIDED_CODES: dict[str, tuple[str, str, str]] = {
    "AC01": ("AC02", "AC03", "AC01"),
    "BE04": ("BE07", "BE04", "BE04"),
    "BE11": ("BE10", "BE11", "BE09"),
    "BE17": ("BE16", "BE17", "BE17"),
    "BE22": ("BE08", "BE22", "BE22"),
}
SHOWN_CHARACTERS_MAX = 60


class Refusal(msgspec.Struct, frozen=True):
    """Why a document was refused; `path` is an XPath without prefixes.

    `message_id` and `definition` are filled when they could be read, so that the caller can choose
    between a status report that names the original and a bare technical reject.
    """

    code: str
    path: str
    detail: str
    rule: str = ""
    message_id: str = ""
    definition: str = ""


class Fault(Exception):
    """A refusal on its way up the document; `segments` are collected innermost first."""

    def __init__(self, code: str, detail: str, *segments: str, rule: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.rule = rule
        self.segments = list(reversed(segments))

    def inside(self, segment: str) -> "Fault":
        """Add the element that holds what was reported so far."""
        self.segments.append(segment)
        return self

    def refusal(self, *, message_id: str = "", definition: str = "") -> Refusal:
        """Turn the fault into a value."""
        path = "/" + "/".join(reversed(self.segments))
        return Refusal(
            code=sided_code(self.code, path),
            path=path,
            detail=self.detail,
            rule=self.rule,
            message_id=message_id,
            definition=definition,
        )


@contextlib.contextmanager
def at(*path: str) -> Iterator[None]:
    """Add to a fault met here the elements that hold the place, outermost first."""
    try:
        yield
    except Fault as fault:
        for step in reversed(path):
            fault.inside(step)
        raise


class WriteError(ValueError):
    """The caller asked for a message that its own profile forbids: a defect, not an input."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"{refusal.code} at {refusal.path}: {refusal.detail}")
        self.refusal = refusal


def sided_code(code: str, path: str) -> str:
    """Choose the debtor's, the creditor's or the neutral form of a code by the path."""
    sides = SIDED_CODES.get(code)
    if sides is None:
        return code
    if "Dbtr" in path:
        return sides[0]
    if "Cdtr" in path:
        return sides[1]
    return sides[2]


def shown(text: str) -> str:
    """Quote a value for a detail, cut to a readable length."""
    if len(text) <= SHOWN_CHARACTERS_MAX:
        return repr(text)
    return repr(text[:SHOWN_CHARACTERS_MAX]) + f"… ({len(text)} characters)"
