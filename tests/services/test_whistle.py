"""Whistle and report in: who is called, who comes, and what climbs when nobody does."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session

from hotline.demo import staff as demo_staff
from hotline.domain.disputes import ReturnReason
from hotline.domain.errors import NotAllowedError, RefusedError, WrongStatusError
from hotline.domain.grid.model import Join
from hotline.domain.joining import Terms
from hotline.domain.tickets import Action
from hotline.services.handling import returns, tickets
from hotline.services.whistles import course as whistle_course
from hotline.services.whistles import whistle
from hotline.services.whistles.calls import AS_USUAL
from hotline.store import attention
from hotline.store import whistles as whistle_rows
from hotline.store.models import Leave


@pytest.fixture
def number(county):
    """A ticket about water, in its officer's hands."""
    made = county.demand()
    with county.work(county.officer_of(made)) as work:
        tickets.accept(work, work.ticket(made))
    return made


def blow(county, number, *units, kind="emergency", terms=AS_USUAL):
    """Let the officer whistle."""
    with county.work(county.officer_of(number)) as work:
        called = units or ["utility/water"]
        whistle.blow(work, work.ticket(number), kind, called, "主管道爆裂", terms=terms)


def answer(county, number, login, what, *args, unit="utility/water"):
    """Let somebody of a called unit answer."""
    with county.work(county.actor(login)) as work:
        ticket = work.ticket(number)
        party = whistle_rows.party(work.session, party_of(county, number, unit).id)
        what(work, ticket, party, *args)


def party_of(county, number, unit="utility/water"):
    """Return a called unit's row."""
    return next(party for party in county.parties(number) if party.unit == unit)


def away(county, *logins):
    """Send people on leave for two days."""
    with county.work() as work:
        for login in logins:
            person = demo_staff.by_login(work.session, login)
            work.session.add(
                Leave(
                    staff_id=person.id,
                    from_at=work.now - timedelta(hours=1),
                    until_at=work.now + timedelta(days=2),
                )
            )


def climbs(county, number):
    """Return where a ticket's whistles climbed to, and why."""
    return [
        (event["data"]["to"], event["data"]["why"]) for event in county.events(number, Action.CLIMB)
    ]


def test_an_unanswered_whistle_climbs_rung_by_rung_to_the_county_leader(county, number):
    blow(county, number)

    county.forward(minutes=5, seconds=1)
    county.forward(minutes=5)

    assert climbs(county, number) == [("town", "unanswered"), ("county_leader", "unanswered")]


def test_each_climb_is_anchored_to_the_limit_that_passed_and_says_who_was_told(county, number):
    blow(county, number)
    called_at = party_of(county, number).called_at

    county.forward(minutes=9)

    [climb] = county.events(number, Action.CLIMB)
    assert climb["data"]["due"] == (called_at + timedelta(minutes=5)).strftime(
        "%Y-%m-%dT%H:%M:%S.%fZ"
    )
    assert climb["data"]["rule"] == "whistles.emergency"
    [told] = climb["data"]["told"]
    assert told["post"].startswith("town/dagujiazi")
    assert set(told["by"]) == {"message", "call"}
    assert county.timers(number)["whistle_ack"] == called_at + timedelta(minutes=10)


def test_a_clock_that_was_down_for_an_hour_climbs_every_rung_once(county, number):
    blow(county, number)

    county.forward(hours=1)
    county.tick()

    assert climbs(county, number) == [("town", "unanswered"), ("county_leader", "unanswered")]


def test_the_county_leader_is_reminded_as_often_as_the_map_says_and_no_oftener(county, number):
    blow(county, number)

    county.forward(days=1)

    kind = county.kit.maps.current.whistle_kind("emergency")
    reminders = [
        event
        for event in county.events(number, Action.REMIND)
        if event["data"].get("rule") == "whistles.emergency"
    ]
    assert len(reminders) == kind.at_top.at_most


def test_acknowledged_is_not_arrived_and_climbs_too(county, number):
    blow(county, number)
    answer(county, number, "utility.water.duty", whistle.acknowledge)
    assert "whistle_ack" not in county.timers(number)

    county.forward(minutes=31)

    assert climbs(county, number)[0] == ("town", "not_arrived")


