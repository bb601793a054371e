"""Policy as it was at every decision: map versions, and the working calendar."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from hotline.store.columns import UTCDateTime


class MapVersion(SQLModel, table=True):
    """A grid map that decided at some time, as it was written."""

    __tablename__ = "map_version"

    version: str = Field(primary_key=True)
    content: str
    applied_at: datetime = Field(sa_type=UTCDateTime)


class PolicyChange(SQLModel, table=True):
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


class CalendarDay(SQLModel, table=True):
    """A day off in the week, or a make-up working day (调休), with its source notice."""

    __tablename__ = "calendar_day"

    day: date = Field(primary_key=True)
    kind: str
    source: str
