"""What an operator is shown while typing: places and classes that the words may mean, with reasons.

Suggestions decide nothing. Unlike `Router.route` they finish half-typed names (大孤家 → 大孤家子镇)
and go on showing what was rejected.
"""

from dataclasses import dataclass
from typing import Final

from hotline.domain.grid.model import DemandClass
from hotline.domain.routing import Router
from hotline.domain.understanding.class_reading import Scored
from hotline.domain.understanding.gazetteer import Candidate, Method
from hotline.domain.understanding.places import PlaceKind, PlaceReading

_AT_MOST: Final = 8


@dataclass(frozen=True, slots=True)
class PlaceSuggestion:
    """A town or village that the words may mean.

    Attributes:
        place: the town or village; of a village, ``code`` is its grid.
        certain: whether `Router.route` would dispatch there.
        said: the words that named it; empty when it was only completed.
        method: what they were recognised by; ``None``: completed from its first characters.
    """

    place: Candidate
    certain: bool
    said: str
    method: Method | None


@dataclass(frozen=True, slots=True)
class ClassSuggestion:
    """A class that the words may mean: the map's keywords that speak for it are the reason.

    Attributes:
        certain: whether `Router.route` would choose it.
        heard: whether only the sound of the words speaks for it.
    """

    clazz: DemandClass
    certain: bool
    score: int
    words: tuple[str, ...]
    heard: bool


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What the words may mean, the likeliest first; ``beyond`` names a place that is not ours."""

    places: tuple[PlaceSuggestion, ...]
    classes: tuple[ClassSuggestion, ...]
    beyond: str | None


def suggest(router: Router, text: str, town: str | None = None) -> Suggestions:
    """Return what a half-typed text may mean.

    Args:
        router: the gazetteer and the catalogue of the map in force.
        text: what was typed so far, cleaned.
        town: the town's unit id when it is known already.
    """
    place, clazz = router.read(text, town)
    return Suggestions(
        places=_places(router, place, text),
        classes=tuple(
            _class(router, scored, certain=scored.code == clazz.code)
            for scored in clazz.scores[:_AT_MOST]
        ),
        beyond=place.beyond,
    )


def _places(router: Router, place: PlaceReading, text: str) -> tuple[PlaceSuggestion, ...]:
    every: dict[str, PlaceSuggestion] = {}
    if place.grid_code is not None:
        chosen = [m for m in place.mentions if place.grid_code in {c.code for c in m.meanings}]
        meaning = next(c for c in chosen[-1].meanings if c.code == place.grid_code)
        _add(every, meaning, chosen[-1].said, chosen[-1].method, certain=True)
    for candidate in place.candidates:
        said, method = _reason(place, candidate)
        _add(every, candidate, said, method)
    for mention in place.mentions:
        for meaning in mention.meanings:
            _add(every, meaning, mention.said, mention.method)
    if place.kind is not PlaceKind.GRID:
        for candidate in router.gazetteer.complete(text, place.town):
            _add(every, candidate, "", None)
    return tuple(every.values())[:_AT_MOST]


def _add(
    every: dict[str, PlaceSuggestion],
    place: Candidate,
    said: str,
    method: Method | None,
    *,
    certain: bool = False,
) -> None:
    every.setdefault(place.code, PlaceSuggestion(place, certain, said, method))


def _reason(place: PlaceReading, candidate: Candidate) -> tuple[str, Method | None]:
    for mention in place.mentions:
        if candidate in mention.meanings:
            return mention.said, mention.method
    return "", None


def _class(router: Router, scored: Scored, *, certain: bool) -> ClassSuggestion:
    clazz = router.map.clazz(scored.code)
    return ClassSuggestion(clazz, certain, scored.score, scored.words, scored.heard)
