"""OpenSanctions' entities in the FollowTheMoney form: one JSON object a line with `id`, `schema` and `properties` of lists of texts.

Records that are no party (sanctions, addresses, documents) are passed over and counted.
"""

from pathlib import Path

import msgspec

from huangpu.gateways.lists.reading import Draft, ListFault, ReadList
from huangpu.venues.offshore.screening.books import EntryKind

KINDS = {
    "Person": EntryKind.PERSON,
    "Organization": EntryKind.ENTITY,
    "Company": EntryKind.ENTITY,
    "LegalEntity": EntryKind.OTHER,
    "PublicBody": EntryKind.ENTITY,
    "Vessel": EntryKind.VESSEL,
    "Airplane": EntryKind.AIRCRAFT,
}
NAMES = ("name", "alias", "weakAlias", "previousName")
COUNTRIES = ("nationality", "citizenship", "jurisdiction", "country", "flag")
DATES = ("birthDate", "incorporationDate", "buildDate")
PROGRAMMES = ("programId", "program")


class _Entity(msgspec.Struct):
    id: str
    schema: str
    properties: dict[str, list[str]]


_decoder = msgspec.json.Decoder(_Entity)


def read_ftm(files: list[Path]) -> ReadList:
    """Read one or more files of entities.

    Raises: ListFault, OSError.
    """
    if not files:
        raise ListFault("ftm", "", "0 files, at least 1")
    entries = []
    seen: dict[str, str] = {}
    passed_over = 0
    for file in files:
        for number, line in enumerate(file.read_bytes().splitlines(), 1):
            if not line.strip():
                continue
            where = f"line {number}"
            found = _entity(file, where, line)
            kind = KINDS.get(found.schema)
            if kind is None:
                passed_over += 1
                continue
            if found.id in seen:
                raise ListFault(
                    file, where, f"id {found.id!r} is there twice, first {seen[found.id]}"
                )
            seen[found.id] = f"{file}, {where}"
            entries.append(_draft(found, kind).entry(file, where))
    if not entries:
        raise ListFault(files[0], "", f"no parties among {passed_over} records")
    return ReadList(entries, None, passed_over)


def _entity(file: Path, where: str, line: bytes) -> _Entity:
    try:
        return _decoder.decode(line)
    except msgspec.DecodeError as error:
        raise ListFault(file, where, str(error)) from None


def _draft(found: _Entity, kind: EntryKind) -> Draft:
    properties = found.properties
    programme = next((properties[key][0] for key in PROGRAMMES if properties.get(key)), "")
    draft = Draft(found.id, kind, programme)
    for keys, take in ((NAMES, draft.name), (COUNTRIES, draft.country), (DATES, draft.date)):
        for key in keys:
            for text in properties.get(key, ()):
                take(text)
    return draft
