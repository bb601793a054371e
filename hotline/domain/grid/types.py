"""What a grid map is made of: units, posts, grids, classes, rungs, whistles; all frozen.

`hotline.domain.grid.model` offers them together with the map itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from hotline.domain.limits import Allowance, Limit


class UnitKind(StrEnum):
    """What sort of body a unit is. Units nest to any depth."""

    COUNTY = "county"
    TOWN = "town"
    VILLAGE = "village"
    GROUP = "group"  # 村民组
    HOUSEHOLD = "household"  # a few households with one steward (组包户)
    DEPARTMENT = "department"
    UTILITY = "utility"
    PANEL = "panel"


class DemandKind(StrEnum):
    """What a caller wants; the default limits depend on it (docs/rules.md §4)."""

    CONSULTATION = "consultation"  # 咨询
    HELP = "help"  # 求助
    SUGGESTION = "suggestion"  # 建议
    COMPLAINT = "complaint"  # 投诉
    REPORT = "report"  # 举报


class Particular(StrEnum):
    """Something that whoever handles a demand must know (一次性告知). Values are stored."""

    PLACE = "place"  # town and village
    MATTER = "matter"  # what it is about
    CONTACT = "contact"  # a number to call back
    SPOT = "spot"  # a landmark: where in the village
    SINCE = "since"  # since when
    EXTENT = "extent"  # one household or many
    WHOM = "whom"  # about which person, firm or unit
    EVIDENCE = "evidence"  # photos, receipts, documents


class HeldBy(StrEnum):
    """Whose post demands of a class are sent to."""

    OFFICER = "officer"  # the grid's full-time officer, or the town where the grid is not live yet
    TOWN = "town"  # the town's post on duty: the matter is about the village itself


class Told(StrEnum):
    """How a rung finds the post that is told."""

    OFFICER = "officer"  # the grid's full-time officer
    NEAREST = "nearest"  # the nearest unit of a kind, upwards from the grid
    COMPETENT = "competent"  # the leader of the competent unit's department
    UNIT = "unit"  # always the same unit


class Calls(StrEnum):
    """Which post of a called unit a whistle reaches first."""

    ATTACHED = "attached"  # the unit's attached officer (专属网格员) of that grid, if it has one
    DUTY = "duty"  # the unit's post on duty


class Join(StrEnum):
    """How the units that one whistle calls are joined. Values are stored."""

    ALL = "all"  # every one of them comes
    SOME = "some"  # so many of them come; then the others are told to stay
    LEAD = "lead"  # one lead unit with helpers, under a named leader (1+1+N)


class Ends(StrEnum):
    """What must be on record before a whistle may be ended."""

    CONFIRMED = "confirmed"  # every unit is done, and the whistler says so
    DANGER_GONE = "danger_gone"  # the danger is recorded as gone before any unit may leave
    ACT_RECORDED = "act_recorded"  # what was done with the powers of the units is recorded
    MILESTONES_MET = "milestones_met"  # the lead unit's plan is carried out


class Urgency(StrEnum):
    """When a class is urgent."""

    ALWAYS = "always"
    NEVER = "never"
    WORDS = "words"  # when one of the class's urgent words is said


@dataclass(frozen=True, slots=True)
class Name:
    """A name in Chinese and in English."""

    zh: str
    en: str

    def __str__(self) -> str:
        """Return the Chinese name: that is what people know."""
        return self.zh


@dataclass(frozen=True, slots=True)
class Post:
    """A post (岗位): a chair, not the person on it. ``stand_in`` is its B post (AB岗)."""

    id: str
    unit: str
    rung: str
    title: Name
    stand_in: str | None


@dataclass(frozen=True, slots=True)
class Unit:
    """A body of any size. ``duty`` is called by whistles, ``lead`` is told when things climb."""

    id: str
    kind: UnitKind
    name: Name
    parent: str | None
    duty: str
    lead: str
    aliases: tuple[str, ...] = ()
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A grid (网格): a village, known by its 12-digit division code, or a part of one.

    The code of a part has three more digits for each level below the village.

    Attributes:
        unit: the unit it lies in.
        officer: the post of its full-time officer (专职网格员).
        attached: posts of the attached officers (专属网格员), at most one for each unit.
        live_from: the first day on which demands go to the grid; ``None``: not yet (试点).
    """

    code: str
    name: Name
    unit: str
    officer: str
    attached: tuple[str, ...]
    aliases: tuple[str, ...]
    live_from: date | None

    def is_live(self, day: date) -> bool:
        """Whether demands go to this grid on ``day``."""
        return self.live_from is not None and self.live_from <= day


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a result of this class must carry."""

    photo: bool
    site_visit: bool


@dataclass(frozen=True, slots=True)
class DemandClass:
    """An entry of the catalogue (派单目录): demand → the unit that has the power.

    Attributes:
        code: two levels, such as ``utilities/water``.
        keywords: the words people use, each with its strength from 1 to 5; 0 marks a phrase that
            only looks like a keyword (没有电话 is not about 没有电).
        examples: sentences as callers would say them; what the class's wording is learned from.
        unit: the competent unit; ``None`` when it is the nearest unit of kind ``nearest``.
        limits: this class's own limits by step, where they differ from the county's.
        asks: what its callers are asked besides place, matter and contact, in this order.
        held_by: whose post its demands are sent to.
    """

    code: str
    name: Name
    kind: DemandKind
    keywords: Mapping[str, int]
    examples: tuple[str, ...]
    unit: str | None
    nearest: UnitKind | None
    urgency: Urgency
    urgent_words: tuple[str, ...]
    evidence: Evidence
    limits: Mapping[str, Allowance]
    asks: tuple[Particular, ...] = ()
    held_by: HeldBy = HeldBy.OFFICER


@dataclass(frozen=True, slots=True)
class LadderRule:
    """One rung of the ladder (逐级化解) as the map states it.

    ``optional``: left out where the grid has no such unit, or the rung below is the same post.
    """

    rung: str
    name: Name
    told: Told
    nearest: UnitKind | None = None
    unit: str | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the ladder for a given grid and unit: who is told there."""

    name: str
    title: Name
    posts: tuple[Post, ...]


