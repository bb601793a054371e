"""The names of a county's places, and where they occur in a text.

Three witnesses, each weaker than the one before: characters, toneless syllables, and syllables
with dialects folded. The automata hold the bare cores of names (大孤家子, 拉马桥) and what people
make of them (大孤, 半拉山); the suffix that follows in the text says whether a town or a village
is meant.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from hotline.domain.grid.model import GridMap, Unit, UnitKind
from hotline.domain.understanding.matching import Hit, Matcher
from hotline.domain.understanding.sounds import Sounds

# Official suffixes of villages, longest first, as they are cut from official names.
_VILLAGE_SUFFIXES: Final = (
    *("社区村民委员会", "社区居民委员会", "社区居委会", "村民委员会", "居民委员会"),
    *("村委会", "居委会", "社区", "村"),
)
_SAID_OF_VILLAGES: Final = frozenset(
    {*_VILLAGE_SUFFIXES, "屯", "屯子", "堡子", "村部", "村里", "大队", "村子", "村上"}
)
_TOWN_SUFFIX: Final = re.compile(
    r"(?:(?:蒙古|满|回|朝鲜|锡伯|达斡尔|鄂温克|鄂伦春|赫哲|裕固|东乡|保安|撒拉|哈萨克|土家|藏|苗|壮|彝|瑶"
    r"|侗|白|土|布依|傣|黎|畲|羌|维吾尔|仡佬)族)?(?:街道办事处|街道办|街道|镇|乡)$"
)
# Whose town it is, said with its name: the town is meant, though not which of its villages.
_SAID_OF_TOWNS: Final = frozenset(
    {
        *("街道办事处", "街道办", "街道", "街里", "镇", "镇里", "镇上", "镇政府", "乡", "乡里"),
        *("乡上", "乡政府", "卫生院", "派出所", "司法所", "敬老院", "中心校", "中心小学", "大集"),
        *("供销社", "信用社", "邮政所", "粮库", "客运站", "火车站", "财政所", "民政所", "法庭"),
    }
)
_LONGEST_SUFFIX: Final = 7
# What follows a name of something else: 三台子街道 is not the village 三台子.
_OTHER_UNITS: Final = re.compile(
    r"(?:镇(?![里上子])|乡(?![里上下亲])|街道|县(?!城|里)|市(?![场区里]))"
)
# Homophones of shorter names are everywhere.
_MIN_SYLLABLES: Final = 3
# A bare name shorter than this is too common a word to stand alone (老边, 桃山, 孟家).
_STANDS_ALONE: Final = 3


class PlaceSort(StrEnum):
    """What a name may mean. Values are stored."""

    TOWN = "town"
    VILLAGE = "village"


class Method(StrEnum):
    """What a name was recognised by, the stronger first. Values are stored."""

    CHARACTERS = "characters"
    PINYIN = "pinyin"
    DIALECT = "dialect"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A town or a village that a name may mean.

    Attributes:
        sort: the town itself, or a village of it.
        code: the grid's 12-digit code; of a town, its unit id.
        name: the name to say when asking.
        town: the unit id of the town.
    """

    sort: PlaceSort
    code: str
    name: str
    town: str

    @property
    def is_town(self) -> bool:
        """Whether it is the town itself."""
        return self.sort is PlaceSort.TOWN


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found in a text.

    Attributes:
        said: the characters of the text.
        start: the first character, counted in the text as given.
        end: the character after the last.
        method: what it was recognised by.
        bare: whether it came without 镇, 村 or another suffix.
        meanings: the places that it may mean.
        short: the places that it may be short for: they count only beside their town or village.
        doubtful: whether it may be part of another word or name; its town must confirm it.
    """

    said: str
    start: int
    end: int
    method: Method
    bare: bool
    meanings: tuple[Candidate, ...]
    short: tuple[Candidate, ...] = ()
    doubtful: bool = False

    @property
    def is_town(self) -> bool:
        """Whether it can mean nothing but a town."""
        return bool(self.meanings) and all(meaning.is_town for meaning in self.meanings)

    @property
    def stands_alone(self) -> bool:
        """Whether it says enough without its town."""
        return bool(self.meanings) and not (
            self.doubtful or (self.bare and len(self.said) < _STANDS_ALONE)
        )

    def as_json(self) -> dict[str, object]:
        """Return plain values for the ledger: codes and positions, never the caller's words."""
        return {
            "method": self.method.value,
            "start": self.start,
            "end": self.end,
            "bare": self.bare,
            "meanings": [meaning.code for meaning in self.meanings],
        }


