"""A signature is checked against the register, over exactly what is then read; everything else is refused."""

import copy
import datetime
import re

import msgspec
import pytest
from lxml import etree
from tests.support.shared import shared_path
from tests.support.signing import (
    DAY,
    KEY,
    LONG_KEY,
    OTHER_KEY,
    private_pem,
    public_pem,
    registered,
    signed,
)
from tests.unit.gateways.iso20022 import messages as m

from huangpu.gateways.iso20022 import Document, Refusal, parse, read_pacs008, write_pacs008
from huangpu.gateways.iso20022.signing import CentreSigner, Sender, parse_from
from huangpu.registry.signing_keys import SigningKeys, SigningKeyStatus

DATA = write_pacs008(m.PAYMENT)
OVB = Sender("OVB", "TSTCHKHHXXX", registered("OVB", KEY), must_sign=False, date=DAY)
SIGNED = signed(DATA, m.HEADER, "OVB/K1")
DS = "http://www.w3.org/2000/09/xmldsig#"


def outcome(data: bytes, sender: Sender = OVB) -> str:
    found = parse_from(data, sender)
    return found.code if isinstance(found, Refusal) else "ok"


def test_a_signed_message_is_read_from_what_was_signed() -> None:
    document = parse_from(SIGNED, OVB)
    assert isinstance(document, Document)
    message = read_pacs008(document)
    assert message == msgspec.structs.replace(m.PAYMENT, header=m.HEADER)


def test_the_signed_envelope_keeps_the_schemas() -> None:
    header, document = etree.fromstring(SIGNED)
    for element, name in ((header, "head.001.001.02"), (document, "pacs.008.001.08")):
        path = shared_path("samples", "iso20022", "xsd", f"{name}.xsd")
        etree.XMLSchema(etree.parse(path)).assertValid(element)


def test_the_same_message_gets_the_same_signature() -> None:
    assert signed(DATA, m.HEADER, "OVB/K1") == SIGNED


def test_a_longer_curve_signs_too() -> None:
    sender = msgspec.structs.replace(OVB, keys=registered("OVB", LONG_KEY, curve="P-384"))
    assert outcome(signed(DATA, m.HEADER, "OVB/K1", LONG_KEY), sender) == "ok"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"1250000.00", b"9250000.00"),
        (b"FTE-OTC1", b"FTE-OTC2"),
        (b"<BizMsgIdr>PACS-1", b"<BizMsgIdr>PACS-2"),
        (b"<ds:SignatureValue>", b"<ds:SignatureValue>AAAA"),
        (b"<ds:DigestValue>", b"<ds:DigestValue>AAAA"),
    ],
)
def test_a_changed_message_is_refused(old: bytes, new: bytes) -> None:
    assert old in SIGNED
    assert outcome(SIGNED.replace(old, new)) == "DS0B"


def test_an_unsigned_message_is_refused_only_where_a_signature_is_required() -> None:
    assert outcome(DATA) == "ok"
    strict = msgspec.structs.replace(OVB, must_sign=True)
    refusal = parse_from(DATA, strict)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.path, refusal.message_id) == ("DS0A", "/AppHdr/Sgntr", "PACS-1")
    assert outcome(SIGNED, strict) == "ok"


@pytest.mark.parametrize(
    ("sender", "code"),
    [
        ({"institution": "BK1"}, "DS0H"),
        ({"bic": "TSTBCNSHXXX"}, "DS0G"),
        ({"keys": SigningKeys()}, "DS0D"),
        ({"keys": registered("OVB", OTHER_KEY)}, "DS0B"),
        ({"keys": registered("OVB", KEY, status=SigningKeyStatus.PROPOSED)}, "DS0D"),
        ({"keys": registered("OVB", KEY, status=SigningKeyStatus.REVOKED)}, "DS0C"),
        ({"keys": registered("OVB", LONG_KEY)}, "DS0B"),
        ({"date": DAY + datetime.timedelta(days=1)}, "DS0D"),
        ({"date": DAY - datetime.timedelta(days=1)}, "DS0D"),
    ],
)
def test_a_signer_who_is_not_entitled_is_refused(sender: dict[str, object], code: str) -> None:
    assert outcome(SIGNED, msgspec.structs.replace(OVB, **sender)) == code


