"""Read a table that somebody keeps in a spreadsheet: CSV or XLSX, Chinese or English headers.

The caller names its columns with every header that they may stand under; what comes back is rows
of text by column name, each knowing its file, sheet and row, and every fault at once.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from hotline.tables.cells import BadCellError, cell_text
from hotline.tables.files import open_sheets
from hotline.tables.model import (
    MOST_CHARACTERS,
    MOST_COLUMNS,
    Cell,
    Column,
    Place,
    Sheet,
    Table,
    TableError,
    TableRow,
    known_fault,
)

# A sheet may begin with a title; so many rows are looked at for the headers.
_HEADER_WITHIN: Final = 10


def read(name: str, content: bytes, columns: Sequence[Column]) -> Table:
    """Return the rows of every sheet that has the headers, and every fault.

    Args:
        name: the file's name, for faults; its end does not decide how it is read.
        content: the file as it was sent.
        columns: what is wanted.
    """
    try:
        sheets = open_sheets(name, content)
    except TableError as error:
        return Table(faults=[error.fault])
    found = [named(sheet, columns) for sheet in sheets]
    # A workbook may have sheets of other things beside; one must be ours.
    ours = [t for t in found if not any(f.code == "no_header" for f in t.faults)] or found[:1]
    return Table(
        rows=[row for table in ours for row in table.rows],
        faults=[fault for table in ours for fault in table.faults],
        absent=set.intersection(*(table.absent for table in ours)) if ours else set(),
        ignored=list(dict.fromkeys(header for table in ours for header in table.ignored)),
    )


def named(sheet: Sheet, columns: Sequence[Column]) -> Table:
    """Return the rows of a sheet by column, and every fault in them."""
    table = Table()
    header = _header(sheet, columns)
    if header is None:
        wanted = "、".join(column.headers[0] for column in columns if column.required)
        table.faults.append(known_fault(sheet.where, "no_header", columns=wanted))
        return table
    at, places = _places(sheet, header, columns, table)
    for number, cells in sheet.lines:
        if number > at:
            _add_row(table, Place(sheet.where.file, sheet.where.sheet, number), cells, places)
    return table


def _add_row(
    table: Table, where: Place, cells: Sequence[Cell], places: Sequence[tuple[Column, int | None]]
) -> None:
    mine = [cells[i] if i is not None and i < len(cells) else Cell() for _, i in places]
    if all(cell.is_blank for cell in mine):
        return
    values = {}
    for (column, index), cell in zip(places, mine, strict=True):
        said = column.headers[0]
        try:
            text = cell_text(cell, column.kind)
        except BadCellError as bad:
            table.faults.append(known_fault(where, bad.code, column=said, value=bad.value))
            text = ""
        else:
            if len(text) > MOST_CHARACTERS:
                table.faults.append(known_fault(where, "too_long", most=MOST_CHARACTERS))
            elif not text and column.required and index is not None:
                table.faults.append(known_fault(where, "missing", column=said))
        values[column.name] = text
    table.rows.append(TableRow(where, values))


def _header(sheet: Sheet, columns: Sequence[Column]) -> tuple[int, list[str]] | None:
    """Return the row that holds most of the headers, if it holds one that must be there."""
    known = {_plain(header) for column in columns for header in column.headers}
    needed = {_plain(header) for column in columns if column.required for header in column.headers}
    best: tuple[int, int, list[str]] | None = None
    for number, cells in sheet.lines[:_HEADER_WITHIN]:
        headers = [_plain(str(cell.value or "")) for cell in cells]
        score = sum(header in known for header in headers)
        if score and needed & set(headers) and (best is None or score > best[0]):
            best = (score, number, headers)
    return best[1:] if best else None


def _places(
    sheet: Sheet, header: tuple[int, list[str]], columns: Sequence[Column], table: Table
) -> tuple[int, list[tuple[Column, int | None]]]:
    at, headers = header
    where = Place(sheet.where.file, sheet.where.sheet, at)
    if len(headers) > MOST_COLUMNS:
        table.faults.append(known_fault(where, "too_many_columns", most=MOST_COLUMNS))
    places: list[tuple[Column, int | None]] = []
    for column in columns:
        mine = {_plain(each) for each in column.headers}
        found = [index for index, text in enumerate(headers) if text in mine]
        if not found and column.required:
            table.faults.append(known_fault(where, "missing_column", column=column.headers[0]))
        if len(found) > 1:
            table.faults.append(known_fault(where, "doubled_column", column=column.headers[0]))
        if not found:
            table.absent.add(column.name)
        places.append((column, found[0] if found else None))
    used = {index for _, index in places if index is not None}
    table.ignored += [text for i, text in enumerate(headers) if text and i not in used]
    return at, places


def _plain(header: str) -> str:
    """Return a header without spaces, case, stars and remarks in brackets."""
    text = unicodedata.normalize("NFKC", header)
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return re.sub(r"\(.*?\)|[\s*_:-]+", "", text).casefold()
