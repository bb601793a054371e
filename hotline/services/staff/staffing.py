"""Apply a staff list: first what it would change, then all of it in one transaction, or nothing.

Nobody is removed silently: who stands in no row although the list names their unit is listed, and
leaves only when the list is applied with ``retire``. Applied twice, the second time changes
nothing.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

from hotline.channels.notices import MAIL
from hotline.domain.errors import NotAllowedError, RefusedError
from hotline.domain.grid.faults import Wording
from hotline.domain.tickets import Role
from hotline.services.staff import accounts, people
from hotline.services.staff.staff_list import Line, StaffList
from hotline.store import people as people_rows
from hotline.store import roster
from hotline.store.models import PostHolding, Staff, StaffAddress
from hotline.tables.model import Place, TableFault, fault
from hotline.work import Work

TEXTS: Final[Mapping[str, Wording]] = {
    "number_taken": Wording("手机号已经属于“{login}”", "the number belongs to “{login}” already"),
    "post_abandoned": Wording(
        "岗位“{post}”会没有人：请先安排接任的人",
        "nobody would hold the post “{post}”: name a successor first",
    ),
    "no_admin_left": Wording("会没有管理员", "no administrator would be left"),
}


class Change(StrEnum):
    """What a list does to a person."""

    ADDED = "added"
    RETURNS = "returns"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    LEAVES = "leaves"


@dataclass(frozen=True, slots=True)
class PersonPlan:
    """What becomes of one person.

    Attributes:
        login: who.
        name: as the list has it, or as it stands for one who leaves.
        change: added, back again, changed, unchanged, or leaving.
        fields: what is new: ``name``, ``number``, ``unit``, ``role``, ``channels``, ``mail``.
        starts: posts that begin.
        ends: posts that end.
    """

    login: str
    name: str
    change: Change
    fields: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()


@dataclass(slots=True)
class Plan:
    """Everything that a list would do, and why it can't, if so."""

    people: list[PersonPlan] = field(default_factory=list)
    leaves: list[PersonPlan] = field(default_factory=list)
    faults: list[TableFault] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    retire: bool = False

    @property
    def digest(self) -> str:
        """A short hash of the plan: what was looked at is what is applied."""
        said: list[object] = [self.retire]
        said += [
            [one.login, one.change, one.fields, one.starts, one.ends]
            for one in (*self.people, *self.leaves)
        ]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]

    def count(self, change: Change) -> int:
        """Return how many people of the list are added, changed and so on."""
        return sum(one.change is change for one in self.people)


@dataclass(frozen=True, slots=True)
class Link:
    """A new person's one-time token for a password of their own: shown once, kept nowhere."""

    login: str
    name: str
    token: str


@dataclass(slots=True)
class _Known:
    """Everybody as they stand."""

    staff: dict[str, Staff]
    holdings: dict[UUID, list[PostHolding]]
    mails: dict[UUID, str]

    def posts(self, person: Staff) -> set[str]:
        """Return the posts that a person holds now or will."""
        return {row.post for row in self.holdings.get(person.id, ())}


def plan(work: Work, listed: StaffList, *, retire: bool) -> Plan:
    """Return what a list would change, and every fault of it together with what stands.

    Args:
        work: any; nothing is changed.
        listed: the list as it was read.
        retire: whether those who stand in no row are to leave.
    """
    return _plan(work, _known(work, roster.everyone(work.session)), listed, retire=retire)


def apply(work: Work, listed: StaffList, *, retire: bool, seen: str | None = None) -> list[Link]:
    """Do what `plan` says, all of it or nothing.

    Args:
        work: in the role of an administrator, or of the system at a shell.
        listed: the list as it was read.
        retire: whether those who stand in no row leave: their posts end, their account closes.
        seen: the digest of the plan that was looked at, to refuse another.

    Returns:
        The one-time links of those who are new.

    Raises:
        NotAllowedError: not an administrator.
        RefusedError: the list has faults, or would do something else by now.
    """
    if work.actor.role not in {Role.ADMIN, Role.SYSTEM}:
        raise NotAllowedError(role=work.actor.role)
    known = _known(work, roster.lock_all(work.session))
    made = _plan(work, known, listed, retire=retire)
    if made.faults:
        raise RefusedError(reason="staff_list_faults", faults=len(made.faults))
    if seen is not None and seen != made.digest:
        raise RefusedError(reason="staff_changed")
    lines = {line.login: line for line in listed.lines}
    links = []
    for one in made.people:
        link = _apply_one(work, known, one, lines[one.login])
        if link is not None:
            links.append(link)
    for one in made.leaves if retire else ():
        _retire(work, known, known.staff[one.login])
    return links


