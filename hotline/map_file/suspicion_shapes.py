"""The shape of the map's ``suspicion`` section: thresholds of signals, and the limits of a flag."""

from typing import Final

from pydantic import Field

from hotline.domain.suspicion.thresholds import DEFAULT, SuspicionRules, Thresholds
from hotline.map_file.shapes import LimitField, Shape

_PROPOSED: Final = DEFAULT.thresholds


class ThresholdsShape(Shape):
    """Thresholds of ``suspicion``; what is left out stays as it is (docs/suspicion.md)."""

    photo_bits: int = Field(default=_PROPOSED.photo_bits, ge=0, le=90)
    one_repair_days: int = Field(default=_PROPOSED.one_repair_days, ge=0, le=365)
    deadline_percent: int = Field(default=_PROPOSED.deadline_percent, ge=1, le=50)
    deadline_closings: int = Field(default=_PROPOSED.deadline_closings, ge=2, le=10_000)
    deadline_peers: int = Field(default=_PROPOSED.deadline_peers, ge=2, le=10_000)
    deadline_chance: int = Field(default=_PROPOSED.deadline_chance, ge=1, le=1000)
    thin_characters: int = Field(default=_PROPOSED.thin_characters, ge=0, le=2000)
    bulk_closings: int = Field(default=_PROPOSED.bulk_closings, ge=2, le=1000)
    bulk_minutes: int = Field(default=_PROPOSED.bulk_minutes, ge=1, le=1440)
    reading_speed: int = Field(default=_PROPOSED.reading_speed, ge=1, le=1000)
    near_metres: int = Field(default=_PROPOSED.near_metres, ge=1, le=5000)
    usual_returns: int = Field(default=_PROPOSED.usual_returns, ge=1, le=1000)
    area_wide: int = Field(default=_PROPOSED.area_wide, ge=1, le=10_000)


class SuspicionShape(Shape):
    """``suspicion``: from where on a claim of closure looks false, and the limits of a flag."""

    thresholds: ThresholdsShape = ThresholdsShape()
    by_class: dict[str, ThresholdsShape] = Field(default_factory=dict)
    answer: LimitField = DEFAULT.answer
    rule: LimitField = DEFAULT.rule

    def rules(self) -> SuspicionRules:
        """Return them as the domain has them."""
        return SuspicionRules(
            Thresholds(**self.thresholds.model_dump()),
            {code: own.model_dump(exclude_unset=True) for code, own in self.by_class.items()},
            answer=self.answer,
            rule=self.rule,
        )
