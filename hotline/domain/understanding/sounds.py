"""How a text sounds: one code point for each toneless syllable, and the same with dialects folded.

Names compared by these strings always match on syllable boundaries. Folding forgets what speakers
of the north-east and their recognisers confuse: zh/z, ch/c, sh/s, n/l, r/y, f/h, -ng/-n.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import product
from typing import Final

# A village's suffix must be written as it is: 存 after a name is a verb, not a misheard 村.
_LITERAL: Final = frozenset("村屯社区委会部队")
# Readings that dictionaries put second, but that place names of the north-east use.
_READINGS: Final[Mapping[str, tuple[str, ...]]] = {"堡": ("bao", "pu")}
# Where the code points for syllables begin: an area that no text uses.
_FIRST_CODE: Final = 0xE000
# r- as it is heard there: 人 yin, 热 ye, 肉 you.
_R_AS_Y: Final[Mapping[str, str]] = {
    "ren": "yin",
    "reng": "yin",
    "re": "ye",
    "rou": "you",
    "ri": "yi",
    "rang": "yan",
    "ran": "yan",
    "rao": "yao",
    "ruan": "yuan",
    "rong": "yong",
    "ru": "yu",
    "run": "yun",
    "rui": "yui",
}
_F_AS_H: Final[Mapping[str, str]] = {
    "fa": "hua",
    "fan": "huan",
    "fang": "huan",
    "fei": "hui",
    "fen": "hun",
    "feng": "hon",
    "fo": "huo",
    "fu": "hu",
}
_INITIAL: Final = re.compile(r"^(?:([zcs])h|n(?!g))")
# Names of more than this many ways to read are read in the first of them only.
_MOST_READINGS: Final = 16


def fold(syllable: str) -> str:
    """Return a syllable without what dialects confuse: ``zhang`` and ``zan`` are both ``zan``."""
    syllable = _R_AS_Y.get(syllable, _F_AS_H.get(syllable, syllable))
    syllable = _INITIAL.sub(lambda found: found[1] or "l", syllable)
    return syllable[:-1] if syllable.endswith("ng") else syllable


def _spoken(text: str) -> list[str]:
    """Return the toneless syllables of ``text``."""
    # Its tables weigh 55 MiB: only processes that look for places carry them, the clock does not.
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    return list(lazy_pinyin(text))


class Sounds(dict[str, str]):
    """Character → the code point of its toneless syllable; other characters stay themselves."""

    def __init__(self) -> None:
        super().__init__()
        self._codes: dict[str, str] = {}
        self._folds: dict[int, str] = {}

    def __missing__(self, character: str) -> str:
        """Return, and keep, the code point of a character not met before."""
        self[character] = self._code(character, _spoken(character)[0])
        return self[character]

    def of(self, text: str) -> str:
        """Return how ``text`` sounds; as long as the text, character by character."""
        return "".join([self[character] for character in text])

    def folded(self, sound: str) -> str:
        """Return a sound with dialects folded, just as long."""
        return sound.translate(self._folds)

    def variants(self, name: str) -> Iterable[str]:
        """Return every way in which a name may sound."""
        # Read as a whole, pypinyin knows words: 重 in 重庆 is chong.
        whole = _spoken(name)
        readings = [
            {self[character], self._code(character, syllable)}
            | {self._code(character, other) for other in _READINGS.get(character, ())}
            for character, syllable in zip(name, whole, strict=False)
        ]
        ways = 1
        for each in readings:
            ways *= len(each)
        if ways > _MOST_READINGS:
            return {self.of(name)}
        return {"".join(key) for key in product(*readings)}

    def _code(self, character: str, syllable: str) -> str:
        if syllable == character or character in _LITERAL:
            return character
        if syllable not in self._codes:
            code = self._codes[syllable] = chr(_FIRST_CODE + len(self._codes))
            plain = fold(syllable)
            if plain != syllable:
                self._folds[ord(code)] = self._code("", plain)
        return self._codes[syllable]
