"""Limits: natural time runs always; working time runs in office hours of working days only."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.domain.deadlines import Calendar, DayKind, due_after, due_at, worked
from hotline.domain.errors import InvalidError, NotFoundError
from hotline.domain.grid.model import Office
from hotline.domain.limits import Limit
from hotline.store.calendar_source import official_days

ZONE = ZoneInfo("Asia/Shanghai")
OFFICE = Office(((time(8, 30), time(11, 30)), (time(13), time(17))), ZONE)
CALENDAR = Calendar.from_days([*official_days(2025), *official_days(2026)], OFFICE)
KNOWN = st.datetimes(datetime(2025, 1, 1), datetime(2026, 11, 30)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=ZONE)
)
LIMITS = st.one_of(
    st.integers(0, 40).map(lambda halves: Limit.parse(f"{halves / 2}wd")),
    st.integers(0, 60).map(lambda hours: Limit.parse(f"{hours}wh")),
    st.integers(0, 200_000).map(lambda seconds: Limit.parse(f"{seconds}s")),
)
WORKING = LIMITS.filter(lambda limit: not limit.is_natural)
REPEATED = st.one_of(
    st.integers(1, 8).map(lambda hours: Limit.parse(f"{hours}wh")),
    st.integers(1, 400).map(lambda minutes: Limit.parse(f"{minutes * 60}s")),
)
AGES = st.timedeltas(timedelta(0), timedelta(days=20))


def at(text):
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        ("2026-11-21 02:00", "1800s", "2026-11-21 02:30"),  # a Saturday night: natural time runs
        ("2026-11-20 09:00", "2wh", "2026-11-20 11:00"),
        ("2026-11-20 11:00", "2wh", "2026-11-20 14:30"),  # over the noon break
        ("2026-11-20 16:00", "2wh", "2026-11-23 09:30"),  # over the week-end
        ("2026-11-21 02:00", "0.5wd", "2026-11-23 13:30"),
        ("2026-11-20 10:00", "1wd", "2026-11-23 10:00"),
        ("2026-11-20 10:00", "5wd", "2026-11-27 10:00"),
        ("2026-09-30 16:00", "1wd", "2026-10-08 16:00"),  # the National Day week counts nothing
        ("2026-10-09 16:00", "1wd", "2026-10-10 16:00"),  # a make-up Saturday counts
        ("2026-09-19 12:00", "2wh", "2026-09-20 10:30"),  # a make-up Sunday counts
        ("2026-11-20 17:00", "0wh", "2026-11-20 17:00"),  # closing time is inside
        ("2026-11-20 17:01", "0wh", "2026-11-23 08:30"),
    ],
)
def test_limits_end_when_a_clerk_would_say(start, limit, due):
    assert due_at(at(start), Limit.parse(limit), CALENDAR).at == at(due)


@given(KNOWN, WORKING)
def test_working_limits_end_within_office_hours_of_a_working_day(start, limit):
    due = due_at(start, limit, CALENDAR).at

    assert CALENDAR.is_working(due.date())
    assert any(opens <= due.time() <= closes for opens, closes in OFFICE.windows)
    assert due >= start


@given(KNOWN, KNOWN, LIMITS)
def test_who_begins_later_never_ends_earlier(one, other, limit):
    early, late = sorted((one, other))

    assert due_at(early, limit, CALENDAR).at <= due_at(late, limit, CALENDAR).at


@given(KNOWN, st.integers(0, 40), st.integers(0, 40))
def test_a_longer_limit_never_ends_earlier(start, one, other):
    short, long = (Limit.parse(f"{hours}wh") for hours in sorted((one, other)))

    assert due_at(start, short, CALENDAR).at <= due_at(start, long, CALENDAR).at


@given(KNOWN, WORKING)
def test_the_arithmetic_adds_up_to_the_limit(start, limit):
    deadline = due_at(start, limit, CALENDAR)
    asked = timedelta(hours=limit.amount * (7 if str(limit).endswith("wd") else 1))
    counted = sum((stretch.length for stretch in deadline.arithmetic), timedelta(0))

    assert counted == asked == worked(start, deadline.at, CALENDAR)
    assert deadline.arithmetic[-1].closes == deadline.at
    assert all(CALENDAR.is_working(stretch.opens.date()) for stretch in deadline.arithmetic)


@settings(max_examples=50)
@given(KNOWN, REPEATED, AGES)
def test_what_runs_again_and_again_comes_next_in_step_with_its_start(start, limit, age):
    now = start + age
    ends = due_at(start, limit, CALENDAR)
    while ends.at <= now:
        ends = due_at(ends.at, limit, CALENDAR)

    assert due_after(start, limit, CALENDAR, now).at == ends.at


@given(KNOWN, LIMITS)
def test_the_zone_of_the_start_does_not_matter(start, limit):
    assert due_at(start, limit, CALENDAR).at == due_at(start.astimezone(UTC), limit, CALENDAR).at


def test_nothing_is_worked_before_the_start():
    assert worked(at("2026-11-20 10:00"), at("2026-11-20 09:00"), CALENDAR) == timedelta(0)


def test_a_holiday_counts_nothing_and_a_make_up_day_counts_fully():
    holiday, make_up = at("2026-10-01 00:00"), at("2026-10-10 00:00")

    assert worked(holiday, holiday + timedelta(days=1), CALENDAR) == timedelta(0)
    assert worked(make_up, make_up + timedelta(days=1), CALENDAR) == OFFICE.day_length


def test_a_deadline_beyond_the_last_notice_is_provisional():
    within = due_at(at("2026-12-28 10:00"), Limit.parse("3wd"), CALENDAR)
    beyond = due_at(at("2026-12-30 10:00"), Limit.parse("3wd"), CALENDAR)
    natural = due_at(at("2026-12-31 10:00"), Limit.parse("172800s"), CALENDAR)

    assert CALENDAR.known_until == date(2026, 12, 31)
    assert (within.provisional, beyond.provisional, natural.provisional) == (False, True, False)


def test_without_any_notice_every_working_limit_is_provisional():
    bare = Calendar.from_days([], OFFICE)

    assert due_at(at("2026-11-20 10:00"), Limit.parse("1wd"), bare).provisional


@pytest.mark.parametrize("limit", [Limit.parse("1wd"), Limit.natural(timedelta(hours=1))])
def test_a_start_without_zone_is_refused(limit):
    with pytest.raises(InvalidError):
        due_at(datetime(2026, 11, 20, 10), limit, CALENDAR)  # noqa: DTZ001
    with pytest.raises(InvalidError):
        worked(datetime(2026, 11, 20, 10), at("2026-11-21 10:00"), CALENDAR)  # noqa: DTZ001


def test_a_negative_limit_is_refused():
    with pytest.raises(InvalidError):
        due_at(at("2026-11-20 10:00"), Limit.natural(timedelta(seconds=-1)), CALENDAR)


def test_a_limit_that_never_ends_is_refused():
    with pytest.raises(InvalidError):
        due_at(at("2026-11-20 10:00"), Limit.parse("2000wd"), CALENDAR)


def test_an_unknown_kind_of_day_and_an_office_without_hours_are_refused():
    with pytest.raises(InvalidError):
        Calendar.from_days([(date(2026, 1, 1), "party", "")], OFFICE)
    with pytest.raises(InvalidError):
        Calendar.from_days([], Office((), ZONE))


def test_each_counted_stretch_can_be_written_down():
    deadline = due_at(at("2026-11-20 16:00"), Limit.parse("2wh"), CALENDAR)

    assert [stretch.as_json() for stretch in deadline.arithmetic] == [
        {"from": "2026-11-20T16:00:00+08:00", "until": "2026-11-20T17:00:00+08:00"},
        {"from": "2026-11-23T08:30:00+08:00", "until": "2026-11-23T09:30:00+08:00"},
    ]


def test_the_official_days_of_2026_are_the_state_councils():
    days = {day: kind for day, kind, _ in official_days(2026)}

    assert days[date(2026, 10, 1)] == DayKind.HOLIDAY
    assert days[date(2026, 9, 20)] == DayKind.MAKE_UP
    assert date(2026, 11, 21) not in days
    assert sum(kind == DayKind.MAKE_UP for kind in days.values()) == 6


def test_a_year_without_a_notice_is_not_guessed():
    with pytest.raises(NotFoundError):
        official_days(2031)
