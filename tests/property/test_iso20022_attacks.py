"""Mutated samples of every message: the answer is the message or a refusal, never an exception, and always can be sent."""

import copy
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from tests.support.shared import shared_folder
from tests.support.signing import DAY, KEY, registered, signed
from tests.unit.gateways.iso20022 import messages as m

from huangpu.gateways.iso20022 import (
    READERS,
    Document,
    Refusal,
    parse,
    receive,
    write_document,
    write_pacs008,
)
from huangpu.gateways.iso20022.answers import unreadable
from huangpu.gateways.iso20022.signing import Sender, parse_from

PIECES = (
    *(b"", b"<", b">", b"&", b"/>", b"</", b"<x>", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<?x?>"),
    *(
        b"<!DOCTYPE a>",
        b"&#0;",
        b"&#xd800;",
        b"&lt;",
        b"\x00",
        b"\xff\xfe",
        b"\xc3",
        b"\xed\xa0\x80",
    ),
    *(b" Ccy='USD'", b" xmlns='u'", b" xmlns:p='u' p:a='1'", b"9", b"-", b"/", b"e", b"\xc2\x85"),
)
TEXTS = (
    "",
    " ",
    "9" * 40,
    "-1",
    "1e9",
    "NaN",
    "2026-13-45",
    "2026-11-23T25:00:00",
    "\x85",
    "\uffff",
    "//",
    "é" * 200,
)


@cache
def samples() -> list[bytes]:
    folder = shared_folder() / "samples" / "iso20022"
    found = [path.read_bytes() for path in sorted(Path(folder).glob("*/*.xml"))]
    if not found:
        pytest.skip("the public samples are not there")
    return [data for data in found if len(data) < 60_000]


def checked(data: bytes) -> None:
    """Read and answer: whatever comes, there is an answer."""
    message = receive(data)
    if isinstance(message, Refusal):
        assert message.code, message
        assert message.path.startswith("/"), message
        answer = unreadable(data, message)
        assert not isinstance(receive(answer.body), Refusal), "the answer keeps its own profile"
        return
    document = parse(data)
    assert not isinstance(document, Refusal)
    assert parse(write_document(document)) == document


@given(data=st.data())
def test_no_change_to_the_bytes_of_a_sample_raises(data: st.DataObject) -> None:
    original = data.draw(st.sampled_from(samples()))
    changed = original
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(changed)))
        end = data.draw(st.integers(start, min(len(changed), start + 60)))
        patch = data.draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=8)))
        changed = changed[:start] + patch + changed[end:]
    checked(changed)


@given(data=st.data())
def test_no_change_to_the_tree_of_a_sample_raises(data: st.DataObject) -> None:
    root = etree.fromstring(data.draw(st.sampled_from(samples())))
    for _ in range(data.draw(st.integers(1, 3))):
        elements = list(root.iter("*"))
        chosen = elements[data.draw(st.integers(0, len(elements) - 1))]
        other = elements[data.draw(st.integers(0, len(elements) - 1))]
        parent = chosen.getparent()
        if parent is None:
            continue
        change = data.draw(st.sampled_from(["drop", "double", "text", "graft", "rename", "move"]))
        if change == "drop":
            parent.remove(chosen)
        elif change == "double":
            chosen.addnext(copy.deepcopy(chosen))
        elif change == "text":
            text = data.draw(st.sampled_from(TEXTS))
            chosen.text = text if text.isprintable() or not text else "\x85"
        elif change == "graft":
            chosen.append(copy.deepcopy(other))
        elif change == "rename":
            chosen.tag = other.tag
        else:
            parent.insert(0, chosen)
    checked(etree.tostring(root))


@given(data=st.data())
def test_no_change_to_a_signed_message_is_taken_for_signed(data: st.DataObject) -> None:
    """Any change inside what was signed, or to the signature, is refused; none raises."""
    original = signed_message()
    start = data.draw(st.integers(0, len(original)))
    end = data.draw(st.integers(start, min(len(original), start + 40)))
    patch = data.draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=8)))
    changed = original[:start] + patch + original[end:]
    sender = Sender("OVB", "TSTCHKHHXXX", registered("OVB", KEY), must_sign=True, date=DAY)
    found = parse_from(changed, sender)
    if isinstance(found, Refusal):
        unreadable(changed, found)
        return
    # Accepted: then the content is what was signed (white space around the signature is not).
    assert READERS[found.definition](found) == READERS[found.definition](parse_signed())


@cache
def signed_message() -> bytes:
    return signed(write_pacs008(m.PAYMENT), m.HEADER, "OVB/K1")


def parse_signed() -> Document:
    document = parse(signed_message())
    assert not isinstance(document, Refusal)
    return document
