"""At each commit of dispatch, whistle, climb and dispute a process dies; all happens exactly once.

Three deaths: killed when everything is written and nothing committed; killed when the commit has
come back and nobody was told; and a database that ends the connection in place of the commit.
Whoever sent the command hears of nothing and sends it again under the same key. After each death
and each repeat the chain is whole, somebody has the ticket, and its next limit runs.
"""

import os
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from uuid import UUID, uuid4

import psycopg
import pytest
import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from hotline.domain.closing import ResultKind
from hotline.domain.disputes import ReturnReason
from hotline.domain.joining import Terms
from hotline.domain.tickets import CLOCK, ENDS, OWNER, Action
from hotline.services.handling import adjudication, auditor, catalogue, closing, returns, tickets
from hotline.services.handling.commands import Envelope, once
from hotline.services.proof import audit
from hotline.services.reception import intake
from hotline.services.whistles import calls, course, rating, whistle
from hotline.store import hearings, rulings
from hotline.store import whistles as whistle_rows
from hotline.store.models import Ticket, WhistleParty
from hotline.work import Work, open_work
from tests.county import County
from workers import clock

OFFICER = ""
OPERATOR, SUPERVISOR, CHAIR, TOWN = "operator1", "supervisor", "panel.duty.chair", "town.*.lead"
HOUSING, WATER, POWER = "department/housing", "utility/water", "utility/power"
CITY, AIR = "department/urban-management", "department/environment"
GRID = "210124101201"
PROOF = returns.Proof(ReturnReason.NOT_OUR_POWER, "管道权属见附图")

# Whatever a command on a ticket writes, as one hash for each table.
EVERYTHING = sa.text(
    " UNION ALL ".join(
        f"SELECT '{table.name}', md5(string_agg(r::text, '' ORDER BY r::text)) FROM {table.name} r"
        for table in SQLModel.metadata.sorted_tables
        if {"ticket_id", "members"} & set(table.columns.keys())
    )
)


class Death(Enum):
    """When a process is killed: all is written and not committed, or committed and not told."""

    BEFORE = "before the commit"
    AFTER = "after the commit"


@dataclass(frozen=True)
class Command:
    """What somebody sends, under a key of its own."""

    who: str
    action: Action
    do: Callable[[Work, Ticket], object]


@dataclass(frozen=True)
class Pass:
    """Time goes on to just after the next limit, and the clock carries out what is due."""

    action: Action


def duty(unit: str) -> str:
    """Return the account of a unit's duty post."""
    return f"{unit.replace('/', '.')}.duty"


def of_party(
    unit: str, what: Callable[..., object], *args: object
) -> Callable[[Work, Ticket], object]:
    """Let a called unit do something, at the newest whistle that calls it."""

    def do(work: Work, ticket: Ticket) -> object:
        called = [p for p in whistle_rows.parties(work.session, ticket.id) if p.unit == unit]
        party = max(called, key=lambda one: one.called_at)
        return what(work, ticket, work.session.get_one(WhistleParty, party.id), *args)

    return do


def of_whistle(what: Callable[..., object], *args: object, **more: object):
    """Let whoever speaks for the newest whistle do something."""

    def do(work: Work, ticket: Ticket) -> object:
        blown = whistle_rows.of_ticket(work.session, ticket.id)
        return what(work, ticket, max(blown, key=lambda one: one.raised_at), *args, **more)

    return do


def blow(kind: str, *units: str):
    return lambda work, ticket: whistle.blow(work, ticket, kind, units, "主管道爆裂")


def grant(work: Work, ticket: Ticket) -> None:
    terms = Terms(slot_from=work.now + timedelta(minutes=20))
    of_whistle(calls.grant, terms=terms)(work, ticket)


def onward(work: Work, ticket: Ticket) -> None:
    returns.rule(work, ticket, upheld=True, reason="另派", onward=HOUSING)


def stay(work: Work, ticket: Ticket) -> None:
    returns.rule(work, ticket, upheld=False, reason="就归你们")


def state(work: Work, ticket: Ticket) -> None:
    [(party, _)] = hearings.asked(work.session, work.actor.unit, work.actor.posts)
    adjudication.state(work, ticket, party.id, "楼前主管道不归我局")


