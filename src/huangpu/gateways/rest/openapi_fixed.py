"""The paths of the OpenAPI document that no table makes: commands by tag, tokens, payment messages, the stream, operations.

The ISO 20022 gateway and the stream are described here because one document describes the whole API; their code is their own.
"""

from huangpu.gateways.rest.commands import PACKED
from huangpu.gateways.rest.lane import BULK_PATH, COMMANDS_PATH
from huangpu.gateways.rest.openapi_parts import (
    KEY,
    XML,
    Tree,
    content,
    path_parameters,
    ref,
    responses,
)

DEAL = "/v1/offshore/fx/deals/{number}/messages"
SEAL = "/v1/offshore/report-streams/{unit}/{kind}/{sequence}/signature"
STATEMENT = "/v1/offshore/accounts/{account_id}/{currency}/statement.xml"
PROBLEMS = (400, 401, 403, 413, 415, 422, 500, 503)
_XML_STATUS_WORDS = {
    200: "accepted, in whole or in part",
    400: "cannot be read, or breaks its profile; nothing was journaled",
    403: "rejected: this person may not do it",
    422: "rejected by a rule of the centre",
}


def fixed_paths() -> dict[str, Tree]:
    """Describe every path that no table makes."""
    return _command_paths() | _token_paths() | _message_paths() | _operation_paths()


def _command_paths() -> dict[str, Tree]:
    command = {
        "operationId": "post_command",
        "tags": ["commands"],
        "summary": "Submit any command by its tag",
        "parameters": [KEY],
        "requestBody": {"required": True, "content": content(ref("Command"))},
        "responses": responses(ref("Accepted"), *PROBLEMS),
    }
    records = {"type": "string", "contentMediaType": PACKED}
    lines = {"type": "array", "items": ref("BulkCommand"), "maxItems": 10_000}
    answers: Tree = {"type": "array", "items": ref("BulkAnswer")}
    bulk = {
        "operationId": "post_commands_bulk",
        "tags": ["commands"],
        "summary": "Submit many commands, or one block of packed transfers",
        "description": "JSON: each command has its own key in `id` and is decided on its own; answers keep the order. "
        "Octets: one PostTransferBlock under the key of the header.",
        "parameters": [{**KEY, "required": False}],
        "requestBody": {"required": True, "content": content(lines) | content(records, PACKED)},
        "responses": responses({"oneOf": [answers, ref("Accepted")]}, *PROBLEMS),
    }
    return {COMMANDS_PATH: {"post": command}, BULK_PATH: {"post": bulk}}


def _token_paths() -> dict[str, Tree]:
    sign_in = {
        "operationId": "sign_in",
        "tags": ["tokens"],
        "summary": "Sign in by password and get a bearer token",
        "security": [],
        "requestBody": {"required": True, "content": content(ref("SignIn"))},
        "responses": responses(ref("Token"), 400, 401, 403, 413, 422, 429, 500, 503, status=201),
    }
    sign_out = {
        "operationId": "sign_out",
        "tags": ["tokens"],
        "summary": "Make the token of this request void",
        "responses": {"204": {"description": "done"}}
        | responses({}, 401, 403, 422, 500, 503, status=204)
        | {"204": {"description": "done"}},
    }
    return {"/v1/tokens": {"post": sign_in}, "/v1/tokens/current": {"delete": sign_out}}


def _message_paths() -> dict[str, Tree]:
    message = {"type": "string", "description": "an ISO 20022 message"}
    iso: Tree = {
        "operationId": "post_iso20022",
        "tags": ["iso20022"],
        "summary": "Send a payment message: pain.001, pacs.008, pacs.009, pacs.004, camt.056, camt.029, pacs.028",
        "description": "Answers with pain.002, pacs.002 or camt.029, or admi.002 when the message cannot be read. The command id is "
        "made of sender and MsgId: the same bytes get the same answer, the same MsgId with other content is DU01.",
        "requestBody": {"required": True, "content": content(message, XML)},
        "responses": {
            str(code): {"description": words, "content": content(message, XML)}
            for code, words in _XML_STATUS_WORDS.items()
        }
        | {
            code: answer
            for code, answer in responses({}, 401, 413, 415, 500, 503).items()
            if code != "200"
        },
    }
    messages = {
        "operationId": "get_offshore_payments_uetr_messages",
        "tags": ["offshore"],
        "summary": "List the messages of a payment: what was sent to whom",
        "parameters": path_parameters("/v1/offshore/payments/{uetr}/messages"),
        "responses": responses(ref("PaymentMessages"), 401, 404, 500, 503),
    }
    return {
        STATEMENT: {"get": _statement(message)},
        "/v1/iso20022": {"post": iso},
        "/v1/offshore/payments/{uetr}/messages": {"get": messages},
        **_beside_paths(),
        "/v1/stream": {"get": _stream()},
    }


