"""Nights that the engine really lives through, and the same nights rehearsed on paper.

The engine takes a demand in, its time is moved from answer to answer, its clock does what is due.
The rehearsal is then given the instants at which the engine received and people acted, and must
tell the same story: every event, whom it told by what, every limit to the microsecond.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hotline import clock
from hotline.domain.errors import HotlineError
from hotline.domain.tickets import Step
from hotline.kit import Kit
from hotline.services.handling import tickets
from hotline.services.law import rehearsal
from hotline.services.law.moments import comparable, moments_of
from hotline.services.law.scenes import Act, Answer, Rehearsal, Scene
from hotline.services.reception import danger, intake
from hotline.services.staff import accounts
from hotline.services.whistles import course as whistle_course
from hotline.services.whistles import whistle
from hotline.store import outbox, people, timers, whistles
from hotline.store import tickets as ticket_rows
from hotline.store.models import Leave, PostHolding, Ticket, Whistle
from hotline.store.paper import RosterStaffing
from hotline.work import CITIZEN, SYSTEM, Work, open_work
from workers.clock import pass_over

WORDS: Final = (
    "大孤家子镇拉马桥村水管爆裂，水淌了一街",
    "大孤家子镇大孤家子村停电了，家里有病人",
    "孟家镇老边村路灯坏了",
    "大孤家子镇的路上有个大坑",
    "有人欠我工钱",
)
UNITS: Final = ("utility/water", "utility/power", "department/housing")
_LADDER: Final = (
    "grid/dagujiazi/lamaqiao",
    "village/dagujiazi/lamaqiao/head",
    "town/dagujiazi/lead",
    "town/dagujiazi/duty",
    "county/leader",
    "utility/water/duty",
)


@dataclass(frozen=True, slots=True)
class Night:
    """What is to happen: who calls, who is away, who does what after how long, and the end."""

    words: str
    away: tuple[str, ...]
    script: tuple[tuple[timedelta, Act, str, str], ...]
    lasts: timedelta


def random_night(random: Random) -> Night:
    """Return one of the nights that may happen.

    Odd seconds keep acts and limits apart: the engine's time also runs by itself.
    """
    at, script = timedelta(seconds=17), []
    unit = random.choice(UNITS)
    steps = [
        (Act.ACCEPT, "", ""),
        (Act.REACH, "", ""),
        (Act.WHISTLE, unit, random.choice(["emergency", "grid"])),
        (random.choice([Act.ACKNOWLEDGE, Act.REFUSE, Act.ARRIVE]), unit, ""),
        (Act.ARRIVE, unit, ""),
        (Act.SAFE, "", ""),
        (Act.FINISH, unit, ""),
        (Act.END, "", ""),
    ]
    for act, called, kind in steps[: random.randrange(len(steps) + 1)]:
        at += timedelta(minutes=random.choice([2, 4, 9, 26, 70]), seconds=random.randrange(5, 55))
        script.append((at, act, called, kind))
    away = tuple(random.sample(_LADDER, random.randrange(4)))
    lasts = at + timedelta(hours=random.choice([1, 4, 30]), seconds=83)
    return Night(random.choice(WORDS), away, tuple(script), lasts)


@dataclass(frozen=True, slots=True)
class Lived:
    """A night as the engine lived through it: what it held at the end, in comparable words."""

    scene: Scene
    story: list[tuple[object, ...]]
    running: list[tuple[str, datetime]]


class County:
    """An engine whose time can be moved."""

    def __init__(self, engine: sa.Engine, kit: Kit) -> None:
        """Begin with an engine that nobody else moves."""
        self.engine = engine
        self.kit = kit

    def live(self, night: Night) -> Lived:
        """Let the engine live through a night and return what it recorded."""
        self._move_to(self.now() + timedelta(hours=2))  # whoever was away is back
        self._send_away(night)
        with open_work(self.engine, self.kit, CITIZEN) as work:
            demand = intake.Demand("voice", None, night.words)
            made, _ = intake.receive(work, demand)
            found = work.kit.maps.danger_words.danger(night.words)
            if found is not None:
                danger.alarm(work, made, found)
        answers = []
        for after, act, unit, kind in night.script:
            self._move_to(made.received_at + after, made)
            answers.append(Answer(self._act(made.number, act, unit, kind), act, unit, kind))
        end = made.received_at + night.lasts
        self._move_to(end, made)
        scene = Scene(night.words, made.received_at, end, answers=tuple(answers))
        return self._recorded(scene, made.number)

    def now(self) -> datetime:
        """Return the county's time."""
        with self.engine.connect() as connection:
            return clock.read(connection)

    def _send_away(self, night: Night) -> None:
        with open_work(self.engine, self.kit, SYSTEM) as work:
            wanted = work.session.exec(
                select(PostHolding.staff_id).where(col(PostHolding.post).in_(night.away))
            ).all()
            until = work.now + night.lasts + timedelta(hours=1)
            work.session.add_all(
                Leave(staff_id=who, from_at=work.now, until_at=until) for who in set(wanted)
            )

    def _move_to(self, at: datetime, ticket: Ticket | None = None) -> None:
        """Move the time to an instant; for a ticket the clock is on time with each limit."""
        while ticket is not None and (due := self._next_due(ticket)) is not None and due < at:
            self._pass_at(due)
        self._pass_at(at)

    def _next_due(self, ticket: Ticket) -> datetime | None:
        with Session(self.engine) as session:
            return min((row.fire_at for row in timers.waiting(session, ticket.id)), default=None)

    def _pass_at(self, at: datetime) -> None:
        with self.engine.begin() as connection:
            ahead = at - clock.read(connection)
            if ahead > timedelta():
                clock.shift(connection, ahead)
        while pass_over(self.engine, self.kit):
            pass

    def _act(self, number: str, act: Act, unit: str, kind: str) -> datetime:
        """Let whoever answers for the post act; what the rules refuse leaves nothing behind."""
        try:
            with open_work(self.engine, self.kit, SYSTEM) as work:
                ticket = work.ticket(number)
                at = work.now
                self._step(work, ticket, act, unit, kind)
        except HotlineError:
            pass  # the rehearsal must refuse it as well: the stories are compared
        return at

    def _step(self, work: Work, ticket: Ticket, act: Act, unit: str, kind: str) -> None:
        called = [p for p in whistles.parties(work.session, ticket.id) if p.unit == unit]
        if unit and act is not Act.WHISTLE:
            if not called:
                return
            post = called[-1].post
        elif ticket.post is None:
            return
        else:
            post = ticket.post
        duty = work.on_duty(self.kit.maps.current.post(post))
        person = people.get(work.session, duty.staff_id) if duty.staff_id else None
        if person is None:
            return
        work.actor = accounts.actor_of(work, person)
        party = called[-1] if called else None
        steps: dict[Act, Callable[[], object]] = {
            Act.ACCEPT: lambda: tickets.accept(work, ticket),
            Act.REACH: lambda: tickets.contact(work, ticket, "reached"),
            Act.WHISTLE: lambda: whistle.blow(work, ticket, kind, [unit], "-"),
            Act.SAFE: lambda: self._each_open(work, ticket, whistle_course.danger_gone),
            Act.END: lambda: self._each_open(work, ticket, whistle_course.end),
        }
        if party is not None:
            steps |= {
                Act.ACKNOWLEDGE: lambda: whistle.acknowledge(work, ticket, party),
                Act.ARRIVE: lambda: whistle.arrive(work, ticket, party, None),
                Act.REFUSE: lambda: whistle.refuse(work, ticket, party, "-"),
                Act.FINISH: lambda: whistle.finish(work, ticket, party, "-"),
            }
        steps[act]()

    def _each_open(
        self, work: Work, ticket: Ticket, act: Callable[[Work, Ticket, Whistle], None]
    ) -> None:
        for one in whistles.open_of_ticket(work.session, ticket.id):
            act(work, ticket, one)

    def _recorded(self, scene: Scene, number: str) -> Lived:
        with open_work(self.engine, self.kit, SYSTEM) as work:
            ticket = work.ticket(number)
            events = ticket_rows.events(work.session, ticket.id)
            bodies = [json.loads(event.body) for event in events]
            story = comparable(
                moments_of(bodies, outbox.of_ticket(work.session, ticket.id)), number
            )
            running = [(t.step.value, t.due_at) for t in timers.waiting(work.session, ticket.id)]
            # The next night has the county to itself.
            work.cancel_timers(ticket.id, set(Step))
        return Lived(scene, story, sorted(running))

    def rehearse(self, scene: Scene) -> Rehearsal:
        """Rehearse a scene with the people who were there."""
        with Session(self.engine) as session:
            return rehearsal.rehearse(self.kit, scene, RosterStaffing(session))


def told_alike(lived: Lived, played: Rehearsal) -> list[str]:
    """Return where a rehearsal differs from what the engine recorded; empty: nowhere."""
    moments = [moment for moment in played.moments if moment.act != "impossible"]
    story = comparable(moments, played.ticket.number)
    differences = [
        f"{place}: engine {there} | rehearsal {here}"
        for place, (there, here) in enumerate(zip(lived.story, story, strict=False))
        if there != here
    ]
    if len(lived.story) != len(story):
        differences.append(f"engine {len(lived.story)} events, rehearsal {len(story)}")
    running = sorted((timer.step.value, timer.due_at) for timer in played.running)
    if running != lived.running:
        differences.append(f"running: engine {lived.running} | rehearsal {running}")
    return differences
