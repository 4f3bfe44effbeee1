"""The text of the supervisor's files: header, columns, records, trailer; and the digest chain over their lines.

A file is lines of comma-separated fields ended by a newline. The first field says what a line is: H header, C columns, D record, T trailer
of one currency, E end. The digest starts from the digest of the file before it in the same stream, which the header names, and folds line by
line: `digest = SHA-256(digest ‖ line)`. Whoever has the files can check that none is missing, changed or out of place.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from huangpu.venues.offshore.reports.books import FileKind, FileTotal, ReportFile
from huangpu.venues.offshore.reports.record import amount_text

FORMAT = "1"
BALANCE_FIELDS = (
    "account",
    "kind",
    "holder",
    "currency",
    "opening",
    "debits",
    "credits",
    "closing",
)


def line_of(fields: Iterable[str]) -> str:
    """Write one line without its newline; a field with a comma or a quote is quoted, control characters become blanks."""
    return ",".join(_field(text) for text in fields)


def fold(digest: str, line: str) -> str:
    """Fold one line into a digest in hexadecimal."""
    return hashlib.sha256(bytes.fromhex(digest) + line.encode()).hexdigest()


def folded(digest: str, lines: Iterable[str]) -> str:
    """Fold lines into a digest in hexadecimal."""
    raw = bytes.fromhex(digest)
    for line in lines:
        raw = hashlib.sha256(raw + line.encode()).digest()
    return raw.hex()


def head_of(
    kind: FileKind, unit: str, date: str, sequence: int, previous: str, columns: Iterable[str]
) -> list[str]:
    """Write header and columns."""
    header = ("H", "HUANGPU", FORMAT, kind.value, unit, date, str(sequence), previous)
    return [line_of(header), line_of(("C", *columns))]


def tail_of(records: int, totals: Mapping[str, FileTotal]) -> list[str]:
    """Write one trailer a currency, in order of codes, and the end."""
    lines = [
        line_of(
            (
                "T",
                currency,
                str(total.records),
                amount_text(int(total.debits), currency),
                amount_text(int(total.credits), currency),
                amount_text(int(total.balance), currency),
            )
        )
        for currency, total in sorted(totals.items())
    ]
    return [*lines, line_of(("E", str(records)))]


def is_whole(file: ReportFile, lines: Iterable[str]) -> bool:
    """Tell whether lines are exactly those of a file."""
    return folded(file.previous, lines) == file.digest


def text_of(lines: Iterable[str]) -> str:
    """Join lines to the text of a file."""
    return "".join(f"{line}\n" for line in lines)


def lines_in(text: str) -> Iterator[str]:
    """Take the text of a file apart again."""
    return iter(text.split("\n")[:-1])


def with_record(total: FileTotal | None, debit: int, credit: int, balance: int = 0) -> FileTotal:
    """Count one more record."""
    old = total or FileTotal()
    return FileTotal(
        old.records + 1,
        str(int(old.debits) + debit),
        str(int(old.credits) + credit),
        str(int(old.balance) + balance),
    )


def _field(text: str) -> str:
    if not text.isprintable():
        text = "".join(one if one.isprintable() else " " for one in text)
    if "," in text or '"' in text:
        quoted = text.replace('"', '""')
        return f'"{quoted}"'
    return text
