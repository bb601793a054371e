"""What the steps of a ticket read and write beside its row: from the database, or from paper.

A decision (who is told, what runs out, when it climbs) asks its `Books` and never a session. The
engine gives it the database's; a rehearsal (`hotline.services.law.rehearsal`) gives it books on
paper and gets the very same decision, without a database (ADR 0029).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlmodel import Session, SQLModel

from hotline.domain.rulings import Entry
from hotline.domain.tickets import Role, Step
from hotline.store import attention, people, rows, rulings, tickets, timers, whistles
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
from hotline.store.rows import AnyRow


class Books(Protocol):
    """The rows beside a ticket that its steps need."""

    def on_duty(self, stand_ins: Mapping[str, str | None], now: datetime) -> Mapping[str, OnDuty]:
        """Return who answers for each post now (`people.on_duty`)."""

    def with_role(self, role: Role, now: datetime) -> list[Staff]:
        """Return everybody with ``role`` who is not on leave."""

    def person(self, staff_id: UUID) -> Staff | None:
        """Return a person."""

    def is_absent(self, staff_id: UUID, now: datetime) -> bool:
        """Say whether a person is on leave now, or has left for good."""

    def entries(self, class_code: str) -> tuple[Entry, ...]:
        """Return the catalogue's entries for a class that rulings made and are in force."""

    def lock(self, ticket_ids: Sequence[UUID]) -> list[Ticket]:
        """Return tickets under their row locks, taken in the order given."""

    def whistle(self, whistle_id: UUID) -> Whistle | None:
        """Return a whistle."""

    def whistles(self, ticket_id: UUID) -> list[Whistle]:
        """Return the whistles of a ticket, oldest first."""

    def party(self, party_id: UUID) -> WhistleParty | None:
        """Return one called unit's row."""

    def parties(self, ticket_id: UUID) -> list[WhistleParty]:
        """Return every unit called for a ticket, in the order of the calls."""

    def calls_in_hand(self, posts: Collection[str]) -> Mapping[str, int]:
        """Return how many whistles each of some posts has in hand; none stand for none."""

    def milestone(self, milestone_id: UUID) -> WhistleMilestone | None:
        """Return one line of a lead unit's plan."""

    def milestones(self, whistle_id: UUID) -> list[WhistleMilestone]:
        """Return the plan of a whistle, in its order."""

    def running(self, ticket_id: UUID) -> list[Timer]:
        """Return the limits that are running for a ticket, the next one first."""

    def next_generation(self, subject_id: UUID, step: Step) -> int:
        """Return the first generation of ``step`` that this subject has not used yet."""

    def cancel(self, ticket_id: UUID, steps: Collection[Step]) -> None:
        """Stop the running limits of a ticket for ``steps``, whatever their subject."""

    def cancel_of(self, subject_id: UUID) -> None:
        """Stop the running limits of one subject."""

    def attend(
        self, *, kind: str, key: str, facts: Mapping[str, object], at: datetime, about: UUID | None
    ) -> None:
        """Put an entry before the supervisors, unless its key was there before."""

    def add(self, row: SQLModel) -> None:
        """Keep a new row that later steps read; it is there from now on."""

    def insert(self, made: Iterable[AnyRow]) -> None:
        """Write what a command has gathered: events, limits, promises."""


class DatabaseBooks:
    """The books of the county: its database, in the transaction of the command."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def on_duty(self, stand_ins: Mapping[str, str | None], now: datetime) -> Mapping[str, OnDuty]:
        """Return who answers for each post now, with one query for all of them."""
        return people.on_duty(self._session, stand_ins, now)

    def with_role(self, role: Role, now: datetime) -> list[Staff]:
        """Return everybody with ``role`` who is not on leave."""
        return people.with_role(self._session, role, now)

    def person(self, staff_id: UUID) -> Staff | None:
        """Return a person."""
        return people.get(self._session, staff_id)

    def is_absent(self, staff_id: UUID, now: datetime) -> bool:
        """Say whether a person is on leave now, or has left for good."""
        return people.is_absent(self._session, staff_id, now)

    def entries(self, class_code: str) -> tuple[Entry, ...]:
        """Return the catalogue's entries for a class that rulings made and are in force."""
        return rulings.in_force(self._session, class_code)

    def lock(self, ticket_ids: Sequence[UUID]) -> list[Ticket]:
        """Return tickets under their row locks."""
        return tickets.lock_all(self._session, ticket_ids)

    def whistle(self, whistle_id: UUID) -> Whistle | None:
        """Return a whistle."""
        return whistles.whistle(self._session, whistle_id)

    def whistles(self, ticket_id: UUID) -> list[Whistle]:
        """Return the whistles of a ticket, oldest first."""
        return whistles.of_ticket(self._session, ticket_id)

    def party(self, party_id: UUID) -> WhistleParty | None:
        """Return one called unit's row."""
        return whistles.party(self._session, party_id)

    def parties(self, ticket_id: UUID) -> list[WhistleParty]:
        """Return every unit called for a ticket, in the order of the calls."""
        return whistles.parties(self._session, ticket_id)

    def calls_in_hand(self, posts: Collection[str]) -> Mapping[str, int]:
        """Return how many whistles each of some posts has in hand; none stand for none."""
        return whistles.calls_in_hand(self._session, posts)

    def milestone(self, milestone_id: UUID) -> WhistleMilestone | None:
        """Return one line of a lead unit's plan."""
        return whistles.milestone(self._session, milestone_id)

    def milestones(self, whistle_id: UUID) -> list[WhistleMilestone]:
        """Return the plan of a whistle, in its order."""
        return whistles.milestones(self._session, whistle_id)

    def running(self, ticket_id: UUID) -> list[Timer]:
        """Return the limits that are running for a ticket, the next one first."""
        return timers.waiting(self._session, ticket_id)

    def next_generation(self, subject_id: UUID, step: Step) -> int:
        """Return the first generation of ``step`` that this subject has not used yet."""
        return timers.next_generation(self._session, subject_id, step)

    def cancel(self, ticket_id: UUID, steps: Collection[Step]) -> None:
        """Stop the running limits of a ticket for ``steps``, whatever their subject."""
        timers.cancel(self._session, ticket_id, steps)

    def cancel_of(self, subject_id: UUID) -> None:
        """Stop the running limits of one subject."""
        timers.cancel_of(self._session, subject_id)

    def attend(
        self, *, kind: str, key: str, facts: Mapping[str, object], at: datetime, about: UUID | None
    ) -> None:
        """Put an entry before the supervisors, unless its key was there before."""
        entry = attention.values(kind=kind, key=key, facts=facts, at=at, ticket_id=about)
        attention.add(self._session, entry)

    def add(self, row: SQLModel) -> None:
        """Add a row, after whatever it may refer to, and write it."""
        self._session.flush()
        self._session.add(row)
        self._session.flush()

    def insert(self, made: Iterable[AnyRow]) -> None:
        """Write what a command has gathered, in one statement."""
        self._session.flush()
        taken: list[Any] = list(made)
        if taken:
            rows.insert(self._session, taken)


