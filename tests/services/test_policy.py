"""Policy as code: what another map would change, taking effect, going back, moving tickets."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from hotline.domain import replay
from hotline.domain.deadlines import Calendar, due_at
from hotline.domain.errors import InvalidError, NotFoundError, RefusedError
from hotline.domain.grid.model import GridMap
from hotline.domain.policy.move import Running, Touch, due_by
from hotline.domain.tickets import Action, Step
from hotline.in_force import InForce
from hotline.map_file.reading import parse_grid
from hotline.services.handling import tickets
from hotline.services.law import moves as policy_moves
from hotline.services.law import policy
from hotline.services.whistles import whistle
from hotline.store import policy as policy_rows
from hotline.store.models import Timer
from tests.county import County
from tests.domain.maps import faku
from tests.prepared import map_without_nights
from workers import clock

TEXT = map_without_nights().read_text(encoding="utf-8")
SIGN = "sign: {normal: {working_hours: 2}, urgent: {natural: 30m}}"
SLOWER = TEXT.replace(SIGN, SIGN.replace("30m", "40m"))
QUICK_WHISTLE = TEXT.replace("ack: {natural: 5m}", "ack: {natural: 8m}")
WITHOUT_HOUSING = TEXT.replace("    unit: utility/water\n", "    unit: department/housing\n", 1)


@lru_cache
def read(text: str) -> GridMap:
    """Read a map once."""
    return parse_grid(text)


@dataclass(frozen=True)
class Case:
    """What decides about a limit."""

    urgent: bool
    class_code: None = None
    window_id: None = None
    line: str = "12345"


def apply(county: County, text: str, why: str = "试行", kind: str = "apply"):
    """Bring a map into force, as the supervisor, and let the county's processes take it up."""
    new = read(text)
    supervisor = county.actor("supervisor")
    with county.work(supervisor) as work:
        policy.apply(work, new, text, by=supervisor.staff_id, why=why, kind=kind)
    standing = InForce(county.engine, county.kit)
    assert standing.refresh()
    county.kit = standing.kit
    return new


def move(county: County, old, new, number: str):
    """Move one ticket as the supervisor."""
    with county.work(county.actor("supervisor")) as work:
        return policy_moves.move(work, county.ticket(number).id, old, new)


def test_a_map_that_comes_into_force_decides_about_new_demands_and_old_ones_keep_theirs(county):
    before = county.demand()

    new = apply(county, SLOWER)
    after = county.demand(number=None)

    assert county.ticket(before).map_version == faku().version
    assert county.ticket(after).map_version == new.version
    received = county.ticket(after).received_at
    assert county.timers(after)["sign"] - received == timedelta(minutes=40)
    county.forward(minutes=31)
    assert {event["data"]["step"] for event in county.events(before, Action.REMIND)} >= {"sign"}
    assert "sign" not in {e["data"]["step"] for e in county.events(after, Action.REMIND)}


def test_who_changed_the_policy_and_why_stays_on_record_and_going_back_is_a_change_too(county):
    first = county.kit.maps.current.version
    new = apply(county, SLOWER, "夜间签收太紧")

    with county.work(county.actor("supervisor")) as work:
        kept = policy.kept(work, first[:8])
    apply(county, kept.content, "签收变慢了", kind="rollback")

    with Session(county.engine) as session:
        (back, who), (there, _), (begun, nobody) = policy_rows.changes(session)
    assert (back.kind, back.version, back.previous) == ("rollback", first, new.version)
    assert (there.kind, there.why, who.login) == ("apply", "夜间签收太紧", "supervisor")
    assert (begun.kind, nobody) == ("release", None)
    assert county.ticket(county.demand(number=None)).map_version == first


def test_a_map_without_a_reason_or_in_force_already_is_refused(county):
    supervisor = county.actor("supervisor")
    with county.work(supervisor) as work:
        with pytest.raises(InvalidError):
            policy.apply(work, faku(), TEXT, by=supervisor.staff_id, why=" ")
        with pytest.raises(RefusedError):
            policy.apply(work, faku(), TEXT, by=supervisor.staff_id, why="再来一次")
        with pytest.raises(InvalidError):
            policy.kept(work, faku().version[:3])
        with pytest.raises(NotFoundError):
            policy.kept(work, "0" * 8)


def test_a_plan_says_what_changes_for_whom_and_counts_the_open_tickets_it_touches(county):
    water = [county.demand(number=None) for _ in range(3)]
    county.demand("孟家镇桃山村垃圾没人收", number=None)

    with county.work() as work:
        plan = policy.plan(work, faku(), read(WITHOUT_HOUSING))

    [change] = plan.changes
    assert change.words.zh.startswith("派单目录类别“停水与供水”（utilities/water）：单位由")
    assert change.units == ("utility/water", "department/housing")
    assert "主管" in plan.effects[0].words.zh
    assert "has the power" in plan.effects[0].words.en
    assert (plan.open, plan.touches) == (4, 3)
    assert [list(group.numbers) for group in plan.touched] == [sorted(water)]
    assert Touch.UNIT in plan.touched[0].why


