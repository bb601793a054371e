"""Which limit a step of a ticket has, by a version of the map."""

from typing import Protocol

from hotline.domain.grid import GridMap
from hotline.domain.limits import Limit
from hotline.domain.tickets import Step


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
    if step == Step.RULE_REJECTION and step not in grid_map.limits.steps:
        step = Step.RULE_EXTENSION  # maps of before rejections could be proposed
    window = grid_map.windows.get(case.window_id or "")
    if window is not None and step in window.limits:
        return window.limits[step].limit(urgent=case.urgent)
    return grid_map.limit(step, case.class_code, urgent=case.urgent, line=case.line)
