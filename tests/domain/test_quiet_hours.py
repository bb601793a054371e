"""Nobody is woken to be asked about what is not urgent."""

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.clock import COUNTY_ZONE
from hotline.domain.limits import Asking, Limit

DAY = Limit.natural(timedelta(days=1))
NIGHT = Asking(3, DAY, DAY, (time(21), time(8)))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=COUNTY_ZONE)


@pytest.mark.parametrize(
    ("would", "may"),
    [
        (at(20, 20, 59), at(20, 20, 59)),
        (at(20, 21), at(21, 8)),
        (at(21, 2), at(21, 8)),
        (at(21, 8), at(21, 8)),
    ],
)
def test_a_question_at_night_waits_until_the_morning(would, may):
    assert NIGHT.wake_at(would) == may


@given(st.integers(0, 525_600), st.times(), st.times())
def test_nobody_is_ever_asked_within_the_quiet_hours_nor_a_day_late(minutes, begins, ends):
    local = at(1, 0) + timedelta(minutes=minutes)
    asking = Asking(3, DAY, DAY, (begins.replace(tzinfo=None), ends.replace(tzinfo=None)))

    may = asking.wake_at(local)

    assert local <= may <= local + timedelta(days=1)
    assert asking.wake_at(may) == may
    assert Asking(3, DAY, DAY).wake_at(local) == local