def _statement(message: Tree) -> Tree:
    """Describe the statement of a day as a message."""
    return {
        "operationId": "get_offshore_accounts_account_id_currency_statement_xml",
        "tags": ["offshore"],
        "summary": "Download a day's statement as camt.053, or camt.052 while the day runs",
        "parameters": [
            *path_parameters(STATEMENT),
            {
                "name": "date",
                "in": "query",
                "required": False,
                "description": "the newest entry's date by default",
                "schema": {"type": "string", "format": "date"},
            },
        ],
        "responses": {
            **responses({}, 400, 401, 404, 500, 503),
            "200": {"description": "done", "content": content(message, XML)},
        },
    }


def _beside_paths() -> Tree:
    """Describe the messages of exchanges and the signatures of files."""
    seal = {
        "operationId": "get_offshore_report_streams_unit_kind_sequence_signature",
        "tags": ["offshore"],
        "summary": "Download the centre's signature over the digest of a file, or that it is unsigned",
        "parameters": path_parameters(SEAL),
        "responses": {
            **responses({}, 401, 404, 500, 503),
            "200": {
                "description": "done",
                "content": content({"type": "string"}, "text/plain; charset=utf-8"),
            },
        },
    }
    deal = {
        "operationId": "get_offshore_fx_deals_number_messages",
        "tags": ["offshore"],
        "summary": "List the notices of an exchange of currencies: what was sent to whom",
        "parameters": path_parameters(DEAL),
        "responses": responses(ref("PaymentMessages"), 401, 404, 500, 503),
    }
    return {DEAL: {"get": deal}, SEAL: {"get": seal}}


def _stream() -> Tree:
    return {
        "operationId": "get_stream",
        "tags": ["stream"],
        "summary": "Follow the centre by server-sent events",
        "description": "Events: `entry` (a notice: what happened, never the content), `figures.overview`, "
        "`figures.market`, `hello`, and `reset` (read anew over REST). `Last-Event-ID` resumes after an entry.",
        "parameters": [
            {
                "name": "topics",
                "in": "query",
                "required": False,
                "description": "offshore, reinsurance, growth, registry, ledger, engine, overview, market; all by default",
                "schema": {"type": "string"},
            },
            {
                "name": "Last-Event-ID",
                "in": "header",
                "required": False,
                "schema": {"type": "string"},
            },
        ],
        "responses": {
            **responses({}, 400, 401, 500, 503),
            "200": {
                "description": "events",
                "content": content({"type": "string"}, "text/event-stream"),
            },
        },
    }


def _operation_paths() -> dict[str, Tree]:
    metrics: Tree = {
        "200": {"description": "done", "content": content({"type": "string"}, "text/plain")}
    }
    return {
        "/livez": {"get": _open("livez", "Tell that the process runs", responses(ref("Status")))},
        "/readyz": {
            "get": _open("readyz", "Tell whether commands are taken", responses(ref("Status"), 503))
        },
        "/version": {
            "get": _open("version", "Name the running version", responses(ref("Version")))
        },
        "/metrics": {
            "get": _open("metrics", "Show figures in the text form of Prometheus", metrics)
        },
    }


def _open(operation: str, summary: str, responses: Tree) -> Tree:
    return {
        "operationId": operation,
        "tags": ["operations"],
        "summary": summary,
        "security": [],
        "responses": responses,
    }
