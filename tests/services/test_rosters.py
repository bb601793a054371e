"""Duty lists: rounds are laid out and taken off whole, files are read, colleagues swap turns."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline import ical
from hotline.clock import COUNTY_ZONE
from hotline.demo import staff as demo_staff
from hotline.domain.errors import InvalidError, NotAllowedError, NotFoundError, RefusedError
from hotline.domain.roster import DutyKind, Pace, turns
from hotline.services.staff import duty_calendar, duty_list, people, rosters, swaps
from hotline.store import roster
from tests.county import County

POST = "grid/dagujiazi/lamaqiao"
OFFICER, OTHER = "grid.dagujiazi.lamaqiao", "grid.dagujiazi.daling"
STANDBY = f"{OFFICER}.standby"
HEADER = "岗位,值班人,日期,开始,结束,类别\n"


def person(county: County, login: str):
    with county.work() as work:
        return demo_staff.by_login(work.session, login)


def tomorrow(county: County) -> date:
    return county.now().astimezone(COUNTY_ZONE).date() + timedelta(days=1)


def at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), COUNTY_ZONE)


def on_list(county: County) -> list[tuple[str, datetime, datetime]]:
    with county.work() as work:
        rows = roster.listed(work.session, [POST], work.now)
        return [(row.person.login, row.duty.from_at, row.duty.until_at) for row in rows]


def give_turn(county: County, login: str, day: date, kind: DutyKind = DutyKind.SHIFT):
    who = person(county, login)
    with county.work(county.actor("supervisor")) as work:
        span = (at(day, 8), at(day + timedelta(days=1), 8))
        post, locked = people.post(work, POST), people.person(work, who.id)
        [line] = people.add_duty(work, post, locked, [span], kind=kind)
        return line.id


def plan(
    county: County, text: str | bytes, name: str = "五一.csv", login: str = "supervisor", **more
):
    content = text if isinstance(text, bytes) else text.encode()
    with county.work(county.actor(login)) as work:
        return duty_list.plan(work, name, content, **more)


@given(
    st.integers(1, 4),
    st.integers(0, 20),
    st.sets(st.integers(0, 23), min_size=1, max_size=3),
    st.sampled_from(Pace),
)
@settings(max_examples=40)
def test_a_round_covers_every_instant_once(people_, days, hours, pace):
    first = date(2026, 4, 29)
    starts = [time(hour) for hour in hours]

    found = list(turns(people_, (first, first + timedelta(days=days)), starts, pace, COUNTY_ZONE))

    assert len(found) == (days + 1) * len(hours)
    assert all(one.until_at == two.from_at for one, two in pairwise(found))
    assert {turn.place for turn in found} <= set(range(people_))
    steps = [two.place != one.place for one, two in pairwise(found)]
    assert people_ == 1 or pace is not Pace.SHIFT or all(steps)


def test_a_round_passes_over_who_is_away_and_comes_off_in_one_piece(county):
    first, two = tomorrow(county), [person(county, login).id for login in (OFFICER, OTHER)]
    with county.work(county.actor("supervisor")) as work:
        away = people.person(work, two[1])
        day = first + timedelta(days=1)
        people.add_leave(work, away, at(day, 0), at(day + timedelta(days=1), 0), None)
    with county.work(county.actor("supervisor")) as work:
        round_ = turns(2, (first, first + timedelta(days=3)), [time(8)], Pace.DAY, COUNTY_ZONE)
        made = rosters.lay_out(work, people.post(work, POST), two, list(round_))

    assert (made.lines, made.moved, made.open) == (4, 1, [])
    assert [login for login, *_ in on_list(county)] == [OFFICER, OFFICER, OFFICER, OTHER]
    with county.work(county.actor("supervisor")) as work:
        assert rosters.take_off(work, made.batch) == 4
    assert on_list(county) == []


def test_an_override_goes_before_a_holidays_list_and_that_before_the_shifts(county):
    day = tomorrow(county)
    for kind, login in zip(DutyKind, (STANDBY, OTHER, OFFICER), strict=True):
        give_turn(county, login, day, kind)
    county.move(seconds=(at(day, 9) - county.now()).total_seconds())
    asked = []
    for login in (STANDBY, OTHER, OFFICER):
        with county.work(county.actor("supervisor")) as work:
            who = roster.lock(work.session, work.on_duty(work.kit.maps.current.post(POST)).staff_id)
            asked.append(who.login)
            people.add_leave(work, who, work.now, work.now + timedelta(hours=5), None)
        assert asked[-1] == login


def test_a_hole_of_the_next_fortnight_is_found_before_the_night_it_opens(county):
    day = tomorrow(county) + timedelta(days=3)
    for login in (OFFICER, STANDBY):
        with county.work(county.actor("supervisor")) as work:
            who = people.person(work, person(county, login).id)
            people.add_leave(work, who, at(day, 0), at(day, 12), None)
    with county.work(county.actor("supervisor")) as work:
        found = rosters.gaps(work)
    assert [(gap.post.id, gap.from_at, gap.until_at) for gap in found if gap.post.id == POST] == [
        (POST, at(day, 0), at(day, 12))
    ]


def test_a_holidays_list_is_looked_at_first_and_adds_itself_once(county):
    day = tomorrow(county)
    rows = [f"{OFFICER},{day},8:00,20:00", f"{OTHER},{day},20:00,08:00"]
    text = HEADER + "".join(f"{POST},{row},节假日\n" for row in rows)

    assert len(plan(county, text).lines) == 2
    assert on_list(county) == []
    with county.work(county.actor("supervisor")) as work:
        duty_list.apply(work, "五一.csv", text.encode())
    again = plan(county, text)

    assert [(login, start) for login, start, _ in on_list(county)] == [
        (OFFICER, at(day, 8)),
        (OTHER, at(day, 20)),
    ]
    assert (again.lines, again.standing, again.faults) == ([], 2, [])


def test_every_fault_of_a_duty_list_is_said_at_once_and_nothing_is_written(county):
    day = tomorrow(county)
    give_turn(county, OFFICER, day)
    rows = [
        f"{POST},{OTHER},{day},08:00,,",
        f"nowhere,{OFFICER},{day},,,",
        f"{POST},没有这个人,{day},,,",
        f"{POST},{OFFICER},2020-01-01,,,",
        f"{POST},{OFFICER},{day + timedelta(days=2)},25点,,",
        f"{POST},{OFFICER},{day + timedelta(days=3)},,,春节",
        f"{POST},{OFFICER},{day + timedelta(days=5)},,,",
        f"{POST},{OTHER},{day + timedelta(days=5)},12:00,13:00,",
    ]
    text = HEADER + "\n".join(rows)

    assert {(fault.where.row, fault.code) for fault in plan(county, text).faults} == {
        (2, "taken"),
        (3, "unknown_post"),
        (4, "unknown_person"),
        (5, "over"),
        (6, "bad_hour"),
        (7, "unknown_kind"),
        (9, "doubled"),
    }
    with pytest.raises(RefusedError), county.work(county.actor("supervisor")) as work:
        duty_list.apply(work, "x.csv", text.encode())
    assert len(on_list(county)) == 1


def test_a_leader_imports_for_their_own_unit_alone(county):
    text = f"{HEADER}{POST},{OFFICER},{tomorrow(county)},,,\n"

    made = plan(county, text, login="utility.water.lead")

    assert [fault.code for fault in made.faults] == ["other_unit", "other_unit"]


def test_what_repeats_in_a_calendar_is_unfolded_and_what_never_ends_refused(county):
    day = tomorrow(county)
    event = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\nBEGIN:VEVENT\r\nUID:1\r\n"
        "DTSTAMP:20260101T000000Z\r\nDTSTART;TZID=Asia/Shanghai:{day:%Y%m%d}T080000\r\n"
        "DTEND;TZID=Asia/Shanghai:{day:%Y%m%d}T200000\r\nRRULE:{rule}\r\nSUMMARY:{who}\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    twice = event.format(day=day, rule="FREQ=WEEKLY;COUNT=2", who=OFFICER)

    lines = plan(county, twice, "list.ics", post=POST).lines

    assert [line.from_at for line in lines] == [at(day, 8), at(day + timedelta(days=7), 8)]
    off = twice.replace("SUMMARY", "STATUS:CANCELLED\r\nSUMMARY")
    assert plan(county, off, "list.ics", post=POST).lines == []
    backwards = twice.replace("T200000", "T070000")
    for wrong in (
        *(event.format(day=day, rule="FREQ=SECONDLY", who=OFFICER), "no calendar", backwards),
    ):
        made = plan(county, wrong, "list.ics", post=POST)
        assert [fault.code for fault in made.faults] == ["no_calendar"]


def test_a_list_that_can_not_be_applied_is_refused_when_it_is_looked_at(county):
    day = tomorrow(county)
    event = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\nBEGIN:VEVENT\r\nUID:1\r\n"
        "DTSTAMP:20260101T000000Z\r\nDTSTART:{begin:%Y%m%d}T080000\r\n{end}SUMMARY:{who}\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    long_ago = day - timedelta(days=9)
    until = f"DTEND:{day:%Y%m%d}T080000\r\n"

    nothing = plan(county, event.format(begin=day, end="", who=OFFICER), "a.ics", post=POST)
    began = plan(county, event.format(begin=long_ago, end=until, who=OFFICER), "a.ics", post=POST)

    assert [fault.code for fault in nothing.faults] == ["no_length"]
    assert [fault.code for fault in began.faults] == ["long_ago"]


def test_a_swap_needs_the_colleagues_word_and_moves_both_turns(county):
    day = tomorrow(county)
    mine, theirs = (
        give_turn(county, OFFICER, day),
        give_turn(county, OTHER, day + timedelta(days=1)),
    )
    with county.work(county.actor(OFFICER)) as work:
        asked = swaps.ask(work, mine, person(county, OTHER).id, theirs)
        number = asked.id
    assert [login for login, *_ in on_list(county)] == [OFFICER, OTHER]
    with pytest.raises(NotFoundError), county.work(county.actor(STANDBY)) as work:
        swaps.answer(work, number, accepted=True)

    with county.work(county.actor(OTHER)) as work:
        swaps.answer(work, number, accepted=True)

    assert [login for login, *_ in on_list(county)] == [OTHER, OFFICER]
    with (
        pytest.raises(RefusedError, match="swap_over"),
        county.work(county.actor(OTHER)) as work,
    ):
        swaps.answer(work, number, accepted=True)
    with county.work() as work:
        whats = [row.what for row in roster.changes(work.session, post=POST)]
    assert whats.count("duty_swapped") == 2


def test_nobody_swaps_what_is_not_theirs_or_has_begun_or_falls_into_leave(county):
    day = tomorrow(county)
    turn, other = give_turn(county, OFFICER, day), person(county, STANDBY)
    with pytest.raises(NotFoundError), county.work(county.actor(STANDBY)) as work:
        swaps.ask(work, turn, person(county, OFFICER).id)
    with pytest.raises(NotAllowedError), county.work(county.actor("operator1")) as work:
        swaps.ask(work, turn, other.id)
    with (
        pytest.raises(InvalidError, match="in_return"),
        county.work(county.actor(OFFICER)) as work,
    ):
        swaps.ask(work, turn, other.id, in_return=turn)
    water = person(county, "utility.water.duty")
    with pytest.raises(InvalidError), county.work(county.actor(OFFICER)) as work:
        swaps.ask(work, turn, water.id)
    with county.work(county.actor(OFFICER)) as work:
        number = swaps.ask(work, turn, other.id).id
    with (
        pytest.raises(RefusedError, match="swap_asked"),
        county.work(county.actor(OFFICER)) as work,
    ):
        swaps.ask(work, turn, other.id)
    with county.work(county.actor("supervisor")) as work:
        people.add_leave(work, people.person(work, other.id), at(day, 0), at(day, 20), None)

    with pytest.raises(RefusedError, match="away"), county.work(county.actor(STANDBY)) as work:
        swaps.answer(work, number, accepted=True)

    county.move(seconds=(at(day, 8) - county.now()).total_seconds())
    with (
        pytest.raises(RefusedError, match="duty_begun"),
        county.work(county.actor(STANDBY)) as work,
    ):
        swaps.answer(work, number, accepted=True)
    assert [login for login, *_ in on_list(county)] == [OFFICER]


def test_a_telephone_subscribes_to_ones_own_turns_until_a_new_address_is_made(county):
    day = tomorrow(county)
    give_turn(county, OFFICER, day)
    give_turn(county, OTHER, day + timedelta(days=1))
    with county.work(county.actor(OFFICER)) as work:
        former = duty_calendar.new_address(work)
        token = duty_calendar.new_address(work)

    with county.work() as work:
        [event] = ical.read(
            duty_calendar.of_address(work, token),
            (county.now(), at(day, 0) + timedelta(days=9)),
            COUNTY_ZONE,
        )
        whole = duty_calendar.of_unit(work, "town/dagujiazi")
    assert (event.from_at, event.place) == (at(day, 8), "")
    assert whole.count(b"BEGIN:VEVENT") == 2
    with pytest.raises(NotFoundError), county.work() as work:
        duty_calendar.of_address(work, former)
