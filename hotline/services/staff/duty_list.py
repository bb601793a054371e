"""A duty list as a file: CSV, XLSX or iCalendar; first what it would add, then all of it at once.

A holiday's list (五一, 国庆 …) is one of these, of its own kind. Lines that stand already are left
alone, so that a list read twice changes nothing the second time; a line that another person holds
is a fault and never overwritten.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID, uuid4

from hotline import ical
from hotline.clock import COUNTY_ZONE
from hotline.domain.errors import RefusedError
from hotline.domain.grid.faults import Wording
from hotline.domain.grid.model import Post
from hotline.domain.roster import Absence, DutyKind
from hotline.domain.tickets import Role
from hotline.services.staff import people, rosters, staff_list
from hotline.store import roster
from hotline.store.models import Staff
from hotline.store.models.rosters import Duty
from hotline.tables.model import Column, Kind, Place, TableFault, fault
from hotline.tables.rows import read
from hotline.work import Work

COLUMNS: Final = (
    Column("post", ("岗位", "值班岗位", "post"), required=True),
    Column("who", ("登录名", "值班人", "姓名", "人员", "login", "name"), required=True),
    Column("day", ("日期", "值班日期", "day", "date"), kind=Kind.DAY, required=True),
    Column("from", ("开始", "从", "开始时间", "from")),
    Column("until", ("结束", "到", "结束时间", "until")),
    Column("kind", ("类别", "种类", "kind")),
)
KINDS: Final[Mapping[str, DutyKind]] = {
    "平时": DutyKind.SHIFT,
    "日常": DutyKind.SHIFT,
    "节假日": DutyKind.HOLIDAY,
    "节日": DutyKind.HOLIDAY,
    "替班": DutyKind.OVERRIDE,
    "临时": DutyKind.OVERRIDE,
    **{kind.value: kind for kind in DutyKind},
}
TEXTS: Final[Mapping[str, Wording]] = {
    "unknown_post": staff_list.TEXTS["unknown_post"],
    "ambiguous_post": staff_list.TEXTS["ambiguous_post"],
    "unknown_person": Wording("没有在职的“{value}”", "nobody called “{value}” works here"),
    "ambiguous_person": Wording(
        "有几个人都叫“{value}”，请写登录名", "several people are called “{value}”: write the login"
    ),
    "other_unit": Wording("“{value}”不归您安排", "“{value}” is not yours to staff"),
    "bad_hour": Wording("“{value}”不是钟点，写成 08:00", "“{value}” is no hour: write 08:00"),
    "unknown_kind": Wording(
        "没有类别“{value}”；可用：平时、节假日、替班",
        "there is no kind “{value}”: shift, holiday, override",
    ),
    "over": Wording("已经过去", "it is over"),
    "long_ago": Wording("开始得太早，只写今后的班", "it began too long ago: write turns to come"),
    "no_length": Wording(
        "没有结束时间，或结束不晚于开始", "it has no end, or ends no later than it begins"
    ),
    "too_long": Wording("一班长过 366 天", "one shift of more than 366 days"),
    "taken": Wording("这一班已经排了{name}", "{name} is on the list for that already"),
    "doubled": Wording("和第 {row} 行的时间重了", "it overlaps with row {row}"),
    "away": Wording("{name}那时请了假", "{name} is on leave then"),
    "no_calendar": Wording(
        "不是日历文件，或者班次超过 {most} 个（{why}）",
        "no calendar, or more than {most} turns ({why})",
    ),
}
WINDOW: Final = timedelta(days=366)
"""How far ahead what repeats in a calendar is unfolded."""
_FROM: Final = time(8)
_SHOWN: Final = 80  # characters of what the library says of a file that it can't read
_IDLE: Final = frozenset({Role.OPERATOR, Role.OBSERVER})


@dataclass(frozen=True, slots=True)
class Line:
    """One turn of the list, understood: where it stands, whose, at which post, when."""

    where: Place
    post: Post
    person: Staff
    from_at: datetime
    until_at: datetime
    kind: DutyKind

    def overlaps(self, other: "Line | Duty") -> bool:
        """Whether both name somebody for one post, in lists of one kind, at one time."""
        post = other.post if isinstance(other, Duty) else other.post.id
        return (
            self.post.id == post
            and self.kind is other.kind
            and self.from_at < other.until_at
            and other.from_at < self.until_at
        )


@dataclass(slots=True)
class Plan:
    """What a list would add, what stands already, and everything that is wrong with it."""

    lines: list[Line] = field(default_factory=list)
    standing: int = 0
    faults: list[TableFault] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Said:
    """One turn as the file has it, in words."""

    where: Place
    post: str
    who: str
    kind: str
    from_at: datetime
    until_at: datetime


def plan(
    work: Work, name: str, content: bytes, *, kind: DutyKind = DutyKind.SHIFT, post: str = ""
) -> Plan:
    """Return what a file would add to the duty lists, and every fault of it; nothing is changed.

    Args:
        work: any.
        name: the file's name; one that ends in ``.ics`` is read as a calendar.
        content: the file.
        kind: of the lines that name none.
        post: of the events of a calendar that name none (as their place).
    """
    made = Plan()
    said = (
        _events(work, name, content, made, post)
        if name.lower().endswith(".ics")
        else _rows(name, content, made)
    )
    lines = _Reading(work, made, kind).lines(said)
    _settle(work, made, lines)
    made.faults.sort()
    return made


def apply(
    work: Work, name: str, content: bytes, *, kind: DutyKind = DutyKind.SHIFT, post: str = ""
) -> tuple[UUID, int]:
    """Add what `plan` says, all of it or nothing; return the batch and how many lines it has.

    Raises:
        RefusedError: the list has faults.
        NotAllowedError: a post of another's unit.
    """
    made = plan(work, name, content, kind=kind, post=post)
    if made.faults:
        raise RefusedError(reason="duty_list_faults", faults=len(made.faults))
    batch = uuid4()
    for line in made.lines:
        at_post = people.post(work, line.post.id)
        span = (line.from_at, line.until_at)
        people.add_duty(work, at_post, line.person, [span], kind=line.kind, batch=batch)
    return batch, len(made.lines)


def _rows(name: str, content: bytes, made: Plan) -> list[_Said]:
    table = read(name, content, COLUMNS)
    made.faults += table.faults
    made.ignored = table.ignored
    said = []
    for row in table.rows:
        if not row["day"]:
            continue
        hours = [_hour(row[column], made, row.where) for column in ("from", "until")]
        start = hours[0] or _FROM
        end = hours[1] or start
        day = date.fromisoformat(row["day"])
        until = day + timedelta(days=end <= start)
        said.append(
            _Said(row.where, row["post"], row["who"], row["kind"], _at(day, start), _at(until, end))
        )
    return said


def _hour(text: str, made: Plan, where: Place) -> time | None:
    if not text:
        return None
    try:
        return rosters.hour_of(text)
    except ValueError:
        made.faults.append(fault(where, "bad_hour", TEXTS["bad_hour"], value=text))
        return None


def _events(work: Work, name: str, content: bytes, made: Plan, post: str) -> list[_Said]:
    try:
        events = ical.read(content, (work.now, work.now + WINDOW), COUNTY_ZONE)
    except ical.CalendarError as error:
        facts = {"most": ical.MOST_EVENTS, "why": str(error)[:_SHOWN]}
        made.faults.append(fault(Place(name), "no_calendar", TEXTS["no_calendar"], **facts))
        return []
    return [
        _Said(
            where=Place(name, row=nth),
            post=event.place or post,
            who=event.title,
            kind="",
            from_at=event.from_at,
            until_at=event.until_at,
        )
        for nth, event in enumerate(events, start=1)
    ]


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, COUNTY_ZONE)


class _Reading:
    """What the words of a list mean here: posts of the map, people who work here."""

    def __init__(self, work: Work, made: Plan, kind: DutyKind) -> None:
        self._work, self._made, self._kind = work, made, kind
        self._posts = staff_list.Names(work.kit.maps.current).posts
        self._mine = people.units_of(work)
        self._people: dict[str, list[Staff]] = {}
        for person in roster.everyone(work.session):
            if person.active and person.role not in _IDLE:
                for name in {person.login, person.name}:
                    self._people.setdefault(name, []).append(person)

    def lines(self, said: Iterable[_Said]) -> list[Line]:
        """Return the turns that could be understood; the others' faults are noted."""
        return [line for each in said if (line := self._line(each)) is not None]

    def _line(self, said: _Said) -> Line | None:
        before = len(self._made.faults)
        post, person, kind = self._post(said), self._person(said), self._kind_of(said)
        if said.until_at <= said.from_at:
            self._wrong(said, "no_length")
        elif said.until_at <= self._work.now:
            self._wrong(said, "over")
        elif said.from_at < self._work.now - people.BEHIND:
            self._wrong(said, "long_ago")
        elif said.until_at - said.from_at > people.LONGEST_LEAVE:
            self._wrong(said, "too_long")
        if post is None or person is None or len(self._made.faults) > before:
            return None
        return Line(said.where, post, person, said.from_at, said.until_at, kind)

    def _post(self, said: _Said) -> Post | None:
        found = self._posts.get(said.post, set())
        if len(found) != 1:
            self._wrong(said, "ambiguous_post" if found else "unknown_post", said.post)
            return None
        post = self._work.kit.maps.current.post(next(iter(found)))
        if post.unit not in self._mine:
            self._wrong(said, "other_unit", said.post)
        return post

    def _person(self, said: _Said) -> Staff | None:
        found = self._people.get(said.who) or self._people.get(said.who.lower(), [])
        if len(found) != 1:
            self._wrong(said, "ambiguous_person" if found else "unknown_person", said.who)
            return None
        if found[0].unit not in self._mine:
            self._wrong(said, "other_unit", said.who)
        return found[0]

    def _kind_of(self, said: _Said) -> DutyKind:
        if not said.kind:
            return self._kind
        found = KINDS.get(said.kind.lower())
        if found is None:
            self._wrong(said, "unknown_kind", said.kind)
        return found or self._kind

    def _wrong(self, said: _Said, code: str, value: str = "") -> None:
        self._made.faults.append(fault(said.where, code, TEXTS[code], value=value))


