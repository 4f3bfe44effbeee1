"""Words and figures for people, in English and Simplified Chinese.

Sentences of the templates are their own English message ids; codes (reasons, statuses, roles, rule names …) have an entry in both
`codes.po`. Catalogues are read once, at import, from the .po files themselves. Countries and currencies are CLDR's. Amounts are
integers with a unit until the moment they are written here. Times are Shanghai's.
"""

import datetime
import enum
from collections.abc import Mapping
from functools import cache
from importlib import resources

from babel import Locale
from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import format_compact_decimal, format_decimal

from huangpu.core.calendar import clock_text, date_of, time_of_day_us
from huangpu.core.values import CURRENCY_DIGITS
from huangpu.core.values import format_decimal as exact_decimal

LOCALES = {"en": "en", "zh": "zh_Hans"}
"""Language of the console to the name of its catalogue."""
HTML_LANGUAGE = {"en": "en", "zh": "zh-Hans"}
MINUS = "\N{MINUS SIGN}"


VALUE_KINDS = {
    "account classes": "class",
    "acts": "act",
    "classes of business": "business",
    "headings": "heading",
    "institution kinds": "kind",
    "investor classes": "investor_class",
    "memberships": "membership",
    "names": "matrix",
    "permissions": "permission",
    "phases": "phase",
    "placement methods": "method",
    "purposes": "purpose",
    "trade types": "trade_type",
}
"""Unit of a rule row to the kind of code that its values are."""


def N_(text: str) -> str:  # noqa: N802 - the customary name, which the extractor knows
    """Mark a sentence that is translated where it is shown."""
    return text


def catalogue(locale: str, domain: str) -> dict[str, str]:
    """Read one .po file as message id to text; entries without a text are left out."""
    path = resources.files("huangpu.console") / "locale" / locale / f"{domain}.po"
    with path.open("rb") as file:
        return {
            str(message.id): str(message.string)
            for message in read_po(file, locale=locale)
            if message.id and message.string
        }


def grouped(number: int) -> str:
    """Write an integer with a separator at the thousands, which both languages share."""
    return f"{number:,}".replace("-", MINUS)


def exact(amount: int, digits: int) -> str:
    """Write an integer of scale `digits` as a grouped decimal."""
    text = exact_decimal(abs(amount), digits)
    whole, dot, fraction = text.partition(".")
    return f"{MINUS if amount < 0 else ''}{int(whole):,}{dot}{fraction}"


