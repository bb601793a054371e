"""Books on paper: what a rehearsed ticket reads and writes, in memory, without a database."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, cast
from uuid import UUID, uuid5

from sqlmodel import Session, SQLModel

from hotline.domain.rulings import Entry
from hotline.domain.tickets import Role, Step
from hotline.domain.whistle import OUT_OF_HAND
from hotline.store import people, rulings
from hotline.store.models import (
    Attention,
    Staff,
    Ticket,
    Timer,
    Whistle,
    WhistleMilestone,
    WhistleParty,
)
from hotline.store.people import OnDuty
from hotline.store.rows import AnyRow, NewTimer, Promise

_INVENTED = UUID("12345000-0000-4000-8000-000000000000")


class Staffing(Protocol):
    """Who is there, at an instant of the rehearsal."""

    def on_duty(self, stand_ins: Mapping[str, str | None], now: datetime) -> Mapping[str, OnDuty]:
        """Return who answers for each post."""

    def with_role(self, role: Role, now: datetime) -> list[Staff]:
        """Return everybody with ``role`` who is there."""

    def person(self, staff_id: UUID) -> Staff | None:
        """Return a person; ``None`` of an invented one."""

    def is_absent(self, staff_id: UUID, now: datetime) -> bool:
        """Say whether a person is away, or has left for good."""

    def posts_of(self, staff_id: UUID, now: datetime) -> frozenset[str]:
        """Return the posts that a person answers for."""

    def entries(self, class_code: str) -> tuple[Entry, ...]:
        """Return the catalogue's entries for a class that rulings made and are in force."""


class MapStaffing:
    """Everybody whom the map foresees is there, one person a post, but those who are ``absent``."""

    def __init__(self, absent: Collection[str] = ()) -> None:
        """Begin with the posts at which nobody is; a role's name empties the role."""
        self._absent = frozenset(absent)

    def on_duty(self, stand_ins: Mapping[str, str | None], now: datetime) -> Mapping[str, OnDuty]:
        """Return the post's own person, else the stand-in's, else nobody."""
        del now
        return {post: self._at(post, stand_in) for post, stand_in in stand_ins.items()}

    def _at(self, post: str, stand_in: str | None) -> OnDuty:
        if post not in self._absent:
            return OnDuty(person_at(post), post, as_stand_in=False)
        if stand_in is not None and stand_in not in self._absent:
            return OnDuty(person_at(stand_in), stand_in, as_stand_in=True)
        return OnDuty(None, post, as_stand_in=False)

    def with_role(self, role: Role, now: datetime) -> list[Staff]:
        """Return one person of the role, unless the role is empty."""
        if role in self._absent:
            return []
        who = Staff(login=role, name=role, role=role, unit="", password_hash="", created_at=now)
        who.id = person_at(role)
        return [who]

    def person(self, staff_id: UUID) -> Staff | None:
        """Return nobody: an invented person has no row, and no channels."""
        del staff_id
        return None

    def is_absent(self, staff_id: UUID, now: datetime) -> bool:
        """Say whether nobody is at the post of an invented person."""
        del now
        return staff_id in {person_at(post) for post in self._absent}

    def posts_of(self, staff_id: UUID, now: datetime) -> frozenset[str]:
        """Return none: an invented person stands at the one post that was asked for."""
        del staff_id, now
        return frozenset()

    def entries(self, class_code: str) -> tuple[Entry, ...]:
        """Return none: the map alone knows no rulings."""
        del class_code
        return ()