def test_a_unit_that_arrives_stops_the_climb(county, number):
    blow(county, number)
    answer(county, number, "utility.water.duty", whistle.acknowledge)
    answer(county, number, "utility.water.duty", whistle.arrive, None)

    county.forward(hours=2)

    assert climbs(county, number) == []


def test_arrived_is_not_done(county, number):
    blow(county, number)

    with pytest.raises(WrongStatusError):
        answer(county, number, "utility.water.duty", whistle.finish, "修好了")


def test_a_refusal_stays_on_record_and_climbs_at_once(county, number):
    blow(county, number)

    answer(county, number, "utility.water.duty", whistle.refuse, "不归我们管")

    assert climbs(county, number) == [("town", "refused")]
    assert len(county.events(number, Action.REFUSE)) == 1


def test_nobody_on_duty_is_put_on_record_and_climbs_at_once(county, number):
    away(county, "utility.water.duty", "utility.water.duty.standby")

    blow(county, number)

    [raised] = county.events(number, Action.WHISTLE)
    assert raised["data"]["parties"][0]["told"][0]["nobody_on_duty"] is True
    assert climbs(county, number) == [("town", "nobody_on_duty")]


def test_nobody_on_duty_anywhere_climbs_to_the_top_and_before_a_supervisor(county, number):
    posts = [post for post in county.kit.maps.current.posts if not post.startswith("grid/")]
    away(county, *(demo_staff.login_of(post) for post in posts))

    blow(county, number)

    assert climbs(county, number) == [
        ("town", "nobody_on_duty"),
        ("county_leader", "nobody_on_duty"),
    ]
    county.forward(days=1)
    with Session(county.engine) as session:
        kinds = {entry.attention.kind for entry in attention.open_entries(session)}
    assert "whistle_unanswered" in kinds


def test_the_stand_in_is_called_when_the_holder_is_away(county, number):
    away(county, "utility.water.duty")

    blow(county, number)

    [raised] = county.events(number, Action.WHISTLE)
    assert raised["data"]["parties"][0]["told"][0]["stand_in"] == "utility/water/duty/standby"


def speak(county, number, what, *args, **more):
    """Let the officer put something on record of their whistle."""
    with county.work(county.officer_of(number)) as work:
        ticket = work.ticket(number)
        [raised] = whistle_rows.open_of_ticket(work.session, ticket.id)
        what(work, ticket, raised, *args, **more)


def test_an_acknowledgement_without_arrival_lapses_and_sounds_again_a_rung_up(county, number):
    blow(county, number)
    answer(county, number, "utility.water.duty", whistle.acknowledge)

    county.forward(minutes=31)

    party = party_of(county, number)
    assert (party.state, party.lapses, party.rung) == ("called", 1, "town")
    [lapsed] = county.events(number, Action.EXPIRE)
    assert lapsed["data"]["told"][0]["post"] == "utility/water/duty"
    assert party.due_at == party.called_at + timedelta(minutes=35)
    answer(county, number, "utility.water.duty", whistle.acknowledge)
    assert county.timers(number)["whistle_arrive"] == party.called_at + timedelta(minutes=60)


def test_nobody_leaves_before_the_danger_is_recorded_as_gone(county, number):
    blow(county, number)
    answer(county, number, "utility.water.duty", whistle.arrive, None)
    with pytest.raises(RefusedError, match="danger_not_gone"):
        answer(county, number, "utility.water.duty", whistle.finish, "已抢修")
    with pytest.raises(RefusedError, match="danger_not_gone"):
        speak(county, number, whistle_course.end)

    speak(county, number, whistle_course.danger_gone)
    answer(county, number, "utility.water.duty", whistle.finish, "已抢修")
    speak(county, number, whistle_course.end)

    assert not {step for step in county.timers(number) if step.startswith("whistle")}


def test_all_called_units_must_be_done_before_the_whistle_ends(county, number):
    blow(county, number, "utility/water", "utility/power")
    answer(county, number, "utility.water.duty", whistle.arrive, None)
    answer(county, number, "utility.power.duty", whistle.arrive, None, unit="utility/power")
    speak(county, number, whistle_course.danger_gone)
    answer(county, number, "utility.water.duty", whistle.finish, "已抢修")

    with pytest.raises(RefusedError, match="whistle_not_done"):
        speak(county, number, whistle_course.end)