class Words:
    """Everything that is written for people in one language."""

    def __init__(
        self, language: str, sentences: Mapping[str, str], codes: Mapping[str, str]
    ) -> None:
        self.language = language
        self.html_language = HTML_LANGUAGE[language]
        self._locale = Locale.parse(LOCALES[language])
        self._sentences = sentences
        self._codes = codes

    def text(self, message: str, **parts: object) -> str:
        """Return a sentence; parts replace `%(name)s`."""
        found = self._sentences.get(message, message)
        return found % parts if parts else found

    def code(self, kind: str, value: object) -> str:
        """Return the label of a code, of a kind such as `reason`; empty for an empty code."""
        plain = str(value.value) if isinstance(value, enum.Enum) else str(value)
        if not plain:
            return ""
        return self._codes.get(f"{kind}.{plain}") or plain.replace("_", " ").lower()

    def knows(self, kind: str, value: object) -> bool:
        """Tell whether a code has its own label."""
        return f"{kind}.{value}" in self._codes

    def rule(self, name: str) -> str:
        """Return the label of a rule; a cell of the transfer matrix and a role's are put together from their parts."""
        head, _, rest = name.partition(".")
        parts = rest.split(".")
        if head == "transfer":
            arrow = f"{parts[0]} → {parts[1]} · {self.code('matrix', parts[2])}"
            return arrow + (f" · {self.code('matrix', parts[3])}" if len(parts) > 3 else "")
        if head == "role":
            return f"{self.text('Permissions')} · {self.code('role', rest)}"
        if name.startswith("calendar.closed."):
            return self.text("Closures %(year)s", year=parts[-1])
        if head == "offshore" and parts[0] == "account" and parts[-1] == "holders":
            return self.text("Who may hold %(class_)s accounts", class_=parts[1])
        label = self._codes.get(f"rule.{name}")
        return label or rest.replace("_", " ").replace(".", " · ") or name

    def value(self, unit: str, value: str) -> str:
        """Return the label of a value of a rule row, which its unit tells the kind of; a value without one as it is."""
        if unit == "currencies":
            return f"{value} {self.currency(value)}"
        if unit == "holders":
            kind, _, domicile = value.partition(":")
            return f"{self.code('kind', kind)} ({self.code('domicile', domicile)})"
        if unit == "Shanghai time and phase":
            clock, _, phase = value.partition(" ")
            return f"{clock} {self.code('phase', phase)}"
        kind = VALUE_KINDS.get(unit, "value")
        if kind == "class":
            return f"{value} {self.code(kind, value)}"
        return self.code(kind, value) if self.knows(kind, value) else value

    def country(self, alpha_2: str) -> str:
        """Return the name of a country."""
        return str(self._locale.territories.get(alpha_2, alpha_2))

    def currency(self, code: str) -> str:
        """Return the name of a currency."""
        return str(self._locale.currencies.get(code, code))

    # Figures.

    def number(self, value: int) -> str:
        """Write a count."""
        return grouped(value)

    def money(self, minor: int, currency: str) -> str:
        """Write minor units as an exact amount, without the currency."""
        return exact(minor, CURRENCY_DIGITS.get(currency, 0))

    def brief(self, minor: int, currency: str) -> str:
        """Write an amount short: 12.4B, 124.3亿."""
        return self.compact(minor / 10 ** CURRENCY_DIGITS.get(currency, 0))

    def compact(self, value: float) -> str:
        """Write a large number short."""
        if abs(value) < 10_000:
            return format_decimal(round(value, 2), locale=self._locale)
        return str(format_compact_decimal(value, locale=self._locale, fraction_digits=2))

    def price(self, fen: int) -> str:
        """Write a price in CNY; a dash when there is none."""
        return exact(fen, 2) if fen else "–"

    def change(self, last_fen: int, previous_fen: int) -> str:
        """Write the change from the previous close in percent, with its sign; a dash without a trade."""
        if not last_fen or not previous_fen:
            return "–"
        basis = round((last_fen - previous_fen) * 10_000 / previous_fen)
        sign = "+" if basis > 0 else ""
        return f"{sign}{exact(basis, 2)}%"

    def percent(self, micro_percent: int) -> str:
        """Write a share in micro-percent."""
        text = exact(micro_percent, 6).rstrip("0").rstrip(".")
        return f"{text}%"

    def duration(self, seconds: float) -> str:
        """Write a short time: 3.2 ms, 1.4 s."""
        if seconds < 0.001:
            return f"{seconds * 1e6:.0f} µs"
        return f"{seconds * 1e3:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"

    def span(self, us: int) -> str:
        """Write how long something took or lasts, in the two largest units: 3.2 ms, 12 s, 4 min 5 s, 2 h 3 min, 3 d 4 h."""
        seconds = abs(us) // 1_000_000
        if seconds < 10:
            return self.duration(abs(us) / 1_000_000)
        minutes, hours, days = seconds // 60, seconds // 3_600, seconds // 86_400
        if not minutes:
            return self.text("%(s)s s", s=seconds)
        if not hours:
            return self.text("%(m)s min %(s)s s", m=minutes, s=seconds % 60)
        if not days:
            return self.text("%(h)s h %(m)s min", h=hours, m=minutes % 60)
        return self.text("%(d)s d %(h)s h", d=days, h=hours % 24)

    # Time.

    def date(self, date: datetime.date) -> str:
        """Write a date."""
        return str(format_date(date, format="medium", locale=self._locale))

    def day(self, at_us: int) -> str:
        """Write the Shanghai date of an instant."""
        return self.date(date_of(at_us))

    def clock(self, at_us: int) -> str:
        """Write the Shanghai time of day."""
        return clock_text(at_us)

    def instant(self, at_us: int) -> str:
        """Write the Shanghai time of day to the millisecond."""
        return f"{clock_text(at_us)}.{time_of_day_us(at_us) // 1_000 % 1_000:03d}"

    def moment(self, at_us: int) -> str:
        """Write date and time."""
        return f"{self.day(at_us)} {clock_text(at_us)}"


@cache
def words_of(language: str) -> Words:
    """Return the words of a language; English where it is not one of the console's."""
    known = language if language in LOCALES else "en"
    locale = LOCALES[known]
    sentences = {} if known == "en" else catalogue(locale, "console")
    return Words(known, sentences, catalogue(locale, "codes"))
