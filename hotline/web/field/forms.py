"""What the field's forms send: parsed here, once; and what is said beside a field that is wrong."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Final, Literal
from uuid import UUID

from flask import request
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from hotline.clock import COUNTY_ZONE
from hotline.domain.closing import ResultKind
from hotline.domain.deferral import MOST_MILESTONES, Milestone
from hotline.domain.disputes import ReturnReason
from hotline.domain.errors import InvalidError
from hotline.domain.grid.model import Join
from hotline.domain.joining import PlanLine, Terms
from hotline.services.handling.commands import Envelope
from hotline.services.handling.tickets import LONGEST_TEXT, Position
from hotline.web.blanks import BLANK
from hotline.web.i18n import lazy_gettext as _
from hotline.web.parts import parts
from hotline.web.words.shared import REFUSALS

_ENVELOPE: Final = frozenset({"command_id", "seen_version", "done_at"})
Text = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
Degrees = Annotated[Annotated[str, Field(pattern=r"^-?\d{1,3}(\.\d{1,9})?$")] | None, BLANK]

FIELD_WORDS: Final[Mapping[str, str]] = {
    "dispute": _("请选择退单理由。"),
    "leader": _("请选择责任领导。"),
    "milestones": _("至少写一个节点，日期从早到晚，都在今天以后，不超过最长期限。"),
    "decision": _("请写明集体研究的时间和结论。"),
    "due_on": _("每个节点要有日期：今天起，到整件事的时限为止。"),
    "grades": _("请给到场、作风、结果各打一个分。"),
    "join": _("这种哨不能这样约定。"),
    "lead": _("请从呼叫的单位里选一个牵头单位。"),
    "needed": _("请填写要到场的单位数，不超过呼叫的单位数。"),
    "slot_from": _("到场时间要在现在之后、到场时限之内。"),
    "verdict": _("请选择一项。"),
    "kind": _("请选择一项。"),
    "outcome": _("请选择联系结果。"),
    "photos": _("请附上现场照片。"),
    "place_note": _("没有定位时，请写明您在哪里（最多 200 字）。"),
    "promised_on": _("限期办理要填今天以后的日期；其他结果不填日期。"),
    "text": _("请写明情况，最多 2000 字。"),
    "units": _("请至少选择一个单位。"),
    "too_many_units": _("这种哨一次只能叫一个单位；要叫几家，请换一种哨。"),
    "no_lead": _("这种哨不分牵头和配合：请选“没有牵头单位”，或者换一种约定。"),
}
# Names that are no field of their own: a device's position is shown as one thing, with its words
# below; what is wrong with a choice stands at the choice.
_SHOWN_AT: Final = {
    "accuracy_m": "place_note",
    "latitude": "place_note",
    "longitude": "place_note",
    "too_many_units": "units",
    "no_lead": "lead",
    "arrival": "grades",
    "conduct": "grades",
    "result": "grades",
}


class Sent(BaseModel):
    """What every command from the field carries (design §6b)."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    command_id: UUID
    seen_version: Annotated[int | None, BLANK] = None
    done_at: Annotated[AwareDatetime | None, BLANK] = None

    def envelope(self, action: str) -> Envelope:
        """Return the command's key and claims; photos stand in it by their hashes."""
        body = self.model_dump(mode="json", exclude={*_ENVELOPE, "photos"})
        photos: tuple[bytes, ...] = getattr(self, "photos", ())
        body["photos"] = [hashlib.sha256(photo).hexdigest() for photo in photos]
        return Envelope(self.command_id, action, body, self.seen_version, self.done_at)


class Contacted(Sent):
    """How a call to the caller went."""

    outcome: Literal["reached", "unreached"]
    text: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""


class Standing(Sent):
    """Where somebody stands: by their device or in their words, never nothing at all."""

    latitude: Degrees = None
    longitude: Degrees = None
    accuracy_m: Annotated[Annotated[int, Field(ge=0, le=1_000_000)] | None, BLANK] = None
    place_note: Annotated[str, Field(max_length=200, validate_default=True)] = ""

    @field_validator("latitude", "longitude")
    @classmethod
    def _on_earth(cls, value: str | None, info: ValidationInfo) -> str | None:
        most = 90 if info.field_name == "latitude" else 180
        if value is not None and abs(Decimal(value)) > most:
            raise ValueError("not a place on earth")
        return value

    @field_validator("place_note")
    @classmethod
    def _somewhere(cls, value: str, info: ValidationInfo) -> str:
        if not value and not (info.data.get("latitude") and info.data.get("longitude")):
            raise ValueError("neither a position nor words")
        return value

    @property
    def position(self) -> Position | None:
        """What the device says, if it says anything."""
        if self.latitude is None or self.longitude is None:
            return None
        return Position(self.latitude, self.longitude, self.accuracy_m)


class Written(Sent):
    """A text: a note, a reason, what was done."""

    text: Text


class Blown(Written):
    """A whistle."""

    kind: str = Field(min_length=1)
    units: tuple[str, ...] = Field(min_length=1)
    join: Annotated[Join | None, BLANK] = None
    needed: Annotated[Annotated[int, Field(ge=1, le=100)] | None, BLANK] = None
    lead: Annotated[str | None, BLANK] = None
    leader: Annotated[str | None, BLANK] = None
    slot_from: Annotated[datetime | None, BLANK] = None
    decision: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""

    @property
    def terms(self) -> Terms:
        """How the units are called, in the domain's words."""
        return Terms(
            self.join, self.needed, self.lead, self.leader, in_county(self.slot_from), self.decision
        )


