"""Every signal, in one table: to add one is a function and a line here."""

from collections.abc import Callable
from typing import Final, NamedTuple

from hotline.domain.suspicion import media, outcome, timing
from hotline.domain.suspicion.facts import Facts
from hotline.domain.suspicion.frame import Group, Signal, Suspicion
from hotline.domain.suspicion.thresholds import Thresholds


class Entry(NamedTuple):
    """A signal: its number in docs/suspicion.md, its group, and the function that judges."""

    number: int
    signal: Signal
    group: Group
    judge: Callable[[Facts, Thresholds], Suspicion | None]


SIGNALS: Final = (
    Entry(6, Signal.AT_DEADLINE, Group.TIME, timing.at_deadline),
    Entry(7, Signal.IN_BULK, Group.TIME, timing.in_bulk),
    Entry(8, Signal.REUSED_PHOTO, Group.MEDIA, media.reused_photo),
    Entry(15, Signal.COMES_BACK, Group.OUTCOME, outcome.comes_back),
)


def judge(facts: Facts, thresholds: Thresholds) -> tuple[Suspicion, ...]:
    """Return what the signals say of one claim, in the order of the table.

    Only signals of outcome see what came after the claim.
    """
    then = facts.as_of()
    said = (
        entry.judge(facts if entry.group is Group.OUTCOME else then, thresholds)
        for entry in SIGNALS
    )
    return tuple(sign for sign in said if sign is not None)
