"""Pieces of the OpenAPI document that every path uses: references, contents, problems, parameters."""

from typing import Any

from huangpu.gateways.rest.acts import parameters_of
from huangpu.gateways.rest.problems import MEDIA_TYPE
from huangpu.gateways.rest.wire import JSON

Tree = dict[str, Any]
REF = "#/components/schemas/{name}"
XML = "application/xml"

STATUS_WORDS = {
    400: "malformed, with the path of the field",
    401: "no or unknown bearer token",
    403: "this person may not do it",
    404: "nothing there that this person may see",
    413: "the body is over the limit",
    415: "the body is of another media type",
    422: "refused by a rule of the centre, or the key was used for another command",
    429: "too many failed sign-ins",
    500: "a defect of the centre",
    503: "overloaded, or the outcome is unknown: send the same key again",
}
KEY: Tree = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "the command's id, chosen by the client; one institution uses it once",
    "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[ -~]+$"},
}


def ref(name: str) -> Tree:
    """Refer to a schema."""
    return {"$ref": REF.format(name=name)}


def content(schema: Tree, media_type: str = JSON) -> Tree:
    """Describe a body of one media type."""
    return {media_type: {"schema": schema}}


def responses(schema: Tree, *problems: int, status: int = 200) -> Tree:
    """Describe the answers: the good one, and the problems by status."""
    found: Tree = {str(status): {"description": "done", "content": content(schema)}}
    for code in problems:
        found[str(code)] = {
            "description": STATUS_WORDS[code],
            "content": content(ref("Problem"), MEDIA_TYPE),
        }
    return found


def path_parameters(path: str) -> list[Tree]:
    """Describe the parameters that a path names."""
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in parameters_of(path)
    ]
