"""A county's staff list: what its columns mean, and every fault of it at once.

One row is one person with all their posts. What is read here is checked against the map only;
what it would change is `hotline.services.staff.staffing`'s affair.
"""

import io
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Final

import openpyxl
import phonenumbers
from openpyxl.utils import get_column_letter

from hotline.channels.notices import CHANNELS, MAILBOX
from hotline.clock import COUNTY_ZONE
from hotline.domain.grid.faults import Wording
from hotline.domain.grid.model import GridMap
from hotline.domain.tickets import Role
from hotline.tables.model import Column, Kind, Place, TableFault, TableRow, fault
from hotline.tables.rows import read

COLUMNS: Final = (
    Column("login", ("登录名", "账号", "用户名", "工号", "login", "account"), required=True),
    Column("name", ("姓名", "名字", "name"), required=True),
    Column("phone", ("手机号", "手机", "电话", "联系电话", "phone", "telephone"), kind=Kind.PHONE),
    Column("unit", ("单位", "所属单位", "部门", "unit"), required=True),
    Column("role", ("角色", "身份", "role"), required=True),
    Column("posts", ("岗位", "任职岗位", "posts", "post")),
    Column("from", ("任职开始", "开始日期", "起始日期", "from"), kind=Kind.DAY),
    Column("until", ("任职结束", "结束日期", "截止日期", "until"), kind=Kind.DAY),
    Column("channels", ("通知方式", "通知渠道", "channels")),
    Column("mail", ("邮箱", "电子邮件", "mail", "e-mail", "email")),
)
ROLES: Final[Mapping[str, Role]] = {
    "话务员": Role.OPERATOR,
    "网格员": Role.OFFICER,
    "单位": Role.UNIT,
    "单位人员": Role.UNIT,
    "督办员": Role.SUPERVISOR,
    "管理员": Role.ADMIN,
    "监督员": Role.OBSERVER,
    **{role.value: role for role in Role if role not in {Role.CITIZEN, Role.SYSTEM}},
}
CHANNEL_WORDS: Final[Mapping[str, str]] = {
    "企业微信": "wecom",
    "微信": "wecom",
    "钉钉": "dingtalk",
    "飞书": "feishu",
    "邮件": "mail",
    "邮箱": "mail",
    "网页": "web",
    **{channel: channel for channel in CHANNELS},
}
TEXTS: Final[Mapping[str, Wording]] = {
    "bad_login": Wording(
        "登录名“{value}”只能用小写字母、数字和 . _ -，2 到 64 位",
        "login “{value}” may hold small letters, digits and . _ - only, 2 to 64 of them",
    ),
    "doubled_login": Wording(
        "登录名“{value}”出现了不止一次；一人几个岗位写在同一格里",
        "login “{value}” stands here twice; several posts of one person go into one cell",
    ),
    "doubled_number": Wording(
        "手机号与第 {row} 行相同：一个号码只属于一个人",
        "the number is the same as in row {row}: one number belongs to one person",
    ),
    "bad_phone": Wording("手机号无法识别", "the number is none that can be dialled"),
    "unknown_unit": Wording("图中没有单位“{value}”", "the map has no unit “{value}”"),
    "unknown_role": Wording(
        "没有角色“{value}”；可用：话务员、网格员、单位、督办员、管理员、监督员",
        "there is no role “{value}”: operator, officer, unit, supervisor, admin, observer",
    ),
    "unknown_post": Wording("图中没有岗位“{value}”", "the map has no post “{value}”"),
    "ambiguous_post": Wording(
        "有几个岗位都叫“{value}”，请写岗位编号", "several posts are called “{value}”: write its id"
    ),
    "idle_role": Wording("{value}不能任岗位", "{value} can hold no post"),
    "until_before_from": Wording("结束早于开始", "it ends before it begins"),
    "unknown_channel": Wording(
        "没有通知方式“{value}”；可用：企业微信、钉钉、飞书、邮件、网页",
        "there is no channel “{value}”: wecom, dingtalk, feishu, mail, web",
    ),
    "bad_mail": Wording("邮箱写得不对", "that is no e-mail address"),
}
_LOGIN: Final = re.compile(r"^[a-z0-9][a-z0-9._-]{1,63}$")
_SEPARATORS: Final = re.compile(r"[、,，;；\n]+")
# Whoever only looks, or serves everybody, stands at no post of the map.
_POSTLESS: Final = frozenset({Role.OPERATOR, Role.OBSERVER})


@dataclass(frozen=True, slots=True)
class Line:
    """One person as the list has them.

    ``None`` where the list has no such column, so that what stands here already is left alone.
    """

    where: Place
    login: str
    name: str
    unit: str
    role: Role
    phone: str | None
    posts: tuple[str, ...] | None
    from_at: datetime | None
    until_at: datetime | None
    channels: tuple[str, ...] | None
    mail: str | None


@dataclass(slots=True)
class StaffList:
    """What a file holds: its people, every fault, and the headers that mean nothing."""

    lines: list[Line] = field(default_factory=list)
    faults: list[TableFault] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Reading:
    """One row under way: what is read of it, and what is wrong with it."""

    row: TableRow
    columns: frozenset[str]
    faults: list[TableFault]

    def wrong(self, code: str, **facts: object) -> None:
        """Note a fault of this row."""
        self.faults.append(fault(self.row.where, code, TEXTS[code], **facts))

    def optional(self, column: str) -> str | None:
        """Return a cell; ``None`` where the list has no such column."""
        return self.row[column] if column in self.columns else None


