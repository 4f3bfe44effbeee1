"""ISO 20022 over HTTP: `POST /v1/iso20022` takes a payment message and answers with one; a payment's messages and an account's can be read.

Bytes to command, entry to bytes, nothing else. The command id comes from the sender and the MsgId: the same message gets the same answer
byte for byte, the same MsgId with other content is a duplicate (DU01). What cannot be read, or is not signed as it must be, is refused and
never journaled. A message is read by the edition of its profile in force on the centre's date.
"""

import datetime
from collections.abc import Callable
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from huangpu.core.calendar import date_of
from huangpu.core.message import Command, Rejected
from huangpu.engine import Engine, EngineStopped, Entry, Gate, Overloaded
from huangpu.gateways.iso20022 import Message, MessageReject, StatusRequest
from huangpu.gateways.iso20022.account_messages import account_message
from huangpu.gateways.iso20022.answers import (
    XmlAnswer,
    order_answer,
    transfer_answer,
    unreadable,
)
from huangpu.gateways.iso20022.exchange import Exchange, exchange_answer, exchange_command
from huangpu.gateways.iso20022.model import CustomerCreditTransfer, PaymentInitiation
from huangpu.gateways.iso20022.orders import command_id, incoming, instruction
from huangpu.gateways.iso20022.outbound import (
    OutboundMessage,
    messages_of,
    messages_unsettled,
)
from huangpu.gateways.iso20022.outbound_notices import deal_messages
from huangpu.gateways.iso20022.outbound_recalls import messages_about
from huangpu.gateways.iso20022.outbound_transfers import transfer_messages
from huangpu.gateways.iso20022.reading_room import ReadingRoom
from huangpu.gateways.iso20022.refusal import Refusal
from huangpu.gateways.iso20022.report_seals import report_seal
from huangpu.gateways.iso20022.requests import status_answer
from huangpu.gateways.iso20022.signed_answers import signed_answer, signed_message
from huangpu.gateways.iso20022.signing import CentreSigner, Sender
from huangpu.registry.people import Person
from huangpu.venues.offshore import views
from huangpu.venues.offshore.orders import SETTLED, Pending
from huangpu.venues.offshore.payments.words import PaymentSettled

MEDIA_TYPES = ("application/xml", "text/xml")
TAKEN = (
    *("pain.001.001.09", "pacs.008.001.08", "pacs.009.001.08", "pacs.004.001.09"),
    *("camt.056.001.08", "camt.029.001.09", "pacs.028.001.03"),
)
EVERYBODY = "ALL"
STATEMENT_PATH = "/v1/offshore/accounts/{account_id:str}/{currency:str}/statement.xml"
DEAL_PATH = "/v1/offshore/fx/deals/{number:int}/messages"
SEAL_PATH = "/v1/offshore/report-streams/{unit:str}/{kind:str}/{sequence:int}/signature"
FIRST_RULES = datetime.date(2014, 5, 22)
"""The date of the first rules: a centre without an entry is older than they are."""

AnyRequest = Request[Any, Any, Any]
PersonOf = Callable[[AnyRequest], Person | None]
ScopeOf = Callable[[Person], str | None]


class Messages(msgspec.Struct, frozen=True):
    """The messages of one payment, transfer or exchange that the reader may see."""

    items: list[OutboundMessage]


def build_routes(
    gate: Gate,
    room: ReadingRoom,
    person_of: PersonOf,
    scope_of: ScopeOf,
    signer: CentreSigner | None = None,
) -> list[HTTPRouteHandler]:
    """Return the routes of this gateway; the composition root says who sends a request, what they may read, and who signs."""

    @post("/v1/iso20022", include_in_schema=False, status_code=200)
    async def take(request: AnyRequest) -> Response[bytes]:
        person = _person(person_of, request)
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type not in MEDIA_TYPES:
            raise HTTPException(f"{media_type!r}; send {MEDIA_TYPES[0]}", status_code=415)
        data = await request.body()
        answer = await answered(gate, room, person, data)
        answer = signed_answer(gate.engine, signer, answer)
        return Response(answer.body, status_code=answer.status, media_type="application/xml")

    @get("/v1/offshore/payments/{uetr:str}/messages", include_in_schema=False)
    async def show(request: AnyRequest, uetr: str) -> Response[bytes]:
        person = _person(person_of, request)
        await _readable(gate)
        found = messages(gate, uetr, scope_of(person))
        if found is None:
            raise HTTPException(status_code=404)
        return _shown(gate.engine, signer, found.items)

    @get(DEAL_PATH, include_in_schema=False)
    async def show_deal(request: AnyRequest, number: int) -> Response[bytes]:
        person = _person(person_of, request)
        await _readable(gate)
        found = deal_messages(gate.engine.centre, number, scope_of(person))
        if found is None:
            raise HTTPException(status_code=404)
        return _shown(gate.engine, signer, found)

    return [take, show, show_deal, *_file_routes(gate, person_of, scope_of, signer)]


