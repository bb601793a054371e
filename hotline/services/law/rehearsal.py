"""Rehearse a demand: who would be told, when, by what, and until where it climbs.

The engine's own functions take every step, given books on paper and an instant of our choice in
place of a database and its clock. Nothing is written and nothing is sent. Nobody answers but
those whom the script names.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

from sqlmodel import Session

from hotline.clock import COUNTY_ZONE
from hotline.domain import intake as readings
from hotline.domain.deadlines import Calendar
from hotline.domain.errors import HotlineError, NotFoundError
from hotline.domain.routing import known_place
from hotline.domain.tickets import ENDS, Role
from hotline.domain.understanding.class_reading import known_class
from hotline.kit import Kit
from hotline.services.handling import escalation, tickets
from hotline.services.law.moments import Moment, moments_of
from hotline.services.law.scenes import Act, Answer, Rehearsal, Scene
from hotline.services.reception import danger, intake
from hotline.services.reception.intake import Demand, Heard
from hotline.services.telling import outbox
from hotline.services.whistles import course as whistle_course
from hotline.services.whistles import whistle
from hotline.store.models import Outgoing, Ticket, Timer, Whistle, WhistleParty
from hotline.store.paper import PaperBooks, Staffing
from hotline.store.rows import NewTimer, Promise
from hotline.store.timers import Due
from hotline.work import CITIZEN, SYSTEM, Actor, Work

# So long a rehearsal may look ahead, and so many steps it may have.
LONGEST: Final = timedelta(days=60)
MOST_STEPS: Final = 2000
# How long a carrier needs to find out that a telephone is off.
UNREACHED_AFTER: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Decision:
    """What one step decides: events, limits, messages, entries for the supervisors."""

    events: tuple[Mapping[str, Any], ...]
    timers: tuple[NewTimer, ...]
    messages: tuple[Promise, ...]
    entries: tuple[str, ...]


def decide(kit: Kit, books: PaperBooks, timer: NewTimer, now: datetime) -> Decision:
    """Return what the engine decides when ``timer`` has run out at ``now``.

    A function of the policy (``kit``), the state (``books``) and the instant: the clock's own
    function carries it out (`escalation.carry_out`), with the same books' questions.
    """
    ticket = _ticket(books)

    def step(work: Work) -> None:
        escalation.carry_out(work, Due(cast("Timer", timer), ticket))

    timer.state = "done"
    return _decided(kit, books, now, SYSTEM, step)


def _decided(
    kit: Kit, books: PaperBooks, now: datetime, actor: Actor, step: Callable[[Work], None]
) -> Decision:
    """Let a service act on paper, and return what it has written there."""
    before = (len(books.events), len(books.limits), len(books.promises), len(books.attention))
    work = Work(Session(), actor, kit, _books=books)  # a session that is bound to nothing
    work.begin_at(now)
    step(work)
    work.flush()
    events, limits, promises, entries = before
    return Decision(
        tuple(books.events[events:]),
        tuple(books.limits[limits:]),
        tuple(books.promises[promises:]),
        tuple(books.attention)[entries:],
    )


def rehearse(kit: Kit, scene: Scene, staffing: Staffing) -> Rehearsal:
    """Play a scene to its end: until nothing runs any more, or ``scene.until``.

    Args:
        kit: whose map in force decides.
        scene: what is rehearsed.
        staffing: who is there.

    Raises:
        NotFoundError: the map does not know the scene's grid, class or line.
    """
    play = _Play(kit, scene, PaperBooks(staffing))
    play.receive()
    for _ in range(MOST_STEPS):
        if not play.go_on():
            break
    return play.result()


@dataclass(slots=True)
class _Play:
    """A rehearsal that is under way."""

    kit: Kit
    scene: Scene
    books: PaperBooks
    moments: list[Moment] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    failing: list[tuple[datetime, Promise]] = field(default_factory=list)

    def receive(self) -> None:
        scene = self.scene
        heard = _hear(self.kit, scene)
        self.answers = sorted(scene.answers, key=lambda answer: answer.at)

        def step(work: Work) -> None:
            demand = Demand(scene.channel, None, scene.words, line=scene.line)
            ticket, _, made = intake.prepare(work, demand, heard, 0)
            self.books.ticket = Ticket(**vars(ticket))
            self.books.insert(made)

        self._note(_decided(self.kit, self.books, scene.at, CITIZEN, step))
        found = self.kit.maps.danger_words.danger(readings.clean(scene.words))
        if found is not None:
            ticket = _ticket(self.books)
            self._note(
                _decided(
                    self.kit,
                    self.books,
                    scene.at,
                    CITIZEN,
                    lambda work: danger.alarm(work, ticket, found),
                )
            )

    def go_on(self) -> bool:
        """Take the next step: an answer, a message that fails, or a limit that passes."""
        ticket = _ticket(self.books)
        timers = self.books.running(ticket.id)
        nexts: list[tuple[datetime, int, Callable[[], None]]] = []
        if self.answers:
            nexts.append((self.answers[0].at, 0, self._answer))
        if self.failing:
            nexts.append((self.failing[0][0], 1, self._fail))
        if timers:
            nexts.append((timers[0].fire_at, 2, lambda: self._pass(cast("NewTimer", timers[0]))))
        if not nexts:
            return False
        at, _, step = min(nexts, key=lambda one: one[:2])
        if at > self.scene.until:
            return False
        step()
        return True

    def _pass(self, timer: NewTimer) -> None:
        now = max(timer.fire_at, self.scene.at)
        self._note(decide(self.kit, self.books, timer, now))

    def _fail(self) -> None:
        at, promise = self.failing.pop(0)
        row = Outgoing(**{name: getattr(promise, name) for name in promise.__slots__})

        def step(work: Work) -> None:
            outbox.settle(work, row, "failed", "no-answer")

        self._note(_decided(self.kit, self.books, at, SYSTEM, step))

    def _answer(self) -> None:
        answer, set_back = self.answers.pop(0), self.books.remember()
        try:
            actor, step = _acts(self, answer)
            self._note(_decided(self.kit, self.books, answer.at, actor, step))
        except HotlineError as error:
            set_back()
            data = {"act": answer.act.value, "unit": answer.unit, "code": error.code}
            data |= {name: str(value) for name, value in error.facts.items()}
            status = _ticket(self.books).status
            self.moments.append(Moment(answer.at, "impossible", status, data, ()))

    def _note(self, decision: Decision) -> None:
        """Put what was decided on the timeline; what can't arrive will fail."""
        bodies = [json.loads(event["body"]) for event in decision.events]
        self.moments += moments_of(bodies, decision.messages)
        for promise in decision.messages:
            if promise.audience == "staff" and promise.post in self.scene.unreachable:
                self.failing.append((promise.next_try_at + UNREACHED_AFTER, promise))
        self.failing.sort(key=lambda one: one[0])

    def result(self) -> Rehearsal:
        """Return how it stands now."""
        ticket = _ticket(self.books)
        grid_map = self.kit.maps.current
        rungs = [ticket.rung, *(party.rung for party in self.books.parties(ticket.id))]
        climbed = any(moment.act in {"climb", "raise"} for moment in self.moments)
        known = [rung for rung in rungs if rung in grid_map.ladder]
        running = self.books.running(ticket.id) if ticket.status not in ENDS else []
        return Rehearsal(
            self.scene,
            grid_map,
            ticket,
            tuple(self.moments),
            tuple(cast("list[NewTimer]", running)),
            tuple(str(entry["kind"]) for entry in self.books.attention.values()),
            max(known, key=grid_map.ladder.index) if climbed and known else None,
            _is_provisional(self.kit.calendar, self.scene, running),
            ticket.routing["town"] if ticket.grid is None else None,
        )


