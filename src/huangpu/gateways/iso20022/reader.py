"""Read a document by its profile: bytes to a tree of plain values, or a Refusal.

The tree is a dict for each component: element name to text, to AmountText, to another dict, to a
list where the element may repeat, or to bytes for free XML that is only carried. Every element of
the standard is kept, so a document read is written back with the same content. One pass over one
parse checks element names, order, occurrence, choices, types, lengths, patterns and codes.
"""

import datetime
from typing import Any, NamedTuple, TypeAlias

import msgspec
from lxml import etree

from huangpu.gateways.iso20022.profile import (
    HEADER_DEFINITION,
    NAMESPACE_PREFIX,
    Component,
    Profile,
    Row,
    check_leaf,
    definitions,
    occurrence,
    profile_of,
)
from huangpu.gateways.iso20022.refusal import Fault, Refusal, shown
from huangpu.gateways.iso20022.safe_xml import (
    ROOT_ATTRIBUTES,
    SIZE_BYTES_MAX,
    attribute_count,
    open_xml,
)

Tree: TypeAlias = dict[str, Any]

SWIFT_ENVELOPE = "{urn:swift:xsd:envelope}Envelope"
ENVELOPES = frozenset({"Envelope", SWIFT_ENVELOPE, "{SWIFTNetBusinessEnvelope}Request"})
XML_SPACE = " \t\r\n"
HEADER_ELEMENT = f"{{{NAMESPACE_PREFIX}{HEADER_DEFINITION}}}AppHdr"


class AmountText(NamedTuple):
    """An amount as written: digits and currency code."""

    text: str
    currency: str


class Document(msgspec.Struct, frozen=True):
    """One message: its definition, its tree below the message root, and its header's if any.

    `on` is the date whose edition of the profile it keeps; None means the latest.
    """

    definition: str
    body: Tree
    header: Tree | None = None
    envelope: str = SWIFT_ENVELOPE
    on: datetime.date | None = None


class _Free(NamedTuple):
    """What was met below one document that the fast checks must allow for."""

    amounts: list[int]


def parse(
    data: bytes, *, size_bytes_max: int = SIZE_BYTES_MAX, on: datetime.date | None = None
) -> Document | Refusal:
    """Read one message by its profile as of a date, the latest when none is given.

    Units: size_bytes_max in bytes of the message as received.
    Rejects: FF01 and the more precise codes of the tables; never raises on any input.
    """
    try:
        root = open_xml(data, size_bytes_max=size_bytes_max)
    except Fault as fault:
        return fault.refusal()
    try:
        return read_document(root, on)
    except Fault as fault:
        definition, message_id = _references(root)
        return fault.refusal(message_id=message_id, definition=definition)


def read_document(root: etree._Element, on: datetime.date | None) -> Document:
    """Read one message from its root element.

    Raises: Fault with the code and the path.
    """
    envelope, header, document = unwrap(root)
    profile = _profile(document, on)
    _check_roots(root, document)
    header_tree = None
    if header is not None:
        header_tree = _read_root(header, profile_of(HEADER_DEFINITION, on).component, "AppHdr")
    children = list(document)
    name = f"{{{profile.namespace}}}{profile.root}"
    if len(children) != 1 or children[0].tag != name:
        found = ", ".join(_local(child) for child in children[:3]) or "nothing"
        raise Fault("FF01", f"expected exactly one {profile.root}, found {found}", "Document")
    body = _read_root(children[0], profile.component, f"Document/{profile.root}")
    # An envelope without a header says nothing: the document is written alone.
    kept = envelope if header is not None else SWIFT_ENVELOPE
    return Document(profile.definition, body, header_tree, kept, on)


