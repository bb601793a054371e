"""One command: one transaction, at one instant, by one actor.

A service takes a `Work`, locks the ticket through it, changes the row and records what happened.
Nothing is sent, enqueued or said to a caller before the block that opened the work has ended
without an exception.
"""

import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from hotline import clock
from hotline.domain import ledger
from hotline.domain.errors import NotFoundError, StaleError
from hotline.domain.grid.model import Post
from hotline.domain.rulings import Entry
from hotline.domain.tickets import Action, Role, Step, step
from hotline.kit import Kit
from hotline.store import rows
from hotline.store import tickets as ticket_rows
from hotline.store.alone import alone
from hotline.store.books import Books, DatabaseBooks
from hotline.store.models import Ticket, TicketText
from hotline.store.people import OnDuty
from hotline.store.rows import AnyRow, NewTimer, Promise, ToIndex


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: in which role, as whom, for which unit, holding which posts."""

    role: Role
    ref: str
    staff_id: UUID | None = None
    unit: str | None = None
    posts: frozenset[str] = frozenset()


SYSTEM = Actor(Role.SYSTEM, "system")
CITIZEN = Actor(Role.CITIZEN, "citizen")


@dataclass(slots=True)
class Work:
    """What a service needs. Views, jobs and the clock open one; services never do."""

    session: Session
    actor: Actor
    kit: Kit
    _now: datetime | None = None
    _events: list[dict[str, Any]] = field(default_factory=list)
    _timers: list[NewTimer] = field(default_factory=list)
    _promises: list[Promise] = field(default_factory=list)
    # Tickets that are to be found by other words or codes than before.
    _changed: set[UUID] = field(default_factory=set)
    _duty: dict[str, OnDuty] = field(default_factory=dict)
    _entries: dict[str, tuple[Entry, ...]] = field(default_factory=dict)
    _books: Books | None = None

    @property
    def books(self) -> Books:
        """The rows beside the ticket that its steps read and write; on paper in a rehearsal."""
        if self._books is None:
            self._books = DatabaseBooks(self.session)
        return self._books

    def read_by(self, books: Books) -> None:
        """Read and write by other books from now on: for a command that takes many steps."""
        self._books = books

    @property
    def now(self) -> datetime:
        """The instant of this command, read from the database after the first lock."""
        if self._now is None:
            self._now = clock.read(self.session.connection())
        return self._now

    def begin_at(
        self,
        now: datetime,
        duty: Mapping[str, OnDuty] | None = None,
        entries: Mapping[str, tuple[Entry, ...]] | None = None,
    ) -> None:
        """Take an instant that was just read from the database, and what is known of then.

        Only where the command locks nothing, and once.

        Args:
            now: the instant.
            duty: who is on duty at some posts.
            entries: the catalogue's entries in force of some classes.
        """
        if self._now is None:
            self._now = now
            self._duty |= duty or {}
            self._entries |= entries or {}

    def look(self, number: str) -> Ticket:
        """Return the ticket called ``number`` without a lock, for a page.

        Raises:
            NotFoundError: no such ticket.
        """
        ticket = ticket_rows.find(self.session, number)
        if ticket is None:
            raise NotFoundError(ticket=number)
        return ticket

    def ticket(self, number: str, *, seen_version: int | None = None) -> Ticket:
        """Lock the ticket called ``number`` and return it.

        Args:
            number: the 12 digits that callers are told.
            seen_version: the version that the sender saw, if the sender said so.

        Raises:
            NotFoundError: no such ticket.
            StaleError: somebody changed it since ``seen_version``.
        """
        ticket = ticket_rows.lock(self.session, number)
        if ticket is None:
            raise NotFoundError(ticket=number)
        if seen_version is not None:
            self.refuse_stale(ticket, seen_version)
        return ticket

    def refuse_stale(self, ticket: Ticket, seen_version: int) -> None:
        """Refuse a command whose sender saw another version of the ticket.

        Raises:
            StaleError: somebody changed it since.
        """
        if seen_version != ticket.version:
            raise StaleError(ticket=ticket.number, seen=seen_version, current=ticket.version)

    def ticket_by_id(self, ticket_id: UUID) -> Ticket:
        """Lock the ticket with ``ticket_id`` and return it."""
        [ticket] = self.tickets_by_id([ticket_id])
        return ticket

    def tickets(self, numbers: Collection[str]) -> list[Ticket]:
        """Lock the tickets called ``numbers`` together, so that no two commands can cross.

        Raises:
            NotFoundError: one of them does not exist.
        """
        wanted = set(numbers)
        found = ticket_rows.ids_of(self.session, wanted)
        if len(found) != len(wanted):
            raise NotFoundError(tickets=len(wanted))
        return self.tickets_by_id(found)

    def tickets_by_id(self, ticket_ids: Sequence[UUID]) -> list[Ticket]:
        """Lock several tickets, all in one order so that no two commands can cross.

        Raises:
            NotFoundError: one of them does not exist.
        """
        found = self.books.lock(sorted(set(ticket_ids)))
        if len(found) != len(set(ticket_ids)):
            raise NotFoundError(tickets=len(ticket_ids))
        return found

    def act(
        self,
        ticket: Ticket,
        action: Action,
        data: Mapping[str, object] | None = None,
        *,
        actor: Actor | None = None,
    ) -> None:
        """Take ``action`` on a locked ticket, by the table of rules, and record it.

        The ticket's ``version`` grows when its status changes, so that a screen which shows the
        old one is told; facts beside its course leave the version alone.

        Raises:
            WrongStatusError: its status does not allow ``action``.
            NotAllowedError: the actor's role does not allow ``action``.
        """
        after = step(ticket.status, action, (actor or self.actor).role)
        if after is not ticket.status:
            ticket.status = after
            ticket.version += 1
            self._reindex(ticket)
        self.record(ticket, action, data, actor=actor)

    def record(
        self,
        ticket: Ticket,
        action: Action,
        data: Mapping[str, object] | None = None,
        *,
        actor: Actor | None = None,
    ) -> None:
        """Append an event to the chain of a locked ticket. Rows are written in one go at the end.

        Its instant is this command's, and never earlier than the ticket's last event.
        """
        if data is not None and "routing" in data:
            self._reindex(ticket)
        who = actor or self.actor
        at = max(self.now, ticket.last_event_at)
        seq = ticket.event_seq + 1
        body = ledger.canonical(
            {
                "ticket": ticket.id,
                "seq": seq,
                "at": at,
                "action": action,
                "status": ticket.status,
                "role": who.role,
                "actor": who.ref,
                "map": ticket.map_version,
                "data": data or {},
            }
        )
        previous = ticket.head_hash
        ticket.event_seq, ticket.last_event_at = seq, at
        ticket.head_hash = ledger.chained(previous, body)
        self._events.append(
            {
                "ticket_id": ticket.id,
                "seq": seq,
                "action": action,
                "status": ticket.status,
                "role": who.role,
                "actor": who.ref,
                "at": at,
                "body": body,
                "previous": previous,
                "hash": ticket.head_hash,
            }
        )

    def write(self, ticket: Ticket, kind: str, words: str) -> dict[str, str]:
        """Store ``words`` apart from the chain; return what the chain may hold of them."""
        salt = secrets.token_hex(8)
        text = TicketText(ticket_id=ticket.id, kind=kind, salt=salt, body=words, at=self.now)
        self.session.add(text)
        self._reindex(ticket)
        return {"text": str(text.id), "text_hash": ledger.salted(salt, words)}

    def _reindex(self, ticket: Ticket) -> None:
        if not ticket.synthetic:
            self._changed.add(ticket.id)

    def promise(self, promises: Iterable[Promise]) -> None:
        """Put messages and calls into the outbox. Like events, they are written at the end."""
        self._promises.extend(promises)

    def start_timer(self, timer: NewTimer) -> None:
        """Set a limit. Like events, limits are written in one go at the end."""
        self._timers.append(timer)

    def next_generation(self, subject_id: UUID, step_: Step) -> int:
        """Return the first generation of a step that this subject has not used yet."""
        pending = [
            timer.generation
            for timer in self._timers
            if timer.subject_id == subject_id and timer.step is step_
        ]
        if pending:
            return max(pending) + 1
        return self.books.next_generation(subject_id, step_)

    def cancel_timers(self, ticket_id: UUID, steps: Collection[Step]) -> None:
        """Stop the running limits of a ticket for ``steps``, whatever their subject."""
        self._timers = [
            timer
            for timer in self._timers
            if timer.ticket_id != ticket_id or timer.step not in steps
        ]
        self.books.cancel(ticket_id, steps)

    def cancel_timers_of(self, subject_id: UUID) -> None:
        """Stop the running limits of one subject (a whistle's party)."""
        self._timers = [timer for timer in self._timers if timer.subject_id != subject_id]
        self.books.cancel_of(subject_id)

    def on_duty(self, post: Post) -> OnDuty:
        """Return who answers for ``post`` at this instant: its holder, else its stand-in's."""
        if post.id not in self._duty:
            self._duty |= self.books.on_duty({post.id: post.stand_in}, self.now)
        return self._duty[post.id]

    def entries(self, class_code: str | None) -> tuple[Entry, ...]:
        """Return the entries of the catalogue for a class that rulings made and are in force."""
        if class_code is None:
            return ()
        if class_code not in self._entries:
            self._entries[class_code] = self.books.entries(class_code)
        return self._entries[class_code]

    @property
    def engine(self) -> sa.Engine:
        """What statements that are a transaction of their own take a connection from."""
        return cast("sa.Engine", self.session.get_bind())

    def look_up_duty(self, posts: Iterable[Post]) -> None:
        """Read who is on duty at many posts at once, for a command that will ask for most."""
        stand_ins = {post.id: post.stand_in for post in posts}
        self._duty |= self.books.on_duty(stand_ins, self.now)

    def take_rows(self) -> list[dict[str, Any] | NewTimer | Promise | ToIndex]:
        """Hand over the events, limits and messages recorded so far, for whoever writes them.

        Intake does: it writes a new ticket with all that belongs to it in one statement.
        """
        taken: list[dict[str, Any] | NewTimer | Promise | ToIndex] = [
            *self._events,
            *self._timers,
            *self._promises,
            *(ToIndex(ticket_id) for ticket_id in self._changed),
        ]
        self._events, self._timers, self._promises, self._changed = [], [], [], set()
        return taken

    def write_all(self, made: Iterable[AnyRow]) -> None:
        """Write all that a command has to write; it must do nothing more.

        Where nothing was read in the command's transaction, it needs none: one statement is one.
        """
        if self.session.in_transaction():
            rows.insert(self.session, made)
        else:
            with alone(self.engine) as connection:
                rows.insert_alone(connection, made)

    def flush(self) -> None:
        """Write everything that was recorded so far; `open_work` does it at the end."""
        self.books.insert(self.take_rows())


@contextmanager
def open_work(engine: sa.Engine, kit: Kit, actor: Actor) -> Iterator[Work]:
    """Commit at the end of the block, or roll everything back if it raises."""
    # Begun by its first statement: a command that needs no transaction pays for none.
    with Session(engine, expire_on_commit=False) as session:
        work = Work(session, actor, kit)
        yield work
        work.flush()
        if session.in_transaction():
            session.commit()
