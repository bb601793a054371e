"""The shape of ``grid_map.yaml``: what may stand where, checked at the edge with pydantic.

Each shape knows how to become the frozen type of the domain. ``docs/grid-map.md`` is the
reference for people; a test keeps the two together.
"""

from datetime import time
from typing import Annotated, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    StringConstraints,
)

from hotline.clock import COUNTY_ZONE
from hotline.domain import ratings
from hotline.domain.grid import model as grid
from hotline.domain.limits import (
    RING_BACKS,
    Allowance,
    Limit,
    LimitKind,
    Revisits,
    parse_natural,
)


def _limit(value: object) -> object:
    """Read ``{natural: 30m}``, ``{working_days: 5}`` or ``{working_hours: 2}``.

    What is none of these is handed on as it is: pydantic then says that it is no `Limit`.
    """
    if not isinstance(value, dict) or len(value) != 1:
        return value
    ((kind, amount),) = value.items()
    if kind == LimitKind.NATURAL:
        return _natural(amount)
    working = {LimitKind.WORKING_DAYS, LimitKind.WORKING_HOURS}
    if kind in working and isinstance(amount, int | float) and not isinstance(amount, bool):
        return Limit(LimitKind(kind), float(amount))
    return value


def _natural(value: object) -> object:
    """Read ``20s``, ``30m``, ``2h`` or ``1d``; hand anything else on as it is."""
    found = parse_natural(value) if isinstance(value, str) else None
    return value if found is None else Limit.natural(found)


def _zone(value: str) -> str:
    """Refuse every zone but the one that all of China keeps.

    Days, working time and what pages show are counted in it throughout; a map that names another
    would be obeyed in some places and not in others.
    """
    if value != COUNTY_ZONE.key:
        raise ValueError(COUNTY_ZONE.key)
    return value


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([-_/][a-z0-9]+)*$", max_length=80)]
LimitField = Annotated[InstanceOf[Limit], BeforeValidator(_limit)]
NaturalField = Annotated[InstanceOf[Limit], BeforeValidator(_natural)]
ZoneField = Annotated[str, AfterValidator(_zone)]


class Shape(BaseModel):
    """What all shapes share: unknown keys are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Named(Shape):
    """Something with a Chinese and an English name."""

    name: Text
    name_en: Text

    def names(self) -> grid.Name:
        """Return both names."""
        return grid.Name(self.name, self.name_en)


class Titled(Shape):
    """A post or a kind of whistle, with a Chinese and an English title."""

    title: Text
    title_en: Text

    def names(self) -> grid.Name:
        """Return both titles."""
        return grid.Name(self.title, self.title_en)


class WordsShape(Shape):
    """A list of words."""

    words: list[Text]


class CountyShape(Named):
    """``county``: which county this map is of."""

    code: Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
    time_zone: ZoneField


class OfficeShape(Shape):
    """``office``: the windows of every working day."""

    windows: list[tuple[time, time]] = Field(min_length=1)


class DangerShape(Named):
    """An item of ``danger``."""

    number: Literal["110", "119", "120", "122"]
    words: list[Text] = Field(min_length=1)


class RungShape(Named):
    """An item of ``ladder``, lowest first."""

    rung: Id
    told: grid.Told
    nearest: grid.UnitKind | None = None
    unit: Id | None = None
    optional: bool = False


class AtTopShape(Shape):
    """What happens at the last rung while nobody answers."""

    repeat_every: LimitField
    at_most: int = Field(ge=1, le=1000)


class WhistleShape(Titled):
    """An item of ``whistles``."""

    name: Id
    by: list[Id] = Field(min_length=1)
    calls: grid.Calls
    ack: LimitField
    arrive: LimitField
    climbs: list[Id] = Field(min_length=1)
    at_top: AtTopShape
    # The older way to say `ends: danger_gone`; maps that decided for open tickets still have it.
    danger: bool = False
    ends: grid.Ends | None = None
    asked_by: list[Id] = []
    decided: list[Id] = []
    joins: list[grid.Join] = Field(default=[grid.Join.ALL], min_length=1)
    most_units: int | None = Field(default=None, ge=1, le=100)
    slot: LimitField | None = None
    plan: LimitField | None = None
    close: LimitField | None = None


class WhistleRateShape(Shape):
    """``whistle_rate``: the band in which a town's whistle rate should lie."""

    lower: float = Field(ge=0, le=1)
    upper: float = Field(ge=0, le=1)


