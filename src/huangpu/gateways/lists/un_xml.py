"""The United Nations Security Council's consolidated list: one XML file of INDIVIDUAL and ENTITY records with their aliases.

The parser loads nothing and resolves nothing; a document type is refused before it sees a byte.
"""

import datetime
from pathlib import Path

from lxml import etree

from huangpu.gateways.lists.reading import Draft, ListFault, ReadList
from huangpu.venues.offshore.screening.books import EntryKind

SIZE_BYTES_MAX = 64 * 1024 * 1024
RECORDS = (("INDIVIDUALS/INDIVIDUAL", EntryKind.PERSON), ("ENTITIES/ENTITY", EntryKind.ENTITY))
NAME_PARTS = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")


def read_un(files: list[Path]) -> ReadList:
    """Read the one file of the list.

    Raises: ListFault, OSError.
    """
    if len(files) != 1:
        raise ListFault("un", "", f"{len(files)} files, the list is one XML file")
    file = files[0]
    root = _root(file, file.read_bytes())
    entries = []
    for path, kind in RECORDS:
        for number, record in enumerate(root.iterfind(path), 1):
            where = f"line {record.sourceline}, {path}[{number}]"
            entries.append(_entry(file, where, record, kind).entry(file, where))
    if not entries:
        raise ListFault(file, root.tag, "no INDIVIDUAL and no ENTITY")
    return ReadList(entries, _published(file, root))


def _root(file: Path, data: bytes) -> etree._Element:
    if len(data) > SIZE_BYTES_MAX:
        raise ListFault(file, "", f"{len(data)} bytes, limit {SIZE_BYTES_MAX}")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise ListFault(file, "", "a document type declaration is not allowed")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=False,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ListFault(file, f"line {error.lineno}", f"not well-formed XML: {error.msg}") from None
    if root.tag != "CONSOLIDATED_LIST":
        raise ListFault(file, "", f"root element {root.tag!r}, expected 'CONSOLIDATED_LIST'")
    return root


def _entry(file: Path, where: str, record: etree._Element, kind: EntryKind) -> Draft:
    entry_id = _text(record, "DATAID")
    if not entry_id:
        raise ListFault(file, where, "no DATAID")
    reference, programme = _text(record, "REFERENCE_NUMBER"), _text(record, "UN_LIST_TYPE")
    draft = Draft(entry_id, kind, " ".join(part for part in (programme, reference) if part))
    draft.name(" ".join(_text(record, part) for part in NAME_PARTS))
    draft.name(_text(record, "NAME_ORIGINAL_SCRIPT"))
    what = "INDIVIDUAL" if kind is EntryKind.PERSON else "ENTITY"
    for alias in record.iterfind(f"{what}_ALIAS"):
        draft.name(_text(alias, "ALIAS_NAME"))
    for nationality in record.iterfind("NATIONALITY/VALUE"):
        draft.country(nationality.text or "")
    for address in record.iterfind(f"{what}_ADDRESS"):
        draft.country(_text(address, "COUNTRY"))
    for birth in record.iterfind("INDIVIDUAL_DATE_OF_BIRTH"):
        draft.date(_text(birth, "DATE") or _text(birth, "YEAR"))
    return draft


def _published(file: Path, root: etree._Element) -> datetime.date | None:
    text = root.get("dateGenerated", "")
    if not text:
        return None
    try:
        return datetime.date.fromisoformat(text[:10])
    except ValueError:
        raise ListFault(file, "@dateGenerated", f"{text!r} is no date") from None


def _text(record: etree._Element, tag: str) -> str:
    return (record.findtext(tag) or "").strip()
