"""Policy as it was at every decision: map versions, and the working calendar."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from hotline.store.columns import UTCDateTime
from hotline.store.models.base import Model


class MapVersion(Model, table=True):
    """A grid map that decided at some time, as it was written."""

    __tablename__ = "map_version"

    version: str = Field(primary_key=True)
    content: str
    applied_at: datetime = Field(sa_type=UTCDateTime)


class PolicyChange(Model, table=True):
    """A map came into force, by whom and why; or (``move``) open tickets were moved to it.

    ``kind`` is ``release`` (the map of the installation's file, seen for the first time),
    ``apply``, ``rollback`` or ``move``. The last one that is no move names the map in force.
    """

    __tablename__ = "policy_change"

    number: int = Field(primary_key=True)
    kind: str
    version: str = Field(foreign_key="map_version.version")
    previous: str | None = Field(default=None, foreign_key="map_version.version")
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    why: str
    at: datetime = Field(sa_type=UTCDateTime)


class CalendarNotice(Model, table=True):
    """The days off and make-up days of one year, as they came (``content``). Append-only.

    ``status`` is ``published`` (the State Council's) or ``provisional`` (what the county expects
    until it comes). The newest notice of a year counts; ``number`` also names the state of the
    whole calendar.
    """

    __tablename__ = "calendar_notice"

    number: int = Field(primary_key=True)
    year: int
    status: str
    source: str
    content: str
    sha256: str
    by_whom: str
    at: datetime = Field(sa_type=UTCDateTime)


class CalendarDay(Model, table=True):
    """A day off in the week, or a make-up working day (调休), with its source notice.

    ``windows`` are the office hours of this day alone, as pairs of ``HH:MM``; ``None``: as always.
    """

    __tablename__ = "calendar_day"

    day: date = Field(primary_key=True)
    kind: str
    source: str
    notice: int | None = Field(default=None, foreign_key="calendar_notice.number")
    windows: list[list[str]] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    name: str = ""
