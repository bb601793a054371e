"""A return (退单) is a contest: who may dispute what, until when, and when the panel takes over.

Proof within the limit, or the first receiver owns it. A second dispute of one ticket, or a third
unit that it was sent to, goes to the panel for disputed duties (确责小组), whose ruling binds. What
a ruling has settled is not disputed again (docs/rules.md §3, §4).
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final

from hotline.domain.limits import PanelRule


class ReturnReason(StrEnum):
    """Why a unit says that a ticket is not its own. Values are stored and hashed."""

    NOT_OUR_POWER = "not_our_power"  # 不属本单位职责
    OTHER_PLACE = "other_place"  # 不在本辖区
    WRONG_CLASS = "wrong_class"  # 类别判错
    NEEDS_LEAD = "needs_lead"  # 涉及多个单位，应由别的单位牵头
    ABOVE_US = "above_us"  # 权限在上级单位
    OTHER = "other"


_POWER: Final = frozenset(
    {ReturnReason.NOT_OUR_POWER, ReturnReason.NEEDS_LEAD, ReturnReason.ABOVE_US}
)


def refusal(
    reason: ReturnReason,
    *,
    now: datetime,
    until: datetime,
    binding: bool,
    settled: Collection[str],
) -> str | None:
    """Return why a unit may not return a ticket, as a stable code; ``None``: it may.

    Args:
        reason: what the unit says.
        now: the server's time.
        until: the limit after the dispatch; the limit itself still counts.
        binding: whether the panel has ruled on this very ticket.
        settled: the reasons that the catalogue's entry which routed it has settled.
    """
    if binding:
        return "return_binding"
    if reason in settled:
        return "return_settled"
    return "return_too_late" if now > until else None


def settled_by(
    disputed: Collection[ReturnReason], *, place: str, words: Collection[str]
) -> frozenset[ReturnReason]:
    """Return the reasons for which nobody can return a demand any more that a ruling covers.

    A ruling says who has the power, who leads and who helps: that is settled whatever word was
    used for it. Whether a place or a class was read rightly is a question of each demand: a rule
    settles it only where it names that place, or the words that make the class.

    Args:
        disputed: the reasons of the returns that led to the ruling.
        place: where the rule holds; empty for the whole county.
        words: the feature for which it holds; none: for all of the class.
    """
    narrow = {ReturnReason.OTHER}
    narrow |= {ReturnReason.OTHER_PLACE} if place else set()
    narrow |= {ReturnReason.WRONG_CLASS} if words else set()
    return _POWER | (frozenset(disputed) & narrow)


def needs_panel(returns: int, units: Iterable[str], rule: PanelRule) -> bool:
    """Whether a dispute goes to the panel instead of an operator.

    Args:
        returns: how often the ticket was returned, this time included.
        units: the units that it was sent to.
        rule: of the map.
    """
    return returns >= rule.after_returns or len(set(units)) >= rule.after_units
