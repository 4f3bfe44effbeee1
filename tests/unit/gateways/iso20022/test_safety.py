"""Hostile and broken bytes are refused with a code, never an exception."""

from pathlib import Path

import pytest

from huangpu.gateways.iso20022 import Document, Refusal, parse, write_document
from huangpu.gateways.iso20022.answers import unreadable

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:admi.002.001.01"
BODY = (
    f'<Document xmlns="{NAMESPACE}"><admi.002.001.01><RltdRef><Ref>MSG-1</Ref></RltdRef>'
    "<Rsn><RjctgPtyRsn>FF01</RjctgPtyRsn></Rsn></admi.002.001.01></Document>"
)
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 if n else str()};" * 10}">' for n in range(9))
    + f"]>{BODY.replace('MSG-1', '&a8;')}"
)


def _attributes(count: int) -> bytes:
    """Put that many attributes on the innermost element."""
    many = " ".join(f'a{n}="1"' for n in range(count))
    return BODY.replace("<Ref>", f"<Ref {many}>").encode()


def refused(data: bytes, **options: int) -> Refusal:
    refusal = parse(data, **options)
    assert isinstance(refusal, Refusal), "the document was accepted"
    return refusal


def test_the_plain_body_is_accepted() -> None:
    assert isinstance(parse(BODY.encode()), Document)


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b"", "not well-formed"),
        (b"   ", "not well-formed"),
        (b"MT103 is not XML", "not well-formed"),
        (b'{"Document": 1}', "not well-formed"),
        (BODY[:-12].encode(), "not well-formed"),
        (BODY.encode() + b"<more/>", "not well-formed"),
        (BODY.replace("<Ref>", "<Ref a='1' a='2'>").encode(), "not well-formed"),
        (BODY.replace("MSG-1", "&nothing;").encode(), "not well-formed"),
        (
            BODY.replace("<Ref>", "<x:Ref>").replace("</Ref>", "</x:Ref>").encode(),
            "not well-formed",
        ),
        (BODY.replace("MSG-1", "\x00").encode(), "not well-formed"),
        (BODY.replace("MSG-1", "MSG-é").encode("latin-1"), "not UTF-8"),
        (BOMB.encode(), "document type"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "document type"),
        (
            ('\ufeff<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1/">]>' + BODY).encode(),
            "document type",
        ),
        (("<!DOCTYPE x>" + BODY).encode("utf-16"), "document type"),
        (BODY.encode("utf-16")[2:], "not"),
        (BODY.encode("utf-32"), "not"),
        (('<?xml version="1.0" encoding="UTF-7"?>' + BODY).encode(), "declared encoding"),
        (('<?xml version="1.0" encoding="ISO-8859-1"?>' + BODY).encode(), "declared encoding"),
        (('<?xml-stylesheet href="a.xsl"?>' + BODY).encode(), "processing instruction"),
        (BODY.replace("MSG-1", "MSG<?p?>-1").encode(), "processing instruction"),
        (b"<a>" * 70 + b"</a>" * 70, "deeper than 64"),
        (b"<a>" * 100_000, "not well-formed"),
        (BODY.replace("admi.002.001.01", "admi.002.001.99").encode(), "namespace"),
        (BODY.replace(NAMESPACE, "urn:other").encode(), "namespace"),
        (BODY.replace(f' xmlns="{NAMESPACE}"', "").encode(), "namespace"),
        (BODY.replace("Document", "Docment").encode(), "expected Document"),
        (f"<Envelope>{BODY}{BODY}</Envelope>".encode(), "expected AppHdr and Document"),
        (f"<Envelope>text{BODY}</Envelope>".encode(), "text 'text' between"),
        (b"<Envelope/>", "expected AppHdr and Document"),
        (('<?xml version="1.1"?>' + BODY).encode(), "version other than XML 1.0"),
        (('<?xml encoding="UTF-8"?>' + BODY).encode(), "version other than XML 1.0"),
        (("\ufeff" + '<?xml version="1.0" encoding="UTF-16"?>' + BODY).encode(), "bytes are UTF-8"),
        (('<?xml version="1.0" encoding="UTF-8"?>' + BODY).encode("utf-16"), "bytes are UTF-16"),
        (BODY.encode("utf-7").replace(b"<", b"+ADw-"), "not well-formed"),
        (BODY.encode("cp500"), "not"),
        (BODY.replace("MSG-1", "<![CDATA[<!DOCTYPE x>]]>").encode(), "document type"),
        (BODY.replace("MSG-1", "<![CDATA[<?p?>]]>").encode(), "processing instruction"),
        (BODY.replace("MSG-1", "<![CDATA[never closed").encode(), "not well-formed"),
        (BODY.replace("MSG-1", "]]>").encode(), "not well-formed"),
        (BODY.replace("MSG-1", "&#0;").encode(), "not well-formed"),
        (
            BODY.replace("<Ref>", '<Ref xmlns:x="u" xmlns:y="u" x:a="1" y:a="2">').encode(),
            "not well",
        ),
        (BODY.replace("<Ref>", '<Ref xmlns:xml="urn:other">').encode(), "not well-formed"),
        (BODY.replace("<Ref>", '<Ref xmlns:xmlns="urn:other">').encode(), "not well-formed"),
        (BODY.replace("<Ref>", '<Ref xmlns:x="">').encode(), "not well-formed"),
        (b"<a>" + b"<b/>" * 1_000_000 + b"</a>", "1000002 tags, limit 1000000"),
        (f'<Document xmlns="{NAMESPACE}"/>'.encode(), "expected exactly one"),
    ],
)
def test_what_is_not_a_plain_known_document_is_refused(data: bytes, detail: str) -> None:
    refusal = refused(data)
    assert refusal.code == "FF01"
    assert detail in refusal.detail