def decide(work: Work, ticket: Ticket) -> None:
    [entry] = rulings.of_ticket(work.session, ticket.id)
    catalogue.decide(work, ticket, entry.id, approved=True, text="同意")


DISPATCH = Command(
    OPERATOR,
    Action.DISPATCH,
    lambda w, t: intake.locate(w, t, grid_code=GRID, class_code="utilities/water"),
)
RETURN = Command(OFFICER, Action.RETURN, lambda w, t: returns.send_back(w, t, PROOF))
ACCEPT = Command(OFFICER, Action.ACCEPT, tickets.accept)
CONTACT = Command(OFFICER, Action.CONTACT, lambda w, t: tickets.contact(w, t, "reached"))
RULING = adjudication.Ruling(WATER, (HOUSING,), "表前管道由供水单位负责")
GRADES = rating.Grades(5, 4, 5)
EXPLAINED = closing.Result(ResultKind.EXPLAINED, "已恢复供水，向来电人说明")

COURSES: dict[str, tuple[Command | Pass, ...]] = {
    "a dispute that is ruled": (
        DISPATCH,
        RETURN,
        Command(OPERATOR, Action.UPHOLD, onward),
        RETURN,
        Command(duty(HOUSING), Action.STATE, state),
        Command(CHAIR, Action.HEAR, lambda w, t: adjudication.hear(w, t, WATER, "归他们管")),
        Command(CHAIR, Action.RULE_DUTY, lambda w, t: adjudication.rule(w, t, RULING)),
        Command(SUPERVISOR, Action.APPROVE_ENTRY, decide),
    ),
    "a dispute that climbs": (
        DISPATCH,
        CONTACT,
        RETURN,
        Command(OPERATOR, Action.OVERTURN, stay),
        RETURN,
        Pass(Action.CLIMB),
        Pass(Action.REMIND),
    ),
    "a burst pipe": (
        DISPATCH,
        CONTACT,
        ACCEPT,
        Command(OFFICER, Action.WHISTLE, blow("emergency", WATER, POWER)),
        Command(duty(WATER), Action.ACKNOWLEDGE, of_party(WATER, whistle.acknowledge)),
        Pass(Action.CLIMB),
        Command(duty(POWER), Action.REFUSE, of_party(POWER, whistle.refuse, "不是电的事")),
        Pass(Action.REMIND),
        Command(OFFICER, Action.EXCUSE, of_party(POWER, course.excuse, "确实不是供电的事")),
        Pass(Action.EXPIRE),
        Command(duty(WATER), Action.ARRIVE, of_party(WATER, whistle.arrive, None)),
        Command(OFFICER, Action.DANGER_GONE, of_whistle(course.danger_gone)),
        Command(duty(WATER), Action.FINISH, of_party(WATER, whistle.finish, "已换阀门")),
        Command(OFFICER, Action.END_WHISTLE, of_whistle(course.end)),
        Command(OFFICER, Action.RATE_UNIT, of_party(WATER, rating.rate_unit, GRADES, "快")),
        Command(
            duty(WATER), Action.RATE_WHISTLE, of_party(WATER, rating.rate_whistle, "valid", "")
        ),
        Command(OFFICER, Action.SUBMIT, lambda w, t: closing.submit(w, t, EXPLAINED)),
        Pass(Action.ASK),
    ),
    "an enforcement that is asked for": (
        DISPATCH,
        ACCEPT,
        Command(OFFICER, Action.ASK_WHISTLE, blow("enforcement", CITY, AIR)),
        Command(TOWN, Action.WHISTLE, grant),
        *(Command(duty(u), Action.ARRIVE, of_party(u, whistle.arrive, None)) for u in (CITY, AIR)),
        *(
            Command(duty(u), Action.FINISH, of_party(u, whistle.finish, "办了"))
            for u in (CITY, AIR)
        ),
        Command(TOWN, Action.RECORD_ACT, of_whistle(course.record_act, "责令改正第3号")),
        Command(TOWN, Action.END_WHISTLE, of_whistle(course.end)),
    ),
    "nobody does anything": (
        DISPATCH,
        CONTACT,  # or two limits would end at once
        Pass(Action.REMIND),
        Pass(Action.ACCEPT),
        Pass(Action.WARN),
        Pass(Action.WARN),
        Pass(Action.CLIMB),
        Pass(Action.CLIMB),
    ),
}


