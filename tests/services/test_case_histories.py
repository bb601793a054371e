"""Whatever is asked for, ruled, missed, repeated and killed: somebody has it, and a clock runs."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotline.calendar_file import parse_notice
from hotline.domain.calendar_notices import NoticeStatus
from hotline.domain.errors import HotlineError
from hotline.domain.tickets import CLOCK, ENDS, OWNER, Action, Step
from hotline.domain.whistle import BEHIND
from hotline.in_force import InForce
from hotline.services.handling import auditor, dossier
from hotline.services.handling.commands import Envelope, once
from hotline.services.law import calendar
from hotline.services.law import moves as policy_moves
from hotline.services.proof import audit
from hotline.store import attention
from hotline.store import tickets as ticket_rows
from hotline.store import timers as timer_rows
from hotline.store import whistles as whistle_rows
from hotline.work import Work
from tests.county import County
from tests.moves import CALLER, MOVES, actor
from tests.services.test_policy import SLOWER, TEXT, apply, read
from tests.services.test_replay import difference
from workers import clock
from workers.calendar import recount_with
from workers.runtime import Runtime

ROAD, PIPE, UNKNOWN = "双台子乡砖山子村村路坏了", "大孤家子镇拉马桥村停水了", "家里没水了"
TIMES = {
    "minutes": {"minutes": 6},
    "hour": {"hours": 1},
    "day": {"days": 1},
    "week": {"days": 7},
    "month": {"days": 31},
}
# What happens to all tickets at once, or to the processes that look after them.
WORLD = ("two clocks", "late steps", "holiday", "map")
# Courses that lead far, with anything thrown in between.
COURSES = (
    (UNKNOWN, "locate return onward return state hear duty entry extend grant week"),
    (ROAD, "accept defer shelve milestone review month resume submit confirm grade"),
    (ROAD, "accept submit deny conclude sign appeal dismiss"),
    (PIPE, "accept whistle-emergency acknowledge minutes refuse hour arrive danger-gone finish"),
    (PIPE, "accept whistle-emergency arrive excuse danger-gone finish end-whistle judge-unit deny"),
    (ROAD, "accept ask-enforcement day grant-whistle arrive day arrive finish finish record-act"),
    (ROAD, "accept whistle-joint plan arrive meet finish week arrive finish end-whistle relax"),
    (ROAD, "accept whistle-grid day refuse urge day call-off extend week no-more"),
    (UNKNOWN, "reject day approve say-more"),
)
# How a command is sent: once; twice under one key; cut off at its commit, and again.
WAYS = ("once", "twice", "killed")
# What may run on when a ticket has ended: what its caller, its claim or a flag is still owed.
_AFTER_THE_END = {
    *(Step.ANSWER_FLAG, Step.RULE_FLAG, Step.VERIFY),
    *(Step.BAD_CALL, Step.BAD_FIX, Step.BAD_SILENCE),
}


@contextmanager
def dies_at_commit(county: County) -> Iterator[None]:
    """Let the database end the connection of whoever commits next, in place of that."""

    def die(connection: sa.Connection) -> None:
        backend = connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
        with county.engine.connect() as killer:
            killer.execute(sa.text(f"SELECT pg_terminate_backend({backend}, 5000)"))

    sa.event.listen(county.engine, "commit", die)
    try:
        yield
    finally:
        sa.event.remove(county.engine, "commit", die)


class History:
    """One ticket, and everything that happens to it."""

    def __init__(self, county: County, words: str) -> None:
        self.county, self.number = county, county.demand(words)
        self.received_at = county.ticket(self.number).received_at

    @property
    def seq(self) -> int:
        return self.county.ticket(self.number).event_seq

    def happens(self, move: str, way: str = "once") -> None:
        """Let something happen; what the rules forbid changes nothing."""
        if move in TIMES:
            self.county.forward(**TIMES[move])
        elif move in WORLD:
            getattr(self, move.replace(" ", "_"))()
        else:
            before = self.seq
            try:
                self.sends(move, way)
            except HotlineError:
                assert self.seq == before

    def sends(self, move: str, way: str) -> None:
        """Let somebody send a command under its key."""
        who, do = MOVES[move]
        acting, key = actor(self.county, self.number, who), uuid4()

        def send() -> None:
            with self.county.work(acting) as work:
                if who == CALLER:
                    do(work, work.ticket(self.number))
                else:
                    once(work, self.number, Envelope(key, move, {}), lambda t, _: do(work, t))

        if way == "killed":
            before = self.seq
            with pytest.raises(sa.exc.OperationalError), dies_at_commit(self.county):
                send()
            assert self.seq == before
        send()
        after = self.seq
        if way == "twice" and who != CALLER:
            send()
            assert self.seq == after

    def two_clocks(self) -> None:
        """Two clocks look at the same moment."""
        with ThreadPoolExecutor(2) as pool:
            looks = [
                pool.submit(clock.pass_over, self.county.engine, self.county.kit) for _ in "12"
            ]
            assert [look.exception() for look in looks] == [None, None]

    def late_steps(self) -> None:
        """Steps of older generations are delivered once more: they find nothing to do."""
        self.county.tick()
        before = self.seq
        with self.county.engine.begin() as connection:
            connection.execute(
                sa.text(
                    "UPDATE timer t SET state = 'waiting', fire_at = t.due_at"
                    " WHERE state <> 'waiting' AND due_at <= hotline_now()"
                    " AND EXISTS (SELECT FROM timer n WHERE n.subject_id = t.subject_id"
                    "  AND n.step = t.step AND n.generation > t.generation)"
                )
            )
        self.county.tick()
        assert self.seq == before

    def holiday(self) -> None:
        """A notice comes with eight days off, and running limits are counted anew."""
        county, today = self.county, self.county.now().date()
        days = [today + timedelta(days=n) for n in range(3, 11)]
        rows = [f"{day},holiday,放假," for day in days if day.year == days[0].year]
        with county.work() as work:
            calendar.take(
                work.session,
                parse_notice("\n".join(["day,kind,name,windows", *rows, ""])),
                status=NoticeStatus.PUBLISHED,
                source="通知",
                by_whom="test",
                at=work.now,
            )
        standing = InForce(county.engine, county.kit)
        standing.refresh()
        county.kit = standing.kit
        recount_with(Runtime(county.settings, county.engine, standing))

    def map(self) -> None:
        """Another version of the map comes into force, and the ticket is moved to it."""
        county, old = self.county, self.county.kit.maps.current
        text = TEXT if old.version == read(SLOWER).version else SLOWER
        new = apply(county, text)
        with county.work(county.actor("supervisor")) as work:
            policy_moves.move(work, county.ticket(self.number).id, old, new)

    def holds(self) -> None:
        """Somebody has it, a clock runs, the citizen's own never stopped, no step came twice."""
        county, number = self.county, self.number
        ticket, timers = county.ticket(number), set(county.timers(number))
        assert ticket.received_at == self.received_at
        if ticket.status in ENDS:
            assert timers <= _AFTER_THE_END
            assert ticket.closed_at is not None
        else:
            assert OWNER[ticket.status]
            assert CLOCK[ticket.status] in timers, ticket.status
            assert ticket.closed_at is None
        assert difference(county, number) == {}
        with county.work() as work:
            events = ticket_rows.events(work.session, ticket.id)
            if ticket.status not in ENDS:
                citizen = dossier.clocks(ticket, work.now, events).citizen
                assert citizen == work.now - self.received_at
            assert audit.verify_ticket(work.session, ticket.id).broken == ()
            assert auditor.suspects(work, [ticket.id]) == {}
            self.whistles_hold(work)
        steps = Counter(_steps(county.events(number)))
        assert not [step for step, times in steps.items() if times > 1]

    def whistles_hold(self, work: Work) -> None:
        """An open whistle has a limit of its own, and whoever is behind has one, or is reported."""
        ticket = self.county.ticket(self.number)
        timed = {one.subject_id for one in timer_rows.waiting(work.session, ticket.id)}
        called = whistle_rows.parties(work.session, ticket.id)
        reported = [entry.attention.key for entry in attention.open_entries(work.session)]
        for blown in whistle_rows.of_ticket(work.session, ticket.id):
            mine = [party for party in called if party.whistle_id == blown.id]
            if blown.ended_at is not None:
                assert not timed & {blown.id, *(party.id for party in mine)}
                continue
            assert ticket.status not in ENDS
            assert blown.id in timed
            for party in mine:
                assert (
                    party.state not in BEHIND
                    or party.id in timed
                    or any(key.startswith(f"whistle:{party.id}:") for key in reported)
                )


def _steps(events: list[dict]) -> Iterator[tuple]:
    """Yield what tells the steps of clocks apart: whose limit ended when, and who was told."""
    for event in events:
        data = event["data"]
        if event["role"] == "system" and "due" in data and event["action"] != Action.RESTORE:
            whose = data.get("party") or data.get("whistle") or data.get("step")
            where = (data.get("to"), data.get("repeat"), data.get("why"), data.get("alert"))
            yield (event["action"], whose, data["due"], where)


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.sampled_from(COURSES),
    st.lists(st.sampled_from([*MOVES, *TIMES, *WORLD * 4]), max_size=5),
    st.integers(0, 12),
    st.sampled_from(WAYS),
)
def test_no_history_leaves_a_ticket_without_an_owner_and_a_clock(county, course, others, at, way):
    words, told = course
    usual = [move.replace("-", " ") for move in told.split()]
    history = History(county, words)
    for move in (*usual[:at], *others, *usual[at:]):
        history.happens(move, way)
        history.holds()
