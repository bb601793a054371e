"""Read a notice of days off from a CSV file, or refuse it with every fault and its line at once."""

import csv
import re
from collections.abc import Mapping
from datetime import date, time
from io import StringIO
from pathlib import Path
from typing import Final

from hotline.domain.calendar_notices import NoticeDay, faults
from hotline.domain.deadlines import DayKind, Windows
from hotline.domain.errors import HotlineError
from hotline.tables.files import decoded
from hotline.tables.model import Place, TableError

# Headings and words of a file, as people write them.
_HEADS: Final[Mapping[str, str]] = {
    "日期": "day",
    "类型": "kind",
    "名称": "name",
    "时段": "windows",
}
_KINDS: Final[Mapping[str, DayKind]] = {
    "holiday": DayKind.HOLIDAY,
    "make_up": DayKind.MAKE_UP,
    "休": DayKind.HOLIDAY,
    "放假": DayKind.HOLIDAY,
    "班": DayKind.MAKE_UP,
    "上班": DayKind.MAKE_UP,
    "调休上班": DayKind.MAKE_UP,
}
_DATE: Final = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$")
_WINDOW: Final = re.compile(r"^(\d{1,2}[:：]\d{2})[-–—~](\d{1,2}[:：]\d{2})$")


class CalendarFileError(HotlineError):
    """The file is no notice; ``faults`` has pairs of a line (0: the file) and a stable code."""

    code = "calendar_file"
    http_status = 422

    def __init__(self, found: list[tuple[int, str]]) -> None:
        super().__init__(faults=found)
        self.faults = found


def read_notice(path: Path) -> list[NoticeDay]:
    """Return the days that a file names.

    Raises:
        CalendarFileError: it can't be read, or says something that no notice can.
    """
    try:
        text = decoded(Place(path.name), path.read_bytes())
    except (OSError, TableError) as error:
        raise CalendarFileError([(0, "unreadable")]) from error
    return parse_notice(text)


def parse_notice(text: str) -> list[NoticeDay]:
    """Return the days that the text of a file names: ``day,kind,name,windows``.

    Raises:
        CalendarFileError: some line is no day, or says something that no notice can.
    """
    rows = csv.DictReader(StringIO(text))
    heads = {_HEADS.get(head.strip(), head.strip()): head for head in rows.fieldnames or ()}
    if not {"day", "kind"} <= set(heads):
        raise CalendarFileError([(1, "headings")])
    days: list[NoticeDay] = []
    wrong: list[tuple[int, str]] = []
    for row in rows:
        said = {name: (row[head] or "").strip() for name, head in heads.items()}
        if not any(said.values()):
            continue
        try:
            days.append(_day(rows.line_num, said))
        except _LineError as error:
            wrong.append((rows.line_num, error.code))
    wrong += [(fault.line, fault.why.value) for fault in faults(days)]
    if wrong:
        raise CalendarFileError(sorted(wrong))
    return days


class _LineError(ValueError):
    """One cell of a line can't be read; ``code`` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _day(line: int, said: Mapping[str, str]) -> NoticeDay:
    if (kind := _KINDS.get(said["kind"].lower())) is None:
        raise _LineError("bad_kind")
    try:
        windows = _windows(said.get("windows", ""))
    except ValueError as error:
        raise _LineError("windows") from error
    return NoticeDay(line, _date(said["day"]), kind, said.get("name", ""), windows)


def _date(said: str) -> date:
    """Read a day as files have it: 2027-02-14, 2027/2/14 as spreadsheets do, 2027年2月14日."""
    found = _DATE.match(said)
    try:
        return date(*(int(part) for part in found.groups())) if found else date.fromisoformat(said)
    except ValueError as error:
        raise _LineError("bad_day") from error


def _windows(said: str) -> Windows:
    found = []
    for one in said.split():
        match = _WINDOW.match(one)
        if match is None:
            raise ValueError(one)
        found.append((_hour(match[1]), _hour(match[2])))
    return tuple(found)


def _hour(said: str) -> time:
    hour, minute = said.replace("：", ":").split(":")
    return time(int(hour), int(minute))