class Granted(Sent):
    """The answer to a wish for a whistle: it is blown, under these terms."""

    leader: Annotated[str | None, BLANK] = None
    slot_from: Annotated[datetime | None, BLANK] = None
    decision: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""

    @property
    def terms(self) -> Terms:
        """What whoever blows it adds to what was asked."""
        return Terms(
            leader=self.leader, slot_from=in_county(self.slot_from), decision=self.decision
        )


class OfWhistle(Sent):
    """Something that is said of one whistle by whoever speaks for it."""

    whistle: UUID


class OfParty(Written):
    """Something that is said of one called unit."""

    party: UUID


class Filed(Sent):
    """A lead unit's plan: lines of a day, a unit and words; empty lines count for nothing."""

    texts: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    units: tuple[str, ...] = ()

    @property
    def lines(self) -> list[PlanLine]:
        """The lines that say something.

        Raises:
            InvalidError: a line lacks its day.
        """
        lines = zip(self.texts, self.days, self.units, strict=False)
        try:
            return [
                PlanLine(text.strip(), unit, date.fromisoformat(day))
                for text, day, unit in lines
                if text.strip() or day
            ]
        except ValueError as error:
            raise InvalidError(fields=["due_on"]) from error


class LineMet(Written):
    """A line of a joint plan that is met."""

    milestone: UUID


class LineChanged(Written):
    """A line of a joint plan as it is from now on; ``text`` says why."""

    milestone: UUID
    what: Text
    day: date
    unit: str = Field(min_length=1, max_length=80)

    @property
    def line(self) -> PlanLine:
        """The line in the domain's words."""
        return PlanLine(self.what, self.unit, self.day)


class Graded(Sent):
    """What the whistler says of one called unit."""

    party: UUID
    arrival: Annotated[int, Field(ge=1, le=5)]
    conduct: Annotated[int, Field(ge=1, le=5)]
    result: Annotated[int, Field(ge=1, le=5)]
    text: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""


class Judged(Sent):
    """What a called unit says of the whistle."""

    verdict: Literal["valid", "wrong_unit", "premature"]
    text: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""


class Filled(Sent):
    """What had been missing has come."""

    gap: UUID


class Proved(Written):
    """A text with photos."""

    photos: tuple[bytes, ...] = ()


class Returned(Proved):
    """A return, with its reason."""

    dispute: ReturnReason


class Planned(Written):
    """A plan for a long case: its rows are ``what_1`` and ``by_1``, and so on; empty ones go."""

    leader: str = Field(min_length=1, max_length=80)
    milestones: tuple[Milestone, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _rows(cls, values: dict[str, object]) -> dict[str, object]:
        pairs = [
            (values.get(f"what_{row}") or "", values.get(f"by_{row}") or "")
            for row in range(1, MOST_MILESTONES + 1)
        ]
        steps = [{"what": what, "by_day": by} for what, by in pairs if what or by]
        return dict(values) | {"milestones": steps}


class Met(Proved):
    """A milestone that is done."""

    milestone: UUID


class Claimed(Proved):
    """A result."""

    kind: ResultKind
    promised_on: Annotated[date | None, BLANK] = None


def in_county(local: datetime | None) -> datetime | None:
    """Return what a field for date and time sent as an instant: it means the county's own time."""
    return None if local is None else local.replace(tzinfo=COUNTY_ZONE)


def sent_values() -> dict[str, object]:
    """Return what the form of this request sent, photos read.

    Raises:
        InvalidError: too many photos; none of them was read.
    """
    files = [file for file in request.files.getlist("photos") if file.filename]
    at_most = parts().photos_per_command
    if len(files) > at_most:
        raise InvalidError(fields=["photos"], at_most=at_most)
    values: dict[str, object] = dict(request.form.to_dict())
    for name in ("units", "texts", "days"):
        values[name] = tuple(request.form.getlist(name))
    values["photos"] = tuple(file.read() for file in files)
    return values


def faults_of(error: InvalidError) -> dict[str, str]:
    """Return what is wrong by the field that shows it, in the user's language."""
    named = error.facts.get("fields")
    names = [str(name) for name in named] if isinstance(named, list) else []
    faults: dict[str, str] = {}
    for name in names:
        shown = _SHOWN_AT.get(name, name)
        words = FIELD_WORDS.get(name) or FIELD_WORDS.get(shown)
        faults |= {shown: str(words)} if words is not None else {}
    if "photos" in faults:
        faults["photos"] = _photo_words(error.facts)
    return faults


def _photo_words(facts: Mapping[str, object]) -> str:
    for fact, words, unit in (
        ("at_most", _("最多 %(count)s 张照片。"), 1),
        ("most_bytes", _("每张照片不超过 %(count)s MB。"), 10**6),
        ("most_pixels", _("照片的像素太多，最多 %(count)s 百万。"), 10**6),
    ):
        if fact in facts:
            return str(words) % {"count": int(str(facts[fact])) // unit}
    return str(REFUSALS.get(str(facts.get("reason")), FIELD_WORDS["photos"]))