def _is_provisional(calendar: Calendar, scene: Scene, running: Sequence[Any]) -> bool:
    """Whether the calendar has no published notice for some of the time that is looked at."""
    zone = calendar.office.zone
    last = max([scene.until, *(timer.due_at for timer in running[:1])]).astimezone(zone).date()
    first = min(calendar.days, default=last)
    return last > calendar.known_until or scene.at.astimezone(zone).year < first.year


def named(played: Rehearsal) -> Scene | None:
    """Return the scene once the caller, being asked, has named a village; ``None``: no need to.

    The town's first village that is live stands for all of them.
    """
    grid_map, town = played.map, played.town
    if town is None or played.ticket.triage_reason != "place_missing":
        return None
    day = played.scene.at.astimezone(COUNTY_ZONE).date()
    live = [
        code
        for code, grid in grid_map.grids.items()
        if grid_map.town_of(code).id == town and grid.is_live(day)
    ]
    return replace(played.scene, grid=live[0]) if live else None


def _ticket(books: PaperBooks) -> Ticket:
    if books.ticket is None:
        raise LookupError("nothing was received yet")
    return books.ticket


def _hear(kit: Kit, scene: Scene) -> Heard:
    """Read the words as intake does; what the scene states stands before what they say."""
    heard = intake.hear(kit, readings.clean(scene.words))
    grid_map = kit.maps.current
    if scene.line is not None and scene.line not in {line.number for line in grid_map.lines}:
        raise NotFoundError(what="line", key=scene.line)
    place = known_place(grid_map, scene.grid) if scene.grid else heard.place
    clazz = heard.clazz
    if scene.class_code:
        clazz = known_class(grid_map, scene.class_code, scene.words)
    return Heard(heard.words, heard.found, place, clazz)


