"""The counter of a county in its map: windows, and the lawful routes of what is not taken up."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hotline.domain.grid.types import Name
from hotline.domain.limits import Allowance, Limit


class WindowKind(StrEnum):
    """What a window of the counter is for."""

    CANNOT_GET_DONE = "cannot_get_done"  # 办不成事
    FAULT_FINDING = "fault_finding"  # 找茬


@dataclass(frozen=True, slots=True)
class Window:
    """A window (窗口) at which somebody says in person what could not be got done.

    Attributes:
        unit: whose window it is.
        react: how soon somebody must take its matters up, or a supervisor is alarmed.
        limits: this window's own limits by step, where they differ from the county's.
    """

    id: str
    name: Name
    kind: WindowKind
    unit: str
    react: Limit
    limits: Mapping[str, Allowance]


@dataclass(frozen=True, slots=True)
class Route:
    """A lawful route for what a hotline may not handle; ``contact`` is a number or an address."""

    id: str
    name: Name
    contact: str