def read_list(name: str, content: bytes, grid_map: GridMap) -> StaffList:
    """Return the people of a file, and every fault of it against the map."""
    table = read(name, content, COLUMNS)
    made = StaffList(faults=list(table.faults), ignored=table.ignored)
    names = Names(grid_map)
    columns = frozenset(column.name for column in COLUMNS if column.name not in table.absent)
    for row in table.rows:
        reading = _Reading(row, columns, made.faults)
        line = _line(reading, names)
        if line is not None:
            made.lines.append(line)
    _doubles(made)
    made.faults.sort()
    return made


def template() -> bytes:
    """Return an empty list to be filled in: the headers, text throughout, and one example."""
    book = openpyxl.Workbook()
    sheet = book.active
    if sheet is None:
        raise LookupError("a new workbook has a sheet")
    sheet.title = "人员"
    sheet.append([column.headers[0] for column in COLUMNS])
    example = ["zhang.san", "（示例）张三", "13800000000", "大孤家子镇", "网格员"]
    sheet.append(
        [*example, "拉马桥村专职网格员", "2026-01-01", "", "企业微信、邮件", "zs@example.cn"]
    )
    # Text, or the next program makes numbers of telephones and days of codes.
    for cells in sheet.iter_rows(max_row=500, max_col=len(COLUMNS)):
        for cell in cells:
            cell.number_format = "@"
    for number in range(1, len(COLUMNS) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = 18
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


class Names:
    """Units and posts of the map by every name that a list may give them."""

    def __init__(self, grid_map: GridMap) -> None:
        self.units: dict[str, set[str]] = {}
        self.posts: dict[str, set[str]] = {}
        for unit in grid_map.units.values():
            for name in (unit.id, unit.name.zh, unit.name.en, *unit.aliases, unit.code or unit.id):
                self.units.setdefault(name, set()).add(unit.id)
        for post in grid_map.posts.values():
            for name in (post.id, post.title.zh, post.title.en):
                self.posts.setdefault(name, set()).add(post.id)


def _line(reading: _Reading, names: Names) -> Line | None:
    """Return a person; ``None`` where the row can't be taken for one."""
    row, before = reading.row, len(reading.faults)
    login = row["login"].lower()
    if login and not _LOGIN.match(login):
        reading.wrong("bad_login", value=row["login"])
    unit = _unit(reading, names)
    role = ROLES.get(row["role"].lower())
    if role is None and row["role"]:
        reading.wrong("unknown_role", value=row["role"])
    posts = _several(reading, "posts", lambda said: _post(reading, names, said))
    if posts and role in _POSTLESS:
        reading.wrong("idle_role", value=row["role"])
    from_at, until_at = _day(row["from"]), _day(row["until"])
    if from_at and until_at and until_at <= from_at:
        reading.wrong("until_before_from")
    line = Line(
        where=row.where,
        login=login,
        name=row["name"],
        unit=unit or "",
        role=role or Role.OBSERVER,
        phone=_phone(reading),
        posts=posts,
        from_at=from_at,
        until_at=until_at,
        channels=_several(reading, "channels", lambda said: _channel(reading, said)),
        mail=_mail(reading),
    )
    whole = login and row["name"] and unit and role and len(reading.faults) == before
    return line if whole else None


def _unit(reading: _Reading, names: Names) -> str | None:
    said = reading.row["unit"]
    found = names.units.get(said, set())
    if said and len(found) != 1:
        reading.wrong("unknown_unit", value=said)
    return next(iter(found), None)


def _post(reading: _Reading, names: Names, said: str) -> str | None:
    found = names.posts.get(said, set())
    if not found:
        reading.wrong("unknown_post", value=said)
    elif len(found) > 1:
        reading.wrong("ambiguous_post", value=said)
    return next(iter(found), None)


def _channel(reading: _Reading, said: str) -> str | None:
    found = CHANNEL_WORDS.get(said.lower())
    if found is None:
        reading.wrong("unknown_channel", value=said)
    return found


def _several(
    reading: _Reading, column: str, one: Callable[[str], str | None]
) -> tuple[str, ...] | None:
    """Return what a cell with several names means, each once."""
    text = reading.optional(column)
    if text is None:
        return None
    said = [part.strip() for part in _SEPARATORS.split(text) if part.strip()]
    return tuple(dict.fromkeys(found for part in said if (found := one(part)) is not None))


def _phone(reading: _Reading) -> str | None:
    text = reading.optional("phone")
    if not text:
        return text
    try:
        parsed = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_valid_number(parsed):
        reading.wrong("bad_phone")
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def _mail(reading: _Reading) -> str | None:
    text = reading.optional("mail")
    if text and not MAILBOX.match(text):
        reading.wrong("bad_mail")
        return None
    return text


def _day(text: str) -> datetime | None:
    """Return the beginning of a day in the county."""
    if not text:
        return None
    return datetime.combine(datetime.fromisoformat(text), time(), COUNTY_ZONE)


def _doubles(made: StaffList) -> None:
    """Refuse a login or a number that stands in the list twice."""
    logins = Counter(line.login for line in made.lines)
    first: dict[str, int] = {}
    for line in made.lines:
        if logins[line.login] > 1:
            _double(made.faults, line, "doubled_login", value=line.login)
        if line.phone and line.phone in first:
            _double(made.faults, line, "doubled_number", row=first[line.phone])
        elif line.phone:
            first[line.phone] = line.where.row


def _double(faults: list[TableFault], line: Line, code: str, **facts: object) -> None:
    faults.append(fault(line.where, code, TEXTS[code], **facts))