def cut_off(county: County, admin: str, act: Callable[[sa.Engine], object]) -> None:
    """Do something on a connection that the database ends in place of the commit."""

    def cut(connection: sa.Connection) -> None:
        backend = connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
        with psycopg.connect(admin, autocommit=True) as killer:
            killer.execute("SELECT pg_terminate_backend(%s, 5000)", (backend,))

    sa.event.listen(county.engine, "commit", cut)
    try:
        with pytest.raises(sa.exc.OperationalError):
            act(county.engine)
    finally:
        sa.event.remove(county.engine, "commit", cut)


def killed(county: County, death: Death, act: Callable[[sa.Engine], object]) -> None:
    """Do something in a process that is killed at its commit."""
    child = os.fork()
    if child == 0:
        try:
            engine = county.engine
            engine.dispose(close=False)  # the parent's connections stay the parent's
            if death is Death.BEFORE:
                sa.event.listen(engine, "commit", _die)
            else:
                sa.event.listen(Session, "after_commit", _die)
            act(engine)
        except BaseException:  # noqa: BLE001  a child of pytest must not live on
            traceback.print_exc()
        finally:
            os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL


def _die(_at: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Story:
    """One ticket on its course, in a world in which every commit is somebody's death."""

    def __init__(self, county: County, admin: str) -> None:
        self.county, self.admin = county, admin
        self.number = county.demand("家里没水了")
        self.received_at = county.ticket(self.number).received_at

    def actor(self, who: str):
        if who == OFFICER:
            return self.county.officer_of(self.number)
        town = (self.county.ticket(self.number).town or "").removeprefix("town/")
        return self.county.actor(who.replace("*", town))

    def act(self, part: Command | Pass, key: UUID) -> Callable[[sa.Engine], object]:
        """Return what is done, by whatever process has an engine of its own."""
        if isinstance(part, Pass):
            return lambda engine: clock.pass_over(engine, self.county.kit)
        actor = self.actor(part.who)

        def send(engine: sa.Engine) -> object:
            with open_work(engine, self.county.kit, actor) as work:
                sent = Envelope(key, part.action, {})
                return once(work, self.number, sent, lambda t, _: part.do(work, t))

        return send

    def done(self, action: Action) -> int:
        return len(self.county.events(self.number, action))

    def holds(self) -> None:
        """The chain is whole, somebody has it, its limit runs, nothing is missing."""
        ticket, timers = self.county.ticket(self.number), self.county.timers(self.number)
        assert ticket.received_at == self.received_at
        assert ticket.status not in ENDS
        assert OWNER[ticket.status]
        assert CLOCK[ticket.status] in timers
        with self.county.work() as work:
            assert audit.verify_ticket(work.session, ticket.id).broken == ()
            assert auditor.suspects(work, [ticket.id]) == {}


def everything(county: County) -> dict[str, str | None]:
    """Return what stands in every table that tickets write, as one hash for each."""
    with county.engine.connect() as connection:
        return dict(map(tuple, connection.execute(EVERYTHING)))


def to_next_limit(county: County) -> None:
    """Let the time go on to just after the next limit."""
    with county.engine.connect() as connection:
        first = connection.execute(
            sa.text("SELECT min(fire_at) FROM timer WHERE state = 'waiting'")
        ).scalar_one()
    county.move(seconds=max((first - county.now()).total_seconds(), 0) + 1)


@pytest.mark.parametrize("name", COURSES)
def test_whatever_dies_at_a_commit_each_step_is_taken_once(county, clean_database, name):
    story = Story(county, clean_database.admin.conninfo())
    stood = everything(county)
    for part in COURSES[name]:
        if isinstance(part, Pass):
            to_next_limit(county)
        act, times = story.act(part, uuid4()), story.done(part.action)

        killed(county, Death.BEFORE, act)
        cut_off(county, story.admin, act)
        assert everything(county) == stood, part.action

        killed(county, Death.AFTER, act)
        stood = everything(county)
        story.holds()
        assert story.done(part.action) == times + 1, part.action

        act(county.engine)  # whoever heard nothing sends it again; another clock looks
        assert everything(county) == stood, part.action
