"""The names of a county's places, and where they occur in a text: by characters or by syllables.

Names are looked for over characters, and over toneless pinyin in which each syllable is one code
point: a match always lies on syllable boundaries.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Final, NamedTuple

from hotline.domain.grid import GridMap, Unit, UnitKind
from hotline.domain.matching import Hit, Matcher

# Official suffixes of villages, longest first, as they are cut from official names.
_VILLAGE_SUFFIXES: Final = (
    *("社区村民委员会", "社区居民委员会", "社区居委会", "村民委员会", "居民委员会"),
    *("村委会", "居委会", "社区", "村"),
)
_SAID_OF_VILLAGES: Final = (*_VILLAGE_SUFFIXES, "屯", "屯子", "村部", "村里", "大队")
_TOWN_SUFFIXES: Final = ("街道办事处", "街道", "镇", "乡")
_SAID_OF_TOWNS: Final = ("政府", "里", "上")
# Homophones of shorter names are everywhere.
_MIN_SYLLABLES: Final = 3
# A village's suffix must be written as it is: 存 after a name is a verb, not a misheard 村.
_LITERAL: Final = frozenset("村屯社区委会部队")
# Readings that dictionaries put second, but that place names of the north-east use.
_READINGS: Final[Mapping[str, tuple[str, ...]]] = {"堡": ("bao", "pu")}
# Where the code points for syllables begin: an area that no text uses.
_FIRST_CODE: Final = 0xE000


class PlaceSort(StrEnum):
    """What a name may mean. Values are stored."""

    TOWN = "town"
    VILLAGE = "village"


class Method(StrEnum):
    """What a name was recognised by. Values are stored."""

    CHARACTERS = "characters"
    PINYIN = "pinyin"


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
    """

    said: str
    start: int
    end: int
    method: Method
    bare: bool
    meanings: tuple[Candidate, ...]

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
    bare: bool
    meanings: tuple[Candidate, ...]


class Names:
    """Finds a county's place names in a text. ``towns`` are its towns by unit id."""

    def __init__(self, grid_map: GridMap) -> None:
        names = _all_names(grid_map)
        self.towns = {
            unit.id: _town(unit) for unit in grid_map.units.values() if unit.kind is UnitKind.TOWN
        }
        self._coder = _Coder()
        sounds: dict[str, _Name] = {}
        for name, found in names.items():
            for sound in self._coder.variants(name):
                if len(sound) >= _MIN_SYLLABLES:
                    known = sounds.get(sound, found)
                    every = tuple(dict.fromkeys((*known.meanings, *found.meanings)))
                    sounds[sound] = _Name(found.bare, every)
        self._characters = Matcher(names.items())
        self._syllables = Matcher(sounds.items())

    def by_characters(self, text: str) -> list[Mention]:
        """Return the names that stand in ``text`` as written."""
        return [_mention(text, hit, Method.CHARACTERS) for hit in self._characters.find(text)]

    def by_syllables(self, text: str) -> list[Mention]:
        """Return the names that ``text`` sounds like."""
        sound = "".join([self._coder[character] for character in text])
        return [_mention(text, hit, Method.PINYIN) for hit in self._syllables.find(sound)]


def _spoken(text: str) -> list[str]:
    """Return the toneless syllables of ``text``."""
    # Its tables weigh 55 MiB: only processes that look for places carry them, the clock does not.
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    return list(lazy_pinyin(text))


class _Coder(dict[str, str]):
    """Character → the code point of its toneless syllable; other characters stay themselves."""

    def __init__(self) -> None:
        super().__init__()
        self._codes: dict[str, str] = {}

    def __missing__(self, character: str) -> str:
        self[character] = self._code(character, _spoken(character)[0])
        return self[character]

    def variants(self, name: str) -> Iterable[str]:
        """Return every way to hear a name."""
        # Read as a whole, pypinyin knows words: 重 in 重庆 is chong.
        whole = _spoken(name)
        readings = [
            {self[character], self._code(character, syllable)}
            | {self._code(character, other) for other in _READINGS.get(character, ())}
            for character, syllable in zip(name, whole, strict=False)
        ]
        return {"".join(key) for key in product(*readings)}

    def _code(self, character: str, syllable: str) -> str:
        if syllable == character or character in _LITERAL:
            return character
        return self._codes.setdefault(syllable, chr(_FIRST_CODE + len(self._codes)))


def _mention(text: str, hit: Hit[_Name], method: Method) -> Mention:
    said = text[hit.start : hit.end]
    return Mention(said, hit.start, hit.end, method, hit.value.bare, hit.value.meanings)


def _all_names(grid_map: GridMap) -> dict[str, _Name]:
    """Return every name, bare or with a suffix, and all that it may mean."""
    bare: dict[str, list[Candidate]] = {}
    full: dict[str, list[Candidate]] = {}
    for unit in grid_map.units.values():
        if unit.kind is UnitKind.TOWN:
            town = _town(unit)
            short, long = _town_names(unit)
            _note(town, (short,), bare)
            _note(town, long, full)
    for grid in grid_map.grids.values():
        above = grid_map.town_of(grid.code)
        short = _without(grid.name.zh, _VILLAGE_SUFFIXES)
        village = Candidate(PlaceSort.VILLAGE, grid.code, f"{above.name.zh}{short}村", above.id)
        _note(village, (short,), bare)
        _note(village, (*(short + suffix for suffix in _SAID_OF_VILLAGES), *grid.aliases), full)
    named = {name: _Name(bare=True, meanings=tuple(found)) for name, found in bare.items()}
    return named | {name: _Name(bare=False, meanings=tuple(found)) for name, found in full.items()}


def _town(unit: Unit) -> Candidate:
    return Candidate(PlaceSort.TOWN, unit.id, unit.name.zh, unit.id)


def _town_names(town: Unit) -> tuple[str, tuple[str, ...]]:
    official = town.name.zh
    said = (official + suffix for suffix in _SAID_OF_TOWNS)
    return _without(official, _TOWN_SUFFIXES), (official, *said, *town.aliases)


def _without(name: str, suffixes: tuple[str, ...]) -> str:
    """Return a name without its suffix, unless nothing but the suffix would be cut."""
    for suffix in suffixes:
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            return name.removesuffix(suffix)
    return name


def _note(candidate: Candidate, names: Iterable[str], into: dict[str, list[Candidate]]) -> None:
    for name in names:
        meanings = into.setdefault(name, [])
        if candidate not in meanings:
            meanings.append(candidate)
