"""Stages of supervision: warnings before a limit, and what follows when it has passed."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.domain.deadlines import due_at, due_before, worked
from hotline.domain.limits import Limit, LimitKind
from hotline.domain.supervision import Alert, after_limit, early_at, yellow_at
from tests.domain.test_working_time import CALENDAR

INSTANTS = st.datetimes(datetime(2026, 1, 5), datetime(2026, 11, 1)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=UTC)
)
WORKING = st.builds(
    Limit, st.just(LimitKind.WORKING_HOURS), st.integers(1, 400).map(lambda tenth: tenth / 10)
)
LIMITS = WORKING | st.integers(60, 10**6).map(
    lambda seconds: Limit.natural(timedelta(seconds=seconds))
)


@settings(max_examples=50, deadline=None)
@given(INSTANTS, WORKING)
def test_as_much_working_time_lies_between_as_was_asked_for(end, limit):
    before = due_before(end, limit, CALENDAR)

    assert worked(before, end, CALENDAR) == timedelta(hours=limit.amount)


@settings(max_examples=50, deadline=None)
@given(INSTANTS, LIMITS, LIMITS, LIMITS)
def test_a_warning_lies_within_the_limit_and_yellow_after_early(start, limit, early, yellow):
    due = due_at(start, limit, CALENDAR).at
    first = early_at(start, due, early, CALENDAR)
    second = yellow_at(first or start, due, yellow, CALENDAR)

    assert first is None or start < first <= due
    assert (first or start) <= second <= due


def test_time_alone_ends_at_raised_and_a_named_matter_stays_named():
    stages = [Alert.NONE]
    for _ in range(5):
        stages.append(after_limit(stages[-1]))

    assert stages[1:4] == [Alert.RED, Alert.OVERSEEN, Alert.RAISED]
    assert set(stages[4:]) == {Alert.RAISED}
    assert after_limit(Alert.CIRCULATED) is Alert.CIRCULATED
