"""Write a document by its profile: the tree of plain values to bytes, always the same bytes.

The same rows that read also write: order comes from the table, and every value passes the same
check. A tree that its profile forbids raises WriteError, because the caller built it.
"""

from huangpu.gateways.iso20022.profile import (
    HEADER_DEFINITION,
    Component,
    Leaf,
    Row,
    check_leaf,
    occurrence,
    profile_of,
)
from huangpu.gateways.iso20022.reader import AmountText, Document, Tree
from huangpu.gateways.iso20022.refusal import Fault, WriteError

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})


def write_document(document: Document) -> bytes:
    """Write a message, inside its envelope when it has a header.

    Raises: WriteError when the tree does not fit the profile.
    """
    profile = profile_of(document.definition, document.on)
    out: list[str] = [DECLARATION]
    try:
        if document.header is not None:
            namespace, _, envelope = document.envelope.rpartition("}")
            space = f' xmlns="{namespace[1:]}"' if namespace else ""
            header = profile_of(HEADER_DEFINITION, document.on)
            out.append(f"<{envelope}{space}>")
            _write_root(document.header, header.component, "AppHdr", header.namespace, out)
        out.append(f'<Document xmlns="{profile.namespace}"><{profile.root}>')
        try:
            _write_component(document.body, profile.component, out)
        except Fault as fault:
            raise fault.inside(f"Document/{profile.root}") from None
        out.append(f"</{profile.root}></Document>")
        if document.header is not None:
            out.append(f"</{envelope}>")
    except Fault as fault:
        raise WriteError(fault.refusal(definition=document.definition)) from None
    return "".join(out).encode()


def _write_root(
    tree: Tree, component: Component, root: str, namespace: str, out: list[str]
) -> None:
    out.append(f'<{root} xmlns="{namespace}">')
    try:
        _write_component(tree, component, out)
    except Fault as fault:
        raise fault.inside(root) from None
    out.append(f"</{root}>")


def _write_component(tree: Tree, component: Component, out: list[str]) -> None:
    if component.kind == "choice" and len(tree) != 1:
        raise Fault(
            "FF01", f"exactly one element of {component.name} is expected, found {len(tree)}"
        )
    written = 0
    for row in component.rows:
        value = tree.get(row.tag)
        if value is None:
            if row.low > 0 and component.kind == "all":
                raise Fault(row.code, f"mandatory element {row.tag} is missing", row.tag)
            continue
        written += 1
        values = value if row.is_list else [value]
        if not max(row.low, 1) <= len(values) <= row.high:
            limits = occurrence(max(row.low, 1), row.high)
            raise Fault("FF01", f"{len(values)} occurrences, limits {limits}", row.tag)
        for index, item in enumerate(values):
            try:
                _write_value(item, row, out)
            except Fault as fault:
                step = f"{row.tag}[{index + 1}]" if row.is_list else row.tag
                raise fault.inside(step) from None
    if written != len(tree):
        unknown = sorted(tree.keys() - {row.tag for row in component.rows})
        raise Fault("FF01", f"no rows for {', '.join(unknown)} in {component.name}")


def _write_value(value: object, row: Row, out: list[str]) -> None:
    if row.leaf is not None:
        _write_leaf(value, row.tag, row.leaf, out)
        return
    assert row.component is not None
    out.append(f"<{row.tag}>")
    if row.component.kind == "any":
        assert isinstance(value, bytes), "free XML is carried as the bytes that were read"
        out.append(value.decode())
    else:
        assert isinstance(value, dict), f"{row.tag} holds elements"
        _write_component(value, row.component, out)
    out.append(f"</{row.tag}>")


def _write_leaf(value: object, tag: str, leaf: Leaf, out: list[str]) -> None:
    if leaf.kind == "amount":
        assert isinstance(value, AmountText), f"{tag} holds an amount"
        check_leaf(leaf, value.text)
        if len(value.currency) != 3 or not value.currency.isascii() or not value.currency.isupper():
            raise Fault("FF01", f"{value.currency!r} is no currency code", "@Ccy")
        out.append(f'<{tag} Ccy="{value.currency}">{value.text}</{tag}>')
        return
    assert isinstance(value, str), f"{tag} holds text"
    check_leaf(leaf, value)
    out.append(f"<{tag}>{value.translate(_ESCAPES)}</{tag}>")
