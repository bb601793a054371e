"""``hotline grid``: who would get it and why, whether all is covered, and a map of one's own."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
from sqlmodel import Session

from config import read_settings
from hotline import boot, clock
from hotline.cli.staff import settings_of_shell
from hotline.domain.coverage import Coverage, coverage, wanted_posts
from hotline.domain.explaining import explain
from hotline.domain.grid.model import GridMap
from hotline.domain.routing import Router
from hotline.map_file.importing import County, key_of, make, short_of
from hotline.map_file.reading import GridFileError, parse_grid, read_grid
from hotline.store import people

_MAP = click.option(
    "--map",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A map's file; the one of the settings by default.",
)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def grid() -> None:
    """The county's grids: who gets a demand, and whether somebody always does."""


@grid.command()
@click.argument("asked")
@_MAP
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def show(asked: str, path: Path | None, *, as_json: bool) -> None:
    """Say who would get ASKED and why: a grid's code, a class's code, or a caller's words.

    Exits with 1 where neither a place nor a class was found.
    """
    grid_map = _map(path)
    said = explain(Router(grid_map), asked, clock.of_this_machine(grid_map.office.zone).date())
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        for line in _lines(_for_people(said)):
            click.echo(line)
    raise SystemExit(0 if "grid" in said or "class" in said else 1)


@grid.command("coverage")
@_MAP
@click.option("--staff", "with_staff", is_flag=True, help="Ask who is there, hour by hour, too.")
@click.option("--hours", default=7 * 24, show_default=True, help="So many hours, from now on.")
@click.option("--most", default=20, show_default=True, help="So many holes are listed.")
def prove(path: Path | None, *, with_staff: bool, hours: int, most: int) -> None:
    """Prove or refute that every grid, class and hour of the coming week has somebody.

    The map alone says whether each has a competent unit and a post; with --staff the database says
    whether somebody holds the post, or stands in. Exits with 1 where there is a hole.
    """
    grid_map = _map(path)
    if with_staff:
        found = _with_staff(grid_map, hours)
    else:
        found = coverage(grid_map, _from(clock.of_this_machine(grid_map.office.zone), hours))
    share = 100 * found.covered / found.total if found.total else 0.0
    click.echo(
        f"{found.grids} 个网格 × {found.classes} 类 × {found.hours} 小时 = {found.total}，"
        f"有人负责 {found.covered}（{share:.2f}%） | covered {found.covered} of {found.total}"
    )
    for hole in found.holes[:most]:
        title = grid_map.posts[hole.post].title if hole.post in grid_map.posts else "无主管单位"
        click.echo(f"  {hole.post}  {title}  {hole.hours} h  {hole.cases} 项")
    if len(found.holes) > most:
        click.echo(f"  … {len(found.holes) - most} 处未列出 | {len(found.holes) - most} more")
    raise SystemExit(0 if found.is_whole else 1)


@grid.command("import")
@click.argument("villages", type=_FILE)
@click.option("--code", required=True, help="The county's six digits.")
@click.option("--name", required=True, help="Its name, such as 开原市.")
@click.option("--name-en", required=True, help="Its name in English, such as 'Kaiyuan City'.")
@click.option("--units", type=_FILE, help="Departments and utilities; the base map's by default.")
@click.option("--posts", type=_FILE, help="More posts of these units.")
@click.option("--base", type=_FILE, help="The map whose rules are taken over.")
@click.option("--write", "to", type=click.Path(dir_okay=False, path_type=Path), help="Write it.")
def import_tables(villages: Path, to: Path | None, base: Path | None, **given: Any) -> None:  # noqa: ANN401
    """Make a county's map of its tables (CSV or XLSX); a rehearsal unless --write says where to.

    Exits with 1 and every fault, by file, sheet and row, if there is any.
    """
    name = given["name"]
    county = County(given["code"], name, given["name_en"], key_of(short_of(name)))
    rules = (base or read_settings().grid_map).read_text(encoding="utf-8")
    made = make(county, rules, villages, given["units"], given["posts"])
    for header in made.ignored:
        click.echo(f"不认识的列，未读 | ignored column: {header}", err=True)
    for fault in made.faults:
        click.echo(str(fault), err=True)
    if made.faults:
        raise SystemExit(1)
    grid_map = _parsed(made.text)
    click.echo(
        f"{name}：{made.towns} 个乡镇（街道），{made.villages} 个村（社区），"
        f"{len(grid_map.units)} 个单位，{len(grid_map.posts)} 个岗位，版本 {grid_map.version[:12]}"
    )
    if to is None:
        click.echo("只是预演，没有写文件；加 --write 写出 | a rehearsal: nothing was written")
        return
    to.write_text(made.text, encoding="utf-8")
    click.echo(str(to))