class BatchBooks(DatabaseBooks):
    """The same books for the steps of many tickets at one instant: one query for all of a kind.

    What the steps ask is read beforehand and kept as plain rows (`hotline.store.plain`); what they
    change of tickets and called units is written in one statement for each table. They are for
    steps that ask nothing but the books, and only of their own ticket.
    """

    def __init__(
        self,
        session: Session,
        now: datetime,
        due: Sequence[timers.Due],
        called: Collection[UUID],
    ) -> None:
        """Read ahead.

        Args:
            session: of the command; it holds the locks of these tickets, and none of their rows.
            now: the instant of the command.
            due: limits that have passed, with their tickets.
            called: which of their subjects are called units.
        """
        super().__init__(session)
        held = [one.ticket for one in due]
        self._subjects = {one.timer.subject_id for one in due} | {ticket.id for ticket in held}
        self._generations = timers.generations(session, self._subjects)
        officers = {ticket.officer_id for ticket in held if ticket.officer_id is not None}
        known = people.with_absence(session, officers, now) if officers else []
        self._people = {person.id: person for person, _ in known}
        self._absent = {person.id for person, absent in known if absent}
        parties, blown = whistles.called(session, called) if called else ([], [])
        self._parties = {party.id: party for party in parties}
        self._whistles = {whistle.id: whistle for whistle in blown}
        self._before = [[(row, (*vars(row).values(),)) for row in kind] for kind in (held, parties)]
        self._roles: dict[Role, list[Staff]] = {}
        self._entries: list[rows.Values] = []

    def with_role(self, role: Role, now: datetime) -> list[Staff]:
        """Return everybody with ``role`` who is not on leave, as asked for the first time."""
        if role not in self._roles:
            self._roles[role] = super().with_role(role, now)
        return self._roles[role]

    def person(self, staff_id: UUID) -> Staff | None:
        """Return a person."""
        return self._people.get(staff_id) or super().person(staff_id)

    def is_absent(self, staff_id: UUID, now: datetime) -> bool:
        """Say whether a person is on leave at the instant of the batch, or has left for good."""
        if staff_id not in self._people:
            return super().is_absent(staff_id, now)
        return staff_id in self._absent

    def lock(self, ticket_ids: Sequence[UUID]) -> list[Ticket]:
        """Refuse: a step that needs other tickets must not stand in a batch.

        Raises:
            RuntimeError: always; each step of the batch is then carried out by itself.
        """
        raise RuntimeError(f"a step of a batch asks for {len(ticket_ids)} tickets")

    def party(self, party_id: UUID) -> WhistleParty | None:
        """Return one called unit's row."""
        return self._parties.get(party_id)

    def whistle(self, whistle_id: UUID) -> Whistle | None:
        """Return the whistle of a called unit."""
        return self._whistles.get(whistle_id)

    def next_generation(self, subject_id: UUID, step: Step) -> int:
        """Return the first generation of ``step`` that this subject has not used yet."""
        if subject_id not in self._subjects:
            return super().next_generation(subject_id, step)
        return self._generations.get((subject_id, step), -1) + 1

    def attend(
        self, *, kind: str, key: str, facts: Mapping[str, object], at: datetime, about: UUID | None
    ) -> None:
        """Put an entry before the supervisors when the batch is written, with all others."""
        entry = attention.values(kind=kind, key=key, facts=facts, at=at, ticket_id=about)
        self._entries.append((Attention, entry))

    def insert(self, made: Iterable[AnyRow]) -> None:
        """Write what was changed and what was gathered, once, in a statement for each table.

        Raises:
            RuntimeError: a step read tickets past its books, so that one may be held twice.
        """
        if any(isinstance(row, Ticket | WhistleParty) for row in self._session):
            raise RuntimeError("a step of a batch read tickets past its books")
        for held in self._before:
            rows.update(self._session, held)
        super().insert([*made, *self._entries])
