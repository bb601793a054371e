"""What a cell says: the digits that somebody typed, or a fault, never a smaller number."""

import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Final

from hotline.tables.model import Cell, Kind

# A spreadsheet keeps 15 digits of a number; the rest is made up.
_EXACT_DIGITS: Final = 15
_QUOTED: Final = re.compile(r'^="([^"]*)"$')
_SCIENTIFIC: Final = re.compile(r"^[+-]?\d(?:\.(\d+))?[eE]\+?(\d+)$")
_POINT_ZERO: Final = re.compile(r"^(\d+)\.0+$")
_ZEROS: Final = re.compile(r"^0+$")
_MOBILE: Final = re.compile(r"^(86)?1\d{10}$")
_DAY: Final = re.compile(r"^(\d{4})\D(\d{1,2})\D(\d{1,2})日?(?:[T ].*)?$")


class BadCellError(Exception):
    """A cell that must not be taken as it stands; ``code`` is one of `hotline.tables.model`."""

    def __init__(self, code: str, value: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.value = value


def cell_text(cell: Cell, kind: Kind) -> str:
    """Return what a cell says, as text.

    Raises:
        BadCellError: a formula, an error, or digits that are not what somebody typed.
    """
    value = cell.value
    if cell.is_formula:
        raise BadCellError("formula")
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime | date | time):
        return _moment(value)
    if isinstance(value, int | float | Decimal):
        text = _number(value, cell.number_format, kind)
    else:
        text = _typed(str(value), kind)
    return _day(text) if kind is Kind.DAY and text else text


def _moment(value: datetime | date | time) -> str:
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return value.isoformat()


def _number(value: float | Decimal, number_format: str, kind: Kind) -> str:
    """Return a number's digits without exponent; integers as they were typed."""
    exact = Decimal(str(value))
    if exact != exact.to_integral_value():
        return str(value)
    text = f"{exact:.0f}"
    if kind in {Kind.CODE, Kind.PHONE}:
        if len(text.lstrip("-")) > _EXACT_DIGITS:
            raise BadCellError("digits_lost")
        if _ZEROS.match(number_format):
            text = text.zfill(len(number_format))
        elif kind is Kind.PHONE and not _MOBILE.match(text):
            raise BadCellError("digits_lost")
    return text


def _typed(text: str, kind: Kind) -> str:
    text = unicodedata.normalize("NFC", text)
    # Zero-width characters and byte order marks come along when people copy from chats.
    text = "".join(c for c in text if unicodedata.category(c) != "Cf").strip()
    text = re.sub(r"[ \t\u3000\xa0]+", " ", text).removeprefix("'").strip()
    if quoted := _QUOTED.match(text):
        text = quoted[1].strip()
    elif text.startswith("="):
        raise BadCellError("formula")
    if text.startswith("#") and text.rstrip("!?").isupper():
        raise BadCellError("error_value", text)
    if kind in {Kind.CODE, Kind.PHONE}:
        return _digits(unicodedata.normalize("NFKC", text))
    return text


def _digits(text: str) -> str:
    """Undo what spreadsheets make of long numbers when they write CSV, where nothing was lost."""
    if point := _POINT_ZERO.match(text):
        return point[1]
    if found := _SCIENTIFIC.match(text):
        try:
            whole = Decimal(text)
        except InvalidOperation as error:
            raise BadCellError("digits_lost") from error
        # 2.10124E+11 shows 6 of 12 digits: which ones the others were, nobody knows.
        if len(found[1] or "") < int(found[2]):
            raise BadCellError("digits_lost")
        return f"{whole:.0f}"
    return text


def _day(text: str) -> str:
    if found := _DAY.match(text):
        try:
            return date(*(int(part) for part in found.groups())).isoformat()
        except ValueError as error:
            raise BadCellError("bad_day") from error
    raise BadCellError("bad_day")
