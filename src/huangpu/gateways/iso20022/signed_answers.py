"""Answers and messages of the centre with its own signature, when it has a key that is registered and valid."""

from huangpu.core.calendar import date_of
from huangpu.engine import Engine
from huangpu.gateways.iso20022.answers import XmlAnswer
from huangpu.gateways.iso20022.model import BusinessHeader
from huangpu.gateways.iso20022.parts import read_agent_bic
from huangpu.gateways.iso20022.reader import Document, Tree, parse
from huangpu.gateways.iso20022.signing import CentreSigner

NOT_PROVIDED = "NOTPROVIDED"
EPOCH_TEXT = "1970-01-01T00:00:00+00:00"
AGENTS = {
    "pacs.002.001.10": ("TxInfAndSts", "InstgAgt", "InstdAgt"),
    "pacs.008.001.08": ("CdtTrfTxInf", "InstgAgt", "InstdAgt"),
    "pacs.009.001.08": ("CdtTrfTxInf", "InstgAgt", "InstdAgt"),
    "pacs.004.001.09": ("TxInf", "InstgAgt", "InstdAgt"),
}
"""Where a message names its two agents: From and To of its header."""


def signed_answer(engine: Engine, signer: CentreSigner | None, answer: XmlAnswer) -> XmlAnswer:
    """Sign an answer with the centre's key; as it is where there is none."""
    return answer._replace(body=signed_message(engine, signer, answer.body))


def signed_message(engine: Engine, signer: CentreSigner | None, data: bytes) -> bytes:
    """Put a message of the centre into an envelope with a header and the centre's signature."""
    if signer is None:
        return data
    key = signer.key_in(engine.centre.registry.signing_keys, date_of(engine.last_at_us))
    if key is None:
        return data
    return signer.sign(data, _header(data), key.name)


def _header(data: bytes) -> BusinessHeader:
    """Make the header that a message of the centre goes with: its own agents and id."""
    document = parse(data)
    assert isinstance(document, Document), "the centre signs what it has written"
    body = document.body
    group: Tree = body.get("GrpHdr", {})
    assignment: Tree = body.get("Assgnmt", {})
    from_bic, to_bic = _agents(document)
    return BusinessHeader(
        from_bic=from_bic,
        to_bic=to_bic,
        business_message_id=group.get("MsgId") or assignment.get("Id") or NOT_PROVIDED,
        definition=document.definition,
        created_at=group.get("CreDtTm") or assignment.get("CreDtTm") or EPOCH_TEXT,
        business_service="",
    )


def _agents(document: Document) -> tuple[str, str]:
    assignment = document.body.get("Assgnmt")
    if assignment is not None:
        return (
            read_agent_bic(assignment["Assgnr"], "Agt"),
            read_agent_bic(assignment["Assgne"], "Agt"),
        )
    if document.definition not in AGENTS:
        return "", ""
    place, sender, receiver = AGENTS[document.definition]
    tree = document.body[place][0]
    return read_agent_bic(tree, sender), read_agent_bic(tree, receiver)
