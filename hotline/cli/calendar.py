"""``hotline calendar``: take in a notice of days off, and say how far working time is known."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import click

from hotline import boot
from hotline.calendar_file import CalendarFileError, read_notice
from hotline.cli.staff import settings_of_shell
from hotline.clock import COUNTY_ZONE
from hotline.domain.calendar_notices import Difference, NoticeDay, NoticeStatus, year_of
from hotline.domain.deadlines import DayKind
from hotline.domain.errors import RefusedError
from hotline.in_force import InForce
from hotline.services.law import calendar as service
from hotline.services.law.moment_words import step_words
from hotline.store import calendar as rows
from hotline.work import SYSTEM, Work, open_work

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
# So long before a year begins its notice should be there: it comes in the autumn.
_AHEAD = timedelta(days=31)
# So many days of a difference are listed.
_SHOWN = 40
_KINDS = {DayKind.HOLIDAY: "放假", DayKind.MAKE_UP: "调休上班", None: "照常"}
_FAULTS = {
    "unreadable": "不是文本文件（CSV，UTF-8 或 GB18030）",
    "bad_day": "日期不对，写成 2027-02-14",
    "bad_kind": "类型不对，写“休”或“班”（holiday、make_up）",
    "headings": "缺少“day,kind”（日期、类型）两列",
    "other_year": "不是这一年的",
    "twice": "日期重复",
    "make_up_on_workday": "平日本来就上班",
    "windows": "时段不对：写成 08:30-11:30，几段用空格隔开，前后有序，不重叠，只写在上班的日子",
    "no_holiday": "没有一天放假",
}


@click.group("calendar")
def calendar_group() -> None:
    """Working time: notices of days off, and the limits that they move."""


@calendar_group.command("import")
@click.argument("path", type=_FILE)
@click.option("--source", required=True, help="The notice's name and number.")
@click.option("--by", "by_whom", required=True, help="Who brings it in; it stays on record.")
@click.option("--provisional", is_flag=True, help="Expected days, until the notice comes.")
@click.option("--dry-run", is_flag=True, help="Say what it would move, and change nothing.")
def import_notice(
    path: Path, source: str, by_whom: str, *, provisional: bool, dry_run: bool
) -> None:
    """Take in a notice (CSV: day,kind,name,windows) and count running limits anew.

    The same file twice changes nothing. It may be interrupted: a worker goes on with it.
    """
    for name, said in (("--source", source), ("--by", by_whom)):
        if not said.strip():
            raise click.BadParameter("不能为空 | must not be empty", param_hint=name)
    days = _read(path)
    status = NoticeStatus.PROVISIONAL if provisional else NoticeStatus.PUBLISHED
    with _hotline() as in_force:
        if dry_run:
            _say_what_moves(in_force, days, status)
            return
        _say_differences(in_force, days)
        taken = _take(in_force, days, status, (source, by_whom))
        if taken:
            in_force.refresh()
            _recount(in_force)


@calendar_group.command("check")
@click.argument("path", type=_FILE, required=False)
def check(path: Path | None) -> None:
    """Say which years are published, and which limits may still change; or check a notice's file.

    Exits with 1 where this year has no published notice, or next year's is due and not there.
    """
    if path is not None:
        days = _read(path)
        click.echo(f"{path}: {year_of(days)} 年，{len(days)} 天，没有错误")
        return
    with _hotline() as in_force, open_work(in_force.engine, in_force.kit, SYSTEM) as work:
        missing = _say_years(work)
        known = rows.running(work.session)
        click.echo(f"在办工单 {sum(known.values())} 件，其中时限暂定 {known.get(True, 0)} 件")
        waiting = len(service.waiting(work))
        if waiting:
            click.echo(f"等待重算的工单：{waiting}{'+' if waiting == service.BATCH else ''} 件")
    if missing:
        raise SystemExit(1)


def _say_years(work: Work) -> bool:
    today = work.now.astimezone(COUNTY_ZONE).date()
    newest = rows.of_years(work.session)
    needed = {today.year, (today + _AHEAD).year}
    missing = False
    for year in sorted({*newest, *needed, today.year + 1}):
        row = newest.get(year)
        if row is None:
            due = "应当有了" if year in needed else "还不到公布的时候，涉及这一年的时限是暂定的"
            click.echo(f"{year}: 没有通知（{due}）")
        else:
            words = "已公布" if row.status == NoticeStatus.PUBLISHED else "暂定"
            click.echo(f"{year}: {words}，第 {row.number} 号，{row.source}")
        published = row is not None and row.status == NoticeStatus.PUBLISHED
        missing |= year in needed and not published
    click.echo(f"确知到 {work.kit.calendar.known_until.isoformat()}")
    return missing


def _read(path: Path) -> list[NoticeDay]:
    try:
        return read_notice(path)
    except CalendarFileError as error:
        for line, why in error.faults:
            click.echo(f"{path}:{line}: {_FAULTS.get(why, why)}", err=True)
        raise SystemExit(1) from None


def _take(
    in_force: InForce, days: list[NoticeDay], status: NoticeStatus, told: tuple[str, str]
) -> bool:
    source, by_whom = told
    with open_work(in_force.engine, in_force.kit, SYSTEM) as work:
        try:
            row = service.take(
                work.session, days, status=status, source=source, by_whom=by_whom, at=work.now
            )
        except RefusedError:
            click.echo("这一年的通知已经公布，不能用暂定的日期替换。", err=True)
            raise SystemExit(1) from None
    if row is None:
        click.echo("这份通知已经导入过，没有变化。")
        return False
    click.echo(f"已导入 {row.year} 年 {len(days)} 天，第 {row.number} 号，即刻生效")
    return True


def _recount(in_force: InForce) -> None:
    seen, changed, after = 0, 0, None
    while True:
        with open_work(in_force.engine, in_force.kit, SYSTEM) as work:
            found = service.waiting(work, after)
        if not found:
            break
        for ticket_id in found:
            with open_work(in_force.engine, in_force.kit, SYSTEM) as work:
                changed += service.recount(work, ticket_id)
        seen, after = seen + len(found), found[-1]
    click.echo(f"重算 {seen} 件工单，{changed} 件的时限有变化，原值和新值都在工单记录里")


def _say_what_moves(in_force: InForce, days: list[NoticeDay], status: NoticeStatus) -> None:
    with open_work(in_force.engine, in_force.kit, SYSTEM) as work:
        looked = service.look(work, days, status)
        _list_differences(looked.before, looked.differences)
        for number, step, was, due in looked.shown:
            click.echo(f"{number} {step_words(step).zh}：{_local(was)} → {_local(due)}（北京时间）")
        click.echo(f"{looked.tickets} 件在办工单的时限会变（看了 {looked.seen} 件）；什么都没有改")


def _say_differences(in_force: InForce, days: list[NoticeDay]) -> None:
    with open_work(in_force.engine, in_force.kit, SYSTEM) as work:
        _list_differences(*service.compared(work.session, days))


def _list_differences(before: int | None, differing: Sequence[Difference]) -> None:
    """Say what a notice says otherwise than the one of its year that it replaces as a whole."""
    if before is None or not differing:
        return
    click.echo(f"整份替换这一年的第 {before} 号；与它不同的有 {len(differing)} 天：")
    for day, was, now in differing[:_SHOWN]:
        week = "一二三四五六日"[day.weekday()]
        click.echo(f"  {day.isoformat()}（周{week}）：{_KINDS[was]} → {_KINDS[now]}")
    if len(differing) > _SHOWN:
        click.echo(f"  …… 另有 {len(differing) - _SHOWN} 天")


def _local(at: datetime) -> str:
    return at.astimezone(COUNTY_ZONE).strftime("%Y-%m-%d %H:%M")


@contextmanager
def _hotline() -> Iterator[InForce]:
    engine = boot.build_engine(settings_of_shell())
    try:
        yield InForce(engine, boot.build_kit(settings_of_shell(), engine))
    finally:
        engine.dispose()
