"""OFAC's list as three CSV files without headings: SDN (who), ALT (other names) and ADD (addresses), joined by the entity number.

`-0-` stands for nothing, a person's name is `FAMILY, Given`, dates of birth stand in the remarks. The files may come in any order: their
columns tell them apart.
"""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from huangpu.gateways.lists.reading import Draft, ListFault, ReadList
from huangpu.venues.offshore.screening.books import EntryKind

COLUMNS = {12: "SDN", 5: "ALT", 6: "ADD"}
KINDS = {
    "individual": EntryKind.PERSON,
    "vessel": EntryKind.VESSEL,
    "aircraft": EntryKind.AIRCRAFT,
    "": EntryKind.ENTITY,
}
NOTHING = "-0-"
_BIRTH = re.compile(r"\bDOB ([^;.]+)")
Numbered = tuple[int, list[str]]


def read_ofac(files: list[Path]) -> ReadList:
    """Read SDN, ALT and ADD; only SDN must be there.

    Raises: ListFault, OSError.
    """
    found: dict[str, tuple[Path, list[Numbered]]] = {}
    for file in files:
        name, rows = _table(file)
        if name in found:
            raise ListFault(file, "", f"a second {name} file beside {found[name][0]}")
        found[name] = (file, rows)
    if "SDN" not in found:
        raise ListFault("ofac", "", f"no SDN file of 12 columns among {len(files)} files")
    sdn_file, sdn_rows = found["SDN"]
    drafts: dict[str, tuple[int, Draft]] = {}
    for line, row in sdn_rows:
        entry_id, draft = row[0], _draft(sdn_file, line, row)
        if entry_id in drafts:
            raise ListFault(sdn_file, f"line {line}", f"entity number {entry_id!r} is there twice")
        drafts[entry_id] = (line, draft)
    for name, column in (("ALT", 3), ("ADD", 4)):
        file, rows = found.get(name, (sdn_file, []))
        for line, row in rows:
            known = drafts.get(row[0])
            if known is None:
                raise ListFault(file, f"line {line}", f"entity number {row[0]!r} is not in SDN")
            if name == "ALT":
                known[1].name(_name(row[column], known[1].kind))
            else:
                known[1].country(row[column])
    entries = [draft.entry(sdn_file, f"line {line}") for line, draft in drafts.values()]
    return ReadList(entries, None)


def _table(file: Path) -> tuple[str, list[Numbered]]:
    """Read one file and tell by its columns which it is."""
    rows = list(_rows(file))
    if not rows:
        raise ListFault(file, "", "no rows")
    width = len(rows[0][1])
    if width not in COLUMNS:
        expected = ", ".join(f"{number} ({name})" for number, name in COLUMNS.items())
        raise ListFault(file, f"line {rows[0][0]}", f"{width} columns, expected {expected}")
    for line, row in rows:
        if len(row) != width:
            raise ListFault(
                file, f"line {line}", f"{len(row)} columns, expected {width}: {row[:2]}"
            )
        if not row[0].isdigit():
            raise ListFault(file, f"line {line}", f"entity number {row[0]!r} is no number")
    return COLUMNS[width], rows


def _rows(file: Path) -> Iterator[Numbered]:
    data = file.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    # The files end with the mark by which old systems closed a text.
    reader = csv.reader(io.StringIO(text.replace("\x1a", "")), strict=True)
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield reader.line_num, ["" if cell == NOTHING else cell for cell in cells]
    except csv.Error as error:
        raise ListFault(file, f"line {reader.line_num}", f"not CSV: {error}") from None


def _draft(file: Path, line: int, row: list[str]) -> Draft:
    kind = KINDS.get(row[2].lower())
    if kind is None:
        what = f"type {row[2]!r}, one of {' '.join(filter(None, KINDS))} or {NOTHING}"
        raise ListFault(file, f"line {line}", what)
    draft = Draft(row[0], kind, row[3])
    draft.name(_name(row[1], kind))
    draft.country(row[9])
    for birth in _BIRTH.findall(row[11]):
        draft.date(birth.strip())
    return draft


def _name(text: str, kind: EntryKind) -> str:
    """Write `FAMILY, Given` as people do; firms keep their commas."""
    family, comma, given = text.partition(",")
    if kind is not EntryKind.PERSON or not comma:
        return text
    return f"{given.strip()} {family.strip()}"