def test_where_one_of_two_is_enough_the_other_is_told_to_stay(county, number):
    blow(
        county,
        number,
        "utility/water",
        "utility/power",
        terms=Terms(join=Join.SOME, needed=1),
    )

    answer(county, number, "utility.power.duty", whistle.arrive, None, unit="utility/power")

    assert party_of(county, number).state == "excused"
    [stays] = county.events(number, Action.EXCUSE)
    assert (stays["data"]["why"], stays["data"]["unit"]) == ("enough", "utility/water")
    county.forward(hours=1)
    assert climbs(county, number) == []


def test_whoever_refused_rightly_is_let_off_and_it_stays_on_record(county, number):
    blow(county, number, "utility/water", "utility/power")
    answer(county, number, "utility.power.duty", whistle.refuse, "不是电的事", unit="utility/power")
    with county.work(county.officer_of(number)) as work:
        ticket = work.ticket(number)
        wrong = whistle_rows.party(work.session, party_of(county, number, "utility/power").id)
        whistle_course.excuse(work, ticket, wrong, "确实不是供电的事")

    assert party_of(county, number, "utility/power").refused_at is not None
    answer(county, number, "utility.water.duty", whistle.arrive, None)
    speak(county, number, whistle_course.danger_gone)
    answer(county, number, "utility.water.duty", whistle.finish, "已抢修")
    speak(county, number, whistle_course.end)


def test_a_whistle_is_taken_back_only_while_nobody_has_come(county, number):
    blow(county, number)
    answer(county, number, "utility.water.duty", whistle.arrive, None)
    with pytest.raises(RefusedError, match="whistle_joined"):
        speak(county, number, whistle_course.end, called_off="误报")


def test_an_open_whistle_always_has_a_limit_of_its_own(county, number):
    blow(county, number)
    answer(county, number, "utility.water.duty", whistle.arrive, None)
    for _ in range(3):
        assert "whistle_close" in county.timers(number)
        county.forward(days=2)

    with county.work() as work:
        kinds = {entry.attention.kind for entry in attention.open_entries(work.session)}
    assert "whistle_late" in kinds


def test_a_ticket_is_not_sent_back_over_an_open_whistle(county, number):
    blow(county, number)
    with (
        county.work(county.officer_of(number)) as work,
        pytest.raises(RefusedError, match="whistle_open"),
    ):
        proof = returns.Proof(ReturnReason.OTHER, "不归我管")
        returns.send_back(work, work.ticket(number), proof)


def test_another_unit_cannot_answer_for_the_called_one(county, number):
    blow(county, number)

    with pytest.raises(NotAllowedError):
        answer(county, number, "utility.power.duty", whistle.acknowledge)


def test_a_unit_is_not_called_twice_while_it_is_called(county, number):
    blow(county, number)

    with pytest.raises(RefusedError, match="already_whistled"):
        blow(county, number)


def test_a_grid_whistle_reaches_the_attached_officer_and_runs_on_working_time(county, number):
    blow(county, number, kind="grid")

    party = party_of(county, number)
    assert party.post == "utility/water/attached/dagujiazi"
    assert party.called_at + timedelta(minutes=5) < county.timers(number)["whistle_ack"]


def test_only_a_post_of_the_right_rung_blows_a_kind_of_whistle(county, number):
    officer = county.officer_of(number)

    with (
        county.work(replace(officer, posts=frozenset({"department/housing/duty"}))) as work,
        pytest.raises(NotAllowedError, match="other_whistle"),
    ):
        whistle.blow(work, work.ticket(number), "grid", ["utility/water"], "请到场")


def test_a_ticket_whose_post_nobody_stands_at_is_told_to_the_next_rung_at_once(county):
    stand_in = county.kit.maps.current.post("grid/dagujiazi/lamaqiao").stand_in
    away(county, "grid.dagujiazi.lamaqiao", demo_staff.login_of(stand_in))

    made = county.demand()

    [climb] = county.events(made, Action.CLIMB)
    assert (climb["data"]["from"], climb["data"]["to"]) == ("grid", "village")
    assert (climb["data"]["why"], climb["data"]["rule"]) == ("nobody_on_duty", "posts.stand_in")
    assert climb["data"]["told"][0]["person"]
