"""Find the place that a caller means: by characters first, then by toneless pinyin. Never guess.

Recognised speech writes homophones (大姑家子镇 for 大孤家子镇), so names are also compared by their
syllables; but only where characters found nothing better. Where two places fit (two villages of one
name, a village named like its town), the caller is asked (ADR 0006).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain
from typing import Final

from hotline.domain.gazetteer import Candidate, Mention, Method, Names
from hotline.domain.grid import GridMap
from hotline.domain.matching import Matcher

# A bare name shorter than this is too common a word to stand alone (老边, 桃山, 孟家).
_STANDS_ALONE: Final = 3
# What may stand between a town and its village.
_JOINTS: Final = frozenset("的，, 、")
# Words around a name that is the whole answer to "which village?".
_FILLERS: Final = "我是在家住就那个的，。,. 、啊呢吧嗯哦"


class PlaceKind(StrEnum):
    """How well the place is known. Values are stored."""

    GRID = "grid"
    TOWN_ONLY = "town_only"
    AMBIGUOUS = "ambiguous"
    NONE = "none"
    NOT_LIVE = "not_live"  # a town of this county that has no grids yet
    OUTSIDE = "outside"  # a place beyond the county's border


@dataclass(frozen=True, slots=True)
class PlaceReading:
    """The place in a text.

    Attributes:
        kind: how well it is known.
        grid_code: the grid, when ``kind`` is ``grid``.
        town: the town's unit id, whenever the town is known.
        candidates: what to ask between, when it is ambiguous.
        rejected: what fitted a name but not the rest of the text.
        mentions: the names that were found: the reasons.
        beyond: the name of the place without grids, for ``outside`` and ``not_live``.
    """

    kind: PlaceKind
    grid_code: str | None = None
    town: str | None = None
    candidates: tuple[Candidate, ...] = ()
    rejected: tuple[Candidate, ...] = ()
    mentions: tuple[Mention, ...] = ()
    beyond: str | None = None

    @property
    def method(self) -> Method | None:
        """The weaker of the methods that the reading rests on."""
        used = {mention.method for mention in self.mentions}
        return (Method.PINYIN if Method.PINYIN in used else Method.CHARACTERS) if used else None


class Gazetteer:
    """The places of one map. Building it takes milliseconds, finding takes microseconds."""

    def __init__(self, grid_map: GridMap) -> None:
        self._names = Names(grid_map)
        self._beyond = Matcher(
            [
                *((name, PlaceKind.OUTSIDE) for name in grid_map.neighbours),
                *((name, PlaceKind.NOT_LIVE) for name in grid_map.not_live),
            ]
        )

    def find(self, text: str, town: str | None = None) -> PlaceReading:
        """Return the place that ``text`` names.

        Args:
            text: the caller's words.
            town: the town's unit id when an earlier answer settled it; a town that is named in
                ``text`` counts more.
        """
        found = _weighed(text, self._names.by_characters(text), town)
        hint = self._names.towns.get(town) if town is not None else None
        reading = _settle(found, hint)
        if reading.kind is PlaceKind.GRID:
            return reading
        heard = self._names.by_syllables(text)
        fresh = [mention for mention in heard if not any(_overlap(mention, m) for m in found)]
        if fresh:
            both = sorted((*found, *fresh), key=lambda mention: mention.start)
            again = _settle(_weighed(text, both, town), hint)
            # Syllables are the weaker witness: they may settle a question, not spoil an answer.
            if again.kind is PlaceKind.GRID or reading.kind is PlaceKind.NONE:
                reading = again
        return self._beyond_border(text) if reading.kind is PlaceKind.NONE else reading

    def _beyond_border(self, text: str) -> PlaceReading:
        for hit in self._beyond.find(text):
            return PlaceReading(hit.value, beyond=hit.word)
        return PlaceReading(PlaceKind.NONE)


def _overlap(one: Mention, other: Mention) -> bool:
    return one.start < other.end and other.start < one.end


def _weighed(text: str, found: Sequence[Mention], town: str | None) -> list[Mention]:
    """Drop names that are too common to stand alone; read a bare name by its neighbours."""
    kept: list[Mention] = []
    for index, mention in enumerate(found):
        if mention.bare:
            before = kept[-1] if kept and _joined(text, kept[-1], mention) else None
            after = found[index + 1] if index + 1 < len(found) else None
            if after is not None and not _joined(text, mention, after):
                after = None
            narrowed = _narrowed(mention, before, after, town)
            if narrowed is None and (_stands_alone(mention) or _is_whole(text, mention)):
                narrowed = mention
            if narrowed is not None:
                kept.append(narrowed)
        else:
            kept.append(mention)
    return kept


def _narrowed(
    bare: Mention, before: Mention | None, after: Mention | None, town: str | None
) -> Mention | None:
    """Return a bare name with only the meanings that its neighbours leave it, or ``None``.

    After its town (大孤家子镇大孤家子) it is the village; before one of the town's villages
    (大孤家子拉马桥) it is the town.
    """
    within = _only_town(before.meanings) if before is not None and _is_town(before) else town
    villages = tuple(m for m in bare.meanings if not m.is_town and m.town == within)
    if within is not None and villages:
        return replace(bare, meanings=villages)
    towns = tuple(m for m in bare.meanings if m.is_town)
    if towns and after is not None and any(m.town == towns[0].town for m in after.meanings):
        return replace(bare, meanings=towns)
    return None


def _joined(text: str, first: Mention, second: Mention) -> bool:
    return set(text[first.end : second.start]) <= _JOINTS


def _stands_alone(mention: Mention) -> bool:
    return len(mention.said) >= _STANDS_ALONE


def _is_whole(text: str, mention: Mention) -> bool:
    rest = text[: mention.start] + text[mention.end :]
    return not rest.strip(_FILLERS)


def _is_town(mention: Mention) -> bool:
    return all(meaning.is_town for meaning in mention.meanings)


def _only_town(meanings: Iterable[Candidate]) -> str | None:
    towns = {meaning.town for meaning in meanings}
    return towns.pop() if len(towns) == 1 else None


def _settle(mentions: Sequence[Mention], hint: Candidate | None) -> PlaceReading:
    """Join all names of a text into one reading."""
    # A town that is named now counts more than an earlier answer.
    named = _distinct(mention.meanings[0] for mention in mentions if _is_town(mention))
    if not named and hint is not None:
        named = [hint]
    villages = [mention for mention in mentions if not _is_town(mention)]
    towns = {candidate.town for candidate in named}
    if not villages:
        return _town_alone(named, mentions)
    options = [_options(mention, towns) for mention in villages]
    every = _distinct(meaning for mention in villages for meaning in mention.meanings)
    shared = [meaning for meaning in every if all(meaning in kept for kept in options)]
    # One village that fits all names, in the one town that was named, is an address.
    if len(towns) <= 1 and len(shared) == 1 and not shared[0].is_town:
        rejected = tuple(meaning for meaning in every if meaning != shared[0])
        place = shared[0]
        return PlaceReading(PlaceKind.GRID, place.code, place.town, (), rejected, tuple(mentions))
    if len(shared) > 1:
        return _ambiguous(shared, every, mentions)
    if all(options) and len(towns) <= 1:
        return _ambiguous(_distinct(chain.from_iterable(options)), every, mentions)
    # The town and the village contradict each other.
    return _ambiguous(_distinct((*named, *every)), every, mentions)


def _town_alone(named: Sequence[Candidate], mentions: Sequence[Mention]) -> PlaceReading:
    if len(named) > 1:
        return _ambiguous(named, named, mentions)
    if not named:
        return PlaceReading(PlaceKind.NONE, mentions=tuple(mentions))
    return PlaceReading(PlaceKind.TOWN_ONLY, None, named[0].town, mentions=tuple(mentions))


def _ambiguous(
    candidates: Sequence[Candidate], every: Iterable[Candidate], mentions: Sequence[Mention]
) -> PlaceReading:
    rejected = tuple(meaning for meaning in every if meaning not in candidates)
    town = _only_town(candidates)
    return PlaceReading(
        PlaceKind.AMBIGUOUS, None, town, tuple(candidates), rejected, tuple(mentions)
    )


def _options(mention: Mention, towns: set[str]) -> tuple[Candidate, ...]:
    """Return the meanings that lie in one of the towns that were named, if any was."""
    if not towns:
        return mention.meanings
    return tuple(meaning for meaning in mention.meanings if meaning.town in towns)


def _distinct(meanings: Iterable[Candidate]) -> list[Candidate]:
    return list(dict.fromkeys(meanings))
