"""``make bench NAME=routing``: how long one decision takes: place, class, unit, post and ladder.

The county's own map with what callers say (``bench/utterances.csv``), and a synthetic map of 50,000
grids in 500 towns with addresses of its own, half of them without their town. Every decision is
timed by itself, one after the other, in one process. The last line is for programs:

- ``county_p99_ms``, ``grids50k_p99_ms``: the wall time that 99 of 100 decisions stay below;
- ``…_cpu_p99_ms``: the same in time of the processor, which other processes do not touch;
- ``grids50k_build_s``: making the names of the big map ready, once for each version.
"""

import argparse
import gc
import resource
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from random import Random
from statistics import quantiles
from typing import Final

from bench.stage import BenchError, last_line, machine
from bench.understanding import router, utterances
from hotline.domain.grid.build import MapParts, build_map
from hotline.domain.grid.model import Grid, GridMap, Name, Unit, UnitKind
from hotline.domain.intake import clean
from hotline.domain.routing import Router

_DAY: Final = date(2026, 11, 21)
_GRIDS: Final = 50_000
_TOWNS: Final = 500
_SURNAMES: Final = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
)
_FIRST: Final = (
    "东西南北前后上下大小新老高长平红白黑金银石山水龙凤虎马牛羊柳杨松榆桃杏双三四五六七八九"
)
_MIDDLE: Final = "家台山河沟泉桥岭岗泡坨甸井门田树花叶石沙头眼屯庄"
_LAST: Final = "子堡屯沟营店庄岗台洼甸泡川岭房"
_MATTERS: Final = (
    "停水了", "路灯不亮", "低保怎么办", "垃圾没人收", "变压器坏了没电", "老板欠我工资"
)  # fmt: skip


def big_map(county: GridMap, dice: Random) -> GridMap:
    """Return a map of 50,000 grids with the classes, limits and departments of the county."""
    others = [unit for unit in county.units.values() if unit.kind not in _PLACES]
    town = next(unit for unit in county.units.values() if unit.kind is UnitKind.TOWN)
    names = _names(dice, _TOWNS)
    towns = [
        replace(town, id=f"town/{n}", name=Name(f"{name}镇", f"Town {n}"), code=f"9{n:08d}")
        for n, name in enumerate(names)
    ]
    grids = [grid for unit in towns for grid in _grids(unit, dice)]
    return build_map(
        MapParts(
            county=county.county,
            county_code=county.county_code,
            office=county.office,
            lines=county.lines,
            danger=county.danger,
            units=(*others, *towns),
            posts=tuple(county.posts.values()),
            grids=tuple(grids),
            ladder=county.rules,
            classes=tuple(county.classes.values()),
            whistles=tuple(county.whistles.values()),
            limits=county.limits,
        ),
        version="0" * 64,
    )


_PLACES: Final = frozenset({UnitKind.TOWN, UnitKind.VILLAGE, UnitKind.GROUP, UnitKind.HOUSEHOLD})


def _grids(town: Unit, dice: Random) -> list[Grid]:
    return [
        Grid(
            code=f"{town.code}{n:03d}",
            name=Name(f"{name}村", f"Village {n}"),
            unit=town.id,
            officer=town.duty,
            attached=(),
            aliases=(),
            live_from=_DAY,
        )
        for n, name in enumerate(_names(dice, _GRIDS // _TOWNS))
    ]


def _names(dice: Random, size: int) -> list[str]:
    """Return names, all different, as villages of the north-east have them."""
    found: dict[str, None] = {}
    while len(found) < size:
        first = dice.choice(_SURNAMES if dice.random() < 0.5 else _FIRST)
        front = dice.choice(_FIRST) if dice.random() < 0.4 else ""
        found[f"{front}{first}{dice.choice(_MIDDLE)}{dice.choice(_LAST)}"] = None
    return list(found)


def _addresses(big: GridMap, dice: Random, size: int) -> list[str]:
    texts = []
    for grid in dice.sample(list(big.grids.values()), size):
        town = big.town_of(grid.code).name.zh if dice.random() < 0.5 else ""
        texts.append(f"你好我是{town}{grid.name.zh}的，{dice.choice(_MATTERS)}，啥时候能给解决")
    return texts


def decide(reader: Router, text: str) -> None:
    """Make one decision: read, route, and find who is told on every rung."""
    routing = reader.route(clean(text), _DAY)
    if routing.grid_code is not None and routing.unit is not None:
        reader.map.ladder_posts(routing.grid_code, routing.unit)


def timed(reader: Router, texts: Sequence[str], rounds: int) -> tuple[float, float]:
    """Return the wall and processor milliseconds that 99 of 100 decisions stay below."""
    for text in texts:
        decide(reader, text)
    gc.collect()
    gc.freeze()  # as a server that is warm: what a map keeps is not looked through again
    walls, cpus = [], []
    for _ in range(rounds):
        for text in texts:
            wall, cpu = time.perf_counter_ns(), time.process_time_ns()
            decide(reader, text)
            cpus.append((time.process_time_ns() - cpu) / 1e6)
            walls.append((time.perf_counter_ns() - wall) / 1e6)
    return quantiles(walls, n=100)[-1], quantiles(cpus, n=100)[-1]


def main() -> None:
    """Measure both maps; the last line is for programs."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=10)
    options.add_argument("--seed", type=int, default=50_000)
    chosen = options.parse_args()
    print(f"Machine: {machine()}", flush=True)
    try:
        county = router()
    except BenchError as error:
        raise SystemExit(str(error)) from None
    dice = Random(chosen.seed)
    wall, cpu = timed(county, [one.text for one in utterances()], chosen.rounds)
    begun = time.perf_counter()
    big = Router(big_map(county.map, dice))
    big.warm()
    built = time.perf_counter() - begun
    texts = _addresses(big.map, dice, 1000)
    big_wall, big_cpu = timed(big, texts, max(1, chosen.rounds // 3))
    found = sum(big.read(clean(text))[0].grid_code is not None for text in texts)
    print(f"Of {len(texts)} addresses of the big map {found} lead to one grid; the rest is asked.")
    print(
        last_line(
            {
                "county_p99_ms": wall,
                "county_cpu_p99_ms": cpu,
                "grids50k_p99_ms": big_wall,
                "grids50k_cpu_p99_ms": big_cpu,
                "grids50k_build_s": built,
                "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


if __name__ == "__main__":
    main()
