"""Files of days off: read as people write them, refused with every fault and its line."""

from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.calendar_file import CalendarFileError, parse_notice, read_notice
from hotline.domain.calendar_notices import (
    NoticeDay,
    NoticeStatus,
    as_csv,
    differences,
    known_until,
)
from hotline.domain.deadlines import Calendar, DayKind, due_at
from hotline.domain.limits import Limit
from tests.domain.test_working_time import OFFICE, at

DAYS = st.dates(date(2027, 1, 1), date(2027, 12, 31))
PUBLISHED, EXPECTED = NoticeStatus.PUBLISHED, NoticeStatus.PROVISIONAL


def test_a_notice_is_read_as_people_write_it():
    days = parse_notice(
        "日期,类型,名称,时段\n2027/2/6,休,春节,\n2027年2月14日,班,调休,8:30-11:30\n,,,\n"
    )

    assert [(one.day, one.kind, one.name) for one in days] == [
        (date(2027, 2, 6), DayKind.HOLIDAY, "春节"),
        (date(2027, 2, 14), DayKind.MAKE_UP, "调休"),
    ]
    assert days[1].windows == ((time(8, 30), time(11, 30)),)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("2026-01-01,holiday,,", "other_year"),
        ("2027-01-01,holiday,,", "twice"),
        ("2027-01-05,make_up,,", "make_up_on_workday"),
        ("2027-01-09,make_up,,17:00-08:30", "windows"),
        ("2027-01-09,holiday,,08:30-11:30", "windows"),
        ("2027-13-01,holiday,,", "bad_day"),
        ("2027-01-09,party,,", "bad_kind"),
        ("2027-01-09,班,,八点半", "windows"),
    ],
)
def test_each_fault_of_a_notice_is_named_with_its_line(line, why):
    text = f"day,kind,name,windows\n2027-01-01,holiday,,\n2027-01-02,holiday,,\n{line}\n"

    with pytest.raises(CalendarFileError) as refused:
        parse_notice(text)

    assert refused.value.faults == [(4, why)]


def test_a_year_without_a_day_off_and_a_file_without_headings_are_no_notices():
    for text, fault in (
        ("day,kind\n2027-01-09,make_up\n", (0, "no_holiday")),
        ("x\n", (1, "headings")),
    ):
        with pytest.raises(CalendarFileError) as refused:
            parse_notice(text)
        assert fault in refused.value.faults


@settings(max_examples=30)
@given(st.dictionaries(DAYS, st.just(DayKind.HOLIDAY), min_size=1, max_size=12))
def test_what_is_written_is_read_again(days):
    notice = [NoticeDay(line, day, kind) for line, (day, kind) in enumerate(days.items())]

    again = parse_notice(as_csv(notice))

    assert {one.day: one.kind for one in again} == days


def test_a_gap_or_an_expected_year_ends_what_is_known():
    assert known_until({2025: PUBLISHED, 2026: PUBLISHED}) == date(2026, 12, 31)
    assert known_until({2026: PUBLISHED, 2027: EXPECTED}) == date(2026, 12, 31)
    assert known_until({2025: PUBLISHED, 2027: PUBLISHED}) == date(2025, 12, 31)
    assert known_until({2027: EXPECTED}) is None


def test_a_day_may_have_windows_of_its_own():
    morning = ((time(8, 30), time(11, 30)),)
    sunday = date(2026, 11, 22)
    calendar = Calendar(OFFICE, {sunday: DayKind.MAKE_UP}, date(2026, 12, 31), {sunday: morning})

    due = due_at(at("2026-11-20 16:00"), Limit.parse("5wh"), calendar)

    assert due.at == at("2026-11-23 09:30")
    assert [str(one.opens.date()) for one in due.arithmetic] == [
        "2026-11-20",
        "2026-11-22",
        "2026-11-23",
    ]


def test_a_notice_that_a_spreadsheet_saved_in_gb18030_is_read(tmp_path):
    path = tmp_path / "n.csv"
    path.write_bytes("日期,类型,名称\n2027-02-06,休,春节\n".encode("gb18030"))

    assert [one.name for one in read_notice(path)] == ["春节"]


def test_a_notice_says_on_which_days_it_contradicts_the_one_before():
    before = parse_notice("day,kind\n2027-01-01,休\n2027-02-06,休\n2027-02-14,班\n")
    after = parse_notice("day,kind\n2027-01-01,休\n2027-02-14,休\n")

    assert differences(before, after) == [
        (date(2027, 2, 6), DayKind.HOLIDAY, None),
        (date(2027, 2, 14), DayKind.MAKE_UP, DayKind.HOLIDAY),
    ]
    assert differences(before, before) == []
