"""Every row of the hotline, by stage. Input is checked at the edge; these only hold it."""

from hotline.store.models.desk import Handover, Presence
from hotline.store.models.doors import DoorTry, TicketCode, TicketGap
from hotline.store.models.keys import KeyReseal
from hotline.store.models.ledger import (
    Attention,
    Erasure,
    IdentityView,
    LedgerCheck,
    LedgerHead,
    LedgerRoot,
    LedgerView,
    TicketEvent,
)
from hotline.store.models.messages import Call, Inbox, NoticeAttempt, Outgoing, Watermark
from hotline.store.models.people import (
    Duty,
    Leave,
    PasswordLink,
    PostHolding,
    SignIn,
    SignInAttempt,
    Staff,
    StaffAddress,
    StaffChange,
    StaffUpload,
)
from hotline.store.models.policy import CalendarDay, MapVersion, PolicyChange
from hotline.store.models.rates import RateCell, RateRebuild, TicketFact
from hotline.store.models.ratings import (
    BadRating,
    Rating,
    RatingAttempt,
    RatingInvite,
    RatingProbe,
)
from hotline.store.models.rulings import (
    CatalogueEntry,
    Hearing,
    HearingParty,
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
from hotline.store.models.whistles import (
    Whistle,
    WhistleMilestone,
    WhistleParty,
    WhistleRating,
)

__all__ = [
    "Ask",
    "Attention",
    "BadRating",
    "CalendarDay",
    "Call",
    "CatalogueEntry",
    "Command",
    "DoorTry",
    "Duty",
    "Erasure",
    "FlagRow",
    "Handover",
    "Hearing",
    "HearingParty",
    "IdentityView",
    "Inbox",
    "KeyReseal",
    "Leave",
    "LedgerCheck",
    "LedgerHead",
    "LedgerRoot",
    "LedgerView",
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
    "Presence",
    "RateCell",
    "RateRebuild",
    "Rating",
    "RatingAttempt",
    "RatingInvite",
    "RatingProbe",
    "SampleCall",
    "SampleCell",
    "SampleDraw",
    "SampleMember",
    "SignIn",
    "SignInAttempt",
    "Staff",
    "StaffAddress",
    "StaffChange",
    "StaffUpload",
    "Submission",
    "SuspicionRow",
    "Ticket",
    "TicketCode",
    "TicketEvent",
    "TicketFact",
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
]