def unwrap(root: etree._Element) -> tuple[str, etree._Element | None, etree._Element]:
    """Split a root element into the envelope's name, the header and the document.

    Raises: Fault FF01 for any other content of an envelope.
    """
    if root.tag not in ENVELOPES:
        return "", None, root
    children = list(root)
    names = [_local(child) for child in children]
    if names == ["Document"]:
        return str(root.tag), None, children[0]
    if names != ["AppHdr", "Document"]:
        found = ", ".join(names[:4]) or "nothing"
        raise Fault("FF01", f"expected AppHdr and Document, found {found}", _local(root))
    if children[0].tag != HEADER_ELEMENT:
        raise Fault(
            "FF01", f"header {shown(str(children[0].tag))}, expected {HEADER_DEFINITION}", "AppHdr"
        )
    return str(root.tag), children[0], children[1]


def _profile(document: etree._Element, on: datetime.date | None) -> Profile:
    name = etree.QName(document)
    if name.localname != "Document":
        raise Fault(
            "FF01", f"root element {shown(name.localname)}, expected Document", name.localname
        )
    namespace = name.namespace or ""
    definition = namespace.removeprefix(NAMESPACE_PREFIX)
    if not namespace.startswith(NAMESPACE_PREFIX) or definition not in definitions():
        known = [each for each in definitions() if each[:8] == definition[:8]] or definitions()
        detail = f"namespace {shown(namespace)}, read here: {', '.join(known)}"
        raise Fault("FF01", detail, "Document")
    return profile_of(definition, on)


def _check_roots(root: etree._Element, document: etree._Element) -> None:
    for element in {root, document}:
        try:
            _no_attribute(element, *ROOT_ATTRIBUTES)
            _no_text(element)
        except Fault as fault:
            raise fault.inside(_local(element)) from None


def _read_root(element: etree._Element, component: Component, path: str) -> Tree:
    """Read one root's content and then compare the number of attributes with what was used."""
    met = _Free([0])
    try:
        _no_attribute(element)
        tree = _read_component(element, component, met)
        if attribute_count(element) != met.amounts[0]:
            raise _stray_attribute(element, component)
    except Fault as fault:
        raise fault.inside(path) from None
    return tree


def _no_attribute(element: etree._Element, *allowed: str) -> None:
    for name in element.attrib:
        if name not in allowed:
            raise Fault("FF01", f"attribute {shown(str(name))} is not allowed")


def _no_text(element: etree._Element) -> None:
    """Refuse text among the children of an element that holds only elements."""
    for text in (element.text, *(child.tail for child in element)):
        if text is not None and text.strip(XML_SPACE):
            raise _stray_text(text)


def _read_component(element: etree._Element, component: Component, met: _Free) -> Tree:
    """Read one component; the loop runs once for every element of the document."""
    tree: Tree = {}
    steps = component.steps
    last = -1
    mandatory_met = 0
    if element.text is not None and element.text.strip(XML_SPACE):
        raise _stray_text(element.text)
    for child in element:
        step = steps.get(child.tag)
        if step is None:
            raise _unknown(child, component)
        position, mandatory, tag, plain, nested, row = step
        if position <= last and (position < last or not row.is_list):
            raise _misplaced(row, tree)
        try:
            if plain is not None:
                value: Any = child.text or ""
                if not plain(value) or len(child):
                    raise _leaf_fault(child, row, value)
            elif nested is not None:
                value = _read_component(child, nested, met)
            else:
                value = _read_other(child, row, met)
        except Fault as fault:
            place = f"{tag}[{len(tree.get(tag, ())) + 1}]" if row.is_list else tag
            raise fault.inside(place) from None
        if not row.is_list:
            tree[tag] = value
        elif position == last:
            tree[tag].append(value)
        else:
            tree[tag] = [value]
        if child.tail is not None and child.tail.strip(XML_SPACE):
            raise _stray_text(child.tail)
        if position > last:
            mandatory_met += mandatory
            last = position
    if component.kind != "all" or component.bounded or mandatory_met != component.mandatory_count:
        _check_presence(tree, component)
    return tree


