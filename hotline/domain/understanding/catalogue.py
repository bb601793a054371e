"""The catalogue (派单目录) at work: which class of demand the words of a text speak for.

Two witnesses are added up: keywords, and the likeness to the classes' examples. Both come from the
map, the keywords with their strengths. A keyword may have a gap (水…没来). A phrase of
strength 0 keeps the words inside it from speaking for its class. What a caller denies (不是停水)
speaks for nothing. What recognisers write by sound (庭水 for 停水) is a weaker witness, heard where
the characters say nothing, or where it explains more of them.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from hotline.domain.grid.model import DemandClass, GridMap
from hotline.domain.understanding.class_reading import ClassReading, Scored, urgency
from hotline.domain.understanding.matching import Hit, Matcher
from hotline.domain.understanding.sounds import Sounds
from hotline.domain.understanding.wording import Wording

GAP: Final = "…"
# So many characters may stand in a gap: 水从昨天晚上起就没来.
_WIDEST: Final = 8
_STOPS: Final = re.compile(r"[。！？；!?;]")
# What a keyword counts for, by its strength: one that leaves no doubt outweighs many hints.
_WEIGHT: Final = (0, 10, 30, 50, 80, 120)
# A longer keyword says more precisely what it is about.
_SPECIFIC: Final = 1.1
_LONGEST: Final = 6
# Long stories name much in passing: only so many keywords of a class count.
_COUNTED: Final = 3
# What being worded just like the examples of a class counts for: several keywords.
_WORDING: Final = 2000
# With less than this, or so little ahead of another class, the caller is asked.
_ENOUGH: Final = 260
_ALIKE: Final = 320
_CLOSE: Final = 40
_SIDE_BY_SIDE: Final = 1
_NO_DOUBT: Final = 80
_SHOWN: Final = 6
# What speaks by its wording alone is shown while it is near the top, with its reasons.
_REASONED: Final = 2
# By sound, a keyword counts for a part of its weight, and short words sound like too many others.
_HEARD: Final = 0.75
_LONG_SOUND: Final = 3
_SURE: Final = 4
# Characters of words so common that a word of two with one of them is no misheard keyword.
_COMMON: Final = frozenset(
    "的了是不在有我他她你它这那个们来到说要就会着没看好自己里么之可也后时对出能下都多上起"
    "还把给跟和与人家村事底咋啥哪谁怎问想听让被叫去过再又很太最大小老一二三四五六七八九十"
)
_DENIED_BEFORE: Final = re.compile(
    r"(?<![是要])(?:不是|并非|不关|不问|没说|不说|别说|不要的?是|要的不是)"
    r"(?:说|问|要|想|办|因为|反映|申请|你们?|我们?|咱们?|家|的|了){0,3}$"
)
_FINE_AFTER: Final = re.compile(
    r"(?:都|倒|也|还|的|那边|那个|是|方面){0,2}(?:没问题|没事|没毛病|正常|挺好|不错|没坏|好着|没停|不缺)"
)
# 卫生室门口路灯坏了 is not about the 卫生室.
_LANDMARK: Final = re.compile(
    r"(?:的?(?:大?门口|大门|门前|旁边|旁|附近|对面|后面|前面|后身|边上|东边|西边|南边|北边|东面|西面|南面|北面|"
    r"那块|那疙瘩|那旮旯|那嘎达|路口|后院|东头|西头|道口|胡同))"
)
_PASSING: Final = 0.35
_STRESSED: Final = re.compile(
    r"(?:主要|关键|重点|最?要紧|着急)的?(?:是|就是|问题是)?|(?:反映|投诉|举报|咨询|问|打听)的?(?:是|就是)(?!不)"
)
_STRESS_REACH: Final = 10
_STRESS: Final = 3.0


class _Word(NamedTuple):
    """What a word means: for which classes, with which strength; and what may follow it."""

    speaks: Mapping[str, int]
    gaps: tuple[tuple[str, Mapping[str, int]], ...]


class _Found(NamedTuple):
    word: str
    start: int
    end: int
    speaks: Mapping[str, int]
    heard: bool = False


class Catalogue:
    """The classes of one map, ready to read texts. Building it takes milliseconds."""

    def __init__(self, grid_map: GridMap, sounds: Sounds | None = None) -> None:
        self._classes = grid_map.classes
        self._sounds = sounds if sounds is not None else Sounds()
        words = _words(grid_map.classes.values())
        self._words = Matcher(words.items())
        heard: dict[str, tuple[str, Mapping[str, int]]] = {}
        for word, known in words.items():
            sure = {code: n for code, n in known.speaks.items() if n >= _SURE}
            if sure and len(word) > 1:
                heard.setdefault(self._sounds.of(word), (word, sure))
        self._heard = Matcher(heard.items())
        self._codes = tuple(grid_map.classes)
        self._order = {code: nth for nth, code in enumerate(grid_map.classes)}
        self._wording = Wording(tuple(grid_map.classes.values()))

    def classify(self, text: str) -> ClassReading:
        """Return the class that a text speaks for; none when two do so about equally."""
        found, silent = self._spoken(text)
        sums = self._scores(text, self._with_heard(text, found))
        scores = self._with_wording(text, sums, silent - sums.keys())
        first = sums.get(scores[0].code) if scores else None
        close = [
            one
            for one in scores
            if scores[0].score - one.score < _CLOSE
            or (first and one.code in sums and _in_one_breath(first, sums[one.code]))
        ]
        sure = len(close) == 1 and close[0].score >= _ENOUGH
        # While two classes are as likely, the more careful one sets the pace.
        judged = [urgency(self._classes[one.code], text) for one in close]
        return ClassReading(
            code=close[0].code if sure else None,
            urgent=any(urgent for urgent, _ in judged),
            urgent_words=tuple(word for _, words in judged for word in words),
            scores=scores,
        )

    def _with_wording(
        self, text: str, spoken: Mapping[str, "_Sum"], silent: Iterable[str]
    ) -> tuple[Scored, ...]:
        """Add to what keywords say how like the examples of each class the text is worded.

        Args:
            text: the caller's words.
            spoken: what the keywords weigh.
            silent: the classes of which the text only seems to speak: 没有电话 is not like 没有电.
        """
        worded = self._wording.read(text)
        total = worded.likeness() * np.float32(_WORDING)
        for code in silent:
            total[self._order[code]] = 0.0
        for code, one in spoken.items():
            total[self._order[code]] += one.weight
        weighed = total.tolist()
        first = (
            np.argpartition(-total, _SHOWN)[:_SHOWN].tolist()
            if len(weighed) > _SHOWN
            else (range(len(weighed)))
        )
        every: list[Scored] = []
        for nth in sorted(first, key=lambda nth: (-weighed[nth], nth)):
            score, code = round(weighed[nth]), self._codes[nth]
            if code in spoken:
                said = spoken[code]
                every.append(Scored(code, score, said.words, round(said.weight), said.heard))
            elif score >= _ALIKE and len(every) < _REASONED:
                every.append(Scored(code, score, worded.reasons(nth)))
        return tuple(every)

    def _spoken(self, text: str) -> tuple[list[_Found], set[str]]:
        """Return the keywords of a text, and the classes of whose keywords some only seem so."""
        hits = self._words.every(text)
        hits.sort(key=lambda hit: (hit.start, -hit.end))
        mute = [hit for hit in hits if 0 in hit.value.speaks.values()]
        found: list[_Found] = []
        free = 0
        for hit in hits:
            # A word inside a longer one is not said by itself, but may begin one with a gap.
            if hit.end > free and any(hit.value.speaks.values()):
                free = hit.end
                _note(found, hit.word, hit, hit.end, _loud(hit, hit.value.speaks, mute))
            for second, speaks in hit.value.gaps:
                end = _across(text, hit.end, second)
                if end:
                    word = f"{hit.word}{GAP}{second}"
                    _note(found, word, hit, end, _loud(hit, speaks, mute))
        silent = {code for hit in mute for code, n in hit.value.speaks.items() if not n}
        return found, silent

    def _with_heard(self, text: str, found: list[_Found]) -> list[_Found]:
        """Add what the text only sounds like, where that explains more than its characters."""
        sound = self._sounds.of(text)
        more: list[_Found] = []
        for hit in self._heard.find(sound):
            word, speaks = hit.value
            said = text[hit.start : hit.end]
            if said == word:
                continue
            heard = _Found(word, hit.start, hit.end, speaks, heard=True)
            if len(word) < _LONG_SOUND:
                sure = any(max(one.speaks.values(), default=0) >= _SURE for one in found)
                if not sure and _COMMON.isdisjoint(said) and max(speaks.values()) > _SURE:
                    more.append(heard)
                continue
            inside = [one for one in found if one.start < hit.end and hit.start < one.end]
            if all(hit.start <= one.start and _begins_inside(one, hit.end) for one in inside):
                found = [one for one in found if one not in inside]
                more.append(heard)
        return [*found, *more] if more else found

    def _scores(self, text: str, found: Sequence[_Found]) -> dict[str, "_Sum"]:
        speakers: dict[str, list[tuple[float, _Found]]] = {}
        stressed = [found.end() for found in _STRESSED.finditer(text)]
        for one in found:
            if _denied(text, one):
                continue
            factor = _SPECIFIC ** min(len(one.word) - one.word.count(GAP), _LONGEST)
            if one.heard:
                factor *= _HEARD
            if _LANDMARK.match(text, one.end):
                factor *= _PASSING
            if any(start <= one.start <= start + _STRESS_REACH for start in stressed):
                factor *= _STRESS
            for code, strength in one.speaks.items():
                if strength:
                    speakers.setdefault(code, []).append((_WEIGHT[strength] * factor, one))
        return {code: _sum(said) for code, said in speakers.items()}


def _in_one_breath(one: "_Sum", other: "_Sum") -> bool:
    """Whether two problems are named side by side, and neither more than the other: 停水停电."""
    (_, first), (second, _) = sorted((one.at, other.at))
    equal = round(one.weight) == round(other.weight) and one.weight >= _NO_DOUBT
    return equal and 0 <= second - first <= _SIDE_BY_SIDE


class _Sum(NamedTuple):
    """What the keywords of a class weigh together."""

    weight: float
    words: tuple[str, ...]
    heard: bool
    at: tuple[int, int]


def _sum(said: list[tuple[float, _Found]]) -> _Sum:
    """Add up the strongest keywords of a class; words that overlap tell the same thing once."""
    if len(said) == 1:
        return _Sum(said[0][0], (said[0][1].word,), said[0][1].heard, said[0][1][1:3])
    said.sort(key=lambda item: -item[0])
    kept: list[tuple[float, _Found]] = []
    for weight, one in said:
        if len(kept) == _COUNTED:
            break
        if all(
            one.word != other.word and (one.start >= other.end or other.start >= one.end)
            for _, other in kept
        ):
            kept.append((weight, one))
    return _Sum(
        sum(weight for weight, _ in kept),
        tuple(one.word for _, one in kept),
        all(one.heard for _, one in kept),
        kept[0][1][1:3],
    )


def _begins_inside(one: _Found, end: int) -> bool:
    """Whether a keyword lies before ``end``, or its half before the gap does."""
    return one.end <= end or (GAP in one.word and one.start + one.word.index(GAP) <= end)


def _words(classes: Iterable[DemandClass]) -> dict[str, _Word]:
    """Return every word to look for: keywords, and the first halves of those with a gap."""
    speaks: dict[str, dict[str, int]] = {}
    gaps: dict[str, dict[str, dict[str, int]]] = {}
    for clazz in classes:
        for word, strength in clazz.keywords.items():
            first, gap, second = word.partition(GAP)
            if gap:
                gaps.setdefault(first, {}).setdefault(second, {})[clazz.code] = strength
            else:
                speaks.setdefault(word, {})[clazz.code] = strength
    return {
        word: _Word(speaks.get(word, {}), tuple(gaps.get(word, {}).items()))
        for word in {*speaks, *gaps}
    }


def _across(text: str, start: int, second: str) -> int:
    """Return where the second half of a keyword with a gap ends; 0: it does not stand there."""
    at = text.find(second, start, start + _WIDEST + len(second))
    return 0 if at < 0 or _STOPS.search(text, start, at) else at + len(second)


def _loud(
    hit: Hit[_Word], speaks: Mapping[str, int], mute: Sequence[Hit[_Word]]
) -> Mapping[str, int]:
    """Return for what a word speaks: for a class to which 知道 is nothing, its 道 is nothing."""
    silent = {
        code
        for other in mute
        if other.start <= hit.start and hit.end <= other.end and other.word != hit.word
        for code, strength in other.value.speaks.items()
        if not strength
    }
    return {code: n for code, n in speaks.items() if code not in silent} if silent else speaks


def _note(
    found: list[_Found], word: str, hit: Hit[_Word], end: int, speaks: Mapping[str, int]
) -> None:
    if speaks:
        found.append(_Found(word, hit.start, end, speaks))


def _denied(text: str, one: _Found) -> bool:
    before = text[max(0, one.start - 9) : one.start]
    return bool(_DENIED_BEFORE.search(before)) or bool(_FINE_AFTER.match(text, one.end))