@dataclass(frozen=True, slots=True)
class AtTop:
    """What happens at the last rung while nobody answers: reminders, bounded in number."""

    repeat_every: Limit
    at_most: int


@dataclass(frozen=True, slots=True)
class WhistleKind:
    """A kind of whistle (吹哨) (docs/rules.md §5): who may blow it, how long each step may take.

    Attributes:
        by: the rungs whose posts may blow it.
        climbs: the rungs it climbs when unanswered, in the ladder's order.
        ends: what must be on record before it may be ended.
        asked_by: the rungs whose posts may ask one of ``by`` to blow it.
        decided: of ``by``, the rungs that need a collective decision on record (集体研究).
        joins: how its units may be joined; the first is the usual one.
        most_units: how many units it may call; ``None``: any number.
        slot: how long an appointment on site lasts; ``None``: units come at once.
        plan: how long the lead unit has for its plan; ``None``: it needs none.
        close: how long the whole may take; ``None``: as long as the ticket's result.
    """

    name: str
    title: Name
    by: tuple[str, ...]
    calls: Calls
    ack: Limit
    arrive: Limit
    climbs: tuple[str, ...]
    at_top: AtTop
    ends: Ends
    asked_by: tuple[str, ...] = ()
    decided: tuple[str, ...] = ()
    joins: tuple[Join, ...] = (Join.ALL,)
    most_units: int | None = None
    slot: Limit | None = None
    plan: Limit | None = None
    close: Limit | None = None

    @property
    def danger(self) -> bool:
        """Whether people are in danger: it rings, and nobody leaves early (事不完,人不走)."""
        return self.ends is Ends.DANGER_GONE


@dataclass(frozen=True, slots=True)
class WhistleBand:
    """Between which shares a town's whistle rate should lie: neither too low nor too high."""

    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the hotline, such as 12345-9 for visitors; an attribute of intake.

    Attributes:
        key: the digit that callers dial during the greeting; ``None``: no digit leads here.
        spoken: the few words of the greeting that say so; ``None``: it is not announced.
        supervision: from 0 (none) to 3, see `hotline.domain.tickets.Supervision`.
        natural: whether nights and holidays count for its limits: it is watched day and night.
        limits: its own limits by step, where they differ from the class's and the county's.
    """

    number: str
    name: Name
    key: str | None = None
    spoken: str | None = None
    supervision: int = 0
    natural: bool = False
    limits: Mapping[str, Allowance] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DangerService:
    """An emergency service (110, 119, 120, 122) and the words that alarm for it."""

    number: str
    name: Name
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Office:
    """Office hours: windows of every working day, in the county's zone."""

    windows: tuple[tuple[time, time], ...]
    zone: ZoneInfo

    @property
    def day_length(self) -> timedelta:
        """The office time of one working day."""
        minutes = sum(
            (closes.hour - opens.hour) * 60 + closes.minute - opens.minute
            for opens, closes in self.windows
        )
        return timedelta(minutes=minutes)


def nearest_unit(units: Mapping[str, Unit], start: str, kind: UnitKind | None) -> str | None:
    """Return the id of the nearest unit of ``kind`` from ``start`` upwards, itself included."""
    here: str | None = start
    # A map under check may have circles: no way up is longer than all units.
    for _ in units:
        if here is None or here not in units:
            return None
        if units[here].kind is kind:
            return here
        here = units[here].parent
    return None


def told_post(
    units: Mapping[str, Unit], rule: LadderRule, grid: Grid, competent: str
) -> str | None:
    """Return the id of the post that a rung tells, or ``None``: nobody.

    Args:
        units: the map's units by id.
        rule: the rung.
        grid: where the demand is.
        competent: the id of the competent unit.
    """
    if rule.told is Told.OFFICER:
        return grid.officer
    if rule.told is Told.COMPETENT:
        # A utility answers to a department; where none is above it, its own leader is told.
        found = nearest_unit(units, competent, UnitKind.DEPARTMENT) or competent
    elif rule.told is Told.NEAREST:
        found = nearest_unit(units, grid.unit, rule.nearest) or ""
    else:
        found = rule.unit or ""
    return units[found].lead if found in units else None
