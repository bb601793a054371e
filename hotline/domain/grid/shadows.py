"""Rules of a map that another rule always hides: they look alive, and never decide anything."""

from collections.abc import Iterator

from hotline.domain.grid.build import MapParts
from hotline.domain.grid.faults import Problem, Ref, problem
from hotline.domain.grid.model import DemandClass, Urgency


def shadows(parts: MapParts) -> Iterator[Problem]:
    """Yield every rule that can never decide anything, with the one that hides it."""
    yield from _rungs(parts)
    yield from _classes(parts)
    yield from _urgent_words(parts)


def _rungs(parts: MapParts) -> Iterator[Problem]:
    """Two rungs that find their post in the same way tell the same person twice."""
    seen: dict[tuple[object, ...], str] = {}
    for rule in parts.ladder:
        other = seen.setdefault((rule.told, rule.nearest, rule.unit), rule.rung)
        if other != rule.rung:
            yield problem("rung_shadowed", Ref("rung", rule.rung), key=rule.rung, other=other)


def _classes(parts: MapParts) -> Iterator[Problem]:
    """A class whose every keyword is stronger in one other class never wins against it."""
    strengths = {clazz.code: _strong(clazz) for clazz in parts.classes}
    for code, words in strengths.items():
        for other, theirs in strengths.items() if words else ():
            if other != code and all(theirs.get(word, 0) > words[word] for word in words):
                ref = Ref("class", code, ("keywords",))
                yield problem("class_shadowed", ref, key=code, other=other)


def _strong(clazz: DemandClass) -> dict[str, int]:
    """Return a class's keywords without those that only look like one."""
    return {word: strength for word, strength in clazz.keywords.items() if strength > 0}


def _urgent_words(parts: MapParts) -> Iterator[Problem]:
    """Words that make a class urgent are read only where words decide."""
    for clazz in parts.classes:
        if clazz.urgent_words and clazz.urgency is not Urgency.WORDS:
            ref = Ref("class", clazz.code, ("urgent_words",))
            yield problem("urgent_words_unread", ref, key=clazz.code, urgency=clazz.urgency)
