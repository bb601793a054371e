"""``hotline simulate``: who would be told, when, by what, and until where it climbs."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlmodel import Session

from config import read_settings
from hotline import boot, clock
from hotline.cli.staff import settings_of_shell
from hotline.domain.grid.faults import Wording
from hotline.kit import Kit
from hotline.map_file.reading import GridFileError
from hotline.services.law import rehearsal, scripts
from hotline.services.law.moment_words import (
    clock_time,
    end_words,
    gathered,
    moment_words,
    told_words,
)
from hotline.services.law.scenes import Rehearsal, Scene, plain
from hotline.store.paper import MapStaffing, RosterStaffing, Staffing

_FORMATS = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]


@click.command()
@click.argument("words")
@click.option("--at", type=click.DateTime(_FORMATS), help="When the call comes; now by default.")
@click.option("--until", default="24h", show_default=True, help="How far ahead to look.")
@click.option("--place", help="A village's name or a grid's code, instead of what WORDS say.")
@click.option("--class", "class_code", help="A class's code, instead of what WORDS say.")
@click.option("--line", help="The number of the line that it comes in on.")
@click.option("--channel", default="voice", show_default=True, help="How it comes in.")
@click.option(
    "--staff",
    "staffed_by",
    type=click.Choice(["map", "database"]),
    default="map",
    show_default=True,
    help="map: everybody whom the map foresees is there; database: who really is on duty.",
)
@click.option("--absent", multiple=True, help="A post at which nobody is; may be repeated.")
@click.option("--unreachable", multiple=True, help="A post whose telephone is off.")
@click.option("--answer", "answers", multiple=True, help="accept@9m, acknowledge:UNIT@12m …")
@click.option(
    "--map",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A map's file; with --staff database always the map in force.",
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def simulate(words: str, *, as_json: bool, lang: str, **given: Any) -> None:  # noqa: ANN401
    """Play WORDS through the rules without doing anything: nobody is told, nothing is written.

    Nobody answers but those whom --answer names: accept, reach, whistle:KIND:UNIT, safe, end,
    acknowledge:UNIT, arrive:UNIT, refuse:UNIT, finish:UNIT; with @ and how long after the call.
    """
    with _stage(given) as (kit, staffing):
        played = rehearsal.rehearse(kit, _scene(kit, words, given), staffing)
    if as_json:
        click.echo(json.dumps(plain(played), ensure_ascii=False, indent=2))
        return
    for line in lines(played):
        click.echo(line.en if lang == "en" else line.zh)


@contextmanager
def _stage(given: dict[str, Any]) -> Iterator[tuple[Kit, Staffing]]:
    """Give a kit and who is there: of the map alone, or of the database."""
    if given["staffed_by"] == "map":
        path = given["path"] or read_settings().grid_map
        yield _on_paper(path), MapStaffing(given["absent"])
        return
    settings = settings_of_shell()
    engine = boot.build_engine(settings)
    try:
        kit = boot.build_kit(settings, engine)
        with Session(engine) as session:
            yield kit, RosterStaffing(session, given["absent"])
    finally:
        engine.dispose()


def _on_paper(path: Path) -> Kit:
    try:
        return boot.kit_on_paper(path.read_text(encoding="utf-8"))
    except GridFileError as error:
        for fault in error.faults:
            click.echo(f"{path}:{fault}", err=True)
        raise SystemExit(1) from None


def _scene(kit: Kit, words: str, given: dict[str, Any]) -> Scene:
    grid_map = kit.maps.current
    zone = grid_map.office.zone
    asked: datetime | None = given["at"]
    at = asked.replace(tzinfo=zone) if asked else clock.of_this_machine(zone)
    scripts.guard_posts(grid_map, (*given["absent"], *given["unreachable"]))
    return Scene(
        words,
        at,
        at + min(scripts.read_span(given["until"]), rehearsal.LONGEST),
        channel=given["channel"],
        line=given["line"],
        grid=scripts.read_place(grid_map, given["place"]),
        class_code=given["class_code"],
        answers=tuple(scripts.read_answer(each, at) for each in given["answers"]),
        unreachable=frozenset(given["unreachable"]),
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
