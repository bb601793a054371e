"""Signals of group ``outcome``: what came after a claim. They alone may look ahead."""

from datetime import timedelta
from typing import Final

from hotline.domain.suspicion.facts import Facts, Return
from hotline.domain.suspicion.frame import Group, Row, Signal, Suspicion
from hotline.domain.suspicion.thresholds import Thresholds

# The windows of recurrence (docs/suspicion.md): name, length, strength.
WINDOWS: Final = (
    ("48h", timedelta(hours=48), 70),
    ("7d", timedelta(days=7), 50),
    ("30d", timedelta(days=30), 40),
)
LONGEST: Final = WINDOWS[-1][1]
# Only the village is known to be the same: it may be another house.
_VAGUE: Final = 20


def comes_back(facts: Facts, limits: Thresholds) -> Suspicion | None:
    """The same problem is back at the same place within 30 days of the claim (15).

    The same place: at most ``near_metres`` apart where both positions are known, else the same
    grid; or the same caller about the same class. Innocent, and left alone: a cause that hits the
    whole town on a day (``area_wide``), another place in the same grid, and what a grid reports
    all the time (``usual_returns``), unless the same caller says it.
    """
    for back in sorted(facts.returns, key=lambda back: (back.at, back.ticket)):
        window = _window(back.at - facts.claim.at)
        if window is None or back.ticket == facts.claim.ticket or not _same(back, facts, limits):
            continue
        name, strength = window
        sure = back.same_caller or back.metres is not None
        numbers: tuple[tuple[str, int | str], ...] = (
            ("number", back.number),
            ("window", name),
            ("same_caller", int(back.same_caller)),
            *((("metres", back.metres),) if back.metres is not None else ()),
        )
        return Suspicion(
            Signal.COMES_BACK,
            Group.OUTCOME,
            strength if sure else strength - _VAGUE,
            (Row("ticket", back.ticket, back.at, numbers),),
            "new_cause" if sure else "other_house",
        )
    return None


def _window(after: timedelta) -> tuple[str, int] | None:
    if after <= timedelta(0):
        return None
    return next(((name, strength) for name, length, strength in WINDOWS if after <= length), None)


def _same(back: Return, facts: Facts, limits: Thresholds) -> bool:
    if back.like_that_day >= limits.area_wide:
        return False
    if back.metres is not None:
        return back.metres <= limits.near_metres
    return back.same_caller or facts.usual < limits.usual_returns
