"""Supervision (督办) of a result that is owed: which stage comes next, how closely it is watched.

Before the limit two warnings, an early one and the yellow one; at the limit red. Then one stage
with every period that goes by: 督办, 提级督办, and at last 通报 (docs/rules.md §4). A stage says
how far time alone has brought a matter; how closely people watch it may be more.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final

from hotline.domain.deadlines import Calendar, due_before, worked
from hotline.domain.limits import Limit, LimitKind
from hotline.domain.tickets import Supervision

_HOUR: Final = timedelta(hours=1)


class Alert(IntEnum):
    """How far the limit of a result has come; each stage includes those before. Stored."""

    NONE = 0
    EARLY = 1  # 预警: whoever holds it is reminded
    YELLOW = 2  # 黄灯: the stand-in and the rung above as well
    RED = 3  # 红灯: the limit has passed; 催办, and it climbs
    OVERSEEN = 4  # 督办
    RAISED = 5  # 提级督办
    CIRCULATED = 6  # 通报


# How closely a matter is watched from a stage on, whatever its line says.
LEVEL: Final[Mapping[Alert, Supervision]] = {
    Alert.RED: Supervision.WHEN_LATE,
    Alert.OVERSEEN: Supervision.FROM_THE_START,
    Alert.RAISED: Supervision.TO_THE_TOP,
}


def after_limit(alert: Alert) -> Alert:
    """Return the stage that a limit leads to that has passed, or passed one more period ago."""
    if alert < Alert.RED:
        return Alert.RED
    return max(alert, Alert(min(alert + 1, Alert.RAISED)))


def early_at(start: datetime, due: datetime, limit: Limit, calendar: Calendar) -> datetime | None:
    """Return when the early warning is given; ``None`` where the whole limit is no longer.

    Args:
        start: when the limit began to count.
        due: when it ends.
        limit: how long before that the warning comes.
        calendar: the county's.
    """
    at = due_before(due, limit, calendar)
    return at if at > start else None


def yellow_at(start: datetime, due: datetime, limit: Limit, calendar: Calendar) -> datetime:
    """Return when the yellow warning is given: before the limit, at the earliest at its half.

    A consultation has one working day in all: a warning one working day before would be none [P].

    Args:
        start: when the limit began to count, or the early warning was given.
        due: when it ends.
        limit: how long before that the warning comes.
        calendar: the county's.
    """
    at = due_before(due, limit, calendar)
    if at > start:
        return at
    if limit.is_natural:
        return start + (due - start) / 2
    half = Limit(LimitKind.WORKING_HOURS, worked(start, due, calendar) / _HOUR / 2)
    return max(start, due_before(due, half, calendar))
