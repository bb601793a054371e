"""How much a text is worded like the examples of each class: for what no keyword foresaw.

Every class has examples in the map (and its keywords). Their characters and pairs of characters,
weighted by rarity, are added up to one vector for each class; then examples that would be taken for
another class correct the two vectors a little (a perceptron with a margin). Learning is the same
every time, from nothing but the map, and takes a fraction of a second.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from hotline.domain.grid.model import DemandClass

Rows = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float32]

# Marks, and what callers say whatever they call about: it is no class's own wording.
_BREAKS: Final = re.compile(
    r"[^\u4e00-\u9fffA-Za-z0-9]+|[你您]好|请问|麻烦|谢谢"
    r"|(?:想|要)?(?:反映|咨询|投诉|举报|问问?|打听)(?:一下|下|一?个(?:问题|情况|事)|点事)|有[点件个]事儿?"
    r"|[想要]反映|想咨询|想问"
    r"|有人|怎么申请|怎么办理?|需要什么(?:材料|手续)|带什么材料"
    r"|[我俺咱你]们?(?:家|村|屯子?|这儿?)?|能不能|有没有|是不是|什么时候|啥时候|到现在|一直|咋办|咋整"
)
# A single character says less than two together.
_SINGLE: Final = 0.5
# Only keywords that leave little doubt are examples, too; each counts for half of a sentence.
_KEYWORD_STRENGTH: Final = 4
_KEYWORD_SHARE: Final = 0.5
# So often, by so much, until every example leads by so much.
_ROUNDS: Final = 10
_STEP: Final = 0.1
_MARGIN: Final = 0.2


def _runs(text: str) -> list[str]:
    """Return every character and every pair of characters between breaks."""
    found: list[str] = []
    for part in _BREAKS.split(text):
        found += part
        found += [part[i : i + 2] for i in range(len(part) - 1)]
    return found


class Wording:
    """The wording of a map's classes, in the order in which they are given."""

    def __init__(self, classes: Sequence[DemandClass]) -> None:
        examples = [(n, _runs(text)) for n, one in enumerate(classes) for text in one.examples]
        keywords = [
            (n, _runs(word))
            for n, one in enumerate(classes)
            for word, strength in one.keywords.items()
            if strength >= _KEYWORD_STRENGTH
        ]
        seen = Counter(run for _, runs in (*examples, *keywords) for run in set(runs))
        every = len(examples) + len(keywords)
        self._runs: Mapping[str, int] = {run: row for row, run in enumerate(sorted(seen))}
        self._rarity: Floats = np.fromiter(
            (
                math.log(every / seen[run]) * (_SINGLE if len(run) == 1 else 1.0)
                for run in self._runs
            ),
            np.float32,
            len(seen),
        )
        self._names = tuple(self._runs)
        self._weights: Floats = np.zeros((len(seen), len(classes)), np.float32)
        self._add(keywords, _KEYWORD_SHARE)
        self._add(examples, 1.0)
        lengths = np.linalg.norm(self._weights, axis=0)
        self._weights /= np.where(lengths > 0, lengths, 1.0)
        self._correct(examples)

    def read(self, text: str) -> "Worded":
        """Return how like the classes a text is worded."""
        rows, values = self._vector(_runs(text))
        return Worded(self, rows, values)

    def weights(self, rows: Rows) -> Floats:
        """Return what runs of characters say for each class."""
        weights: Floats = self._weights.take(rows, axis=0)
        return weights

    def runs(self, rows: Iterable[int]) -> list[str]:
        """Return runs of characters by their rows."""
        return [self._names[row] for row in rows]

    def _vector(self, runs: Iterable[str]) -> tuple[Rows, Floats]:
        """Return the rows of the runs that are known, and their weights, of length 1 together."""
        known = set(map(self._runs.get, runs))
        known.discard(None)
        rows = np.fromiter(sorted(known), np.intp, len(known))  # type: ignore[type-var]
        values = self._rarity[rows]
        length = math.sqrt(float(values @ values))
        return rows, values / np.float32(length or 1.0)

    def _add(self, texts: Iterable[tuple[int, list[str]]], share: float) -> None:
        for nth, runs in texts:
            rows, values = self._vector(runs)
            self._weights[rows, nth] += values * np.float32(share)

    def _correct(self, examples: Iterable[tuple[int, list[str]]]) -> None:
        vectors = [(nth, *self._vector(runs)) for nth, runs in examples]
        if self._weights.shape[1] < 2:  # noqa: PLR2004 - nothing to be taken for
            return
        for _ in range(_ROUNDS):
            settled = True
            for nth, rows, values in vectors:
                likeness = values @ self._weights[rows]
                own, likeness[nth] = likeness[nth], -np.inf
                other = int(likeness.argmax())
                if own - likeness[other] < _MARGIN:
                    self._weights[rows, nth] += values * np.float32(_STEP)
                    self._weights[rows, other] -= values * np.float32(_STEP)
                    settled = False
            if settled:
                return


class Worded:
    """A text as `Wording` sees it."""

    def __init__(self, wording: Wording, rows: Rows, values: Floats) -> None:
        self._wording, self._rows, self._values = wording, rows, values
        self._weights = wording.weights(rows)

    def likeness(self) -> Floats:
        """Return how like each class it is worded: about 0 to 1, in the order of the classes."""
        likeness: Floats = self._values @ self._weights
        return likeness

    def reasons(self, nth: int, at_most: int = 3) -> tuple[str, ...]:
        """Return the runs that speak most for the class at ``nth``: the map's own words.

        Args:
            nth: the place of the class in the order given.
            at_most: how many.
        """
        shares = self._values * self._weights[:, nth]
        told = [row for row in np.argsort(-shares)[: 4 * at_most] if shares[row] > 0]
        kept: list[str] = []
        for run in self._wording.runs(int(self._rows[row]) for row in told):
            if len(run) > 1 and not any(run in one or one in run for one in kept):
                kept.append(run)
        return tuple(kept[:at_most])
