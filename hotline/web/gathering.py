"""Requests that come at the same moment are served together, by one of their threads.

Whoever comes while nobody is served, is served at once and alone. Who comes meanwhile waits: the
group under way may take them along, and as soon as it is done, the first of those who still wait
serves them all. So groups grow with the load, and no timer makes anybody wait. What a group could
not do is each request's own to do again: no request can harm its neighbours.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

import structlog

log = structlog.get_logger(__name__)

Item = TypeVar("Item")
Answer = TypeVar("Answer")
# Answers a group in its order. What it is given beside it returns who has come meanwhile, and puts
# them at the end of the group.
Serve = Callable[[Sequence[Item], Callable[[], Sequence[Item]]], Sequence[Answer | None]]


def _closed() -> Lock:
    lock = Lock()
    lock.acquire()
    return lock


@dataclass(slots=True, eq=False)
class _Place(Generic[Item, Answer]):
    """One request; ``called`` opens when it is answered, or has to serve a ``group``."""

    item: Item
    called: Lock = field(default_factory=_closed)
    group: "list[_Place[Item, Answer]] | None" = None
    answer: Answer | None = None


class Gathering(Generic[Item, Answer]):
    """Where requests of one process meet, to be served together."""

    def __init__(self, serve: Serve[Item, Answer]) -> None:
        """Gather for ``serve``, which answers several items, or raises and has done nothing."""
        self._serve = serve
        self._lock = Lock()
        self._waiting: list[_Place[Item, Answer]] = []
        self._busy = False

    @property
    def waiting(self) -> int:
        """How many wait while others are served."""
        return len(self._waiting)

    def join(self, item: Item) -> Answer | None:
        """Have ``item`` served with whatever comes at the same moment.

        Returns:
            The answer; ``None``: it must be done by itself, because it can't be done with others
            or because its group has failed, whoever's fault that was.
        """
        mine: _Place[Item, Answer] = _Place(item)
        with self._lock:
            if self._busy:
                self._waiting.append(mine)
            else:
                self._busy, mine.group = True, [mine]
        if mine.group is None:
            mine.called.acquire()
        if mine.group is not None:
            self._serve_group(mine.group)
        return mine.answer

    def _serve_group(self, group: "list[_Place[Item, Answer]]") -> None:
        def more() -> list[Item]:
            with self._lock:
                late, self._waiting = self._waiting, []
            group.extend(late)
            return [place.item for place in late]

        try:
            answers = self._serve([place.item for place in group], more)
            for place, answer in zip(group, answers, strict=True):
                place.answer = answer
        except Exception as error:  # noqa: BLE001  each goes alone, and whose fault it is shows there
            log.warning("group_failed", size=len(group), kind=type(error).__name__)
        finally:
            self._hand_over()
            for place in group[1:]:
                place.called.release()

    def _hand_over(self) -> None:
        """Call the first of those who wait to serve them all."""
        with self._lock:
            group, self._waiting = self._waiting, []
            self._busy = bool(group)
        if group:
            group[0].group = group
            group[0].called.release()