class _Name(NamedTuple):
    """What a core means: in full, as a short form, and under an alias (which needs no suffix)."""

    full: tuple[Candidate, ...] = ()
    short: tuple[Candidate, ...] = ()
    alias: tuple[Candidate, ...] = ()


class Names:
    """Finds a county's place names in a text. ``towns`` are its towns by unit id."""

    def __init__(self, grid_map: GridMap) -> None:
        self.towns = {
            unit.id: _town(unit) for unit in grid_map.units.values() if unit.kind is UnitKind.TOWN
        }
        names = self._names = _all_names(grid_map, self.towns)
        self.sounds = Sounds()
        self._sorted = sorted(name for name, found in names.items() if found.full)
        heard: dict[str, _Name] = {}
        folded: dict[str, _Name] = {}
        for name, found in names.items():
            for sound in self.sounds.variants(name):
                heard[sound] = _joined(heard.get(sound), found)
        for sound, found in heard.items():
            plain = self.sounds.folded(sound)
            folded[plain] = _joined(folded.get(plain), found)
        self._longer = _syllables_before(folded)
        self._by_method = {
            Method.CHARACTERS: Matcher(names.items()),
            Method.PINYIN: Matcher(heard.items()),
            Method.DIALECT: Matcher(folded.items()),
        }

    def find(self, text: str, sound: str, method: Method) -> list[Mention]:
        """Return the names in a text by one witness.

        Args:
            text: the caller's words.
            sound: the string in which the witness looks: the text itself, its `Sounds.of`, or that
                `Sounds.folded`.
            method: the witness.
        """
        mentions: list[Mention] = []
        free = 0
        for hit in self._by_method[method].find(sound):
            mention = _mention(text, hit, method) if hit.start >= free else None
            if mention is not None:
                mentions.append(mention)
                free = mention.end
        return mentions

    def may_be_longer(self, text: str, mention: Mention) -> bool:
        """Whether a name may be the end of a longer one that sounds so: 心三面船 for 新三面船."""
        if mention.start == 0:
            return False
        syllable = self.sounds.folded(self.sounds[text[mention.start - 1]])
        return any(
            syllable in self._longer.get(meaning.code, ())
            for meaning in (*mention.meanings, *mention.short)
        )

    def beginning_with(self, end: str) -> list[Candidate]:
        """Return the places whose cores begin with the longest possible end of ``end``."""
        for start in range(len(end) - 1):
            begun = end[start:]
            first = bisect_left(self._sorted, begun)
            last = bisect_left(self._sorted, begun + "\U0010ffff")
            if first < last:
                cores = self._sorted[first:last]
                return list(dict.fromkeys(c for core in cores for c in self._names[core].full))
        return []


def _mention(text: str, hit: Hit[_Name], method: Method) -> Mention | None:
    """Return what a core means together with the suffix that follows it; ``None``: nothing."""
    name, start, end = hit.value, hit.start, hit.end
    if name.alias:
        every = tuple(dict.fromkeys((*name.alias, *name.full)))
        return Mention(text[start:end], start, end, method, bare=False, meanings=every)
    villages = tuple(meaning for meaning in name.full if not meaning.is_town)
    towns = tuple(meaning for meaning in name.full if meaning.is_town)
    near = (*villages, *(m for m in name.short if not m.is_town))
    far = (*towns, *(m for m in name.short if m.is_town))
    suffix = _suffix(text, end, villages=near, towns=far)
    if suffix in _SAID_OF_TOWNS or (suffix and _TOWN_SUFFIX.fullmatch(suffix)):
        return Mention(
            text[start : end + len(suffix)], start, end + len(suffix), method, bare=False,
            meanings=towns or far,
        )  # fmt: skip
    if suffix and (villages or end - start >= _STANDS_ALONE):
        end += len(suffix)
        return Mention(text[start:end], start, end, method, bare=False, meanings=villages or near)
    if _OTHER_UNITS.match(text, end):
        return None
    if end - start < _MIN_SYLLABLES and method is not Method.CHARACTERS:
        return None
    short = tuple(meaning for meaning in name.short if meaning not in name.full)
    return Mention(text[start:end], start, end, method, bare=True, meanings=name.full, short=short)


