"""A deadline opens to its arithmetic: each day is there, says why, and the windows add up."""

from datetime import date, timedelta

from hypothesis import given, settings

from hotline.domain.arithmetic import DayWhy, day_by_day
from hotline.domain.deadlines import due_at, working_time
from hotline.domain.limits import Limit
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
