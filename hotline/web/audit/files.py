"""Tables as files: CSV that a spreadsheet opens in Chinese, and XLSX."""

import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from typing import Final, Literal

from flask import Response
from openpyxl import Workbook

Kind = Literal["csv", "xlsx"]
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a spreadsheet would take for a formula, were it the first mark of a cell.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def download(lines: Iterable[Sequence[object]], title: str, name: str, kind: Kind) -> Response:
    """Return a table as a file called ``name`` with the ending of its kind."""
    safe = ([_harmless(value) for value in line] for line in lines)
    content = _as_csv(safe) if kind == "csv" else _as_xlsx(safe, title)
    response = Response(content, mimetype="text/csv" if kind == "csv" else _XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def _harmless(value: object) -> object:
    """Return a value that no spreadsheet runs: names and words come from people."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def _as_csv(lines: Iterable[Sequence[object]]) -> bytes:
    text = StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue().encode("utf-8-sig")


def _as_xlsx(lines: Iterable[Sequence[object]], title: str) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for line in lines:
        sheet.append(list(line))
    content = BytesIO()
    book.save(content)
    return content.getvalue()
