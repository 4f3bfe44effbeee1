"""What every writer does last: put tree and header together, check the rules, make the bytes."""

import contextlib
from collections.abc import Iterator

from huangpu.gateways.iso20022.model import BusinessHeader
from huangpu.gateways.iso20022.parts import header_tree
from huangpu.gateways.iso20022.reader import Document, Tree
from huangpu.gateways.iso20022.refusal import Fault, WriteError, at
from huangpu.gateways.iso20022.rules import check_document
from huangpu.gateways.iso20022.writer import write_document


def checked_bytes(definition: str, body: Tree, header: BusinessHeader | None) -> bytes:
    """Write a message that keeps its profile and its rules.

    Raises: WriteError naming the element otherwise.
    """
    document = Document(definition, body, header_tree(header))
    data = write_document(document)
    refusal = check_document(document)
    if refusal is not None:
        raise WriteError(refusal)
    return data


@contextlib.contextmanager
def inside(definition: str, *path: str) -> Iterator[None]:
    """Report a fault met while a tree is built as the caller's defect."""
    try:
        with at(*path):
            yield
    except Fault as fault:
        raise WriteError(fault.refusal(definition=definition)) from None
