"""Join the shapes of a map file into the domain's `MapParts`."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from hotline.domain.grid import model as grid
from hotline.domain.grid.build import DEFAULT_BAND, MapParts
from hotline.domain.grid.staffing import Expanded
from hotline.domain.limits import Asking, Extensions, Limit, Limits, PanelRule, Redo
from hotline.domain.ratings import DEFAULT as RATINGS
from hotline.domain.suspicion.thresholds import DEFAULT as SUSPICION
from hotline.map_file import shapes
from hotline.map_file.unit_shapes import UnitShape


def assemble(
    items: Mapping[str, list[Any]], singles: Mapping[str, Any], made: Expanded
) -> MapParts:
    """Return the domain's parts of what could be read; an unread section is left empty.

    Args:
        items: the shapes of each list.
        singles: the shapes of the other sections; ``None`` where one could not be read.
        made: what the staffing patterns made.
    """
    asks = singles["asks"] or shapes.AsksShape()
    county, office, limits = (singles[name] for name in ("county", "office", "limits"))
    written = (shape.unit() for shape in items["units"] if isinstance(shape, UnitShape))
    return MapParts(
        county=county.names() if county else grid.Name("", ""),
        county_code=county.code if county else "",
        office=grid.Office(
            tuple(office.windows) if office else (),
            ZoneInfo(county.time_zone if county else "Asia/Shanghai"),
        ),
        lines=tuple(_line(item) for item in items["lines"]),
        danger=tuple(
            grid.DangerService(item.number, item.names(), tuple(item.words))
            for item in items["danger"]
        ),
        units=(*written, *made.units),
        posts=(
            *(post.post(unit.id) for unit in items["units"] for post in unit.posts),
            *(found.post for found in made.posts),
        ),
        grids=(*(item.grid() for item in items["grids"]), *made.grids),
        ladder=tuple(
            grid.LadderRule(
                item.rung, item.names(), item.told, item.nearest, item.unit, item.optional
            )
            for item in items["ladder"]
        ),
        classes=tuple(_class(item, asks) for item in items["classes"]),
        whistles=tuple(_whistle(item) for item in items["whistles"]),
        limits=_limits(limits) if limits else _NO_LIMITS,
        suspicion=singles["suspicion"].rules() if singles["suspicion"] else SUSPICION,
        ratings=singles["ratings"].rules() if singles["ratings"] else RATINGS,
        whistle_band=_band(singles["whistle_rate"]),
        windows=tuple(shape.window() for shape in items["windows"]),
        routes=tuple(shape.route() for shape in items["routes"]),
    )


def _line(shape: shapes.LineShape) -> grid.Line:
    return grid.Line(
        number=shape.number,
        name=shape.names(),
        key=shape.key,
        spoken=shape.spoken,
        supervision=shape.supervision,
        natural=shape.natural,
        limits={step: found.allowance() for step, found in shape.limits.items()},
    )


def _class(shape: shapes.ClassShape, asks: shapes.AsksShape) -> grid.DemandClass:
    """Return a class; what it does not say itself its callers are asked as others of its kind."""
    usual = (["spot"] if shape.evidence.site_visit else []) + [*asks.of(shape.kind)]
    asked = usual if shape.asks is None else shape.asks
    return grid.DemandClass(
        code=shape.code,
        name=shape.names(),
        kind=shape.kind,
        keywords=dict(shape.keywords),
        unit=shape.unit,
        nearest=shape.nearest,
        urgency=shape.urgency,
        examples=tuple(shape.examples),
        urgent_words=tuple(shape.urgent_words),
        evidence=grid.Evidence(shape.evidence.photo, shape.evidence.site_visit),
        limits={step: found.allowance() for step, found in shape.limits.items()},
        asks=tuple(dict.fromkeys(grid.Particular(one) for one in asked)),
        held_by=shape.held_by,
    )


def _whistle(shape: shapes.WhistleShape) -> grid.WhistleKind:
    return grid.WhistleKind(
        name=shape.name,
        title=shape.names(),
        by=tuple(shape.by),
        calls=shape.calls,
        ack=shape.ack,
        arrive=shape.arrive,
        climbs=tuple(shape.climbs),
        at_top=grid.AtTop(shape.at_top.repeat_every, shape.at_top.at_most),
        # People in danger are never forgotten, whichever of the two ways says so.
        ends=grid.Ends.DANGER_GONE if shape.danger else shape.ends or grid.Ends.CONFIRMED,
        asked_by=tuple(shape.asked_by),
        decided=tuple(shape.decided),
        joins=tuple(shape.joins),
        most_units=shape.most_units,
        slot=shape.slot,
        plan=shape.plan,
        close=shape.close,
    )


def _band(shape: shapes.WhistleRateShape | None) -> grid.WhistleBand:
    return grid.WhistleBand(shape.lower, shape.upper) if shape else DEFAULT_BAND


def _limits(shape: shapes.LimitsShape) -> Limits:
    return Limits(
        steps={step: found.allowance() for step, found in shape.steps.items()},
        handle={kind: found.allowance() for kind, found in shape.handle.items()},
        extensions=Extensions(shape.extensions.at_most, shape.extensions.each),
        asking=Asking(
            shape.asking.attempts, shape.asking.spacing, shape.asking.silence, shape.asking.quiet
        ),
        redo=Redo(shape.redo.share, shape.redo.before_raise, shape.redo.before_final),
        pick_up_wait=timedelta(seconds=shape.pick_up_wait.amount),
        ring_backs=shape.ring_backs,
        panel=PanelRule(shape.panel.after_returns, shape.panel.after_units),
        revisits=shape.revisits.revisits(),
    )


# Stands in for limits that could not be read: the map is refused anyway.
_ONE_DAY: Final = Limit.natural(timedelta(days=1))
_NO_LIMITS: Final = Limits(
    {}, {}, Extensions(0, _ONE_DAY), Asking(1, _ONE_DAY, _ONE_DAY), Redo(1.0, 1), timedelta(0)
)
