"""Find the place that a caller means: by characters, then by sound. Never guess.

Recognised speech writes homophones (大姑家子镇 for 大孤家子镇), so names are also compared by their
syllables, and last with dialects folded; each only where the stronger witnesses found nothing
better. Where two places fit (two villages of one name, a village named like its town), the caller
is asked (ADR 0006, ADR 0014).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain
from typing import Final

from hotline.domain.grid.model import GridMap
from hotline.domain.understanding import cues
from hotline.domain.understanding.gazetteer import Candidate, Mention, Method, Names
from hotline.domain.understanding.matching import Matcher

# What may stand between a town and its village: fillers, and 镇, 乡 or 街道 as they are misheard.
_JOINT: Final = re.compile(
    r"(?:[政真阵争怎正震征针珍郑整香想项像箱相象向]|[街接][到道倒])?"
    r"[的，, 、啊呢嗯呃那这边下面底个]{0,4}"
)
# Words around the whole answer to "which village?".
_FILLERS: Final = "我是在家住就那个的，。,. 、啊呢吧嗯哦俺们"
# Before a short name these say that it is a place, when its town is named elsewhere.
_PLACED: Final = re.compile(r"(?:在|住|是|俺们?|我们|咱们?|搁|到|叫|，|,|。| )$")
_BOUND: Final = re.compile(r"$|[的这那，。,.、！？!? 村屯]|旮|疙|嘎")
# So much of a half-typed text may be the beginning of a name.
_LONGEST_START: Final = 5
# A bare name that is only heard needs a place's surroundings, up to this length.
_SHORT_SOUND: Final = 3
_BEGINS: Final = re.compile(r"$|[的这那，。,.、！？!? 停没断]|旮|疙|嘎|有人|村")
# A name heard only with dialects folded needs this much to stand without its town.
_MIN_FOLDED: Final = 4
# 康平 for 康平县; 新民 alone is also a word.
_BORDER_SUFFIX: Final = re.compile(r"(?<=..)(?<!新民)[县市区]$")


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
        candidates: what to ask between, when it is ambiguous; what it may have been, otherwise.
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
        """The weakest of the methods that the reading rests on."""
        used = {mention.method for mention in self.mentions}
        return next((method for method in reversed(Method) if method in used), None)


class Gazetteer:
    """The places of one map. Building it takes milliseconds, finding takes microseconds."""

    def __init__(self, grid_map: GridMap) -> None:
        self._names = Names(grid_map)
        self.sounds = self._names.sounds
        borders = [(name, PlaceKind.OUTSIDE) for name in grid_map.neighbours]
        brief = {_BORDER_SUFFIX.sub("", name) for name, _ in borders}
        self._beyond = Matcher(
            [
                *((name, PlaceKind.OUTSIDE) for name in brief),
                *borders,
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
        hint = self._names.towns.get(town) if town is not None else None
        found = self._local(text, self._doubted(text, self._find(text, text, Method.CHARACTERS)))
        reading = _reading(text, found, hint)
        if reading.kind is PlaceKind.GRID:
            return reading
        sound = self.sounds.of(text)
        for method in (Method.PINYIN, Method.DIALECT):
            if method is Method.DIALECT:
                sound = self.sounds.folded(sound)
            more = self._local(text, _fresh(self._find(text, sound, method), found))
            if not more:
                continue
            firm = [one for one in found if not _overlap(one, more)]
            found = sorted((*firm, *more), key=lambda mention: mention.start)
            again = _reading(text, self._doubted(text, _undoubted(found)), hint)
            # The weaker witness may settle a question, not spoil an answer.
            if again.kind is PlaceKind.GRID:
                return again
            if reading.kind is PlaceKind.NONE:
                reading = again
        return self._beyond_border(text) if reading.kind is PlaceKind.NONE else reading

    def complete(self, text: str, town: str | None = None) -> tuple[Candidate, ...]:
        """Return the places whose names begin with the last characters of a half-typed text.

        Args:
            text: what was typed so far.
            town: the town's unit id, to list its villages first.
        """
        places = self._names.beginning_with(text[-_LONGEST_START:])
        return tuple(sorted(places, key=lambda place: (place.town != town, not place.is_town)))

    def _find(self, text: str, sound: str, method: Method) -> list[Mention]:
        return self._names.find(text, sound, method)

    def _doubted(self, text: str, mentions: list[Mention]) -> list[Mention]:
        """Mark the names that may be parts of other words, or of longer names misheard."""
        marked = cues.doubted(text, mentions)
        return [
            replace(one, doubtful=True)
            if not one.doubtful
            and not any(other.end == one.start for other in marked)
            and self._names.may_be_longer(text, one)
            else one
            for one in marked
        ]

    def _local(self, text: str, mentions: list[Mention]) -> list[Mention]:
        """Return the names without those that lie under a place beyond the border."""
        if not mentions:
            return mentions
        borders = [
            (hit.start, hit.end)
            for hit in self._beyond.find(text)
            if hit.value is PlaceKind.OUTSIDE
        ]
        for border in borders:
            mentions = [
                mention
                for mention in mentions
                if mention.is_town or not cues.belongs_beyond(text, border, mention)
            ]
            if not cues.is_away(text, border) and not any(m.is_town for m in mentions):
                mentions = [replace(mention, doubtful=True) for mention in mentions]
        return mentions

    def _beyond_border(self, text: str) -> PlaceReading:
        for hit in self._beyond.find(text):
            return PlaceReading(hit.value, beyond=hit.word)
        return PlaceReading(PlaceKind.NONE)


def _undoubted(mentions: Iterable[Mention]) -> list[Mention]:
    return [replace(m, doubtful=False) if m.doubtful else m for m in mentions]


def _fresh(heard: Sequence[Mention], found: Sequence[Mention]) -> list[Mention]:
    """Return what a weaker witness adds to the names that stronger ones found."""
    return [
        mention
        for mention in heard
        if all(_gives_way(other, mention) for other in found if _overlap(mention, (other,)))
    ]


def _gives_way(found: Mention, longer: Mention) -> bool:
    """Whether a name is but a part of a longer one: 冯贝 in 冯贝保镇, 三面船 in 心三面船."""
    within = longer.start <= found.start and found.end <= longer.end
    brief = found.bare and len(found.said) < 3  # noqa: PLR2004
    if not within or brief:
        return brief
    return not found.meanings or (found.doubtful and longer.start < found.start)


def _overlap(one: Mention, others: Iterable[Mention]) -> bool:
    return any(one.start < other.end and other.start < one.end for other in others)


def _reading(text: str, found: Sequence[Mention], hint: Candidate | None) -> PlaceReading:
    town = hint.town if hint is not None else None
    return _settle(cues.settled(text, _weighed(text, found, town)), hint)


def _weighed(text: str, found: Sequence[Mention], town: str | None) -> list[Mention]:
    """Drop names that are too common to stand alone; read a bare name by its neighbours."""
    named = {m.meanings[0].town for m in found if m.is_town and not m.bare}
    only = next(iter(named)) if len(named) == 1 else town
    kept: list[Mention] = []
    for index, mention in enumerate(found):
        before = kept[-1] if kept and _adjoin(text, kept[-1], mention) else None
        after = found[index + 1] if index + 1 < len(found) else None
        if after is not None and not _adjoin(text, mention, after):
            after = None
        read = _read_by_neighbours(text, mention, before, after, town, only)
        if read is not None:
            kept.append(read)
    return _towns_of_others(kept)


def _towns_of_others(mentions: list[Mention]) -> list[Mention]:
    """Read a name of both a town and its village as the town, where another village is named."""
    sure = {
        (m.meanings[0].town, m.meanings[0].code)
        for m in mentions
        if len(m.meanings) == 1 and not m.is_town and not m.doubtful
    }
    read = []
    for mention in mentions:
        towns = tuple(m for m in mention.meanings if m.is_town)
        codes = {m.code for m in mention.meanings}
        if (
            mention.bare
            and len(towns) == 1 < len(mention.meanings)
            and any(town == towns[0].town and code not in codes for town, code in sure)
        ):
            mention = replace(mention, meanings=towns)  # noqa: PLW2901
        read.append(mention)
    return read


def _read_by_neighbours(
    text: str,
    mention: Mention,
    before: Mention | None,
    after: Mention | None,
    town: str | None,
    only: str | None,
) -> Mention | None:
    """Return a name with the meanings that the words around it leave; ``None``: it is no name."""
    narrowed = _narrowed(mention, before, after, town)
    if narrowed is not None:
        return narrowed
    if not mention.meanings or (
        mention.method is Method.DIALECT and not _folded_stands(mention, only)
    ):
        return None
    if mention.method is Method.PINYIN and not _heard_stands(text, mention, only):
        return replace(mention, doubtful=True)
    whole = not mention.doubtful and _is_whole(text, mention)
    if not mention.bare or mention.stands_alone or whole:
        return mention
    inside = tuple(m for m in mention.meanings if not m.is_town and m.town == only)
    behind = text[max(0, mention.start - 2) : mention.start]
    if inside and _PLACED.search(behind) and _BOUND.match(text, mention.end):
        return replace(mention, meanings=inside, doubtful=False)
    # A doubtful name of enough characters is kept as something to ask about.
    return mention if mention.doubtful and len(mention.said) > 2 else None  # noqa: PLR2004


def _narrowed(
    mention: Mention, before: Mention | None, after: Mention | None, town: str | None
) -> Mention | None:
    """Return a name with only the meanings that its neighbours leave it, or ``None``.

    After its town (大孤家子镇大孤家子) it is the village; before one of the town's villages
    (大孤家子拉马桥) it is the town.
    """
    within = _only_town(before.meanings) if before is not None and before.is_town else town
    villages = _villages(mention, within)
    if within is not None and villages and (mention.bare or mention.doubtful):
        return replace(mention, meanings=villages, doubtful=False)
    if not mention.bare or after is None:
        return None
    below = {m.town for m in (*after.meanings, *after.short) if not m.is_town}
    for every in (mention.meanings, mention.short):
        towns = tuple(m for m in every if m.is_town and m.town in below)
        if towns:
            return replace(mention, meanings=towns, doubtful=False)
    return None


def _villages(mention: Mention, town: str | None) -> tuple[Candidate, ...]:
    """Return the villages of a town that a name may mean: in full, or else as a short form."""
    for every in (mention.meanings, mention.short):
        found = tuple(m for m in every if not m.is_town and m.town == town)
        if found:
            return found
    return ()


def _folded_stands(mention: Mention, town: str | None) -> bool:
    """Whether a name heard with dialects folded is long enough, or lies in the town named."""
    if any(meaning.town == town for meaning in mention.meanings):
        return not mention.bare or mention.stands_alone
    return not mention.bare and len(mention.said) > _MIN_FOLDED and town is None


def _heard_stands(text: str, mention: Mention, town: str | None) -> bool:
    """Whether a name that only sounds like one is one: 遛大狗 is no 刘大沟."""
    if not mention.bare or len(mention.said) > _SHORT_SOUND:
        return True
    if any(meaning.town == town for meaning in mention.meanings):
        return True
    placed = mention.start == 0 or _PLACED.search(text[max(0, mention.start - 2) : mention.start])
    return bool(placed and _BEGINS.match(text, mention.end))


def _adjoin(text: str, first: Mention, second: Mention) -> bool:
    return bool(_JOINT.fullmatch(text, first.end, second.start))


def _is_whole(text: str, mention: Mention) -> bool:
    rest = text[: mention.start] + text[mention.end :]
    return not rest.strip(_FILLERS)


def _only_town(meanings: Iterable[Candidate]) -> str | None:
    """Return the town that all meanings share."""
    towns = {meaning.town for meaning in meanings}
    return towns.pop() if len(towns) == 1 else None


def _settle(mentions: Sequence[Mention], hint: Candidate | None) -> PlaceReading:
    """Join all names of a text into one reading."""
    doubtful = [mention for mention in mentions if mention.doubtful]
    mentions = [mention for mention in mentions if not mention.doubtful]
    reading = _settle_sure(mentions, hint)
    if doubtful and reading.kind in {PlaceKind.NONE, PlaceKind.TOWN_ONLY}:
        asked = _distinct(chain.from_iterable(mention.meanings for mention in doubtful))
        return replace(reading, candidates=tuple(asked))
    return reading


def _settle_sure(mentions: Sequence[Mention], hint: Candidate | None) -> PlaceReading:
    # A town that is named now counts more than an earlier answer.
    named = _distinct(mention.meanings[0] for mention in mentions if mention.is_town)
    if not named and hint is not None:
        named = [hint]
    villages = [mention for mention in mentions if not mention.is_town]
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
