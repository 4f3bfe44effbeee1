"""The OpenAPI 3.1 document, made of the tables of acts and views and of the types themselves.

Nothing is described twice: schemas are msgspec's of the very Structs that are decoded and encoded, paths are the rows of the tables. The
same document is committed as `docs/openapi.json`; a test says when it is stale.
"""

import functools
import inspect
import re
from collections import Counter
from typing import Any, Union

import msgspec

from huangpu import __version__
from huangpu.core.message import Rejected
from huangpu.engine import COMMANDS, EVENTS, PERMISSIONS
from huangpu.gateways.rest.acts import Act, parameters_of
from huangpu.gateways.rest.openapi_fixed import fixed_paths
from huangpu.gateways.rest.openapi_parts import (
    KEY,
    REF,
    Tree,
    content,
    path_parameters,
    ref,
    responses,
)
from huangpu.gateways.rest.problems import Problem
from huangpu.gateways.rest.reads import View
from huangpu.gateways.rest.resources import ACTS, VIEWS
from huangpu.gateways.rest.tokens import SignIn, Token
from huangpu.gateways.rest.wire import JSON

DESCRIPTION = """\
Commands change state, reads show it. A command is sent with an `Idempotency-Key`: the same key with the same content gets the
stored answer byte for byte (`Idempotent-Replayed: true`), with other content 422 `COMMAND_ID_REUSED`. An answer means the entry is
durable. Amounts are integers in minor units of an ISO 4217 currency, shares of a whole are micro-percent, instants are
microseconds since 1970-01-01T00:00:00Z where a field ends in `_us`. Every error is a problem (RFC 9457) with the reason, the value found,
the limit, and the clause that refused (`cite`) with its dated row (`rule`, see `/v1/rules/{name}`)."""


class Accepted(msgspec.Struct, frozen=True):
    """The answer to an accepted command: its place in the journal and the facts it produced."""

    seq: int
    at: str
    id: str
    outcome: str
    events: list[Any]


class BulkAnswer(msgspec.Struct, frozen=True):
    """The answer to one command of a bulk request: accepted with events, or rejected with reason and clause."""

    outcome: str
    seq: int = 0
    at: str = ""
    id: str = ""
    events: list[Any] = []
    reason: str = ""
    detail: str = ""
    cite: str = ""
    rule: str = ""


class BulkCommand(msgspec.Struct, frozen=True):
    """One command of a bulk request with its own idempotency key."""

    id: str
    do: dict[str, Any]


class PaymentMessage(msgspec.Struct, frozen=True):
    """One ISO 20022 message that a payment owes: what it is, from whom, to whom, and its text."""

    definition: str
    message_id: str
    sender: str
    receiver: str
    xml: str


class PaymentMessages(msgspec.Struct, frozen=True):
    """The messages of one payment that the reader may see."""

    items: list[PaymentMessage]


class Status(msgspec.Struct, frozen=True):
    """Whether the process is alive or ready."""

    status: str


class Version(msgspec.Struct, frozen=True):
    """The running version."""

    version: str


@functools.cache
def document() -> bytes:
    """Return the document as JSON, always the same bytes for the same code."""
    tree = _tree()
    schemas = tree["components"]["schemas"]
    words = _short_names(sorted(schemas))
    tree["components"]["schemas"] = {words[name]: schemas[name] for name in sorted(schemas)}
    assert len(tree["components"]["schemas"]) == len(schemas)
    text = msgspec.json.format(msgspec.json.encode(tree), indent=1).decode()
    for name in schemas:
        text = text.replace(f'"{REF.format(name=name)}"', f'"{REF.format(name=words[name])}"')
    return text.encode() + b"\n"