def _known(work: Work, everyone: Iterable[Staff]) -> _Known:
    staff = {person.login: person for person in everyone}
    holdings: dict[UUID, list[PostHolding]] = {}
    for row in roster.lasting(work.session, work.now):
        holdings.setdefault(row.staff_id, []).append(row)
    keys = work.kit.keys
    mails = {
        row.staff_id: keys.open(row.address_sealed) for row in roster.addresses(work.session, MAIL)
    }
    return _Known(staff, holdings, mails)


def _plan(work: Work, known: _Known, listed: StaffList, *, retire: bool) -> Plan:
    made = Plan(faults=list(listed.faults), ignored=listed.ignored, retire=retire)
    for line in listed.lines:
        made.people.append(_person(work, known, line))
    here = {line.login for line in listed.lines}
    units = {line.unit for line in listed.lines}
    made.leaves = [
        PersonPlan(
            person.login, person.name, Change.LEAVES, ends=tuple(sorted(known.posts(person)))
        )
        for person in sorted(known.staff.values(), key=lambda person: person.login)
        if person.active and person.unit in units and person.login not in here
    ]
    # A list with faults is not whole: what it would empty is not known yet.
    if not listed.faults:
        where = Place(listed.lines[0].where.file) if listed.lines else Place("")
        made.faults += _taken(work, known, listed)
        leaving = made.leaves if retire else []
        made.faults += _emptied(work, known, [*made.people, *leaving], where)
        made.faults += _headless(known, listed, leaving, where)
    return made


def _person(work: Work, known: _Known, line: Line) -> PersonPlan:
    person = known.staff.get(line.login)
    wanted = set(line.posts or ())
    if person is None:
        starts = tuple(sorted(wanted))
        return PersonPlan(line.login, line.name, Change.ADDED, starts=starts)
    held = known.posts(person) if person.active else set()
    fields = tuple(_differing(work, known, person, line))
    starts = tuple(sorted(wanted - held))
    ends = tuple(sorted(held - wanted)) if line.posts is not None else ()
    change = Change.CHANGED if fields or starts or ends else Change.UNCHANGED
    if not person.active:
        change = Change.RETURNS
    return PersonPlan(line.login, line.name, change, fields, starts, ends)


def _differing(work: Work, known: _Known, person: Staff, line: Line) -> Iterable[str]:
    """Yield what a row says otherwise than what stands; a column that is missing says nothing."""
    if person.name != line.name:
        yield "name"
    if line.phone is not None and not _has_number(work, person, line.phone):
        yield "number"
    if person.unit != line.unit:
        yield "unit"
    if person.role is not line.role:
        yield "role"
    if line.channels is not None and tuple(person.channels) != line.channels:
        yield "channels"
    if line.mail is not None and known.mails.get(person.id, "") != line.mail:
        yield "mail"
    if line.until_at is not None and _untils(known, person, line):
        yield "until"


def _untils(known: _Known, person: Staff, line: Line) -> list[PostHolding]:
    """Return the holdings that go on and are to end at another instant."""
    return [
        row
        for row in known.holdings.get(person.id, ())
        if row.post in (line.posts or ()) and row.until_at != line.until_at
    ]


def _has_number(work: Work, person: Staff, phone: str) -> bool:
    if not phone:
        return person.number_hash is None
    return person.number_hash in work.kit.keys.lookups(phone)


def _taken(work: Work, known: _Known, listed: StaffList) -> Iterable[TableFault]:
    """Yield the rows whose number belongs to somebody who keeps it."""
    here = {line.login for line in listed.lines if line.phone is not None}
    owners = {
        person.number_hash: person.login
        for person in known.staff.values()
        if person.active and person.number_hash and person.login not in here
    }
    for line in listed.lines:
        for hashed in work.kit.keys.lookups(line.phone) if line.phone else ():
            if hashed in owners:
                words = TEXTS["number_taken"]
                yield fault(line.where, "number_taken", words, login=owners[hashed])


