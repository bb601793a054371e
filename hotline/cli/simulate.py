"""``hotline simulate``: who would be told, when, by what, and until where it climbs."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlmodel import Session

from config import Settings, read_settings
from hotline import boot, clock
from hotline.cli.staff import settings_of_shell
from hotline.domain.errors import InvalidError
from hotline.domain.grid.faults import Wording
from hotline.embedded.processes import EmbeddedError
from hotline.kit import Kit
from hotline.map_file.reading import GridFileError, read_text
from hotline.services.law import rehearsal, scripts
from hotline.services.law.moment_words import (
    STAFFED,
    asked_words,
    clock_time,
    end_words,
    gathered,
    moment_words,
    opening,
    told_words,
)
from hotline.services.law.scenes import Rehearsal, Scene, plain
from hotline.store.paper import MapStaffing, RosterStaffing, Staffing

_FORMATS = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]


@click.command()
@click.argument("words")
@click.option(
    "--at", type=click.DateTime(_FORMATS), help="When the call comes, in China's time; now if not."
)
@click.option("--until", default="24h", show_default=True, help="How far ahead to look, 60d most.")
@click.option("--place", help="A village's name or a grid's code, instead of what WORDS say.")
@click.option("--class", "class_code", help="A class's code, instead of what WORDS say.")
@click.option("--line", help="The number of the line that it comes in on.")
@click.option(
    "--channel",
    type=click.Choice(["voice", "message", "web", "desk", "counter"]),
    default="voice",
    show_default=True,
    help="How it comes in.",
)
@click.option(
    "--staff",
    "staffed_by",
    type=click.Choice(["map", "database"]),
    default="map",
    show_default=True,
    help="map: everybody whom the map foresees is there; database: who really is on duty.",
)
@click.option(
    "--absent", multiple=True, help="A post (id or title) at which nobody is; repeatable."
)
@click.option("--unreachable", multiple=True, help="A post whose telephone is off; repeatable.")
@click.option("--answer", "answers", multiple=True, help="accept@9m, acknowledge:UNIT@12m …")
@click.option(
    "--map",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A map's file; else the map in force, or without a database that of the settings.",
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def simulate(words: str, *, as_json: bool, lang: str, **given: Any) -> None:  # noqa: ANN401
    """Play WORDS through the rules without doing anything: nobody is told, nothing is written.

    Nobody answers but those whom --answer names: accept, reach, whistle:KIND:UNIT, safe, end,
    acknowledge:UNIT, arrive:UNIT, refuse:UNIT, finish:UNIT; with @ and how long after the call.
    In words as well: 签收@9分钟, 吹哨:应急处置哨:自来水公司@10分钟, 应答:自来水公司@17分钟.
    """
    if not words.strip():
        raise click.BadParameter("来电人的话是空的 | no words", param_hint="WORDS")
    with _stage(given) as (kit, staffing, by):
        played = rehearsal.rehearse(kit, _scene(kit, words, given), staffing)
        after = rehearsal.named(played)
        further = rehearsal.rehearse(kit, after, staffing) if after else None
    if as_json:
        click.echo(json.dumps(plain(played), ensure_ascii=False, indent=2))
        return
    said = [opening(played, by), *lines(played)]
    if further is not None:
        said += [Wording("", ""), asked_words(further), *lines(further)]
    for line in said:
        click.echo(line.en if lang == "en" else line.zh)


@contextmanager
def _stage(given: dict[str, Any]) -> Iterator[tuple[Kit, Staffing, Wording]]:
    """Give a kit, who is there, and both in words: of the database, or of a map's file alone."""
    from_database = given["staffed_by"] == "database"
    if given["path"] and from_database:
        raise click.UsageError(
            "--staff database 按现行的网格图，不能同时给 --map | it goes by the map in force"
        )
    settings = None if given["path"] else _settings(needed=from_database)
    if settings is None:
        path = given["path"] or read_settings().grid_map
        kit = _on_paper(path)
        there = MapStaffing(scripts.read_posts(kit.maps.current, given["absent"], "absent"))
        by = STAFFED["map"]
        yield kit, there, Wording(f"取自文件 {path}；{by.zh}", f"of the file {path}; {by.en}")
        return
    engine = boot.build_engine(settings)
    try:
        kit = boot.build_kit(settings, engine)
        absent = scripts.read_posts(kit.maps.current, given["absent"], "absent")
        if not from_database:
            yield kit, MapStaffing(absent), STAFFED["map"]
            return
        with Session(engine) as session:
            yield kit, RosterStaffing(session, absent), STAFFED["database"]
    finally:
        engine.dispose()


def _settings(*, needed: bool) -> Settings | None:
    """Return the settings of the hotline's database; ``None`` where there is none to ask."""
    try:
        found = settings_of_shell()
    except EmbeddedError:
        if needed:
            raise
        return None
    return found if needed or found.database_url is not None else None


def _on_paper(path: Path) -> Kit:
    try:
        return boot.kit_on_paper(read_text(path))
    except GridFileError as error:
        for fault in error.faults:
            click.echo(f"{path}:{fault}", err=True)
        raise SystemExit(1) from None


def _scene(kit: Kit, words: str, given: dict[str, Any]) -> Scene:
    grid_map = kit.maps.current
    zone = grid_map.office.zone
    asked: datetime | None = given["at"]
    at = asked.replace(tzinfo=zone) if asked else clock.of_this_machine(zone)
    ahead = scripts.read_span(given["until"])
    if ahead > rehearsal.LONGEST:
        raise InvalidError(fields=["until"], span=given["until"])
    return Scene(
        words,
        at,
        at + ahead,
        channel=given["channel"],
        line=given["line"],
        grid=scripts.read_place(grid_map, given["place"]),
        class_code=given["class_code"],
        answers=tuple(scripts.read_answer(grid_map, each, at) for each in given["answers"]),
        unreachable=frozenset(scripts.read_posts(grid_map, given["unreachable"], "unreachable")),
    )


def lines(played: Rehearsal) -> Iterator[Wording]:
    """Yield a rehearsal in plain words: one line a moment, one for everybody who is told."""
    for run in gathered(played.moments):
        said, again = moment_words(played.map, run.moment), run.words or Wording("", "")
        at = clock_time(run.moment.at)
        yield Wording(
            f"{at}  {said.zh}  {again.zh}".rstrip(), f"{at}  {said.en}  {again.en}".rstrip()
        )
        for told in run.moment.told:
            who = told_words(played.map, told)
            yield Wording(f"             {who.zh}", f"             {who.en}")
    yield from end_words(played)
