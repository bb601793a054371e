"""Everything that is known of one ticket, for a person who must understand it at a glance.

Read with a fixed number of queries, whatever the number of events. What the ledger holds as ids
and codes is joined here with the words, people and messages that they stand for.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from hotline.domain.clocks import paused
from hotline.domain.grid.model import GridMap
from hotline.domain.tickets import RULES, Action, Role, Status
from hotline.services.handling.timing import map_of
from hotline.store import ledger, outbox, people, timers, whistles
from hotline.store import tickets as ticket_rows
from hotline.store.models import (
    Ask,
    Media,
    Outgoing,
    PostHolding,
    Staff,
    Ticket,
    TicketEvent,
    TicketText,
    Timer,
    Whistle,
    WhistleParty,
)
from hotline.store.models.proofs import IdentityView
from hotline.work import Work

_INSTANTS: Final = (
    *("due", "done_at", "sign_by", "handle_by", "counts_as_signed", "before", "until", "bring_by"),
    *("call_by", "fix_by", "valid_until"),
    *("ends", "appeal_until"),
    *("slot_from", "close_by"),
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who acted or was told: the row, and the post they held at that moment."""

    staff: Staff
    post: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who had to be told, by which messages, and what became of them.

    Attributes:
        post: the post that was called; ``stand_in``: where its person was found instead.
        role: instead of a post: everybody of a role.
        caller: whether it was the caller.
        person: who was found; ``None``: the caller, or nobody.
        nobody: whether nobody was on duty.
        messages: the promises that were made, as they stand now.
    """

    post: str | None
    stand_in: str | None
    role: Role | None
    caller: bool
    person: Person | None
    nobody: bool
    messages: tuple[Outgoing, ...]


@dataclass(frozen=True, slots=True)
class Happened:
    """One event with all that it refers to. ``data`` is the event's own, instants parsed.

    ``person`` is who acted; where a caller's answer was taken down, whoever did that.
    """

    seq: int
    at: datetime
    action: Action
    role: Role
    person: Person | None
    map_version: str
    data: Mapping[str, Any]
    text: TicketText | None
    told: tuple[Told, ...]
    photos: tuple[Media, ...]
    body: str
    hash: str


@dataclass(frozen=True, slots=True)
class Called:
    """A called unit, and the steps up the ladder that were taken for it."""

    party: WhistleParty
    acknowledged_by: Person | None
    climbs: tuple[Happened, ...]


@dataclass(frozen=True, slots=True)
class Blown:
    """A whistle with its reason and its units."""

    whistle: Whistle
    by: Person | None
    reason: TicketText | None
    called: tuple[Called, ...]


@dataclass(frozen=True, slots=True)
class Clocks:
    """The two clocks of a ticket, and the time before the unit's began.

    The citizen's runs from the first call and stops only at the end; the unit's from the dispatch,
    not from the signing. ``gap`` is the organisation's own delay.
    """

    citizen: timedelta
    unit: timedelta | None
    gap: timedelta
    running: bool


@dataclass(frozen=True, slots=True)
class Dossier:
    """One ticket, whole."""

    ticket: Ticket
    map: GridMap
    clocks: Clocks
    texts: tuple[TicketText, ...]
    events: tuple[Happened, ...]
    whistles: tuple[Blown, ...]
    messages: tuple[Outgoing, ...]
    photos: tuple[Media, ...]
    recordings: tuple[Media, ...]
    asks: tuple[Ask, ...]
    timers: tuple[Timer, ...]
    views: tuple[tuple[IdentityView, Person | None], ...]
    officer: Person | None
    may: frozenset[Action]
    lead: Ticket | None
    members: tuple[Ticket, ...]

    def last(self, action: Action) -> Happened | None:
        """Return the latest event of a kind."""
        return next((event for event in reversed(self.events) if event.action == action), None)


@dataclass(frozen=True, slots=True)
class _Loaded:
    """The rows, before they are joined."""

    events: Sequence[TicketEvent]
    bodies: Sequence[Mapping[str, Any]]
    texts: Mapping[str, TicketText]
    media: Mapping[str, Media]
    messages: Mapping[str, Outgoing]
    staff: Mapping[UUID, Staff]
    holdings: Mapping[UUID, Sequence[PostHolding]]


def read(work: Work, number: str) -> Dossier:
    """Return everything about a ticket, without locking it.

    Raises:
        NotFoundError: no such ticket.
    """
    ticket = work.look(number)
    views = ledger.views(work.session, ticket.id)
    blown = whistles.of_ticket(work.session, ticket.id)
    parties = whistles.parties(work.session, ticket.id)
    loaded = _load(work, ticket, _people(ticket, views, blown, parties))
    happened = tuple(
        _happened(loaded, row, body) for row, body in zip(loaded.events, loaded.bodies, strict=True)
    )
    media = loaded.media.values()
    return Dossier(
        ticket=ticket,
        map=map_of(work, ticket),
        clocks=clocks(ticket, work.now, loaded.events),
        texts=tuple(loaded.texts.values()),
        events=happened,
        whistles=tuple(_blown(loaded, row, parties, happened) for row in blown),
        messages=tuple(loaded.messages.values()),
        photos=tuple(row for row in media if row.purpose != "recording"),
        recordings=tuple(row for row in media if row.purpose == "recording"),
        asks=tuple(ticket_rows.asks(work.session, ticket.id)),
        timers=tuple(timers.waiting(work.session, ticket.id)),
        views=tuple((view, _person(loaded, view.staff_id, view.at)) for view in views),
        officer=_person(loaded, ticket.officer_id, work.now),
        may=may(work, ticket),
        lead=ticket_rows.get(work.session, ticket.lead_id) if ticket.lead_id else None,
        members=tuple(ticket_rows.members(work.session, ticket.id)) if ticket.members else (),
    )


def may(work: Work, ticket: Ticket) -> frozenset[Action]:
    """Return what the actor's role may do with a ticket in its status."""
    return frozenset(
        action
        for (status, action), rule in RULES.items()
        if status is ticket.status and work.actor.role in rule.by
    )


