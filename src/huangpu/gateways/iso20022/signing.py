"""Signed messages: XMLDSig in the business header over the whole envelope, of one narrow form, checked and made with signxml.

The signature stands in AppHdr/Sgntr and has one reference, URI="", with the transforms enveloped-signature and exclusive
canonicalisation: header and document as a whole, without identifiers that could point elsewhere. The key is named, never sent: KeyName is
INSTITUTION/KEY in the register of signing keys. What is used afterwards is read again from the very bytes that were signed. Decision 11.
"""

import base64
import datetime
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature as WrongSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, XMLVerifier

from huangpu.gateways.iso20022.identifiers import same_bic
from huangpu.gateways.iso20022.model import BusinessHeader
from huangpu.gateways.iso20022.parts import header_bic, header_tree
from huangpu.gateways.iso20022.profile import HEADER_DEFINITION, NAMESPACE_PREFIX
from huangpu.gateways.iso20022.reader import Document, parse, read_document
from huangpu.gateways.iso20022.refusal import Fault, Refusal, shown
from huangpu.gateways.iso20022.rules import refusal_for
from huangpu.gateways.iso20022.safe_xml import open_xml
from huangpu.gateways.iso20022.writer import DECLARATION, write_document
from huangpu.registry.key_forms import PublicKey, read_public_key
from huangpu.registry.signing_keys import SigningKey, SigningKeys, SigningKeyStatus, usable

DS: Final = "{http://www.w3.org/2000/09/xmldsig#}"
DSIG11: Final = "{http://www.w3.org/2009/xmldsig11#}"
EXCLUSIVE: Final = CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0
ENVELOPED: Final = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
METHODS: Final = {
    "P-256": SignatureMethod.ECDSA_SHA256,
    "P-384": SignatureMethod.ECDSA_SHA384,
}
DIGESTS: Final = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384})
PLACE: Final = ("AppHdr", "Sgntr")

_HEADER = f"{{{NAMESPACE_PREFIX}{HEADER_DEFINITION}}}"
_LOCATION = f"./{_HEADER}AppHdr/{_HEADER}Sgntr/"
_CONFIGURATION = SignatureConfiguration(
    require_x509=False,
    location=_LOCATION,
    expect_references=1,
    signature_methods=frozenset(METHODS.values()),
    digest_algorithms=DIGESTS,
)
_PLACEHOLDER = b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="placeholder"/>'


class Sender(msgspec.Struct, frozen=True):
    """Who sends, and what the register says of them on the date of receipt."""

    institution: str
    bic: str
    keys: SigningKeys
    must_sign: bool
    date: datetime.date


def parse_from(data: bytes, sender: Sender) -> Document | Refusal:
    """Read one message of an authenticated sender and check its signature, if it has or needs one.

    Rejects: whatever `parse` rejects; DS0A missing, DS0B wrong or of another form, DS0C revoked, DS0D not valid on the date, DS0G another
    bank in From, DS0H another institution's key. Never raises on any input.
    """
    document = parse(data, on=sender.date)
    if isinstance(document, Refusal):
        return document
    signed = document.header is not None and "Sgntr" in document.header
    if not signed and not sender.must_sign:
        return document
    if not signed:
        detail = f"{sender.institution} signs its messages"
        missing = Fault("DS0A", detail, *PLACE, rule="signature_required_of")
        return refusal_for(document, missing)
    try:
        return _verified(open_xml(data), document, sender)
    except Fault as fault:
        return refusal_for(document, fault)