def _read_other(child: etree._Element, row: Row, met: _Free) -> Any:
    """Read what is neither a plain value nor a component of the profile: dates, amounts, free XML."""
    if row.component is not None:
        assert row.component.kind == "any", row.component.name
        return _read_free(child, met)
    leaf = row.leaf
    assert leaf is not None
    text = child.text or ""
    _no_children(child)
    check_leaf(leaf, text)
    if leaf.kind != "amount":
        return text
    currency = child.get("Ccy")
    if currency is None:
        raise Fault("CH21", "missing attribute Ccy", "@Ccy")
    if len(currency) != 3 or not currency.isascii() or not currency.isupper():
        raise Fault("FF01", f"{shown(currency)} is no currency code of three capitals", "@Ccy")
    met.amounts[0] += 1
    return AmountText(text, currency)


def _read_free(element: etree._Element, met: _Free) -> bytes:
    """Keep what an open element holds as canonical XML; only its depth has been checked."""
    _no_text(element)
    met.amounts[0] += attribute_count(element)
    return b"".join(etree.tostring(child, method="c14n", with_tail=False) for child in element)


def _check_presence(tree: Tree, component: Component) -> None:
    if component.kind == "choice":
        if len(tree) != 1:
            names = ", ".join(row.tag for row in component.rows)
            found = " and ".join(tree) or "none"
            raise Fault("FF01", f"exactly one of {names} is expected, found {found}")
        return
    for row in component.rows:
        if row.low > 0 and row.tag not in tree:
            detail = f"mandatory element {row.tag} ({row.business_name}) is missing"
            raise Fault(row.code, f"{detail}, occurrence {occurrence(row.low, row.high)}", row.tag)
    for row in component.bounded:
        count = len(tree.get(row.tag, ()))
        if count > row.high:
            code = "FF01" if row.code == "CH21" else row.code
            detail = f"{count} occurrences, limit {row.high}"
            raise Fault(code, detail, f"{row.tag}[{row.high + 1}]")


def _leaf_fault(child: etree._Element, row: Row, value: str) -> Fault:
    assert row.leaf is not None
    try:
        _no_children(child)
        check_leaf(row.leaf, value)
    except Fault as fault:
        return fault
    raise AssertionError("a refused value must have a fault")


def _no_children(child: etree._Element) -> None:
    if len(child):
        raise Fault("FF01", "a value is expected, found nested elements")


def _stray_text(text: str) -> Fault:
    return Fault("FF01", f"text {shown(text.strip())} between elements")


def _unknown(child: etree._Element, component: Component) -> Fault:
    local = _local(child)
    if any(row.tag == local for row in component.rows):
        namespace = etree.QName(child).namespace or ""
        return Fault("FF01", f"element in namespace {shown(namespace)}", local)
    return Fault("FF01", f"element {shown(local)} is unknown in {component.name}", local)


def _misplaced(row: Row, tree: Tree) -> Fault:
    if row.tag in tree and not row.is_list:
        return Fault("FF01", "2 occurrences, limit 1", f"{row.tag}[2]")
    return Fault("FF01", f"element out of order: it comes after {next(reversed(tree))}", row.tag)


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname


def _stray_attribute(root: etree._Element, component: Component) -> Fault:
    """Name the attribute that no row allows; slow, and only for documents already refused."""
    places = [(root, component, "")]
    while places:
        element, component, path = places.pop()
        for child in element:
            row = component.steps[str(child.tag)].row
            below = f"{path}/{row.tag}".removeprefix("/")
            allowed = "Ccy" if row.leaf is not None and row.leaf.kind == "amount" else ""
            for name in child.attrib:
                if name != allowed:
                    return Fault("FF01", f"attribute {shown(str(name))} is not allowed", below)
            if row.component is not None and row.component.kind != "any":
                places.append((child, row.component, below))
    return Fault("FF01", "an attribute is not allowed")


def _references(root: etree._Element) -> tuple[str, str]:
    """Read the definition and the message identification of a refused document, where readable."""
    document = next((e for e in root.iter("{*}Document")), None)
    if document is None:
        return "", ""
    definition = (etree.QName(document).namespace or "").removeprefix(NAMESPACE_PREFIX)
    found = document.findtext("{*}*/{*}GrpHdr/{*}MsgId") or ""
    found = found or document.findtext("{*}*/{*}Assgnmt/{*}Id") or ""
    return definition, found if 0 < len(found) <= 35 else ""
