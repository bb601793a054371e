"""More time: an extension (延期), or a place on the long-term list (挂账) by a plan.

Neither touches the citizen's clock, and neither counts as closed. Both are asked for, never taken:
an extension before the limit and a bounded number of times, a plan with milestones, a leader by
name and a last day (docs/rules.md §3, §4).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from hotline.domain.limits import Extensions

MOST_MILESTONES: Final = 6


@dataclass(frozen=True, slots=True)
class Milestone:
    """One step of a plan: what is done, and the county's day by whose evening it is."""

    what: str
    by_day: date


@dataclass(frozen=True, slots=True)
class Plan:
    """How a long case is brought to its end.

    Attributes:
        text: the plan in words.
        leader: the post of the leader who answers for it by name.
        milestones: in order; the last one is the end.
    """

    text: str
    leader: str
    milestones: tuple[Milestone, ...]


def extension_refusal(
    now: datetime, due: datetime | None, used: int, extensions: Extensions
) -> str | None:
    """Return why an extension can't be asked for, as a stable code; ``None``: it can.

    Args:
        now: the server's time.
        due: the unit's limit; it is too late at the very limit.
        used: how many were granted before.
        extensions: of the map.
    """
    if due is not None and due <= now:
        return "extension_too_late"
    return "extension_too_often" if used >= extensions.at_most else None


def time_left(longest: timedelta, spent: Iterable[tuple[datetime, datetime]]) -> timedelta:
    """Return how long a case may still stand on the long-term list: all its plans share it.

    Args:
        longest: of the map, in natural time.
        spent: when each earlier plan began and ended.
    """
    used = sum((ended - began for began, ended in spent), timedelta())
    return max(timedelta(), longest - used)


def change_faults(
    days: Sequence[date], place: int, day: date, *, today: date, last: date
) -> list[str]:
    """Return the names of the fields in which a milestone's new day is wrong; none if it will do.

    Args:
        days: of the plan's milestones, in order, as they are now.
        place: which of them is changed, from 0.
        day: its new day.
        today: the county's day.
        last: the last day on which the case may stand on the list.
    """
    changed = [*days[:place], day, *days[place + 1 :]]
    rising = all(first < second for first, second in pairwise(changed))
    return [] if rising and today < day <= last else ["by_day"]


def plan_faults(plan: Plan, *, today: date, left: timedelta, leaders: Collection[str]) -> list[str]:
    """Return the names of the fields in which a plan falls short; none if it will do.

    Args:
        plan: as it was proposed.
        today: the county's day.
        left: how long the case may still stand on the list, from today.
        leaders: the posts of the leaders above the case.
    """
    wrong = []
    if plan.leader not in leaders:
        wrong.append("leader")
    days = [milestone.by_day for milestone in plan.milestones]
    within = days and today < days[0] and days[-1] <= today + left
    rising = all(first < second for first, second in pairwise(days))
    said = all(milestone.what.strip() for milestone in plan.milestones)
    if not (within and rising and said and len(days) <= MOST_MILESTONES):
        wrong.append("milestones")
    return wrong