class AllowanceShape(Shape):
    """The two limits of a step."""

    normal: LimitField
    urgent: LimitField

    def allowance(self) -> Allowance:
        """Return them as the domain has them."""
        return Allowance(self.normal, self.urgent)


class LineShape(Named):
    """An item of ``lines``. The machine uses the keys 0 to 3 itself."""

    number: Text
    key: Annotated[str, StringConstraints(pattern=r"^[4-9]$")] | None = None
    spoken: Text | None = None
    supervision: int = Field(default=0, ge=0, le=3)
    natural: bool = False
    limits: dict[Id, AllowanceShape] = {}


class ExtensionsShape(Shape):
    """``limits.extensions``."""

    at_most: int = Field(ge=0, le=100)
    each: LimitField


class AskingShape(Shape):
    """``limits.asking``."""

    attempts: int = Field(ge=1, le=100)
    spacing: LimitField
    silence: LimitField
    quiet: tuple[time, time] | None = None


class RedoShape(Shape):
    """``limits.redo``."""

    share: float = Field(gt=0, le=1)
    before_raise: int = Field(ge=1, le=100)
    before_final: int = Field(default=1, ge=0, le=100)


class PanelShape(Shape):
    """``limits.panel``."""

    after_returns: int = Field(default=2, ge=1, le=100)
    after_units: int = Field(default=3, ge=2, le=100)


_REVISITS: Final = Revisits()


class RevisitsShape(Shape):
    """``limits.revisits``; what is left out stays as it is."""

    share: float = Field(default=_REVISITS.share, gt=0, le=1)
    always: set[grid.DemandKind] = {grid.DemandKind.COMPLAINT, grid.DemandKind.REPORT}
    tries: int = Field(default=_REVISITS.tries, ge=1, le=100)
    spacing: LimitField = _REVISITS.spacing

    def revisits(self) -> Revisits:
        """Return them as the domain has them."""
        return Revisits(self.share, frozenset(self.always), self.tries, self.spacing)


class LimitsShape(Shape):
    """``limits``: how long each step may take."""

    steps: dict[Id, AllowanceShape]
    handle: dict[grid.DemandKind, AllowanceShape]
    extensions: ExtensionsShape
    asking: AskingShape
    redo: RedoShape
    pick_up_wait: NaturalField
    ring_backs: int = Field(RING_BACKS, ge=1, le=100)
    panel: PanelShape = PanelShape()
    revisits: RevisitsShape = RevisitsShape()


class RatingsShape(Shape):
    """``ratings``: how many grades there are, and until when one may be given or changed."""

    scale: Literal[4, 5] = ratings.FIVE
    change: LimitField = ratings.DEFAULT.change
    link: LimitField = ratings.DEFAULT.link

    def rules(self) -> ratings.RatingRules:
        """Return them as the domain has them."""
        return ratings.RatingRules(self.scale, self.change, self.link)


class EvidenceShape(Shape):
    """``evidence`` of a class."""

    photo: bool
    site_visit: bool


# Place, matter and contact are asked of every demand.
AskedField = Literal["spot", "since", "extent", "whom", "evidence"]


class AsksShape(Shape):
    """``asks``: what callers are asked besides, by kind of demand (一次性告知)."""

    consultation: list[AskedField] = []
    help: list[AskedField] = []
    suggestion: list[AskedField] = []
    complaint: list[AskedField] = []
    report: list[AskedField] = []

    def of(self, kind: grid.DemandKind) -> tuple[grid.Particular, ...]:
        """Return what a kind of demand is asked."""
        return tuple(grid.Particular(one) for one in getattr(self, kind))


class ClassShape(Named):
    """An item of ``classes``: the catalogue (派单目录)."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z]+(-[a-z]+)*/[a-z]+(-[a-z]+)*$")]
    kind: grid.DemandKind
    unit: Id | None = None
    nearest: grid.UnitKind | None = None
    keywords: dict[Text, Annotated[int, Field(ge=0, le=5)]] = Field(min_length=1)
    examples: list[Text] = []
    urgency: grid.Urgency
    urgent_words: list[Text] = []
    evidence: EvidenceShape
    limits: dict[Id, AllowanceShape] = {}
    asks: list[AskedField] | None = None
    held_by: grid.HeldBy = grid.HeldBy.OFFICER
