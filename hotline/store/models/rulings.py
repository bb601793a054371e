"""Hearings of the panel, the entries that its rulings made, and plans of long-term cases."""

from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from hotline.store.columns import UTCDateTime
from hotline.store.models.base import Model


class CatalogueEntry(Model, table=True):
    """An entry that a ruling made, over the map's catalogue (`hotline.domain.rulings`).

    ``place`` is a grid, a town, or empty for the county; ``lead`` is empty where the map decides
    again. ``ticket_id`` and ``text_id``: the dispute it came from and its reasons. ``due_at``: by
    when somebody must have decided on it; ``rung``: who was told last that nobody has.
    """

    __tablename__ = "catalogue_entry"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    class_code: str
    place: str
    words: list[str] = Field(sa_type=ARRAY(sa.Text))
    version: int
    lead: str | None = None
    helpers: list[str] = Field(sa_type=ARRAY(sa.Text))
    settles: list[str] = Field(sa_type=ARRAY(sa.Text))
    map_version: str = Field(foreign_key="map_version.version")
    ticket_id: UUID = Field(foreign_key="ticket.id")
    text_id: UUID = Field(foreign_key="ticket_text.id")
    state: str = "proposed"
    proposed_at: datetime = Field(sa_type=UTCDateTime)
    proposed_by: UUID = Field(foreign_key="staff.id")
    decided_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    decided_by: UUID | None = Field(default=None, foreign_key="staff.id")
    superseded_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    due_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    rung: str | None = None


class LongTerm(Model, table=True):
    """A place on the long-term list (挂账) with its plan, from the proposal to its end.

    ``leader`` is a post, ``leader_id`` who held it when the plan began. ``rest`` is what was left
    of the unit's limit then: its clock stands still, and goes on with that afterwards.
    """

    __tablename__ = "long_term"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    ticket_id: UUID = Field(foreign_key="ticket.id")
    text_id: UUID = Field(foreign_key="ticket_text.id")
    leader: str
    leader_id: UUID | None = Field(default=None, foreign_key="staff.id")
    until: datetime = Field(sa_type=UTCDateTime)
    proposed_at: datetime = Field(sa_type=UTCDateTime)
    proposed_by: UUID = Field(foreign_key="staff.id")
    began_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    rest: str | None = None


class MilestoneRow(Model, table=True):
    """One step of a plan: by when, when it was done, and when it was found missed."""

    __tablename__ = "milestone"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    plan_id: UUID = Field(foreign_key="long_term.id")
    text_id: UUID = Field(foreign_key="ticket_text.id")
    position: int
    due_at: datetime = Field(sa_type=UTCDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    missed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