def _verified(root: etree._Element, document: Document, sender: Sender) -> Document:
    """Return the message as it was signed.

    Raises: Fault with a code of the family DS.
    """
    signature = _only_signature(root)
    key = _key_of(_form(signature), sender)
    found = read_public_key(key.pem)
    assert isinstance(found, PublicKey), "only keys of known form are registered"
    method = signature.find(f"{DS}SignedInfo/{DS}SignatureMethod")
    assert method is not None
    if method.get("Algorithm") != METHODS[found.curve].value:
        raise _wrong(f"{found.curve} signs by {METHODS[found.curve].name}")
    signed = _signed_content(root, signature, found.der)
    header = document.header
    assert header is not None
    sender_bic = header_bic(header, "Fr")
    if sender.bic and sender_bic and not same_bic(sender_bic, sender.bic):
        detail = f"From is {shown(sender_bic)}, the signer is {sender.bic}"
        raise Fault("DS0G", detail, "AppHdr", "Fr", "FIId", "FinInstnId", "BICFI")
    # What was not signed is not used: the message is read again from what was.
    again = read_document(signed, document.on)
    if again.body != document.body:
        raise _wrong("the content signed is not the content sent")
    return again


def _only_signature(root: etree._Element) -> etree._Element:
    """Find the signature; it is the only one and stands in the header of the outermost envelope."""
    signatures = list(root.iter(f"{DS}Signature"))
    placed = root.findall(f"{_LOCATION}{DS}Signature")
    if len(signatures) != 1 or signatures != placed:
        raise _wrong(f"{len(signatures)} signatures in the message, {len(placed)} in AppHdr/Sgntr")
    (place,) = root.findall(_LOCATION.rstrip("/"))
    if len(place) != 1 or (place.text or "").strip() or (placed[0].tail or "").strip():
        raise _wrong("Sgntr holds more than a signature")
    return placed[0]


def _form(signature: etree._Element) -> str:
    """Check every element of the signature against the one form that is read, and return the key's name."""
    info, _, key_info = _children(signature, "SignedInfo", "SignatureValue", "KeyInfo")
    canonical, _, reference = _children(
        info, "CanonicalizationMethod", "SignatureMethod", "Reference"
    )
    transforms, digest, _ = _children(reference, "Transforms", "DigestMethod", "DigestValue")
    (name,) = _children(key_info, "KeyName")
    steps = _children(transforms, "Transform", "Transform")
    if reference.get("URI") != "" or set(reference.attrib) != {"URI"}:
        raise _wrong('the reference is not URI="" alone: the whole message is signed')
    if [step.get("Algorithm") for step in steps] != [ENVELOPED, EXCLUSIVE.value]:
        raise _wrong("transforms other than enveloped-signature and exclusive canonicalisation")
    if canonical.get("Algorithm") != EXCLUSIVE.value:
        raise _wrong("canonicalisation other than exclusive")
    if digest.get("Algorithm") not in {each.value for each in DIGESTS}:
        raise _wrong(f"digest {shown(str(digest.get('Algorithm')))}: SHA-256 or SHA-384")
    for step in (*steps, canonical, digest, info[1]):
        if len(step) or set(step.attrib) != {"Algorithm"}:
            raise _wrong("an algorithm with parameters")
    if signature.attrib or info.attrib or key_info.attrib or name.attrib or len(name):
        raise _wrong("an identifier inside the signature")
    return (name.text or "").strip()


def _children(element: etree._Element, *names: str) -> list[etree._Element]:
    children = list(element)
    if [child.tag for child in children] != [DS + name for name in names]:
        found = ", ".join(etree.QName(child).localname for child in children[:5]) or "nothing"
        where = etree.QName(element).localname
        raise _wrong(f"{where} holds {found}; {', '.join(names)} is expected")
    return children


def _key_of(name: str, sender: Sender) -> SigningKey:
    if not name.startswith(f"{sender.institution}/"):
        detail = f"key {shown(name)}, the sender is {sender.institution}"
        raise Fault("DS0H", detail, *PLACE)
    key = sender.keys.by_name.get(name)
    if key is not None and key.status is SigningKeyStatus.REVOKED:
        raise Fault("DS0C", f"{name} is revoked", *PLACE)
    if key is None or not usable(key, sender.date):
        raise Fault("DS0D", f"key {shown(name)} may not sign on {sender.date}", *PLACE)
    return key


