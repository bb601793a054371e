"""Whistles: records of their own beside the ticket."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from hotline.store.columns import UTCDateTime
from hotline.store.models.base import Model


class Whistle(Model, table=True):
    """Units are called in (吹哨), or somebody is asked to call them; it ends by its kind's rule.

    Attributes:
        raised_by: who blew it; while it is only asked for, who asks.
        raised_post: the post in which they did.
        asked: while it is only asked for: ``units`` and the one that is to ``lead``.
        join_rule, needed: how the units are joined (`hotline.domain.joining.Joining`).
        leader_post: who leads the whole (1+1+N), if somebody does.
        slot_from, slot_until: when everybody is to be on site, if that was appointed.
        close_by: when the whole is due.
        danger_gone_at, act_at, planned_at: when that was put on record.
    """

    __tablename__ = "whistle"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    ticket_id: UUID = Field(foreign_key="ticket.id")
    kind: str
    raised_by: UUID = Field(foreign_key="staff.id")
    reason_id: UUID = Field(foreign_key="ticket_text.id")
    raised_at: datetime = Field(sa_type=UTCDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    state: str = "open"
    join_rule: str = "all"
    needed: int | None = None
    raised_post: str | None = None
    leader_post: str | None = None
    asked: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    decision_id: UUID | None = Field(default=None, foreign_key="ticket_text.id")
    slot_from: datetime | None = Field(default=None, sa_type=UTCDateTime)
    slot_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    close_by: datetime | None = Field(default=None, sa_type=UTCDateTime)
    danger_gone_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    act_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    planned_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class WhistleParty(Model, table=True):
    """One unit that was called, and how far it came: called, acknowledged, arrived, done.

    ``rung`` is the highest rung of the ladder that was told; ``generation`` counts the limits that
    were set for it and never repeats, ``reminders`` those that told the last rung again.
    ``told_posts``: the posts of the rungs that were told; who holds one sees the call and acts on
    it. ``sounded_at``: when it sounded for the unit the last time; ``due_at``: until when the unit
    must do what is next, ``None`` when it need do nothing; ``arrive_by``: when it had to be on site
    by the first call; ``lapses``: how often it acknowledged and did not come.
    """

    __tablename__ = "whistle_party"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    whistle_id: UUID = Field(foreign_key="whistle.id")
    ticket_id: UUID = Field(foreign_key="ticket.id")
    unit: str
    post: str
    state: str = "called"
    rung: str
    generation: int = 0
    reminders: int = 0
    called_at: datetime = Field(sa_type=UTCDateTime)
    acknowledged_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    acknowledged_by: UUID | None = Field(default=None, foreign_key="staff.id")
    arrived_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    refused_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    told_posts: list[str] = Field(default_factory=list, sa_type=JSONB)
    role: str = "member"
    sounded_at: datetime = Field(sa_type=UTCDateTime)
    due_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    arrive_by: datetime | None = Field(default=None, sa_type=UTCDateTime)
    lapses: int = 0
    excused_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class WhistleMilestone(Model, table=True):
    """One line of a lead unit's plan: what is done by when, by which unit."""

    __tablename__ = "whistle_milestone"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    whistle_id: UUID = Field(foreign_key="whistle.id")
    ticket_id: UUID = Field(foreign_key="ticket.id")
    place: int
    unit: str
    text_id: UUID = Field(foreign_key="ticket_text.id")
    due_at: datetime = Field(sa_type=UTCDateTime)
    met_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    met_by: UUID | None = Field(default=None, foreign_key="staff.id")


class WhistleRating(Model, table=True):
    """What one side of a whistle says of the other, once; append-only.

    The ``whistler`` grades a unit's arrival, conduct and result from 1 to 5; the ``unit`` says
    whether the whistle was right to call it.
    """

    __tablename__ = "whistle_rating"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    whistle_id: UUID = Field(foreign_key="whistle.id")
    party_id: UUID = Field(foreign_key="whistle_party.id")
    ticket_id: UUID = Field(foreign_key="ticket.id")
    side: str
    by: UUID = Field(foreign_key="staff.id")
    at: datetime = Field(sa_type=UTCDateTime)
    arrival: int | None = None
    conduct: int | None = None
    result: int | None = None
    verdict: str | None = None
    text_id: UUID | None = Field(default=None, foreign_key="ticket_text.id")