def _emptied(
    work: Work, known: _Known, plans: Sequence[PersonPlan], where: Place
) -> Iterable[TableFault]:
    """Yield the posts that somebody holds and nobody would hold any more."""
    ending: dict[str, int] = {}
    starting = {post for one in plans for post in one.starts}
    for one in plans:
        for post in one.ends:
            ending[post] = ending.get(post, 0) + 1
    active = {person.id for person in known.staff.values() if person.active}
    held: dict[str, int] = {}
    for staff_id, rows in known.holdings.items():
        for post in {row.post for row in rows} if staff_id in active else ():
            held[post] = held.get(post, 0) + 1
    posts = work.kit.maps.current.posts
    for post, number in sorted(ending.items()):
        if number >= held.get(post, 0) and post not in starting and post in posts:
            title = f"{posts[post].title} {post}"
            yield fault(where, "post_abandoned", TEXTS["post_abandoned"], post=title)


def _headless(
    known: _Known, listed: StaffList, leaving: Sequence[PersonPlan], where: Place
) -> Iterable[TableFault]:
    roles = {person.login: person.role for person in known.staff.values() if person.active}
    had = Role.ADMIN in roles.values()
    roles |= {line.login: line.role for line in listed.lines}
    gone = {one.login for one in leaving}
    if had and Role.ADMIN not in {role for login, role in roles.items() if login not in gone}:
        yield fault(where, "no_admin_left", TEXTS["no_admin_left"])


def _apply_one(work: Work, known: _Known, one: PersonPlan, line: Line) -> Link | None:
    if one.change is Change.UNCHANGED:
        return None
    person = known.staff.get(one.login)
    if person is None:
        person = _add(work, line)
    before = _facts(person) if one.change is not Change.ADDED else {}
    _write(work, person, line)
    work.session.flush()
    people.log(work, one.change, staff_id=person.id, before=before, after=_facts(person))
    _write_mail(work, known, person, line)
    held = {row.post: row for row in known.holdings.get(person.id, ())}
    for post in one.ends:
        people.end_holding(work, held[post])
    posts = work.kit.maps.current.posts
    for post in one.starts:
        people.hold(work, person, posts[post], line.from_at or work.now, line.until_at)
    for row in _untils(known, person, line) if line.until_at else ():
        people.end_holding(work, row, line.until_at)
    if one.change in {Change.ADDED, Change.RETURNS}:
        return Link(person.login, person.name, accounts.make_link(work, person))
    return None


def _add(work: Work, line: Line) -> Staff:
    person = Staff(
        id=uuid4(),
        login=line.login,
        name=line.name,
        role=line.role,
        unit=line.unit,
        password_hash=accounts.NO_PASSWORD,
        created_at=work.now,
    )
    work.session.add(person)
    return person


def _write(work: Work, person: Staff, line: Line) -> None:
    person.name, person.unit, person.role = line.name, line.unit, line.role
    if not person.active:
        person.active, person.password_hash = True, accounts.NO_PASSWORD
    if line.phone is not None and not _has_number(work, person, line.phone):
        keys = work.kit.keys
        person.number_sealed = keys.seal(line.phone) if line.phone else None
        person.number_hash = keys.lookup(line.phone) if line.phone else None
    if line.channels is not None:
        person.channels = list(line.channels)


def _write_mail(work: Work, known: _Known, person: Staff, line: Line) -> None:
    if line.mail is None or known.mails.get(person.id, "") == line.mail:
        return
    roster.drop_address(work.session, person.id, MAIL)
    if line.mail:
        sealed = work.kit.keys.seal(line.mail)
        work.session.add(StaffAddress(staff_id=person.id, channel=MAIL, address_sealed=sealed))


def _retire(work: Work, known: _Known, person: Staff) -> None:
    for row in known.holdings.get(person.id, ()):
        people.end_holding(work, row)
    before = _facts(person)
    person.active = False
    people_rows.drop_sign_ins(work.session, person.id)
    people_rows.drop_links(work.session, person.id)
    people.log(work, "retired", staff_id=person.id, before=before, after=_facts(person))


def _facts(person: Staff) -> dict[str, object]:
    """Return what the log says of a person; the number as its keyed hash."""
    return {
        "name": person.name,
        "role": person.role.value,
        "unit": person.unit,
        "number": person.number_hash,
        "channels": list(person.channels),
        "active": person.active,
    }
