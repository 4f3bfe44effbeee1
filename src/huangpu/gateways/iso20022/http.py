"""ISO 20022 over HTTP: `POST /v1/iso20022` takes a payment message and answers with one; a payment's own messages can be read.

Bytes to command, entry to bytes, nothing else. The command id comes from the sender and the MsgId: the same message gets the same answer
byte for byte, the same MsgId with other content is a duplicate (DU01). What cannot be read is refused and never journaled.
"""

from collections.abc import Callable
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from huangpu.core.message import Command, Rejected
from huangpu.engine import EngineStopped, Entry, Gate, Overloaded
from huangpu.gateways.iso20022 import receive
from huangpu.gateways.iso20022.answers import (
    XmlAnswer,
    order_answer,
    transfer_answer,
    unreadable,
)
from huangpu.gateways.iso20022.model import CustomerCreditTransfer, PaymentInitiation
from huangpu.gateways.iso20022.orders import command_id, incoming, instruction
from huangpu.gateways.iso20022.outbound import OutboundMessage, messages_of
from huangpu.gateways.iso20022.refusal import Refusal
from huangpu.registry.people import Person
from huangpu.venues.offshore import views
from huangpu.venues.offshore.payments.words import PaymentSettled

MEDIA_TYPES = ("application/xml", "text/xml")

AnyRequest = Request[Any, Any, Any]
PersonOf = Callable[[AnyRequest], Person | None]
ScopeOf = Callable[[Person], str | None]


class Messages(msgspec.Struct, frozen=True):
    """The messages of one payment that the reader may see."""

    items: list[OutboundMessage]


def build_routes(gate: Gate, person_of: PersonOf, scope_of: ScopeOf) -> list[HTTPRouteHandler]:
    """Return the routes of this gateway; the composition root says who sends a request and what they may read."""

    @post("/v1/iso20022", include_in_schema=False, status_code=200)
    async def take(request: AnyRequest) -> Response[bytes]:
        person = _person(person_of, request)
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type not in MEDIA_TYPES:
            raise HTTPException(f"{media_type!r}; send {MEDIA_TYPES[0]}", status_code=415)
        answer = await answered(gate, person, await request.body())
        return Response(answer.body, status_code=answer.status, media_type="application/xml")

    @get("/v1/offshore/payments/{uetr:str}/messages", include_in_schema=False)
    async def show(request: AnyRequest, uetr: str) -> Response[bytes]:
        person = _person(person_of, request)
        await gate.settled()
        if gate.engine.stopped:
            raise HTTPException(status_code=503, headers={"Retry-After": "1"})
        found = messages(gate, uetr, scope_of(person))
        if found is None:
            raise HTTPException(status_code=404)
        return Response(msgspec.json.encode(found), media_type="application/json")

    return [take, show]


async def answered(gate: Gate, person: Person, data: bytes) -> XmlAnswer:
    """Take one message of a person and answer it.

    Raises: HTTPException 503 when the engine did not take it or its outcome is unknown.
    """
    message = receive(data)
    if isinstance(message, Refusal):
        return unreadable(data, message)
    command: Command | Refusal
    if isinstance(message, PaymentInitiation):
        room = gate.engine.centre.offshore
        command = instruction(room, person.institution, message)
        if isinstance(command, Refusal):
            return unreadable(data, command)
        found = await _submitted(gate, person, message.message_id, command)
        return order_answer(data, message, person.institution, found)
    if isinstance(message, CustomerCreditTransfer):
        found = await _submitted(gate, person, message.message_id, incoming(message))
        return transfer_answer(data, message, found)
    detail = f"{type(message).__name__}: this address takes pain.001.001.09 and pacs.008.001.08"
    return unreadable(data, Refusal(code="FF01", path="/Document", detail=detail))


def messages(gate: Gate, uetr: str, institution: str | None) -> Messages | None:
    """Render the messages of one payment; None when there is none that the reader may see."""
    centre = gate.engine.centre
    found = views.payment(centre.offshore, centre.rules, uetr, institution)
    if found is None:
        return None
    entry = gate.engine.entry(found.entry)
    assert entry is not None
    assert not isinstance(entry.outcome, Rejected)
    events = (event for event in entry.outcome if isinstance(event, PaymentSettled))
    event = next(event for event in events if event.payment.order.uetr == uetr)
    return Messages(messages_of(centre, event, institution))


async def _submitted(
    gate: Gate, person: Person, message_id: str, command: Command
) -> Entry | Rejected:
    try:
        return await gate.submit(person.id, command_id(message_id), command)
    except (Overloaded, EngineStopped) as error:
        headers = {"Retry-After": "1" if isinstance(error, Overloaded) else "2"}
        raise HTTPException(str(error), status_code=503, headers=headers) from error


def _person(person_of: PersonOf, request: AnyRequest) -> Person:
    person = person_of(request)
    if person is None:
        headers = {"WWW-Authenticate": 'Bearer realm="huangpu"'}
        raise HTTPException("no or unknown bearer token", status_code=401, headers=headers)
    return person
