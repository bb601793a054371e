"""Who answers for a post: the duty list, the holder, whom they named, the stand-in; or nobody."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from hotline.demo import staff as demo_staff
from hotline.domain import roster as rules
from hotline.domain.errors import NotAllowedError, RefusedError
from hotline.domain.tickets import Action, Role
from hotline.services.handling import tickets
from hotline.services.reception import additions
from hotline.services.staff import accounts, people
from hotline.store import people as people_rows
from hotline.store import roster
from hotline.store.models import Leave, PostHolding, Staff
from hotline.store.models.rosters import Duty
from hotline.work import CITIZEN
from tests.county import County
from tests.web.desk import Desk

OFFICER = "grid.dagujiazi.lamaqiao"
POST = "grid/dagujiazi/lamaqiao"
START = datetime(2026, 1, 1, tzinfo=UTC)
HOURS = st.integers(0, 12)
WHO = st.integers(0, 4)
SPANS = st.tuples(HOURS, HOURS).filter(lambda pair: pair[0] < pair[1])
POSTS = st.sampled_from(["a", "b"])


def hours(number: int) -> datetime:
    return START + timedelta(hours=number)


def person(county: County, login: str) -> Staff:
    with county.work() as work:
        return demo_staff.by_login(work.session, login)


def send_away(county: County, login: str, stand_in: str | None = None, **span: float) -> None:
    """Let somebody be on leave from now on, as a supervisor notes it."""
    with county.work(county.actor("supervisor")) as work:
        who = people.person(work, demo_staff.by_login(work.session, login).id)
        named = demo_staff.by_login(work.session, stand_in).id if stand_in else None
        people.add_leave(work, who, work.now, work.now + timedelta(**(span or {"days": 3})), named)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    holdings=st.lists(st.tuples(POSTS, WHO, SPANS), max_size=4),
    duties=st.lists(st.tuples(POSTS, WHO, SPANS), max_size=3),
    leaves=st.lists(st.tuples(WHO, st.none() | WHO, SPANS), max_size=4),
    inactive=st.sets(WHO, max_size=1),
)
def test_the_database_answers_as_the_rule_does(county, holdings, duties, leaves, inactive):
    with Session(county.engine) as session, session.begin() as whole:
        ids = [uuid4() for _ in range(5)]
        session.add_all(
            Staff(
                id=one,
                login=f"p{nth}",
                name="示例",
                role=Role.OFFICER,
                unit="town/dagujiazi",
                password_hash="",
                active=nth not in inactive,
                created_at=START,
            )
            for nth, one in enumerate(ids)
        )
        session.flush()
        for model, lines in ((PostHolding, holdings), (Duty, duties)):
            for post, who, (start, end) in lines:
                session.add(
                    model(post=post, staff_id=ids[who], from_at=hours(start), until_at=hours(end))
                )
        for who, named, (start, end) in leaves:
            away = Leave(staff_id=ids[who], from_at=hours(start), until_at=hours(end))
            away.stand_in_id = ids[named] if named is not None else None
            session.add(away)
        session.flush()
        book = roster.book(session, START)

        for at in map(hours, range(13)):
            found = people_rows.on_duty(session, {"a": "b", "b": None}, at)
            for post, stand_in in (("a", "b"), ("b", None)):
                assert _agrees(book, post, stand_in, at, found[post].staff_id)
        for post, stand_in in (("a", "b"), ("b", None)):
            empty = rules.holes(book, post, stand_in, (hours(0), hours(12)))
            for at in map(hours, range(12)):
                in_hole = any(start <= at < end for start, end in empty)
                assert in_hole is (rules.answers(book, post, stand_in, at) is None)
        whole.rollback()


def _agrees(book, post, stand_in, at, found) -> bool:
    """Several people named by several absent holders are asked in either order."""
    expected = rules.answers(book, post, stand_in, at)
    return (found is None) == (expected is None) and (
        found == expected or len(book.absences) > 1 or not book.is_away(found, at)
    )


def test_whoever_a_duty_list_names_is_asked_before_the_holder_and_acts_as_them(county):
    head = person(county, "village.dagujiazi.lamaqiao.head")
    with county.work(county.actor("supervisor")) as work:
        post = people.post(work, POST)
        who = people.person(work, head.id)
        people.add_duty(work, post, who, [(work.now, work.now + timedelta(hours=12))])

    number = county.demand()

    [sent] = county.events(number, Action.DISPATCH)
    assert sent["data"]["told"][0] | {"by": 0} == {
        "post": POST,
        "person": str(head.id),
        "how": "list",
        "by": 0,
    }
    with county.work(county.actor(head.login)) as work:
        tickets.accept(work, work.ticket(number))
    assert county.ticket(number).officer_id == head.id
    county.move(hours=13)
    assert POST not in county.actor(head.login).posts


def test_whom_an_absent_officer_named_answers_for_their_post(county):
    send_away(county, OFFICER, "grid.dagujiazi.daling")

    number = county.demand()

    assert county.events(number, Action.DISPATCH)[0]["data"]["told"][0]["how"] == "leave"
    assert county.officer_of(number).ref == str(person(county, "grid.dagujiazi.daling").id)


def test_whoever_stands_in_is_told_once_of_what_concerns_both_posts(county):
    send_away(county, OFFICER)
    number = county.demand()
    there = county.actor(f"{OFFICER}.standby").staff_id

    county.forward(minutes=31)

    [late] = [e for e in county.events(number, Action.REMIND) if e["data"]["step"] == "sign"]
    persons = [str(told.get("person")) for told in late["data"]["told"]]
    assert persons.count(str(there)) == 2  # for the officer's post, and for their own
    sent = [
        (row.template, row.means, tuple(sorted(row.params.items())))
        for row in county.messages(number)
        if row.staff_id == there
    ]
    assert len(sent) == len(set(sent)) == len({row[2] for row in sent}) + 1  # dispatched: rung too


def test_without_anybody_at_the_post_the_ticket_goes_to_the_village_and_can_be_signed_there(county):
    send_away(county, OFFICER)
    send_away(county, f"{OFFICER}.standby")

    number = county.demand()

    [climb] = county.events(number, Action.CLIMB)
    assert climb["data"]["why"] == "nobody_on_duty"
    assert (climb["data"]["was"], climb["data"]["post"]) == (
        POST,
        "village/dagujiazi/lamaqiao/head",
    )
    assert {row.template for row in county.messages(number)} == {"stand_in"}
    with county.work(county.actor("village.dagujiazi.lamaqiao.head")) as work:
        tickets.accept(work, work.ticket(number))
    with county.work(county.actor(OFFICER)) as work, pytest.raises(NotAllowedError):
        tickets.note(work, work.ticket(number), "我回来了")


def test_without_anybody_in_the_village_the_ticket_goes_to_the_town(county):
    for login in (OFFICER, f"{OFFICER}.standby", "village.dagujiazi.lamaqiao.head"):
        send_away(county, login)
    send_away(county, "village.dagujiazi.lamaqiao.deputy")

    number = county.demand()

    assert county.ticket(number).post == "town/dagujiazi/lead"
    steps = [event["data"]["to"] for event in county.events(number, Action.CLIMB)]
    assert steps == ["village", "town"]


def test_a_leader_looks_after_the_people_of_the_own_unit_and_of_nobody_elses(county):
    town = county.actor("town.dagujiazi.lead")
    with county.work(town) as work:
        people.person(work, person(county, OFFICER).id)
        people.post(work, POST)
    for login in ("operator1", "grid.mengjia.mengjia"):
        with county.work(town) as work, pytest.raises(NotAllowedError):
            people.person(work, person(county, login).id)
    with county.work(county.actor(OFFICER)) as work, pytest.raises(NotAllowedError):
        people.post(work, POST)


def test_leave_that_cannot_be_is_refused(county):
    send_away(county, OFFICER)
    other = person(county, "grid.dagujiazi.daling")

    with pytest.raises(RefusedError, match="already_away"):
        send_away(county, OFFICER)
    with county.work(county.actor("supervisor")) as work:
        who = people.person(work, other.id)
        with pytest.raises(RefusedError, match="stand_in_away"):
            people.add_leave(
                work, who, work.now, work.now + timedelta(1), person(county, OFFICER).id
            )


def test_every_change_stays_in_a_log_that_nobody_alters(county):
    send_away(county, OFFICER)
    with county.work(county.actor("supervisor")) as work:
        who = person(county, OFFICER).id
        [leave] = roster.leaves(work.session, [who], work.now)
        people.end_leave(work, leave.id)

    with county.work() as work:
        log = roster.changes(work.session, staff_id=who)
    assert [row.what for row in log] == ["leave_ended", "leave_added"]
    assert log[0].before["until"] != log[0].after["until"]
    assert log[0].actor == str(person(county, "supervisor").id)
    with pytest.raises(sa.exc.ProgrammingError), county.work() as work:
        work.session.execute(sa.text("UPDATE staff_change SET actor = 'me'"))


def test_the_end_of_a_holding_ends_what_its_holder_may_do(county):
    with county.work(county.actor("supervisor")) as work:
        [held, *_] = roster.holders(work.session, [POST], work.now)
        people.end_holding_by_id(work, held.holding.id)

    assert POST not in county.actor(OFFICER).posts
    with county.work() as work:
        assert work.on_duty(county.kit.maps.current.post(POST)).as_stand_in


def test_a_duty_list_names_one_person_at_a_time(county):
    with county.work(county.actor("supervisor")) as work:
        post, who = people.post(work, POST), people.person(work, person(county, OFFICER).id)
        shift = (work.now, work.now + timedelta(hours=8))
        [line] = people.add_duty(work, post, who, [shift])
        with pytest.raises(RefusedError, match="duty_taken"):
            people.add_duty(work, post, who, [shift])
        people.remove_duty(work, line.id)
        assert roster.listed(work.session, [POST], work.now) == []


def test_a_lay_supervisor_is_nobody_who_may_act(county):
    with county.work(county.actor("observer")) as work:
        assert not people.units_of(work)
        assert accounts.actor_of(work, demo_staff.by_login(work.session, "observer")).posts == set()
    number = county.demand()
    with county.work(county.actor("observer")) as work, pytest.raises(NotAllowedError):
        work.act(work.ticket(number), Action.NOTE)


def test_what_an_officer_signed_for_is_worked_by_the_stand_in_while_they_are_away(county):
    number = county.demand()
    with county.work(county.actor(OFFICER)) as work:
        tickets.accept(work, work.ticket(number))
    stand_in = person(county, f"{OFFICER}.standby")
    neighbour = "grid.dagujiazi.daling"
    with county.work(county.actor(stand_in.login)) as work, pytest.raises(NotAllowedError):
        tickets.note(work, work.ticket(number), "还轮不到我")

    send_away(county, OFFICER)

    assert number in tasks(county, stand_in.login)
    assert number not in tasks(county, neighbour)
    with county.work(county.actor(neighbour)) as work, pytest.raises(NotAllowedError):
        tickets.note(work, work.ticket(number), "不归我")
    with county.work(CITIZEN) as work:
        additions.say_more(work, work.ticket(number), "水又没了")
    [told] = [row for row in county.messages(number) if row.template == "addition"]
    assert told.staff_id == stand_in.id
    with county.work(county.actor(stand_in.login)) as work:
        tickets.note(work, work.ticket(number), "替他去看了")
    county.move(days=4)
    assert number not in tasks(county, stand_in.login)
    with county.work(county.actor(OFFICER)) as work:
        tickets.note(work, work.ticket(number), "回来了")


def tasks(county, login: str) -> str:
    """The first page of somebody's telephone, with numbers as they are stored."""
    return Desk(county, login).page("/field/").replace(" ", "")
