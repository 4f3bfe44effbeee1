"""Open untrusted bytes as XML, once, or say why not.

Before the parser sees anything: size, byte order mark, declared version and encoding, the number of
marks, no DOCTYPE and no processing instruction. The parser then resolves no entity, loads nothing, keeps its own limits
(`huge_tree` is off) and reports any error as a Fault; after it comes the depth. Only UTF-8 and
UTF-16 with a byte order mark are read. The two marks are looked for in the bytes, so they are
refused even inside a comment or a CDATA section, where no payment message needs them.
"""

import codecs
import re

from lxml import etree

from huangpu.gateways.iso20022.refusal import Fault, shown

SIZE_BYTES_MAX = 8 * 1024 * 1024
DEPTH_MAX = 64
MARKS_MAX = 1_000_000
"""How many `<` a document may hold: an element costs some hundred bytes of memory, whatever its size."""
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
ROOT_ATTRIBUTES = frozenset({XSI + "schemaLocation", XSI + "noNamespaceSchemaLocation"})

_DECLARATION = re.compile(rb"<\?xml[ \t\r\n][^>]*?\?>")
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_VERSION = re.compile(rb"""version\s*=\s*["']1\.0["']""")
_ENCODINGS = {"utf-8": frozenset({"UTF-8", "UTF8"}), "utf-16": frozenset({"UTF-16"})}
_TOO_DEEP = etree.XPath("boolean(" + "/*" * (DEPTH_MAX + 1) + ")")
_ATTRIBUTE_COUNT = etree.XPath("count(*//@*)")


def open_xml(data: bytes, *, size_bytes_max: int = SIZE_BYTES_MAX) -> etree._Element:
    """Parse the bytes and return the root element.

    Units: size_bytes_max in bytes of the message as received.
    Raises: Fault FF01 for everything that is not well-formed, plain, shallow XML.
    """
    if len(data) > size_bytes_max:
        raise Fault("FF01", f"{len(data)} bytes, limit {size_bytes_max}")
    plain = _utf8(data)
    if b"<!DOCTYPE" in plain:
        raise Fault("FF01", "a document type declaration is not allowed")
    marks = plain.count(b"<")
    if marks > MARKS_MAX:
        raise Fault("FF01", f"{marks} tags, limit {MARKS_MAX}")
    declaration = _DECLARATION.match(plain)
    if declaration is not None and _VERSION.search(declaration.group()) is None:
        raise Fault("FF01", "declared version other than XML 1.0")
    if plain.find(b"<?", declaration.end() if declaration else 0) >= 0:
        raise Fault("FF01", "a processing instruction is not allowed")
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        recover=False,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(plain, parser)
    except etree.XMLSyntaxError as error:
        raise Fault("FF01", f"not well-formed XML: {error.msg}") from None
    tree = root.getroottree()
    if _TOO_DEEP(tree):
        raise Fault("FF01", f"elements nested deeper than {DEPTH_MAX}")
    return root


def attribute_count(element: etree._Element) -> int:
    """Count the attributes below an element, its own left out."""
    count = _ATTRIBUTE_COUNT(element)
    assert isinstance(count, float), "XPath count() is a number"
    return int(count)


def _utf8(data: bytes) -> bytes:
    """Return the document as UTF-8 without a byte order mark."""
    encoding = "utf-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Fault("FF01", f"not {encoding.upper()}: byte {error.start} {error.reason}") from None
    plain = text.removeprefix("\ufeff").encode() if not data.isascii() else data
    declaration = _DECLARATION.match(plain)
    declared = _ENCODING.search(declaration.group()) if declaration else None
    if declared is not None and declared.group(1).decode().upper() not in _ENCODINGS[encoding]:
        name = shown(declared.group(1).decode())
        raise Fault("FF01", f"declared encoding {name}, bytes are {encoding.upper()}")
    return plain