@pytest.mark.parametrize(
    ("old", "new", "path", "detail"),
    [
        ("<Ref>", "<Ref kind='x'>", "/RltdRef/Ref", "attribute 'kind'"),
        ("<RltdRef>", "<RltdRef Ccy='USD'>", "/RltdRef", "attribute 'Ccy'"),
        ("<RltdRef>", "<RltdRef>stray", "/RltdRef", "text 'stray'"),
        ("</Ref>", "</Ref>\u00a0", "/RltdRef", "text"),
        ("MSG-1", "MSG<b/>-1", "/RltdRef/Ref", "nested elements"),
        ("<Ref>", "<Ref xmlns='urn:other'>", "/RltdRef/Ref", "namespace 'urn:other'"),
        ("<Rsn>", "<Odd/><Rsn>", "/Odd", "unknown"),
        ("<RltdRef>", "<RltdRef><Ref>MSG-0</Ref>", "/RltdRef/Ref[2]", "limit 1"),
    ],
)
def test_content_that_no_row_allows_is_named(old: str, new: str, path: str, detail: str) -> None:
    refusal = refused(BODY.replace(old, new).encode())
    assert refusal.code == "FF01"
    assert refusal.path == "/Document/admi.002.001.01" + path
    assert detail in refusal.detail


def test_a_body_of_ten_megabytes_is_refused_before_parsing() -> None:
    refusal = refused(BODY.encode() + b" " * 10_000_000)
    assert refusal.detail == f"{len(BODY) + 10_000_000} bytes, limit 8388608"


def test_the_size_limit_is_an_argument() -> None:
    data = BODY.encode()
    assert isinstance(parse(data, size_bytes_max=len(data)), Document)
    assert refused(data, size_bytes_max=len(data) - 1).code == "FF01"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_utf_8_and_utf_16_with_a_mark_read_the_same(encoding: str) -> None:
    text = BODY.replace("MSG-1", "编号-é")
    document = parse(text.encode(encoding))
    assert isinstance(document, Document)
    assert document.body["RltdRef"] == {"Ref": "编号-é"}


def test_a_declared_utf_16_reads() -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?>' + BODY
    assert isinstance(parse(text.encode("utf-16")), Document)


