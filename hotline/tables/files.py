"""Open a file as sheets of cells, whatever program wrote it: CSV in three encodings, or XLSX."""

import csv
import io
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any, Final
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from hotline.tables.model import (
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    Cell,
    Place,
    Sheet,
    TableError,
    known_fault,
)

_UNPACKED: Final = 200 * 2**20
# Formatted but empty rows below a table, after which the rest is not looked at.
_EMPTY_TAIL: Final = 1_000
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_ZIP: Final = b"PK"
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


def open_sheets(name: str, content: bytes) -> list[Sheet]:
    """Return the sheets of a file that a reader of the file sees; a CSV file is one sheet.

    Raises:
        TableError: too large, of an old or unknown form, or broken.
    """
    where = Place(PurePath(name).name)
    if len(content) > MOST_BYTES:
        raise _error(where, "too_large", most=MOST_BYTES // 2**20)
    if content.startswith(_OLD_EXCEL):
        raise _error(where, "old_excel")
    if content.startswith(_ZIP):
        return _workbook(where, content)
    return [Sheet(where, _capped(where, _csv_lines(where, content)))]


def _workbook(where: Place, content: bytes) -> list[Sheet]:
    """Read a workbook's visible sheets: nobody checks what stands in a hidden one."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > _UNPACKED:
                raise _error(where, "too_large", most=_UNPACKED // 2**20)
        with warnings.catch_warnings():
            # openpyxl warns of styles and extensions that mean nothing to us.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
            try:
                return [_sheet(where, sheet) for sheet in _visible(book)]
            finally:
                book.close()
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        ParseError,
        LookupError,
        OSError,
        TypeError,
        ValueError,
    ) as error:
        raise _error(where, "unreadable") from error


def _visible(book: Any) -> Iterator[Any]:  # noqa: ANN401  openpyxl's classes differ by mode
    return (sheet for sheet in book.worksheets if sheet.sheet_state == "visible")


def _sheet(where: Place, sheet: Any) -> Sheet:  # noqa: ANN401
    # Some programs write a wrong size of the sheet, which openpyxl would believe.
    sheet.reset_dimensions()
    place = Place(where.file, sheet.title)

    def lines() -> Iterator[tuple[int, Sequence[Cell]]]:
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            yield number, [_cell(cell) for cell in cells[: MOST_COLUMNS + 1]]

    return Sheet(place, _capped(place, lines()))


def _cell(cell: Any) -> Cell:  # noqa: ANN401
    if cell.value is None:
        return Cell()
    return Cell(cell.value, cell.number_format or "", is_formula=cell.data_type == "f")


def _csv_lines(where: Place, content: bytes) -> Iterator[tuple[int, Sequence[Cell]]]:
    text = decoded(where, content)
    head = text[:2000].split("\n\n")[0]
    delimiter = Counter(c for c in head if c in ",;\t").most_common(1)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter[0][0] if delimiter else ","
    )
    before = 0
    try:
        for parts in reader:
            # A cell may hold line breaks: the row is where it begins.
            yield before + 1, [Cell(part) for part in parts]
            before = reader.line_num
    except csv.Error as error:
        raise _error(where, "unreadable") from error


def decoded(where: Place, content: bytes) -> str:
    """Return the text of a file: UTF-8, UTF-16 with a mark, or GB18030 as spreadsheets write it.

    Raises:
        TableError: it is in none of them.
    """
    encodings = ["utf-16"] if content.startswith(_UTF16) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise _error(where, "encoding")


def _capped(
    where: Place, lines: Iterator[tuple[int, Sequence[Cell]]]
) -> list[tuple[int, Sequence[Cell]]]:
    kept: list[tuple[int, Sequence[Cell]]] = []
    last = 0
    for number, cells in lines:
        if all(cell.is_blank for cell in cells):
            if number - last > _EMPTY_TAIL:
                break
            continue
        last = number
        kept.append((number, cells))
        if len(kept) > MOST_ROWS:
            raise _error(where, "too_many_rows", most=MOST_ROWS)
    return kept


def _error(where: Place, code: str, **facts: object) -> TableError:
    return TableError(known_fault(where, code, **facts))