def clocks(ticket: Ticket, now: datetime, events: Sequence[TicketEvent] = ()) -> Clocks:
    """Return both clocks of a ticket as they stand at ``now``; the unit's without its pauses."""
    end = ticket.closed_at or now
    dispatched = ticket.dispatched_at
    stood = paused(((Status(event.status), event.at) for event in events), end)
    return Clocks(
        citizen=end - ticket.received_at,
        unit=end - dispatched - stood if dispatched else None,
        gap=(dispatched or end) - ticket.received_at,
        running=ticket.closed_at is None,
    )


def _people(
    ticket: Ticket,
    views: Iterable[IdentityView],
    blown: Iterable[Whistle],
    parties: Iterable[WhistleParty],
) -> set[UUID | None]:
    return {
        ticket.officer_id,
        *(view.staff_id for view in views),
        *(whistle.raised_by for whistle in blown),
        *(party.acknowledged_by for party in parties),
    }


def _load(work: Work, ticket: Ticket, known: set[UUID | None]) -> _Loaded:
    events = ticket_rows.events(work.session, ticket.id)
    bodies = [json.loads(event.body) for event in events]
    messages = outbox.of_ticket(work.session, ticket.id)
    media = ticket_rows.media(work.session, ticket.id)
    known |= {_uuid(body["data"].get("heard_by")) for body in bodies}
    known |= {_uuid(event.actor) for event in events} | {row.staff_id for row in messages}
    known |= {_uuid(told.get("person")) for body in bodies for told in _told_in(body["data"])}
    wanted = [staff_id for staff_id in known | {row.by for row in media} if staff_id is not None]
    return _Loaded(
        events=events,
        bodies=bodies,
        texts={str(row.id): row for row in ticket_rows.texts(work.session, ticket.id)},
        media={str(row.id): row for row in media},
        messages={str(row.id): row for row in messages},
        staff=people.named(work.session, wanted),
        holdings=people.holdings(work.session, wanted),
    )


def _uuid(ref: object) -> UUID | None:
    """Return an actor's reference as a person's id; system and citizen have none."""
    try:
        return UUID(str(ref))
    except ValueError:
        return None


def _told_in(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield whom an event told, wherever in its data that stands."""
    yield from data.get("told") or ()
    for party in data.get("parties") or ():
        yield from party.get("told") or ()
    if data.get("caller"):
        yield data
    after = data.get("next")
    yield from after if isinstance(after, list) else [after] if isinstance(after, dict) else ()


def _person(loaded: _Loaded, staff_id: UUID | None, at: datetime) -> Person | None:
    if staff_id is None or staff_id not in loaded.staff:
        return None
    held = (
        row.post
        for row in loaded.holdings.get(staff_id, ())
        if row.from_at <= at and (row.until_at is None or at < row.until_at)
    )
    return Person(loaded.staff[staff_id], next(held, None))


def _happened(loaded: _Loaded, row: TicketEvent, body: Mapping[str, Any]) -> Happened:
    data = dict(body["data"])
    for name in _INSTANTS:
        if isinstance(data.get(name), str):
            data[name] = datetime.fromisoformat(data[name])
    photos = [
        photo["photo"] if isinstance(photo, dict) else photo for photo in data.get("photos") or ()
    ]
    return Happened(
        seq=row.seq,
        at=row.at,
        action=row.action,
        role=row.role,
        person=_person(loaded, _uuid(row.actor) or _uuid(data.get("heard_by")), row.at),
        map_version=str(body["map"]),
        data=data,
        text=loaded.texts.get(str(data.get("text"))),
        told=tuple(_told(loaded, facts, row.at) for facts in _told_in(data)),
        photos=tuple(loaded.media[photo] for photo in photos if photo in loaded.media),
        body=row.body,
        hash=row.hash,
    )


def _told(loaded: _Loaded, facts: Mapping[str, Any], at: datetime) -> Told:
    sent = [loaded.messages.get(str(message)) for message in (facts.get("by") or {}).values()]
    return Told(
        post=facts.get("post"),
        stand_in=facts.get("stand_in"),
        role=Role(facts["role"]) if facts.get("role") else None,
        caller=bool(facts.get("caller")),
        person=_person(loaded, _uuid(facts.get("person")), at),
        nobody=bool(facts.get("nobody_on_duty")),
        messages=tuple(row for row in sent if row is not None),
    )


def _blown(
    loaded: _Loaded,
    whistle: Whistle,
    parties: Iterable[WhistleParty],
    happened: Sequence[Happened],
) -> Blown:
    mine = [party for party in parties if party.whistle_id == whistle.id]
    return Blown(
        whistle=whistle,
        by=_person(loaded, whistle.raised_by, whistle.raised_at),
        reason=loaded.texts.get(str(whistle.reason_id)),
        called=tuple(
            Called(
                party,
                _person(loaded, party.acknowledged_by, party.acknowledged_at or whistle.raised_at),
                tuple(
                    event
                    for event in happened
                    if event.action in {Action.CLIMB, Action.REMIND}
                    and event.data.get("party") == str(party.id)
                ),
            )
            for party in mine
        ),
    )