def _parsed(text: str) -> GridMap:
    try:
        return parse_grid(text)
    except GridFileError as error:
        lines = text.splitlines()
        for fault in error.faults:
            click.echo(f"{fault}\n    {lines[fault.line - 1].strip()[:120]}", err=True)
        raise SystemExit(1) from None


def _map(path: Path | None) -> GridMap:
    return read_grid(path or read_settings().grid_map)


def _from(now: datetime, hours: int) -> list[datetime]:
    return [now + timedelta(hours=hour) for hour in range(hours)]


def _with_staff(grid_map: GridMap, count: int) -> Coverage:
    """Ask the database, for each hour to come, at which posts somebody is."""
    settings = settings_of_shell()
    engine = boot.build_engine(settings)
    try:
        with Session(engine) as session:
            now = clock.read(session.connection()).astimezone(grid_map.office.zone)
            hours = _from(now, count)
            wanted = wanted_posts(grid_map, hours[0].date())
            wanted |= wanted_posts(grid_map, hours[-1].date())
            stand_ins = {post: grid_map.post(post).stand_in for post in wanted}

            def answered(hour: datetime) -> set[str]:
                found = people.on_duty(session, stand_ins, hour)
                return {post for post, duty in found.items() if duty.staff_id is not None}

            return coverage(grid_map, hours, answered)
    finally:
        engine.dispose()


def _for_people(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what people want to know; how the words were read stands in the JSON in full."""
    shown = {key: value for key, value in said.items() if key != "routing"}
    if "grid" in said and "class" in said:
        # Whoever asks for one village wants its own officer of the unit, not every town's.
        beside = {"attached", "limits", "urgent_limits"}
        shown["class"] = {k: v for k, v in said["class"].items() if k not in beside}
    routing = said.get("routing")
    if routing is None:
        return shown
    read = {
        "names": [
            said["asked"][mention["start"] : mention["end"]]
            for mention in routing["place"]["mentions"]
        ],
        "words": [word for one in routing["classes"][:1] for word in one["words"]],
        "triage": routing["triage"],
        "candidates": routing["place"]["candidates"],
        "urgent": routing["urgent"],
    }
    return {"asked": shown.pop("asked"), "read": read} | shown


_WORDS: Mapping[str, str] = {
    "asked": "查询",
    "read": "依据",
    "names": "认出的地名",
    "words": "关键词",
    "triage": "待人工",
    "candidates": "可能的地方",
    "urgent": "紧急",
    "grid": "网格",
    "class": "类别",
    "town": "乡镇（街道）",
    "unit": "单位",
    "kind": "种类",
    "live": "已上线",
    "live_from": "上线日期",
    "post": "派往岗位",
    "posts": "岗位",
    "stand_in": "B岗",
    "attached": "专属网格员",
    "duty": "值班岗",
    "lead": "负责人",
    "nearest": "由最近的",
    "ladder": "逐级化解",
    "whistles": "吹哨先到",
    "limits": "时限",
    "urgent_limits": "紧急时限",
}


def _lines(said: Mapping[str, Any], depth: int = 0) -> Iterator[str]:
    """Yield what was said as indented lines: Chinese names with their ids."""
    pad = "  " * depth
    for key, value in said.items():
        if isinstance(value, Mapping) and (words := _named(value)):
            yield f"{pad}{_WORDS.get(key, key)}: {words}"
            rest = {name: one for name, one in value.items() if name not in _NAMED}
            yield from _lines(rest, depth + 1)
        elif isinstance(value, Mapping):
            yield f"{pad}{_WORDS.get(key, key)}:"
            yield from _lines(value, depth + 1)
        elif isinstance(value, list):
            yield f"{pad}{_WORDS.get(key, key)}:"
            for one in value:
                yield from _item(one, depth + 1)
        elif value is not None:
            yield f"{pad}{_WORDS.get(key, key)}: {value}"


_NAMED = frozenset({"id", "code", "name", "title", "rung"})


def _item(one: object, depth: int) -> Iterator[str]:
    pad = "  " * depth
    if not isinstance(one, Mapping):
        yield f"{pad}- {one}"
        return
    yield f"{pad}- {_named(one)}"
    yield from _lines({k: v for k, v in one.items() if k not in _NAMED}, depth + 1)


def _named(value: Mapping[str, Any]) -> str:
    known = (value.get("name") or value.get("title"), value.get("id") or value.get("code"))
    return " ".join(str(word) for word in (*known, value.get("rung")) if word)