def _file_routes(
    gate: Gate, person_of: PersonOf, scope_of: ScopeOf, signer: CentreSigner | None
) -> list[HTTPRouteHandler]:
    """Return the routes of what is kept as a file: statements, and the seals of report files."""

    @get(SEAL_PATH, include_in_schema=False)
    async def show_seal(
        request: AnyRequest, unit: str, kind: str, sequence: int
    ) -> Response[bytes]:
        person = _person(person_of, request)
        await _readable(gate)
        text = report_seal(gate.engine, signer, (unit, kind, sequence), scope_of(person))
        if text is None:
            raise HTTPException(status_code=404)
        return Response(text.encode(), media_type="text/plain")

    @get(STATEMENT_PATH, include_in_schema=False)
    async def statement(
        request: AnyRequest, account_id: str, currency: str, date: str = ""
    ) -> Response[bytes]:
        person = _person(person_of, request)
        await _readable(gate)
        body = account_message(gate.engine, account_id, currency, date, scope_of(person))
        if body is None:
            raise HTTPException(status_code=404)
        body = signed_message(gate.engine, signer, body)
        return Response(body, media_type="application/xml")

    return [show_seal, statement]


async def answered(gate: Gate, room: ReadingRoom, person: Person, data: bytes) -> XmlAnswer:
    """Take one message of a person and answer it.

    Raises: HTTPException 503 when the engine did not take it or its outcome is unknown.
    """
    engine = gate.engine
    message = await room.read(data, _sender(engine, person.institution))
    # While the message was read the engine may have been reopened.
    engine = gate.engine
    if isinstance(message, Refusal):
        return unreadable(data, message)
    if isinstance(message, StatusRequest):
        await gate.settled()
        return status_answer(engine, person.institution, data, message)
    command = _command(engine, person, message)
    if isinstance(command, Refusal):
        return unreadable(data, command)
    assert not isinstance(message, MessageReject)
    found = await _submitted(gate, person, message.message_id, command)
    if isinstance(message, PaymentInitiation):
        return order_answer(data, message, person.institution, found)
    if isinstance(message, Exchange):
        return exchange_answer(data, message, found)
    assert isinstance(message, CustomerCreditTransfer)
    return transfer_answer(data, message, found)


def _command(engine: Engine, person: Person, message: Message) -> Command | Refusal:
    """Make the command of a message; some messages are only sent by the centre."""
    if isinstance(message, PaymentInitiation):
        return instruction(engine.centre.offshore, person.institution, message)
    if isinstance(message, CustomerCreditTransfer):
        return incoming(message)
    if isinstance(message, Exchange):
        return exchange_command(engine.centre, person.institution, message)
    detail = f"{type(message).__name__}: this address takes {', '.join(TAKEN)}"
    return Refusal(code="FF01", path="/Document", detail=detail)


def _sender(engine: Engine, institution: str) -> Sender:
    """Describe the sender as the register knows them on the centre's date."""
    centre = engine.centre
    date = date_of(engine.last_at_us)
    row = centre.rules["signature_required_of"].at(max(date, FIRST_RULES))
    return Sender(
        institution=institution,
        bic=centre.registry.institutions[institution].bic,
        keys=centre.registry.signing_keys,
        must_sign=institution in row.texts or EVERYBODY in row.texts,
        date=date,
    )


def messages(gate: Gate, uetr: str, institution: str | None) -> Messages | None:
    """Render the messages of one payment; None when there is none that the reader may see."""
    centre = gate.engine.centre
    record = centre.offshore.record_of(uetr)
    if record is None:
        between = transfer_messages(centre, uetr, institution)
        return None if between is None else Messages(between)
    if views.payment(centre.offshore, centre.rules, uetr, institution) is None:
        return None
    about = messages_about(centre, record, institution)
    # A payment by cover shares its UETR with the cover.
    about += transfer_messages(centre, uetr, institution) or []
    if isinstance(record, Pending) or record.status not in SETTLED:
        return Messages(messages_unsettled(centre, record, institution) + about)
    entry = gate.engine.entry(record.seq)
    assert entry is not None
    assert not isinstance(entry.outcome, Rejected)
    events = (event for event in entry.outcome if isinstance(event, PaymentSettled))
    event = next(event for event in events if event.payment.order.uetr == uetr)
    return Messages(messages_of(centre, event, institution) + about)


async def _readable(gate: Gate) -> None:
    """Wait until what memory shows is durable.

    Raises: HTTPException 503 while the engine is down.
    """
    await gate.settled()
    if gate.engine.stopped:
        raise HTTPException(status_code=503, headers={"Retry-After": "1"})


def _shown(
    engine: Engine, signer: CentreSigner | None, found: list[OutboundMessage]
) -> Response[bytes]:
    signed = Messages([_signed(engine, signer, each) for each in found])
    return Response(msgspec.json.encode(signed), media_type="application/json")


def _signed(
    engine: Engine, signer: CentreSigner | None, message: OutboundMessage
) -> OutboundMessage:
    xml = signed_message(engine, signer, message.xml.encode()).decode()
    return msgspec.structs.replace(message, xml=xml)


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
