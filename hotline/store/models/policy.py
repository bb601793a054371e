"""Policy as it was at every decision: map versions, and the working calendar."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from hotline.store.columns import UTCDateTime


class MapVersion(SQLModel, table=True):
    """A grid map that decided at some time, as it was written."""

    __tablename__ = "map_version"

    version: str = Field(primary_key=True)
    content: str
    applied_at: datetime = Field(sa_type=UTCDateTime)


class CalendarDay(SQLModel, table=True):
    """A day off in the week, or a make-up working day (调休), with its source notice."""

    __tablename__ = "calendar_day"

    day: date = Field(primary_key=True)
    kind: str
    source: str
