"""``hotline staff``: a county's staff list, looked at first and then applied."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from config import Settings, read_settings
from hotline import boot
from hotline.demo import up as demo_up
from hotline.domain.errors import NotFoundError
from hotline.services.staff import accounts, staff_list, staffing
from hotline.services.staff.staffing import Change, Link, Plan
from hotline.store import people
from hotline.work import SYSTEM, Work, open_work

_SIGNS = {Change.ADDED: "+", Change.RETURNS: "+", Change.CHANGED: "~", Change.LEAVES: "-"}


@click.group()
def staff() -> None:
    """People: who works here, at which posts."""


@staff.command("import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--apply", "applies", is_flag=True, help="Do it; otherwise only say what would be.")
@click.option("--retire", is_flag=True, help="Those of the list's units who stand in no row leave.")
def import_list(path: Path, *, applies: bool, retire: bool) -> None:
    """Read a staff list (CSV or XLSX). Exits with 1 and every fault if there is any."""
    with system_work() as work:
        listed = staff_list.read_list(path.name, path.read_bytes(), work.kit.maps.current)
        plan = staffing.plan(work, listed, retire=retire)
        _say(plan, retire=retire)
        if plan.faults:
            raise SystemExit(1)
        links = staffing.apply(work, listed, retire=retire) if applies else []
    if not applies:
        click.echo("只是预演，没有改动；加 --apply 执行 | a rehearsal: nothing changed")
        return
    click.echo("已执行 | done")
    _say_links(links, work.kit.public_url)


@staff.command("template")
@click.argument("path", type=click.Path(dir_okay=False, writable=True, path_type=Path))
def write_template(path: Path) -> None:
    """Write an empty staff list (XLSX) to be filled in."""
    path.write_bytes(staff_list.template())
    click.echo(str(path))


@staff.command("link")
@click.argument("login")
def link(login: str) -> None:
    """Print a new one-time address at which LOGIN sets a password; earlier ones end."""
    with system_work() as work:
        person = people.by_login(work.session, login)
        if person is None:
            raise NotFoundError(login=login)
        made = Link(person.login, person.name, accounts.make_link(work, person))
    _say_links([made], work.kit.public_url)


def settings_of_shell() -> Settings:
    """Return the settings; where they name no database, the running demonstration is meant."""
    found = read_settings()
    if found.database_url is None and found.env == "demo":
        return demo_up.settings_of(found)
    return found


@contextmanager
def system_work() -> Iterator[Work]:
    """Open work as the system, on a connection that ends with it."""
    settings = settings_of_shell()
    engine = boot.build_engine(settings)
    try:
        with open_work(engine, boot.build_kit(settings, engine), SYSTEM) as work:
            yield work
    finally:
        engine.dispose()


def _say(plan: Plan, *, retire: bool) -> None:
    for fault in plan.faults:
        click.echo(str(fault), err=True)
    for header in plan.ignored:
        click.echo(f"不认识的列，未读 | ignored column: {header}", err=True)
    for one in (*plan.people, *plan.leaves):
        if one.change is Change.UNCHANGED:
            continue
        sign = _SIGNS[one.change] if retire or one.change is not Change.LEAVES else "?"
        posts = [f"+{post}" for post in one.starts] + [f"-{post}" for post in one.ends]
        click.echo(" ".join([sign, one.login, one.name, *one.fields, *posts]))
    click.echo(
        f"added={plan.count(Change.ADDED)} returns={plan.count(Change.RETURNS)} "
        f"changed={plan.count(Change.CHANGED)} unchanged={plan.count(Change.UNCHANGED)} "
        f"{'leaves' if retire else 'not_listed'}={len(plan.leaves)} faults={len(plan.faults)}"
    )


def _say_links(links: list[Link], public_url: str) -> None:
    """Print the one-time addresses, to the terminal alone: they are kept nowhere."""
    for one in links:
        click.echo(f"{one.login}\t{one.name}\t{public_url}/set-password/{one.token}")