class RosterStaffing:
    """Those who really are on duty at the instant: holders, duty lists and leave of the database.

    Posts that are ``absent`` are looked at as if nobody were there.
    """

    def __init__(self, session: Session, absent: Collection[str] = ()) -> None:
        """Begin with a session that only reads."""
        self._session = session
        self._absent = frozenset(absent)

    def on_duty(self, stand_ins: Mapping[str, str | None], now: datetime) -> Mapping[str, OnDuty]:
        """Return who answers for each post."""
        found = people.on_duty(self._session, stand_ins, now)
        empty = [post for post, duty in found.items() if duty.post in self._absent]
        return found | {post: self._without(post, stand_ins[post], now) for post in empty}

    def _without(self, post: str, stand_in: str | None, now: datetime) -> OnDuty:
        if stand_in is None or stand_in in self._absent or post not in self._absent:
            return OnDuty(None, post, as_stand_in=False)
        there = people.on_duty(self._session, {stand_in: None}, now)[stand_in]
        if there.staff_id is None:
            return OnDuty(None, post, as_stand_in=False)
        return there._replace(as_stand_in=True)

    def with_role(self, role: Role, now: datetime) -> list[Staff]:
        """Return everybody with ``role`` who is there."""
        return [] if role in self._absent else people.with_role(self._session, role, now)

    def person(self, staff_id: UUID) -> Staff | None:
        """Return a person."""
        return people.get(self._session, staff_id)

    def is_absent(self, staff_id: UUID, now: datetime) -> bool:
        """Say whether a person is on leave at the instant, or has left for good."""
        return people.is_absent(self._session, staff_id, now)

    def posts_of(self, staff_id: UUID, now: datetime) -> frozenset[str]:
        """Return the posts that a person answers for."""
        return people.posts_of(self._session, staff_id, now)

    def entries(self, class_code: str) -> tuple[Entry, ...]:
        """Return the catalogue's entries for a class that rulings made and are in force."""
        return rulings.in_force(self._session, class_code)


def person_at(post: str) -> UUID:
    """Return the id of the invented person at a post: the same in every rehearsal."""
    return uuid5(_INVENTED, post)