def _settle(work: Work, made: Plan, lines: Sequence[Line]) -> None:
    """Sort the turns into new ones, those that stand already, and those that can't be."""
    posts = {line.post.id for line in lines}
    standing: dict[str, list[Duty]] = {}
    names: dict[UUID, str] = {}
    for row in roster.listed(work.session, posts, work.now):
        standing.setdefault(row.duty.post, []).append(row.duty)
        names[row.person.id] = row.person.name
    away = roster.absences(work.session, work.now)
    new: dict[str, list[Line]] = {}
    for line in lines:
        there = [duty for duty in standing.get(line.post.id, ()) if line.overlaps(duty)]
        if any(_same(line, duty) for duty in there):
            made.standing += 1
            continue
        beside = new.setdefault(line.post.id, [])
        made.faults += _clashes(line, there, names, beside, away.get(line.person.id, ()))
        beside.append(line)
        made.lines.append(line)


def _same(line: Line, duty: Duty) -> bool:
    return (duty.staff_id, duty.from_at, duty.until_at) == (
        line.person.id,
        line.from_at,
        line.until_at,
    )


def _clashes(
    line: Line,
    there: Sequence[Duty],
    names: Mapping[UUID, str],
    beside: Sequence[Line],
    away: Iterable[Absence],
) -> Iterable[TableFault]:
    for duty in there[:1]:
        yield fault(line.where, "taken", TEXTS["taken"], name=names[duty.staff_id])
    for other in [each for each in beside if line.overlaps(each)][:1]:
        yield fault(line.where, "doubled", TEXTS["doubled"], row=other.where.row)
    if any(absence.meets(line.from_at, line.until_at) for absence in away):
        yield fault(line.where, "away", TEXTS["away"], name=line.person.name)
