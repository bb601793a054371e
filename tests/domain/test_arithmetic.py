"""A deadline opens to its arithmetic: each day is there, says why, and the windows add up."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings

from hotline.domain.arithmetic import DayWhy, day_by_day
from hotline.domain.clocks import paused
from hotline.domain.deadlines import due_at, rest_until, working_time
from hotline.domain.limits import Limit
from hotline.domain.tickets import Status
from tests.domain.test_working_time import CALENDAR, KNOWN, OFFICE, WORKING, at


@settings(max_examples=50)
@given(KNOWN, WORKING)
def test_days_follow_each_other_and_their_windows_add_up_to_the_limit(start, limit):
    deadline = due_at(start, limit, CALENDAR)

    days = day_by_day(deadline, CALENDAR)

    assert [one.day for one in days] == [start.date() + timedelta(days=n) for n in range(len(days))]
    assert days[-1].day == deadline.at.date()
    assert days[-1].total == working_time(limit, OFFICE)
    closed = {DayWhy.WEEKEND, DayWhy.HOLIDAY}
    assert all(not one.windows for one in days if one.why in closed)


def test_a_holiday_week_is_told_day_by_day_with_its_make_up_day():
    deadline = due_at(at("2026-09-30 16:00"), Limit.parse("2wd"), CALENDAR)

    days = {one.day: one for one in day_by_day(deadline, CALENDAR)}

    assert days[date(2026, 10, 1)].why is DayWhy.HOLIDAY
    assert days[date(2026, 10, 8)].why is DayWhy.WORKDAY
    assert days[date(2026, 9, 30)].total == timedelta(hours=1)
    weekend = due_at(at("2026-10-09 16:00"), Limit.parse("1wd"), CALENDAR)
    assert [one.why for one in day_by_day(weekend, CALENDAR)] == [DayWhy.WORKDAY, DayWhy.MAKE_UP]


def test_natural_time_needs_no_days_and_an_unknown_year_is_marked():
    assert (
        day_by_day(due_at(at("2026-10-01 10:00"), Limit.parse("1800s"), CALENDAR), CALENDAR) == []
    )
    beyond = day_by_day(due_at(at("2026-12-31 10:00"), Limit.parse("2wd"), CALENDAR), CALENDAR)
    assert [one.provisional for one in beyond][:2] == [False, True]


@settings(max_examples=50)
@given(KNOWN, WORKING, WORKING)
def test_what_is_left_of_a_limit_goes_on_to_the_same_amount(start, limit, spent):
    whole, stop = due_at(start, limit, CALENDAR), due_at(start, spent, CALENDAR).at
    if stop >= whole.at:
        return

    rest = rest_until(stop, whole.at, CALENDAR, natural=False)

    again = due_at(stop, Limit.parse(str(rest)), CALENDAR)
    assert abs(again.at - whole.at) <= timedelta(seconds=1)


@pytest.mark.parametrize("code", ["15552000s", "0.333333wd", "2592000s", "1.5wd", "0s"])
def test_every_limit_is_read_back_as_it_was_written(code):
    assert str(Limit.parse(code)) == code


def test_the_units_clock_stands_still_while_a_plan_runs():
    history = [
        (Status.HANDLING, at("2026-03-02 09:00")),
        (Status.LONG_TERM, at("2026-03-03 09:00")),
        (Status.LONG_TERM, at("2026-03-05 09:00")),
        (Status.HANDLING, at("2026-03-10 09:00")),
    ]

    assert paused(history, at("2026-04-01 09:00")) == timedelta(days=7)
    assert paused(history[:2], at("2026-03-04 09:00")) == timedelta(days=1)
    assert paused(history[:1], at("2026-04-01 09:00")) == timedelta(0)
