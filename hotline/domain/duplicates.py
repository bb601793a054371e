"""Whether two demands may be one event (并案建议): a likeness, with its reasons. A person decides.

Pure arithmetic over what is known of two tickets. Points stand for how much each agreement says,
not for a probability; what contradicts counts against. Nothing is ever merged by these numbers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

# From so many points on, two demands are put side by side.
ENOUGH: Final = 60
_CALLER: Final = 25
_GRID: Final = 30
_TOWN: Final = 10
_OTHER_TOWN: Final = -40
_CLASS: Final = 30
_OTHER_CLASS: Final = -25
_WORDS: Final = 25
# The same matter weeks later is another event.
_LONG_APART: Final = -30
# Below this share of bigrams in common, two texts merely use the same language.
_ALIKE: Final = 0.2
_APART: Final = (
    (timedelta(hours=2), 20),
    (timedelta(hours=24), 15),
    (timedelta(days=3), 8),
    (timedelta(days=7), 3),
)


class Sign(StrEnum):
    """What speaks for or against two demands being one event."""

    SAME_CALLER = "same_caller"
    SAME_GRID = "same_grid"
    SAME_TOWN = "same_town"
    OTHER_TOWN = "other_town"
    SAME_CLASS = "same_class"
    OTHER_CLASS = "other_class"
    CLOSE_IN_TIME = "close_in_time"
    LONG_APART = "long_apart"
    LIKE_WORDS = "like_words"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a demand, as far as likeness goes; ``caller`` is a keyed hash."""

    id: UUID
    received_at: datetime
    words: frozenset[str]
    grid: str | None = None
    town: str | None = None
    class_code: str | None = None
    caller: str | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much two demands are alike: points, and each sign with its own."""

    points: int
    signs: tuple[tuple[Sign, int], ...]

    @property
    def is_enough(self) -> bool:
        """Whether the two should be put before a person."""
        return self.points >= ENOUGH


@dataclass(frozen=True, slots=True)
class Group:
    """Demands that may be one event: the oldest leads, the others each with their likeness."""

    lead: Facts
    others: tuple[tuple[Facts, Likeness], ...]


def bigrams(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring letters or characters of ``text``."""
    letters = "".join(mark for mark in text if mark.isalnum())
    return frozenset(letters[at : at + 2] for at in range(len(letters) - 1))


def likeness(one: Facts, other: Facts) -> Likeness:
    """Return how much two demands are alike, and by which signs; the order does not matter."""
    signs = [
        *_caller(one, other),
        *_place(one, other),
        *_class(one, other),
        *_time(one, other),
        *_words(one, other),
    ]
    return Likeness(sum(points for _, points in signs), tuple(signs))


def alike(one: Facts, others: Iterable[Facts]) -> list[tuple[Facts, Likeness]]:
    """Return which of ``others`` may be the same event as ``one``, the likest first."""
    judged = [(other, likeness(one, other)) for other in others if other.id != one.id]
    found = [(other, how) for other, how in judged if how.is_enough]
    return sorted(found, key=lambda pair: (-pair[1].points, pair[0].received_at))


def groups(demands: Sequence[Facts]) -> list[Group]:
    """Return the demands that may be one event, the largest group first.

    Each demand is compared with the oldest of the groups that share its class or its place, so
    that a storm of demands costs little more than one look at each. A group keeps to one place:
    on the heating season's first day six neighbourhoods are cold for six reasons, and merged into
    one they would all be the first one's officer's.
    """
    made: list[tuple[Facts, list[tuple[Facts, Likeness]]]] = []
    places: list[str | None] = []
    shelf: dict[str | None, list[int]] = {}
    for demand in sorted(demands, key=lambda facts: (facts.received_at, facts.id)):
        keys = {demand.class_code, demand.town}
        near = sorted({at for key in keys for at in shelf.get(key, ())})
        near = [at for at in near if _may_be_one_place(places[at], demand.grid)]
        judged = [(at, likeness(made[at][0], demand)) for at in near]
        best = max(judged, key=lambda pair: pair[1].points, default=None)
        if best is not None and best[1].is_enough:
            made[best[0]][1].append((demand, best[1]))
            places[best[0]] = places[best[0]] or demand.grid
            continue
        made.append((demand, []))
        places.append(demand.grid)
        for key in keys:
            shelf.setdefault(key, []).append(len(made) - 1)
    found = [Group(lead, tuple(others)) for lead, others in made if others]
    return sorted(found, key=lambda group: (-len(group.others), group.lead.received_at))


def _may_be_one_place(one: str | None, other: str | None) -> bool:
    """Whether two grids may be one place: one lies within the other, or one is not known."""
    return one is None or other is None or one.startswith(other) or other.startswith(one)


def _caller(one: Facts, other: Facts) -> list[tuple[Sign, int]]:
    same = one.caller is not None and one.caller == other.caller
    return [(Sign.SAME_CALLER, _CALLER)] if same else []


def _place(one: Facts, other: Facts) -> list[tuple[Sign, int]]:
    if one.grid is not None and one.grid == other.grid:
        return [(Sign.SAME_GRID, _GRID)]
    if one.town is None or other.town is None:
        return []
    if one.town == other.town:
        return [(Sign.SAME_TOWN, _TOWN)]
    return [(Sign.OTHER_TOWN, _OTHER_TOWN)]


def _class(one: Facts, other: Facts) -> list[tuple[Sign, int]]:
    if one.class_code is None or other.class_code is None:
        return []
    if one.class_code == other.class_code:
        return [(Sign.SAME_CLASS, _CLASS)]
    return [(Sign.OTHER_CLASS, _OTHER_CLASS)]


def _time(one: Facts, other: Facts) -> list[tuple[Sign, int]]:
    apart = abs(one.received_at - other.received_at)
    for within, points in _APART:
        if apart <= within:
            return [(Sign.CLOSE_IN_TIME, points)]
    return [(Sign.LONG_APART, _LONG_APART)]


def _words(one: Facts, other: Facts) -> list[tuple[Sign, int]]:
    """Dice's coefficient over bigrams: twice what both say, by all that each says."""
    if not one.words or not other.words:
        return []
    share = 2 * len(one.words & other.words) / (len(one.words) + len(other.words))
    return [(Sign.LIKE_WORDS, round(_WORDS * share))] if share >= _ALIKE else []
