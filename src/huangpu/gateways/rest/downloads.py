"""Tables as files: CSV and XLSX out of the rows of a view, and the headers of a download.

Amounts come in minor units and are written as decimals of their currency, exactly. Text that others wrote must not become a formula in a
spreadsheet: CSV marks it with an apostrophe, XLSX writes it as text.
"""

import csv
import datetime
import io
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from huangpu.core.values import CURRENCY_DIGITS, format_decimal
from huangpu.gateways.rest.wire import Answer

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT = "text/plain"
EXACT_IN_A_SHEET = 10**15
"""Numbers of a spreadsheet have fifteen digits; what is larger is written as text."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_COLUMN_WIDTHS = (12, 12, 18, 8, 18, 20, 16, 38, 24, 24, 28, 30, 8, 10)


class Table(NamedTuple):
    """Rows with their heading first; the columns of `amounts` hold minor units of the currency, or nothing."""

    title: str
    rows: Iterable[Sequence[object]]
    currency: str
    amounts: frozenset[int]
    made: datetime.date


def download(body: bytes, media_type: str, name: str) -> Answer:
    """Answer with a file to be saved under a name."""
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    disposition = {"Content-Disposition": f'attachment; filename="{safe}"'}
    return Answer(200, body, media_type, disposition)


def csv_of(table: Table) -> bytes:
    """Write a table as CSV (RFC 4180) in UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in table.rows:
        writer.writerow([_csv_cell(table, place, cell) for place, cell in enumerate(row)])
    return out.getvalue().encode()


def xlsx_of(table: Table) -> bytes:
    """Write a table as a workbook of one sheet; the same table gives the same bytes."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    made = datetime.datetime.combine(table.made, datetime.time())
    book.set_properties({"title": table.title, "created": made})
    digits = CURRENCY_DIGITS.get(table.currency, 0)
    heading = book.add_format({"bold": True, "bottom": 1})
    money = book.add_format({"num_format": "#,##0" + ("." + "0" * digits if digits else "")})
    sheet = book.add_worksheet(table.title[:31])
    sheet.freeze_panes(1, 0)
    for place, width in enumerate(_COLUMN_WIDTHS):
        sheet.set_column(place, place, width)
    for line, row in enumerate(table.rows):
        for place, cell in enumerate(row):
            if line == 0:
                sheet.write_string(0, place, str(cell), heading)
            elif place in table.amounts and isinstance(cell, int) and abs(cell) < EXACT_IN_A_SHEET:
                sheet.write_number(line, place, cell / 10**digits, money)
            elif cell is not None and cell != "":
                sheet.write_string(line, place, _text(table, place, cell))
    book.close()
    return out.getvalue()


def _text(table: Table, place: int, cell: object) -> str:
    if place in table.amounts and isinstance(cell, int):
        return format_decimal(cell, CURRENCY_DIGITS.get(table.currency, 0))
    return "" if cell is None else str(cell)


def _csv_cell(table: Table, place: int, cell: object) -> str:
    text = _text(table, place, cell)
    if isinstance(cell, str) and text.startswith(_FORMULA):
        return f"'{text}"
    return text
