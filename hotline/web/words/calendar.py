"""Working time in people's words: what each day is, and a deadline opened to its arithmetic."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from flask import Flask
from flask_babel import LazyString

from hotline.domain.arithmetic import DayCount, DayWhy, day_by_day
from hotline.domain.deadlines import Deadline
from hotline.domain.tickets import Step
from hotline.services.law.calendar import counted
from hotline.store.models import Timer
from hotline.web.i18n import lazy_gettext as _
from hotline.web.parts import parts

DAYS: Final[Mapping[DayWhy, LazyString]] = {
    DayWhy.WORKDAY: _("工作日"),
    DayWhy.WEEKEND: _("周末"),
    DayWhy.HOLIDAY: _("放假"),
    DayWhy.MAKE_UP: _("调休上班"),
}
# Steps of the machinery, in which nobody owes anything.
_SAME: Final = timedelta(seconds=1)
_HIDDEN: Final = frozenset({Step.EARLY, Step.YELLOW, Step.ASK, Step.REOPEN, Step.PROBE})


@dataclass(frozen=True, slots=True)
class Opened:
    """A running limit with what it was counted from, as far as that is known.

    ``deadline`` is as the calendar counts it now; where it differs from the timer's own, the job
    that counts anew has not come by yet. ``None``: somebody set it by hand, or it has its instant
    from a day that was agreed.
    """

    timer: Timer
    deadline: Deadline | None
    days: tuple[DayCount, ...]

    @property
    def stale(self) -> bool:
        """Whether it is about to be counted anew."""
        return self.deadline is not None and abs(self.deadline.at - self.timer.due_at) >= _SAME


def init_app(app: Flask) -> None:
    """Give templates the opening of limits, and what days are called."""
    app.jinja_env.globals.update(opened_limits=opened_limits, day_words=DAYS)


def opened_limits(timers: Iterable[Timer]) -> list[Opened]:
    """Return running limits with their arithmetic; asks the database nothing."""
    calendar = parts().kit.calendar
    found = []
    for timer in timers:
        if timer.step in _HIDDEN:
            continue
        deadline = counted(timer, calendar)
        days = day_by_day(deadline, calendar) if deadline is not None else []
        found.append(Opened(timer, deadline, tuple(days)))
    return found