def _acts(play: _Play, answer: Answer) -> tuple[Actor, Callable[[Work], None]]:
    """Return who acts for an answer of the script, and what they do.

    Raises:
        NotFoundError: nobody is there, or the unit was not called.
    """
    books, ticket = play.books, _ticket(play.books)
    if answer.unit and answer.act is not Act.WHISTLE:
        party = _party(books, ticket, answer.unit)
        return _actor(play, party.post, answer.at), _of_unit(answer, party.id, ticket)
    if ticket.post is None:
        raise NotFoundError(what="post")
    return _actor(play, ticket.post, answer.at), _of_holder(play, answer, ticket)


def _party(books: PaperBooks, ticket: Ticket, unit: str) -> WhistleParty:
    found = [party for party in books.parties(ticket.id) if party.unit == unit]
    if not found:
        raise NotFoundError(what="called_unit", key=unit)
    return found[-1]


def _actor(play: _Play, post_id: str, now: datetime) -> Actor:
    """Return whoever answers for a post then; of an invented person, as its rung has it."""
    grid_map = play.kit.maps.current
    post = grid_map.post(post_id)
    there = play.books.on_duty({post.id: post.stand_in}, now)[post.id]
    if there.staff_id is None:
        raise NotFoundError(what="person", key=post_id)
    ref, posts = str(there.staff_id), frozenset({there.post})
    if (person := play.books.person(there.staff_id)) is not None:
        posts |= play.books.staffing.posts_of(person.id, now)
        return Actor(person.role, ref, person.id, person.unit, posts)
    role = Role.OFFICER if post.rung == grid_map.ladder[0] else Role.UNIT
    return Actor(role, ref, there.staff_id, post.unit, posts)


def _of_unit(answer: Answer, party_id: UUID, ticket: Ticket) -> Callable[[Work], None]:
    def step(work: Work) -> None:
        party = work.books.party(party_id)
        if party is None:
            raise LookupError("a called unit has no row")
        if answer.act is Act.ACKNOWLEDGE:
            whistle.acknowledge(work, ticket, party)
        elif answer.act is Act.ARRIVE:
            whistle.arrive(work, ticket, party, None)
        elif answer.act is Act.REFUSE:
            whistle.refuse(work, ticket, party, "-")
        else:
            whistle.finish(work, ticket, party, "-")

    return step


def _of_holder(play: _Play, answer: Answer, ticket: Ticket) -> Callable[[Work], None]:
    def blow(work: Work) -> None:
        whistle.blow(work, ticket, answer.kind, answer.unit.split("+"), "-")

    def each_open(act: Callable[[Work, Ticket, Whistle], None]) -> Callable[[Work], None]:
        def step(work: Work) -> None:
            for one in play.books.whistles(ticket.id):
                if one.ended_at is None:
                    act(work, ticket, one)

        return step

    steps: Mapping[Act, Callable[[Work], None]] = {
        Act.ACCEPT: lambda work: tickets.accept(work, ticket),
        Act.REACH: lambda work: tickets.contact(work, ticket, "reached"),
        Act.WHISTLE: blow,
        Act.SAFE: each_open(whistle_course.danger_gone),
        Act.END: each_open(whistle_course.end),
    }
    if answer.act not in steps:
        raise NotFoundError(what="called_unit", key=answer.unit)
    return steps[answer.act]
