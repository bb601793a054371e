"""Which limit a step of a ticket has, by a version of the map."""

from collections.abc import Mapping
from typing import Final, Protocol

from hotline.domain.grid.model import GridMap
from hotline.domain.limits import Limit
from hotline.domain.tickets import Step

# Where maps of before a step set no limit for it, another of theirs is taken.
_ELSE: Final[Mapping[str, Step]] = {
    Step.RULE_REJECTION: Step.RULE_EXTENSION,
    Step.RULE_LONG_TERM: Step.RULE_EXTENSION,
    Step.RULE_FINAL: Step.RULE_EXTENSION,
    Step.RULE_APPEAL: Step.RULE_EXTENSION,
    Step.RULE_ENTRY: Step.RULE_EXTENSION,
    Step.ADJUDICATE: Step.RULE_EXTENSION,
    Step.FINAL_APPEAL: Step.HANDLE,
    Step.LONG_TERM_REVIEW: Step.HANDLE,
    Step.LONG_TERM: Step.HANDLE,
}


class Limited(Protocol):
    """What of a ticket decides about its limits."""

    @property
    def class_code(self) -> str | None:
        """Its class, if known."""

    @property
    def window_id(self) -> str | None:
        """The window that took it in."""

    @property
    def urgent(self) -> bool:
        """Whether it runs on natural time."""

    @property
    def line(self) -> str:
        """The line that it came in on."""


def step_limit(grid_map: GridMap, case: Limited, step: str) -> Limit:
    """Return the limit of a step: the window's own, else the line's, the class's, the county's.

    Raises:
        InvalidError: the map sets no limit for ``step``.
        NotFoundError: the map does not know the class.
    """
    if step == Step.ASK_SILENCE:
        return grid_map.limits.asking.silence
    if step == Step.MERGED:
        step = Step.HANDLE
    if step in _ELSE and step not in grid_map.limits.steps:
        step = _ELSE[step]
    window = grid_map.windows.get(case.window_id or "")
    if window is not None and step in window.limits:
        return window.limits[step].limit(urgent=case.urgent)
    return grid_map.limit(step, case.class_code, urgent=case.urgent, line=case.line)