def _tree() -> Tree:
    command: Any = Union[tuple(COMMANDS)]  # noqa: UP007 - a union built at run time
    event: Any = Union[tuple(EVENTS)]  # noqa: UP007 - a union built at run time
    answers = [view.answer for view in VIEWS]
    queries = [view.query for view in VIEWS]
    fixed = [command, event, Accepted, BulkAnswer, BulkCommand, Problem, Rejected, SignIn, Token]
    fixed += [Status, Version, PaymentMessages]
    schemas, components = msgspec.json.schema_components(
        [*fixed, *answers, *queries], ref_template=REF
    )
    components["Command"] = _one_of(schemas[0])
    components["Event"] = _one_of(schemas[1])
    components["Accepted"]["properties"]["events"]["items"] = ref("Event")
    components["BulkAnswer"]["properties"]["events"]["items"] = ref("Event")
    components["BulkCommand"]["properties"]["do"] = ref("Command")
    paths: dict[str, Tree] = {}
    for act in ACTS:
        _body_schema(act, components, schemas[0]["discriminator"]["mapping"])
        paths.setdefault(act.path, {})["post"] = _act_operation(act)
    answer_schemas = schemas[len(fixed) : len(fixed) + len(answers)]
    query_schemas = schemas[len(fixed) + len(answers) :]
    for view, answer, query in zip(VIEWS, answer_schemas, query_schemas, strict=True):
        operation = _view_operation(view, answer, components[_name_in(query["$ref"])])
        paths.setdefault(view.path, {})["get"] = operation
    for query in query_schemas:
        components.pop(_name_in(query["$ref"]), None)
    paths |= fixed_paths()
    return {
        "openapi": "3.1.0",
        "info": {"title": "huangpu", "version": __version__, "description": DESCRIPTION},
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {name: _dedented(schema) for name, schema in components.items()},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _short_names(names: list[str]) -> dict[str, str]:
    """Name every schema for readers; two of one room that would be called the same are told apart by their topic."""
    counts = Counter(map(_short, names))
    return {
        name: _short(name)
        if counts[_short(name)] == 1
        else name.split(".")[-3].capitalize() + name.split(".")[-1]
        for name in names
    }


def _short(name: str) -> str:
    """Name a schema for readers: the page of a list, or a type whose name two rooms use."""
    if name.startswith("Page_"):
        return f"{name.removeprefix('Page_').rstrip('_')}Page"
    parts = name.split(".")
    if len(parts) == 1:
        return name
    return (parts[2] if parts[1] == "venues" else parts[1]).capitalize() + parts[-1]


def _name_in(ref: str) -> str:
    return ref.rsplit("/", 1)[1]


def _one_of(union: Tree) -> Tree:
    return {"oneOf": union["anyOf"], "discriminator": union["discriminator"]}


def _dedented(schema: Tree) -> Tree:
    if "description" in schema:
        schema = {**schema, "description": inspect.cleandoc(schema["description"])}
    return schema


def _tag(path: str) -> str:
    return path.split("/")[2] if path.startswith("/v1/") else "operations"


def _body_schema(act: Act, components: Tree, names: Tree) -> None:
    """Add the command without its type and without what the path names."""
    whole = components[_name_in(names[act.command.__name__])]
    left_out = {"type", *parameters_of(act.path)}
    required = [name for name in whole.get("required", []) if name not in left_out]
    kept = {k: v for k, v in whole["properties"].items() if k not in left_out}
    components[f"{act.command.__name__}Body"] = {
        **whole,
        "title": f"{act.command.__name__}Body",
        "properties": kept,
        "required": required,
    }


def _act_operation(act: Act) -> Tree:
    name = act.command.__name__
    permission = PERMISSIONS[name]
    text = inspect.getdoc(act.command) or name
    return {
        "operationId": name,
        "tags": [_tag(act.path)],
        "summary": act.summary or text.split("\n", 1)[0],
        "description": f"{text}\n\nPermission: {permission or 'any registered person'}.",
        "parameters": [*path_parameters(act.path), KEY],
        "requestBody": {"required": True, "content": content(ref(f"{name}Body"))},
        "responses": responses(ref("Accepted"), 400, 401, 403, 413, 415, 422, 500, 503),
    }


def _view_operation(view: View, answer: Tree, query: Tree) -> Tree:
    parameters = path_parameters(view.path)
    for name, schema in query["properties"].items():
        parameters.append({"name": name, "in": "query", "required": False, "schema": schema})
    permission = f" Permission: {view.permission}." if view.permission else ""
    words = re.sub(r"[{}]", "", view.path.removeprefix("/v1/")).replace(".", "_").split("/")
    missing = (404,) if "{" in view.path else ()
    found = responses(answer, 400, 401, 403, *missing, 500, 503)
    if view.media_type != JSON:
        found["200"]["content"] = content({"type": "string"}, view.media_type)
    return {
        "operationId": "get_" + "_".join(words).replace("-", "_"),
        "tags": [_tag(view.path)],
        "summary": view.summary,
        "description": f"{view.summary}.{permission}",
        "parameters": parameters,
        "responses": found,
    }