def test_a_comment_does_not_cut_a_value() -> None:
    document = parse(BODY.replace("MSG-1", "MSG<!-- , not OTHER -->-1<![CDATA[&2]]>").encode())
    assert isinstance(document, Document)
    assert document.body["RltdRef"] == {"Ref": "MSG-1&2"}


def test_a_control_character_is_refused_as_bad_character() -> None:
    refusal = refused(BODY.replace("MSG-1", "MSG&#x85;1").encode())
    assert (refusal.code, refusal.path) == ("RR10", "/Document/admi.002.001.01/RltdRef/Ref")
    assert "U+0085 at position 4" in refusal.detail


def test_a_schema_location_on_the_root_is_let_through() -> None:
    space = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b" xmlns='
    assert isinstance(parse(BODY.replace("xmlns=", space, 1).encode()), Document)


def test_a_schema_location_below_the_root_is_refused() -> None:
    space = '<Ref xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true">'
    assert "attribute" in refused(BODY.replace("<Ref>", space).encode()).detail


@pytest.mark.parametrize("count", [17, 100_000])
def test_many_attributes_are_refused_by_the_first(count: int) -> None:
    refusal = refused(_attributes(count))
    assert refusal.path == "/Document/admi.002.001.01/RltdRef/Ref"
    assert "attribute 'a0' is not allowed" in refusal.detail


@pytest.mark.parametrize(
    "body",
    [
        BODY.replace("<Document", "<d:Document").replace("</Document", "</d:Document"),
        BODY.replace("xmlns=", "xmlns:d="),
        BODY.replace("<Rsn>", '<Rsn xmlns="">'),
        BODY.replace("<RltdRef>", f'<p:RltdRef xmlns:p="{NAMESPACE}x">').replace(
            "</RltdRef>", "</p:RltdRef>"
        ),
        BODY.replace(NAMESPACE, NAMESPACE + " "),
        BODY.replace(NAMESPACE, NAMESPACE.upper()),
        BODY.replace(
            "<RltdRef>", '<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="x"/>'
        ),
    ],
)
def test_a_namespace_that_is_not_the_messages_is_refused(body: str) -> None:
    assert refused(body.encode()).code == "FF01"


def test_another_prefix_for_the_same_namespace_reads_the_same() -> None:
    prefixed = BODY.replace("xmlns=", "xmlns:p=")
    for name in ("Document", "admi.002.001.01", "RltdRef", "Ref", "Rsn", "RjctgPtyRsn"):
        prefixed = prefixed.replace(f"<{name}>", f"<p:{name}>").replace(
            f"</{name}>", f"</p:{name}>"
        )
    prefixed = prefixed.replace("<Document ", "<p:Document ")
    assert parse(prefixed.encode()) == parse(BODY.encode())


def test_a_file_outside_is_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("SECRET-7")
    for declaration in (
        f'<!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}">]>',
        f'<!DOCTYPE d SYSTEM "{secret.as_uri()}">',
        f'<!DOCTYPE d [<!ENTITY % x SYSTEM "{secret.as_uri()}"> %x;]>',
    ):
        for data in (declaration + BODY.replace("MSG-1", "&x;"), "\ufeff" + declaration + BODY):
            refusal = refused(data.encode())
            assert "document type" in refusal.detail
            assert "SECRET-7" not in refusal.detail


def test_what_no_message_can_carry_is_not_in_the_answer() -> None:
    """Found by mutation: the parser quotes the byte that it refuses, and the answer could not be written."""
    for data in (b"<a>\xc2\x85", b"<\xc2\x85/>", BODY.replace("<Ref>", "<Ref \x85>").encode()):
        answer = unreadable(data, refused(data))
        assert isinstance(parse(answer.body), Document)
    moment = BODY.replace("MSG-1", "<CreDtTm>2026-13-45T10:00:00Z</CreDtTm>").encode()
    assert isinstance(parse(unreadable(moment, refused(moment)).body), Document)


def test_an_envelope_without_a_header_is_written_as_its_document() -> None:
    document = parse(f'<Request xmlns="SWIFTNetBusinessEnvelope">{BODY}</Request>'.encode())
    assert isinstance(document, Document)
    assert parse(write_document(document)) == document
