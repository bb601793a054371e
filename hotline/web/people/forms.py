"""What the forms about people send. Days and hours are the county's."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator

from hotline.clock import COUNTY_ZONE
from hotline.domain.errors import InvalidError
from hotline.domain.roster import DutyKind, Pace, Turn, turns
from hotline.services.staff import rosters
from hotline.services.staff.people import LONGEST_LEAVE, MOST_SHIFTS
from hotline.web.blanks import MaybeDay, MaybeId


def _filled(value: Any) -> Any:  # noqa: ANN401  whatever the form sent
    return [each for each in value if each] if isinstance(value, list) else value


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, COUNTY_ZONE)


class LeaveForm(BaseModel):
    """Somebody is away from an hour of a day to another."""

    from_day: date
    from_hour: time = time()
    until_day: date
    until_hour: time = time()
    stand_in: MaybeId = None

    def span(self) -> tuple[datetime, datetime]:
        """Return the beginning and the end; midnight of the last day is its end."""
        last = self.until_day + timedelta(days=self.until_hour == time())
        return _at(self.from_day, self.from_hour), _at(last, self.until_hour)


class HoldForm(BaseModel):
    """Somebody gets a post; without days from now on, until further notice."""

    staff: UUID
    from_day: MaybeDay = None
    until_day: MaybeDay = None

    def span(self, now: datetime) -> tuple[datetime, datetime | None]:
        """Return the beginning and the end; the last day is included."""
        until = _at(self.until_day + timedelta(days=1), time()) if self.until_day else None
        return (_at(self.from_day, time()) if self.from_day else now), until


class DutyForm(BaseModel):
    """Somebody is on the duty list on one day or several, in the same hours."""

    staff: UUID
    first_day: date
    last_day: MaybeDay = None
    from_hour: time
    until_hour: time
    kind: DutyKind = DutyKind.SHIFT

    def shifts(self) -> list[tuple[datetime, datetime]]:
        """Return each day's shift; one that ends no later than it begins ends the day after.

        Raises:
            InvalidError: the last day lies before the first, or too far behind it.
        """
        days = ((self.last_day or self.first_day) - self.first_day).days + 1
        if not 0 < days <= MOST_SHIFTS:
            raise InvalidError(fields=["last_day"])
        over = timedelta(days=self.until_hour <= self.from_hour)
        first = [self.first_day + timedelta(days=nth) for nth in range(days)]
        return [(_at(day, self.from_hour), _at(day + over, self.until_hour)) for day in first]


class ChannelsForm(BaseModel):
    """By which channels somebody is told, the first one first; empty places are skipped.

    ``mail``: ``None`` leaves the mailbox as it is, empty forgets it.
    """

    channel: list[str] = []
    mail: str | None = None


class RoundForm(BaseModel):
    """Several people take turns at a post, from one day to another.

    ``staff``: in the order of their turns; empty places are skipped.
    ``hours``: when the shifts of a day begin, as ``08:00 20:00``; commas are taken as well.
    """

    staff: Annotated[list[UUID], BeforeValidator(_filled)]
    first_day: date
    last_day: date
    hours: str = "08:00"
    pace: Pace = Pace.DAY
    kind: DutyKind = DutyKind.SHIFT

    def turns(self) -> list[Turn]:
        """Return the turns, their places in ``staff``.

        Raises:
            InvalidError: nobody, no hours, or days in the wrong order or too far apart.
        """
        if not self.staff:
            raise InvalidError(fields=["staff"])
        if not 0 <= (self.last_day - self.first_day).days <= LONGEST_LEAVE.days:
            raise InvalidError(fields=["last_day"])
        days = (self.first_day, self.last_day)
        hours = rosters.hours_of(self.hours)
        return list(turns(len(self.staff), days, hours, self.pace, COUNTY_ZONE))


class DutyListForm(BaseModel):
    """A duty list as a file: what its lines are where they say nothing."""

    kind: DutyKind = DutyKind.SHIFT
    post: str = ""


class SwapForm(BaseModel):
    """Ask a colleague to take a turn; ``in_return``: one of theirs, or nothing."""

    duty: UUID
    of: UUID
    in_return: MaybeId = None
