"""The clock: what is due happens once, and what fails holds nobody else up."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from hotline.domain.tickets import CLOCK, ENDS, Action, Step
from hotline.store import attention
from hotline.store.models import Ticket, Timer
from tests.web import nights
from workers import clock

PLACES = ("拉马桥村", "大孤家子村")


def poison(county, number):
    """Set a timer whose step must fail: its whistle's party does not exist."""
    with county.work() as work:
        ticket = work.ticket(number)
        due = work.now - timedelta(seconds=1)
        timer = Timer(
            ticket_id=ticket.id,
            subject_id=uuid4(),
            step=Step.WHISTLE_ACK,
            generation=0,
            due_at=due,
            fire_at=due,
        )
        work.session.add(timer)
        return timer.id


def test_a_step_that_fails_waits_longer_each_time_and_comes_before_a_supervisor(county):
    number = county.demand()
    timer_id = poison(county, number)

    for _ in range(3):
        clock.pass_over(county.engine, county.kit)
        county.move(minutes=1)

    with Session(county.engine) as session:
        timer = session.get_one(Timer, timer_id)
        kinds = [entry.attention.kind for entry in attention.open_entries(session)]
    assert (timer.state, timer.attempts) == ("waiting", 3)
    assert timer.due_at < timer.fire_at
    assert "step_failed" in kinds


def test_a_step_that_fails_holds_nobody_else_up(county):
    sick, well = county.demand(), county.demand("大孤家子镇大孤家子村停电了")
    poison(county, sick)
    county.move(minutes=31)

    clock.pass_over(county.engine, county.kit)

    assert county.events(well, Action.REMIND)


def test_two_clocks_at_once_do_everything_once(county):
    numbers = [county.demand(f"大孤家子镇{PLACES[i % 2]}停水了", number=None) for i in range(20)]
    county.move(minutes=31)

    with ThreadPoolExecutor(4) as pool:
        for _ in range(3):
            list(pool.map(lambda _: clock.pass_over(county.engine, county.kit, 7), range(8)))
    county.tick()

    for number in numbers:
        steps = [event["data"]["step"] for event in county.events(number, Action.REMIND)]
        assert sorted(steps) == ["contact", "sign"]


def test_a_passed_limit_is_found_however_late_the_clock_wakes(county):
    number = county.demand()
    due = county.timers(number)["sign"]

    county.forward(hours=9)

    reminded = county.events(number, Action.REMIND)[0]
    assert reminded["data"]["due"] == due.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_reminders_that_a_stopped_clock_has_missed_are_not_made_up_for(county):
    (number,) = nights.in_triage(county)
    county.move(days=9)

    county.tick()

    (reminded,) = county.events(number, Action.REMIND)
    again = county.timers(number)[Step.TRIAGE]
    assert datetime.fromisoformat(reminded["data"]["next"]) == again > county.now()


def test_what_climbs_is_made_up_for_rung_by_rung_however_late_the_clock_wakes(county):
    number = county.demand()
    county.move(days=9)

    county.tick()

    assert len({event["data"]["to"] for event in county.events(number, Action.CLIMB)}) > 1


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.integers(min_value=1, max_value=3000), min_size=1, max_size=6))
def test_no_open_ticket_is_ever_without_a_next_clock(county, jumps):
    county.demand(number=None)

    for minutes in jumps:
        county.forward(minutes=minutes)

    with Session(county.engine) as session:
        for ticket in session.exec(select(Ticket)):
            if ticket.status in ENDS:
                continue
            running = session.exec(
                select(Timer.step).where(
                    col(Timer.ticket_id) == ticket.id, col(Timer.state) == "waiting"
                )
            ).all()
            assert CLOCK[ticket.status] in running