def _signed_content(root: etree._Element, signature: etree._Element, der: bytes) -> etree._Element:
    """Verify with the registered key and return what was signed.

    The key is put into the message's copy in place of its name: signxml takes a bare key from there, and nothing that came with the message
    is left to choose from.
    """
    key_info = signature.find(f"{DS}KeyInfo")
    assert key_info is not None
    for child in list(key_info):
        key_info.remove(child)
    value = etree.SubElement(
        key_info, f"{DSIG11}DEREncodedKeyValue", nsmap={"dsig11": DSIG11[1:-1]}
    )
    value.text = base64.b64encode(der).decode()
    try:
        result = XMLVerifier().verify(root, expect_config=_CONFIGURATION)
    except (SignXMLException, WrongSignature, etree.LxmlError, ValueError, KeyError) as error:
        raise _wrong(f"{type(error).__name__}: {error}"[:140]) from None
    assert not isinstance(result, list)
    assert result.signed_xml is not None, "the whole message was parsed before"
    return result.signed_xml


def _wrong(detail: str) -> Fault:
    return Fault("DS0B", detail, *PLACE)


class CentreSigner:
    """Signs what the centre sends with its own key; the same message always gets the same signature.

    ECDSA takes its nonce from key and message (RFC 6979): an answer given twice is the same bytes.
    """

    def __init__(self, pem: bytes) -> None:
        key = load_pem_private_key(pem, password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError("the signing key is no elliptic curve key")
        der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.public_der = der
        curve = {256: "P-256", 384: "P-384"}.get(key.curve.key_size)
        if curve is None:
            raise ValueError(f"the signing key is on {key.curve.name}: P-256 or P-384")
        self.algorithm = METHODS[curve].name
        self._hash = hashes.SHA384() if curve == "P-384" else hashes.SHA256()
        self._key = _DeterministicKey(key)
        self._signer = XMLSigner(
            signature_algorithm=METHODS[curve],
            digest_algorithm=DigestAlgorithm.SHA256,
            c14n_algorithm=EXCLUSIVE,
        )

    def key_in(self, keys: SigningKeys, date: datetime.date) -> SigningKey | None:
        """Return the registered key that this one is, when it may sign on a date."""
        key = keys.by_name.get(keys.names.get(self.public_der.hex(), ""))
        return key if key is not None and usable(key, date) else None

    def sign_bytes(self, data: bytes) -> bytes:
        """Sign bytes that are no message, detached: DER, by `algorithm`, always the same signature."""
        return self._key.sign(data, ec.ECDSA(self._hash))

    def sign(self, data: bytes, header: BusinessHeader, key_name: str) -> bytes:
        """Put a written message into an envelope with a header and sign both.

        Raises: WriteError when header and message do not go together.
        """
        document = parse(data)
        assert isinstance(document, Document), "the centre signs what it has written"
        tree = header_tree(header)
        assert tree is not None
        placed = msgspec.structs.replace(document, header=tree | {"Sgntr": _PLACEHOLDER})
        key_info = etree.Element(f"{DS}KeyInfo", nsmap={"ds": DS[1:-1]})
        etree.SubElement(key_info, f"{DS}KeyName").text = key_name
        root = open_xml(write_document(placed))
        signed = self._signer.sign(root, key=self._key, key_info=key_info)  # type: ignore[arg-type]
        return DECLARATION.encode() + etree.tostring(signed)


class _DeterministicKey:
    """An elliptic curve key that signs the same bytes the same way."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key
        self.key_size = key.key_size

    def sign(self, data: bytes, signature_algorithm: ec.ECDSA) -> bytes:
        algorithm = ec.ECDSA(signature_algorithm.algorithm, deterministic_signing=True)
        return self._key.sign(data, algorithm)


def signer_from(path: str) -> CentreSigner | None:
    """Read the centre's signing key from a PEM file; no path, no signing.

    Raises: ValueError, TypeError or OSError when the file holds no key that can sign.
    """
    return CentreSigner(Path(path).read_bytes()) if path else None
