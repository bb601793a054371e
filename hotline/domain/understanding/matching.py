"""Find many words in a text at once (Aho–Corasick), leftmost and longest first."""

from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar

import ahocorasick

_V = TypeVar("_V")


class Hit(NamedTuple, Generic[_V]):
    """A word at ``text[start:end]``, and what is known about it."""

    start: int
    end: int
    word: str
    value: _V


class Matcher(Generic[_V]):
    """A fixed set of words, each with a value. Building takes milliseconds, a text microseconds."""

    def __init__(self, words: Iterable[tuple[str, _V]]) -> None:
        self._automaton = ahocorasick.Automaton()
        for word, value in words:
            self._automaton.add_word(word, (word, value))
        self._automaton.make_automaton()

    def every(self, text: str) -> list[Hit[_V]]:
        """Return all words of ``text``, those inside longer ones too, in order of their ends."""
        if not len(self._automaton):
            return []
        return [
            Hit(last + 1 - len(word), last + 1, word, value)
            for last, (word, value) in self._automaton.iter(text)
        ]

    def find(self, text: str) -> list[Hit[_V]]:
        """Return the words of ``text``; a word inside a longer word is not one of them."""
        # The automaton's own iter_long loses words that begin inside a longer, unfinished one.
        every = self.every(text)
        if len(every) < 2:  # noqa: PLR2004 - nothing to choose between
            return every
        every.sort(key=lambda hit: (hit.start, -hit.end))
        kept: list[Hit[_V]] = []
        free = 0
        for hit in every:
            if hit.start >= free:
                kept.append(hit)
                free = hit.end
        return kept