def _suffix(
    text: str, at: int, *, villages: Sequence[Candidate], towns: Sequence[Candidate]
) -> str:
    """Return the longest suffix that stands at a position and fits what the core may mean."""
    for length in range(_LONGEST_SUFFIX, 0, -1):
        said = text[at : at + length]
        if len(said) == length and (
            (villages and said in _SAID_OF_VILLAGES)
            or (towns and (said in _SAID_OF_TOWNS or _TOWN_SUFFIX.fullmatch(said)))
        ):
            return said
    return ""


def _syllables_before(folded: Mapping[str, _Name]) -> dict[str, set[str]]:
    """Return, by code, the syllables that stand before a place's name in longer names."""
    before: dict[str, set[str]] = {}
    for sound in folded:
        for start in range(1, len(sound) - 1):
            shorter = folded.get(sound[start:])
            for place in (*shorter.full, *shorter.short) if shorter is not None else ():
                before.setdefault(place.code, set()).add(sound[start - 1])
    return before


def _joined(one: _Name | None, other: _Name) -> _Name:
    if one is None:
        return other
    return _Name(*(tuple(dict.fromkeys((*a, *b))) for a, b in zip(one, other, strict=True)))


def _all_names(grid_map: GridMap, towns: Mapping[str, Candidate]) -> dict[str, _Name]:
    """Return every core, short form and alias, and all that it may mean."""
    names: dict[str, _Name] = {}
    for place, core, aliases in _places(grid_map, towns):
        names[core] = _joined(names.get(core), _Name(full=(place,)))
        for short in _shorter(core, place):
            names[short] = _joined(names.get(short), _Name(short=(place,)))
        for alias in aliases:
            names[alias] = _joined(names.get(alias), _Name(alias=(place,)))
    return names


def _places(
    grid_map: GridMap, towns: Mapping[str, Candidate]
) -> Iterator[tuple[Candidate, str, tuple[str, ...]]]:
    """Yield every place with its core and its aliases."""
    peoples: dict[str, list[str]] = {}
    for town in towns.values():
        if "族" in town.name:
            peoples.setdefault(_TOWN_SUFFIX.search(town.name)[0], []).append(town.code)  # type: ignore[index]
    for town in towns.values():
        core = _TOWN_SUFFIX.sub("", town.name) or town.name
        # 蒙古族乡 says which town, where only one is so called.
        own = tuple(suffix for suffix, codes in peoples.items() if codes == [town.code])
        yield town, core, (*grid_map.units[town.code].aliases, *own)
    for grid in grid_map.grids.values():
        above = towns[grid_map.town_of(grid.code).id]
        core = _without(grid.name.zh, _VILLAGE_SUFFIXES)
        # 某某村委会 is said 某某村; a group of a village (某某村一组) keeps its own name.
        suffix = grid.name.zh.removeprefix(core)
        if suffix:
            suffix = "社区" if suffix.startswith("社区") else "村"
        name = f"{above.name}{core}{suffix}"
        yield Candidate(PlaceSort.VILLAGE, grid.code, name, above.code), core, grid.aliases


def _shorter(core: str, place: Candidate) -> Iterable[str]:
    """Return what people make of a name: 半拉山子 → 半拉山, 大孤家子镇 → 孤家子, 大孤."""
    found = set()
    for long, brief in (
        ("堡子", "堡"),
        ("子", ""),
        ("窝堡", "窝棚"),
        ("河子", "河"),
        ("房申", "房"),
    ):
        if core.endswith(long):
            found.add(core.removesuffix(long) + brief)
    if core.endswith(("屯", "堡", "沟")) and len(core) >= _STANDS_ALONE:
        found.add(core + "子")
    if place.is_town:
        found |= {core[:2], core[1:] if core[0] in "大小" else core, core.removesuffix("河子")}
    return {short for short in found if len(short) > 1 and short != core}


def _town(unit: Unit) -> Candidate:
    return Candidate(PlaceSort.TOWN, unit.id, unit.name.zh, unit.id)


def _without(name: str, suffixes: tuple[str, ...]) -> str:
    """Return a name without its suffix, unless nothing but the suffix would be cut."""
    for suffix in suffixes:
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            return name.removesuffix(suffix)
    return name