def test_a_moved_ticket_has_its_limits_counted_anew_from_where_they_began(county):
    number = county.demand()
    new = apply(county, SLOWER)
    was = county.timers(number)

    done = move(county, faku(), new, number)

    ticket = county.ticket(number)
    assert ticket.map_version == new.version
    assert county.timers(number)["sign"] == was["sign"] + timedelta(minutes=10) == ticket.due_at
    assert county.timers(number)["contact"] == was["contact"]
    [event] = county.events(number, Action.MOVE)
    assert event["data"]["from_version"] == faku().version
    assert [one["step"] for one in event["data"]["recounted"]] == ["sign"]
    assert done is not None
    assert move(county, faku(), new, number) is None
    assert replay.replay(county.events(number)).post == ticket.post


def test_a_ticket_on_its_way_follows_the_power_and_an_open_whistle_its_new_limit(county):
    number = county.demand()
    with county.work(county.officer_of(number)) as work:
        tickets.accept(work, work.ticket(number))
        whistle.blow(work, work.ticket(number), "emergency", ["utility/water"], "主管爆裂")
    water, housing = "    unit: utility/water\n", "    unit: department/housing\n"
    new = apply(county, QUICK_WHISTLE.replace(water, housing, 1))
    was = county.timers(number)["whistle_ack"]

    move(county, faku(), new, number)

    assert county.ticket(number).unit == "department/housing"
    assert county.timers(number)["whistle_ack"] == was + timedelta(minutes=3)
    county.forward(minutes=5, seconds=30)
    assert not county.events(number, Action.CLIMB)
    county.forward(minutes=3)
    assert [event["data"]["to"] for event in county.events(number, Action.CLIMB)] == ["town"]


def test_a_move_that_was_interrupted_goes_on_where_it_stopped(county):
    numbers = [county.demand(number=None) for _ in range(4)]
    new = apply(county, SLOWER)
    move(county, faku(), new, numbers[0])

    with county.work(county.actor("supervisor")) as work:
        left = policy_moves.waiting(work, faku(), None)
        looked = list(policy_moves.look(work, faku(), new))
    for ticket_id in left:
        with county.work(county.actor("supervisor")) as work:
            policy_moves.move(work, ticket_id, faku(), new)

    assert len(left) == len(looked) == 3
    assert [len(county.events(number, Action.MOVE)) for number in numbers] == [1, 1, 1, 1]


def test_the_map_changed_during_a_storm_of_timers_loses_nothing_and_doubles_nothing(county):
    standing = InForce(county.engine, county.kit)
    old = [county.demand(f"大孤家子镇拉马桥村停水{n}", number=None) for n in range(12)]
    county.move(minutes=31)

    def clocks(_: int) -> None:
        standing.refresh()
        clock.pass_over(county.engine, standing.kit, 3)

    with ThreadPoolExecutor(3) as pool:
        storm = [pool.submit(clocks, n) for n in range(6)]
        supervisor = county.actor("supervisor")
        with county.work(supervisor) as work:
            policy.apply(work, read(SLOWER), SLOWER, by=supervisor.staff_id, why="演练")
        standing.refresh()
        county.kit = standing.kit
        fresh = [county.demand(f"大孤家子镇拉马桥村停电{n}", number=None) for n in range(4)]
        storm += [pool.submit(clocks, n) for n in range(6)]
        moved = [pool.submit(move, county, faku(), standing.kit.maps.current, n) for n in old[:4]]
        assert [one.exception() for one in (*storm, *moved)] == [None] * 16
    county.tick()

    for number in old:
        steps = [e["data"]["step"] for e in county.events(number, Action.REMIND)]
        assert sorted(steps) == ["contact", "sign"]
    versions = [county.ticket(number).map_version for number in (*old, *fresh)]
    assert versions == [read(SLOWER).version] * 4 + [faku().version] * 8 + versions[-4:]
    assert set(versions[-4:]) == {read(SLOWER).version}
    with Session(county.engine) as session:
        keys = [(t.subject_id, t.step, t.generation) for t in session.exec(select(Timer))]
    assert len(keys) == len(set(keys))


@settings(max_examples=40, deadline=None)
@given(
    st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2026, 12, 1)),  # noqa: DTZ001
    st.booleans(),
)
def test_a_limit_is_counted_by_the_new_rule_from_the_old_start_or_stays(start, urgent):
    calendar = Calendar.from_days([], faku().office)
    start = start.replace(tzinfo=faku().office.zone)
    new = read(SLOWER)
    was = due_at(start, faku().limit("sign", None, urgent=urgent), calendar).at
    running = Running(Step.SIGN, was, (start,))

    found = due_by(faku(), new, Case(urgent), running, calendar)

    assert found == (was + timedelta(minutes=10) if urgent else None)
    strange = Running(Step.SIGN, was + timedelta(seconds=1), (start,))
    assert due_by(faku(), new, Case(urgent), strange, calendar) is None