def edited(change: str) -> bytes:
    """Change the signature's form, one thing at a time."""
    root = etree.fromstring(SIGNED)
    (signature,) = root.iter(f"{{{DS}}}Signature")
    reference = next(root.iter(f"{{{DS}}}Reference"))
    transforms = next(root.iter(f"{{{DS}}}Transforms"))
    if change == "another reference":
        reference.addnext(copy.deepcopy(reference))
    elif change == "reference to an id":
        reference.set("URI", "#body")
    elif change == "reference outside":
        reference.set("URI", "http://127.0.0.1/x.xml")
    elif change == "no reference uri":
        del reference.attrib["URI"]
    elif change == "xslt":
        transforms[1].set("Algorithm", "http://www.w3.org/TR/1999/REC-xslt-19991116")
    elif change == "xpath":
        transforms[0].set("Algorithm", "http://www.w3.org/TR/1999/REC-xpath-19991116")
    elif change == "a third transform":
        transforms.append(copy.deepcopy(transforms[0]))
    elif change == "inclusive namespaces":
        etree.SubElement(
            transforms[1], "{http://www.w3.org/2001/10/xml-exc-c14n#}InclusiveNamespaces"
        )
    elif change == "sha-1":
        next(root.iter(f"{{{DS}}}DigestMethod")).set("Algorithm", DS + "sha1")
    elif change == "hmac":
        next(root.iter(f"{{{DS}}}SignatureMethod")).set("Algorithm", DS + "hmac-sha256")
    elif change == "rsa":
        uri = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
        next(root.iter(f"{{{DS}}}SignatureMethod")).set("Algorithm", uri)
    elif change == "an object":
        etree.SubElement(signature, f"{{{DS}}}Object")
    elif change == "a key that came along":
        etree.SubElement(next(root.iter(f"{{{DS}}}KeyInfo")), f"{{{DS}}}KeyValue")
    elif change == "two signatures":
        signature.addnext(copy.deepcopy(signature))
    else:
        assert change == "inclusive canonicalisation"
        next(root.iter(f"{{{DS}}}CanonicalizationMethod")).set(
            "Algorithm", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
        )
    return etree.tostring(root)


@pytest.mark.parametrize(
    "change",
    [
        *("another reference", "reference to an id", "reference outside", "no reference uri"),
        *("xslt", "xpath", "a third transform", "inclusive namespaces", "sha-1", "hmac", "rsa"),
        *("an object", "a key that came along", "two signatures", "inclusive canonicalisation"),
    ],
)
def test_a_signature_of_another_form_is_refused(change: str) -> None:
    assert outcome(edited(change)) == "DS0B"


def test_a_signature_moved_into_free_xml_is_refused() -> None:
    """Wrapping: the signed header travels along while another document is sent."""
    forged = write_pacs008(msgspec.structs.replace(m.PAYMENT, message_id="PACS-2"), header=None)
    inner = re.sub(rb"^<\?xml[^>]*\?>\n?", b"", SIGNED)
    envelope = b"<SplmtryData><Envlp>" + inner + b"</Envlp></SplmtryData></CdtTrfTxInf>"
    wrapped = forged.replace(b"</CdtTrfTxInf>", envelope)
    assert isinstance(parse(wrapped), Document)
    # Without a signature in its own header the forged message is unsigned, whatever it carries.
    assert outcome(wrapped, msgspec.structs.replace(OVB, must_sign=True)) == "DS0A"
    header_end = SIGNED.index(b"</AppHdr>") + len(b"</AppHdr>")
    body = re.sub(rb"^<\?xml[^>]*\?>\n?", b"", wrapped).replace(b"PACS-2", b"PACS-1")
    both = SIGNED[:header_end] + body + b"</Envelope>"
    assert outcome(both) == "DS0B"


def test_a_sgntr_without_a_signature_is_refused() -> None:
    empty = re.sub(rb"<ds:Signature .*</ds:Signature>", b"<x/>", SIGNED, flags=re.DOTALL)
    assert outcome(empty) == "DS0B"
    text = SIGNED.replace(b"</ds:Signature>", b"</ds:Signature>more")
    assert outcome(text) in {"DS0B", "FF01"}


def test_the_centres_key_is_found_by_what_it_is() -> None:
    signer = CentreSigner(private_pem(KEY))
    found = signer.key_in(registered("HUANGPU", KEY), DAY)
    assert found is not None
    assert found.name == "HUANGPU/K1"
    assert found.pem == public_pem(KEY)
    assert signer.key_in(registered("HUANGPU", OTHER_KEY), DAY) is None
