"""What the three readers share: the fault that names its place, the entry under construction, countries and dates."""

import datetime
import re
from functools import cache

import msgspec
from babel import Locale

from huangpu.venues.offshore.screening.books import EntryKind, ListEntry

NAME_LENGTH_MAX = 350
_ISO_DATE = re.compile(r"(\d{4})(-\d{2})?(-\d{2})?")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_WRITTEN_DATE = re.compile(r"(?:(\d{1,2}) )?(?:([A-Za-z]{3})[a-z]* )?(\d{4})")
_OTHER_NAMES = {
    "russia": "RU", "russian federation": "RU", "syrian arab republic": "SY", "iran (islamic republic of)": "IR",
    "democratic people's republic of korea": "KP", "korea, north": "KP", "republic of korea": "KR", "korea, south": "KR",
    "burma": "MM", "democratic republic of the congo": "CD", "congo, democratic republic of the": "CD",
    "viet nam": "VN", "united states of america": "US", "united kingdom of great britain and northern ireland": "GB",
    "united republic of tanzania": "TZ", "türkiye": "TR", "turkey": "TR", "state of palestine": "PS",
    "lao people's democratic republic": "LA", "hong kong": "HK", "macau": "MO", "china": "CN",
}  # fmt: skip


class ListFault(Exception):
    """A file is no list of its format: names the file, the line or path, and the value found."""

    def __init__(self, file: object, where: str, what: str) -> None:
        super().__init__(f"{file}{', ' if where else ''}{where}: {what}")
        self.file, self.where, self.what = str(file), where, what


class ReadList(msgspec.Struct, frozen=True):
    """What was read: entries in the order of the file, the date it bears, and how many records are no party."""

    entries: list[ListEntry]
    published: datetime.date | None
    passed_over: int = 0


class Draft:
    """One entry while its records are read; names, countries and dates come in the order found, once each."""

    def __init__(self, entry_id: str, kind: EntryKind, programme: str = "") -> None:
        self.id = entry_id
        self.kind = kind
        self.programme = programme
        self.names: dict[str, None] = {}
        self.countries: dict[str, None] = {}
        self.dates: dict[str, None] = {}

    def name(self, text: str) -> None:
        """Take a name, its spaces made single."""
        plain = " ".join(text.split())
        if plain:
            self.names[plain] = None

    def country(self, text: str) -> None:
        """Take a country by code or English name; what is unknown stays as it is written."""
        plain = " ".join(text.split())
        if plain:
            self.countries[country_code(plain)] = None

    def date(self, text: str) -> None:
        """Take a date of birth or registration, as exact as it is written; what is none is left out."""
        found = date_text(text)
        if found:
            self.dates[found] = None

    def entry(self, file: object, where: str) -> ListEntry:
        """Finish the entry.

        Raises: ListFault when it has no name, or one too long.
        """
        if not self.names:
            raise ListFault(file, where, f"entry {self.id!r} has no name")
        longest = max(self.names, key=len)
        if len(longest) > NAME_LENGTH_MAX:
            what = (
                f"name of {len(longest)} characters, at most {NAME_LENGTH_MAX}: {longest[:40]!r}…"
            )
            raise ListFault(file, where, what)
        return ListEntry(
            self.id,
            self.kind,
            list(self.names),
            list(self.countries),
            list(self.dates),
            self.programme,
        )


def country_code(text: str) -> str:
    """Return the ISO 3166 code of a country that is written as code or English name."""
    if len(text) == 2 and text.isascii() and text.isalpha():
        return text.upper()
    return _countries().get(text.casefold(), text)


def date_text(text: str) -> str:
    """Write a date as YYYY, YYYY-MM or YYYY-MM-DD; empty where there is none."""
    plain = text.strip().removeprefix("circa ").removeprefix("c. ")
    found = _ISO_DATE.match(plain)
    if found:
        return found[0]
    written = _WRITTEN_DATE.fullmatch(plain)
    if written is None:
        return ""
    day, month, year = written.groups()
    if month is None:
        return year
    if month.lower() not in _MONTHS:
        return ""
    number = f"{year}-{_MONTHS.index(month.lower()) + 1:02d}"
    return f"{number}-{int(day):02d}" if day else number


@cache
def _countries() -> dict[str, str]:
    names = {
        name.casefold(): code
        for code, name in Locale("en").territories.items()
        if len(code) == 2 and code.isalpha()
    }
    return names | _OTHER_NAMES
