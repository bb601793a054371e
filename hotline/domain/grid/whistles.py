"""Whether the kinds of whistle of a grid map hold together: a part of `grid_checks.check`."""

from collections.abc import Container, Iterator
from itertools import pairwise

from hotline.domain.grid.build import MapParts
from hotline.domain.grid.faults import Problem, Ref, problem
from hotline.domain.grid.model import Ends, Join, WhistleKind
from hotline.domain.limits import Limit


def whistle_faults(parts: MapParts, rungs: Container[str], top: str | None) -> Iterator[Problem]:
    """Yield what is wrong with the kinds of whistle and with the band of the whistle rate.

    Args:
        parts: what the file says.
        rungs: the names that the ladder gives, those of unreadable rungs included.
        top: the ladder's last rung; ``None`` where not all of it could be read.
    """
    order = {rule.rung: place for place, rule in enumerate(parts.ladder)}
    for kind in parts.whistles:
        ref = Ref("whistle", kind.name)
        for field, named in _rungs_of(kind):
            for index, rung in enumerate(named):
                if rung not in rungs:
                    yield problem("unknown_rung", ref._replace(field=(field, index)), key=rung)
        places = [order[rung] for rung in kind.climbs if rung in order]
        if any(low >= high for low, high in pairwise(places)):
            yield problem("climb_order", ref._replace(field=("climbs",)), key=kind.name)
        if top is not None and kind.climbs[-1] != top:
            ref = ref._replace(field=("climbs",))
            yield problem("climb_stops_short", ref, key=kind.name, top=top)
        yield from _endings(kind)
    if parts.whistle_band.lower >= parts.whistle_band.upper:
        yield problem("band_order", Ref("section", "whistle_rate", ("lower",)))


def _rungs_of(kind: WhistleKind) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the fields of a kind of whistle that name rungs."""
    return (
        ("by", kind.by),
        ("climbs", kind.climbs),
        ("asked_by", kind.asked_by),
        ("decided", kind.decided),
    )


def _endings(kind: WhistleKind) -> Iterator[Problem]:
    """Whatever a whistle waits for at its end, somebody has to have it in hand."""
    ref = Ref("whistle", kind.name)
    if (kind.ends is Ends.MILESTONES_MET) != (kind.plan is not None):
        yield problem("whistle_plan", ref._replace(field=("ends",)), key=kind.name)
    if kind.plan is not None and kind.joins != (Join.LEAD,):
        yield problem("whistle_lead", ref._replace(field=("joins",)), key=kind.name)


def limits_of(kind: WhistleKind) -> Iterator[tuple[Ref, Limit]]:
    """Yield every limit of a kind of whistle with the place where it stands."""
    ref = Ref("whistle", kind.name)
    yield ref._replace(field=("ack",)), kind.ack
    yield ref._replace(field=("arrive",)), kind.arrive
    yield ref._replace(field=("at_top", "repeat_every")), kind.at_top.repeat_every
    for name in ("slot", "plan", "close"):
        limit: Limit | None = getattr(kind, name)
        if limit is not None:
            yield ref._replace(field=(name,)), limit