@dataclass(slots=True)
class PaperBooks:
    """The books of one rehearsed ticket; every list is in the order of writing."""

    staffing: Staffing
    ticket: Ticket | None = None
    events: list[Mapping[str, Any]] = field(default_factory=list)
    limits: list[NewTimer] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    attention: dict[str, Mapping[str, object]] = field(default_factory=dict)
    _rows: dict[UUID, SQLModel] = field(default_factory=dict)

    def on_duty(self, stand_ins: Mapping[str, str | None], now: datetime) -> Mapping[str, OnDuty]:
        """Return who answers for each post now."""
        return self.staffing.on_duty(stand_ins, now)

    def with_role(self, role: Role, now: datetime) -> list[Staff]:
        """Return everybody with ``role`` who is there."""
        return self.staffing.with_role(role, now)

    def person(self, staff_id: UUID) -> Staff | None:
        """Return a person."""
        return self.staffing.person(staff_id)

    def is_absent(self, staff_id: UUID, now: datetime) -> bool:
        """Say whether a person is away, or has left for good."""
        return self.staffing.is_absent(staff_id, now)

    def entries(self, class_code: str) -> tuple[Entry, ...]:
        """Return the catalogue's entries for a class that rulings made and are in force."""
        return self.staffing.entries(class_code)

    def lock(self, ticket_ids: Sequence[UUID]) -> list[Ticket]:
        """Return the rehearsed ticket; nobody else is there to lock it against."""
        return [self.ticket] if self.ticket is not None and self.ticket.id in ticket_ids else []

    def whistle(self, whistle_id: UUID) -> Whistle | None:
        """Return a whistle."""
        found = self._rows.get(whistle_id)
        return found if isinstance(found, Whistle) else None

    def whistles(self, ticket_id: UUID) -> list[Whistle]:
        """Return the whistles, oldest first."""
        del ticket_id
        return [row for row in self._rows.values() if isinstance(row, Whistle)]

    def party(self, party_id: UUID) -> WhistleParty | None:
        """Return one called unit's row."""
        found = self._rows.get(party_id)
        return found if isinstance(found, WhistleParty) else None

    def parties(self, ticket_id: UUID) -> list[WhistleParty]:
        """Return every unit called, in the order of the calls."""
        del ticket_id
        found = [row for row in self._rows.values() if isinstance(row, WhistleParty)]
        return sorted(found, key=lambda party: (party.called_at, party.unit))

    def calls_in_hand(self, posts: Collection[str]) -> Mapping[str, int]:
        """Return how many whistles each of some posts has in hand: those of this rehearsal."""
        parties = (row for row in self._rows.values() if isinstance(row, WhistleParty))
        found = [row.post for row in parties if row.state not in OUT_OF_HAND]
        return {post: found.count(post) for post in posts if post in found}

    def milestone(self, milestone_id: UUID) -> WhistleMilestone | None:
        """Return one line of a lead unit's plan."""
        found = self._rows.get(milestone_id)
        return found if isinstance(found, WhistleMilestone) else None

    def milestones(self, whistle_id: UUID) -> list[WhistleMilestone]:
        """Return the plan of a whistle, in its order."""
        found = [row for row in self._rows.values() if isinstance(row, WhistleMilestone)]
        return [row for row in found if row.whistle_id == whistle_id]

    def running(self, ticket_id: UUID) -> list[Timer]:
        """Return the limits that are running, the next one first."""
        del ticket_id
        waiting = [timer for timer in self.limits if timer.state == "waiting"]
        return cast("list[Timer]", sorted(waiting, key=lambda timer: (timer.fire_at, timer.step)))

    def next_generation(self, subject_id: UUID, step: Step) -> int:
        """Return the first generation of ``step`` that this subject has not used yet."""
        used = [t.generation for t in self.limits if (t.subject_id, t.step) == (subject_id, step)]
        return max(used, default=-1) + 1

    def cancel(self, ticket_id: UUID, steps: Collection[Step]) -> None:
        """Stop the running limits for ``steps``, whatever their subject."""
        self._stop(t for t in self.limits if t.ticket_id == ticket_id and t.step in steps)

    def cancel_of(self, subject_id: UUID) -> None:
        """Stop the running limits of one subject."""
        self._stop(timer for timer in self.limits if timer.subject_id == subject_id)

    def _stop(self, timers: Iterable[NewTimer]) -> None:
        for timer in timers:
            if timer.state == "waiting":
                timer.state = "cancelled"

    def remember(self) -> Callable[[], None]:
        """Return what sets everything back to how it is now: paper's way to roll back."""
        written: list[list[Any]] = [self.events, self.limits, self.promises]
        lengths = [len(each) for each in written]
        states = [(timer, timer.state) for timer in self.limits]
        kept = [row for row in (self.ticket, *self._rows.values()) if row is not None]
        values = [(row, row.model_dump()) for row in kept]
        entries, rows = dict(self.attention), dict(self._rows)

        def set_back() -> None:
            for each, length in zip(written, lengths, strict=True):
                del each[length:]
            for timer, state in states:
                timer.state = state
            for row, before in values:
                for name, value in before.items():
                    setattr(row, name, value)
            self.attention, self._rows = entries, rows

        return set_back

    def attend(
        self, *, kind: str, key: str, facts: Mapping[str, object], at: datetime, about: UUID | None
    ) -> None:
        """Put an entry before the supervisors, unless its key was there before."""
        del about
        self.attention.setdefault(key, {"kind": kind, "at": at, "facts": dict(facts)})

    def add(self, row: SQLModel) -> None:
        """Keep a new row that later steps read."""
        self._rows[cast("Any", row).id] = row

    def insert(self, made: Iterable[AnyRow]) -> None:
        """Write what a command has gathered."""
        for row in made:
            if isinstance(row, NewTimer):
                self._set(row)
            elif isinstance(row, Promise):
                self.promises.append(row)
            elif isinstance(row, Mapping):
                self.events.append(row)
            elif isinstance(row, tuple) and row[0] is Attention:
                said = row[1]
                self.attend(
                    kind=said["kind"],
                    key=said["key"],
                    facts=said["facts"],
                    at=said["raised_at"],
                    about=None,
                )

    def _set(self, timer: NewTimer) -> None:
        """Set a limit; the same subject, step and generation make it once."""
        key = (timer.subject_id, timer.step, timer.generation)
        if all((t.subject_id, t.step, t.generation) != key for t in self.limits):
            self.limits.append(timer)
