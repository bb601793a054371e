"""The rows of the hotline, by stage. Input is checked at the edge; these only hold it.

What only a few processes touch is imported from its own module by those who touch it: duty lists,
sums of the rates, hearings, roots. A row's table weighs 13 KiB a column in every process that loads
it, the clock among them.
"""

import pkgutil
from importlib import import_module

import sqlalchemy as sa

from hotline.store.models.base import Model
from hotline.store.models.doors import DoorTry, TicketCode, TicketGap
from hotline.store.models.ledger import (
    Attention,
    TicketEvent,
)
from hotline.store.models.messages import Call, Inbox, NoticeAttempt, Outgoing, Watermark
from hotline.store.models.people import (
    Leave,
    PasswordLink,
    PostHolding,
    SignIn,
    SignInAttempt,
    Staff,
    StaffAddress,
)
from hotline.store.models.policy import CalendarDay, CalendarNotice, MapVersion, PolicyChange
from hotline.store.models.ratings import (
    BadRating,
    Rating,
    RatingAttempt,
    RatingInvite,
    RatingProbe,
)
from hotline.store.models.rulings import (
    CatalogueEntry,
    LongTerm,
    MilestoneRow,
)
from hotline.store.models.sampling import SampleCall, SampleCell, SampleDraw, SampleMember
from hotline.store.models.suspicion import (
    FlagRow,
    PhotoLooks,
    PhotoTwinRow,
    Submission,
    SuspicionRow,
)
from hotline.store.models.tickets import (
    Ask,
    Command,
    Media,
    Ticket,
    TicketIdentity,
    TicketSearch,
    TicketText,
)
from hotline.store.models.timers import Timer
from hotline.store.models.watch import AuditRound, Heartbeat, ProbeRun, RestoredLimit
from hotline.store.models.whistles import (
    Whistle,
    WhistleMilestone,
    WhistleParty,
    WhistleRating,
)

__all__ = [
    "Ask",
    "Attention",
    "AuditRound",
    "BadRating",
    "CalendarDay",
    "CalendarNotice",
    "Call",
    "CatalogueEntry",
    "Command",
    "DoorTry",
    "FlagRow",
    "Heartbeat",
    "Inbox",
    "Leave",
    "LongTerm",
    "MapVersion",
    "Media",
    "MilestoneRow",
    "NoticeAttempt",
    "Outgoing",
    "PasswordLink",
    "PhotoLooks",
    "PhotoTwinRow",
    "PolicyChange",
    "PostHolding",
    "ProbeRun",
    "Rating",
    "RatingAttempt",
    "RatingInvite",
    "RatingProbe",
    "RestoredLimit",
    "SampleCall",
    "SampleCell",
    "SampleDraw",
    "SampleMember",
    "SignIn",
    "SignInAttempt",
    "Staff",
    "StaffAddress",
    "Submission",
    "SuspicionRow",
    "Ticket",
    "TicketCode",
    "TicketEvent",
    "TicketGap",
    "TicketIdentity",
    "TicketSearch",
    "TicketText",
    "Timer",
    "Watermark",
    "Whistle",
    "WhistleMilestone",
    "WhistleParty",
    "WhistleRating",
    "every_table",
]


def every_table() -> sa.MetaData:
    """Return all tables of the hotline, also those that only a few processes load."""
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        import_module(module.name)
    return Model.metadata
