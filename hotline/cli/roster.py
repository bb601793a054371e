"""``hotline roster``: holes in the duty lists, and lists as files."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import click

from hotline.cli.staff import system_work
from hotline.clock import COUNTY_ZONE
from hotline.domain.errors import NotFoundError
from hotline.domain.roster import DutyKind
from hotline.services.staff import duty_calendar, duty_list, rosters
from hotline.services.staff.rosters import Gap
from hotline.services.staff.staff_list import Names


@click.group()
def roster() -> None:
    """Duty lists: who answers when, and when nobody does."""


@roster.command()
@click.option("--days", default=14, show_default=True, type=click.IntRange(1, 366))
@click.option("--unit", default=None, help="Only this unit, by id or name, with its own.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
def gaps(*, days: int, unit: str | None, as_json: bool) -> None:
    """Say when nobody will answer for a post. Exits with 1 if there is such a time."""
    with system_work() as work:
        grid_map = work.kit.maps.current
        known = Names(grid_map).units
        if unit is not None and len(known.get(unit, ())) != 1:
            raise NotFoundError(what="unit", key=unit, found=len(known.get(unit, ())))
        units = grid_map.within(next(iter(known[unit]))) if unit else None
        found = rosters.gaps(work, timedelta(days=days), units)
        _say(found, (work.now, work.now + timedelta(days=days)), as_json=as_json)
    if found:
        raise SystemExit(1)


@roster.command("import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--apply", "applies", is_flag=True, help="Do it; otherwise only say what would be.")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in DutyKind]),
    default=DutyKind.SHIFT.value,
    show_default=True,
    help="Of the lines that name none.",
)
@click.option("--post", default="", help="Of a calendar's events that name no post as their place.")
def import_list(path: Path, *, applies: bool, kind: str, post: str) -> None:
    """Read a duty list (CSV, XLSX or .ics). Exits with 1 and every fault if there is any."""
    content = path.read_bytes()
    with system_work() as work:
        made = duty_list.plan(work, path.name, content, kind=DutyKind(kind), post=post)
        for fault in made.faults:
            click.echo(str(fault), err=True)
        for header in made.ignored:
            click.echo(f"不认识的列，未读 | ignored column: {header}", err=True)
        click.echo(f"adds={len(made.lines)} standing={made.standing} faults={len(made.faults)}")
        if made.faults:
            raise SystemExit(1)
        if not applies:
            click.echo("只是预演，没有改动；加 --apply 执行 | a rehearsal: nothing changed")
            return
        batch, count = duty_list.apply(work, path.name, content, kind=DutyKind(kind), post=post)
    click.echo(f"已执行 | done batch={batch} lines={count}")


@roster.command()
@click.argument("unit")
@click.argument("path", type=click.Path(dir_okay=False, writable=True, path_type=Path))
def export(unit: str, path: Path) -> None:
    """Write the duty lists of UNIT and what belongs to it as a calendar (.ics)."""
    with system_work() as work:
        path.write_bytes(duty_calendar.of_unit(work, unit))
    click.echo(str(path))


def _say(found: Sequence[Gap], window: tuple[datetime, datetime], *, as_json: bool) -> None:
    if as_json:
        click.echo(
            json.dumps(
                [
                    {
                        "post": gap.post.id,
                        "unit": gap.post.unit,
                        "from": gap.from_at.isoformat(),
                        "until": gap.until_at.isoformat(),
                    }
                    for gap in found
                ]
            )
        )
        return
    for gap in found:
        title = gap.post.title
        click.echo(f"{_local(gap.from_at)} – {_local(gap.until_at)}  {gap.post.id}  {title}")
    begin, end = (_local(at) for at in window)
    zh, en = (
        (f"{len({gap.post for gap in found})} 个岗位有时没有人", "nobody answers at these times")
        if found
        else ("每个岗位都有人", "every post has somebody")
    )
    click.echo(f"{begin} – {end} 北京时间：{zh} | {en}, gaps={len(found)}")


def _local(at: datetime) -> str:
    return at.astimezone(COUNTY_ZONE).strftime("%Y-%m-%d %H:%M")
