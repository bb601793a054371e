"""``hotline``: run, check, audit and demonstrate from a shell."""

import json
import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import click
import sqlalchemy as sa

from config import Settings, SettingsError, read_settings
from hotline import boot, clock
from hotline.channels import templates, voice
from hotline.demo import staff
from hotline.demo import up as demo_up
from hotline.demo.carrier import client
from hotline.domain.errors import HotlineError
from hotline.embedded.processes import EmbeddedError
from hotline.embedded.state import default_data_dir, erase
from hotline.grid_file import GridFileError, read_grid
from hotline.services import audit
from hotline.work import SYSTEM, open_work

_SPAN = re.compile(r"^(\d+)([smhd])$")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
CALLER = "+8613800000001"


@click.group()
def main() -> None:
    """Run and look after the 12345 hotline."""


@main.command()
def up() -> None:
    """Run everything with the sample county, on embedded servers, until Ctrl-C."""
    try:
        demo_up.run()
    except (EmbeddedError, SettingsError) as error:
        _fail(error)


@main.command()
def reset() -> None:
    """Delete the data that `up` keeps."""
    try:
        erase(default_data_dir())
    except EmbeddedError as error:
        _fail(error)
    click.echo("已清空：下次 make run 从头开始。")


@main.command()
def release() -> None:
    """Bring the database up to this release: schema, rights, map, calendar."""
    settings = _settings()
    try:
        boot.release(settings)
        engine = boot.build_engine(settings)
        boot.refuse_unsafe(settings, engine)
        kit = boot.build_kit(settings, engine)
    except HotlineError as error:
        _fail(error)
    if settings.env == "demo":
        staff.load(engine, kit)
    click.echo(f"released, map {kit.maps.current.version[:12]}")


@main.group()
def policy() -> None:
    """The grid map."""


@policy.command("check")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check_map(path: Path) -> None:
    """Check a grid map before it goes live. Exits with 1 and one line per fault."""
    try:
        grid_map = read_grid(path)
    except GridFileError as error:
        for fault in error.faults:
            click.echo(f"{path}:{fault}", err=True)
        click.echo(f"{len(error.faults)} 处错误", err=True)
        raise SystemExit(1) from None
    click.echo(f"{path}: {len(grid_map.grids)} 个网格，没有错误，版本 {grid_map.version[:12]}")


@main.group("audit")
def audit_group() -> None:
    """The ledger: sign it, and prove that nobody changed it."""


@audit_group.command()
def verify() -> None:
    """Check every chain and every exported root. Exits with 1 where anything does not fit."""
    settings = _settings()
    engine = boot.build_engine(settings)
    keys = boot.build_keys(settings)
    with engine.connect() as connection:
        report = audit.verify_all(connection, settings.roots_dir, keys.public_key)
    for line in report.lines():
        click.echo(line)
    raise SystemExit(0 if report.sound else 1)


@audit_group.command()
def seal() -> None:
    """Sign a root over everything that changed since the last one, and export it."""
    settings = _settings()
    engine = boot.build_engine(settings)
    with open_work(engine, boot.build_kit(settings, engine), SYSTEM) as work:
        sealed = audit.seal(work, settings.roots_dir)
    click.echo(f"root {sealed.number}" if sealed else "nothing changed")


@main.group()
def carrier() -> None:
    """What the carrier needs from us."""


@carrier.command()
def fallback() -> None:
    """Print the static TwiML to host at the carrier, for when our web is down."""
    click.echo(voice.fallback(f"{str(_settings().public_url).rstrip('/')}/hooks/voice/thanks"))


@carrier.command("templates")
def carrier_templates() -> None:
    """Print the message templates to hand in for approval, as JSON."""
    click.echo(json.dumps(templates.for_carrier(), ensure_ascii=False, indent=2))


@main.group()
def demo() -> None:
    """Be the caller, or move the time; on the demonstration only."""


@demo.command()
@click.argument("utterances", nargs=-1, required=True)
@click.option("--from", "from_", default=CALLER, show_default=True, help="The caller's number.")
def call(utterances: tuple[str, ...], from_: str) -> None:
    """Ring the hotline and say UTTERANCES one after the other; digits are pressed."""
    for line in client.call(demo_up.running().carrier_url, from_, list(utterances)):
        click.echo(f"{line.who}: {line.text}")


@demo.command()
@click.argument("body")
@click.option("--from", "from_", default=CALLER, show_default=True, help="The sender's number.")
def text(body: str, from_: str) -> None:
    """Text the hotline and print what it answers."""
    for answer in client.text(demo_up.running().carrier_url, from_, body):
        click.echo(answer)


@demo.command()
@click.argument("span")
def forward(span: str) -> None:
    """Move the hotline's time forward by SPAN, such as 30m, 3h or 2d."""
    found = _SPAN.match(span)
    if found is None:
        raise click.BadParameter("30m, 3h, 2d …")
    place = demo_up.running()
    engine = sa.create_engine(place.database_url)
    try:
        with engine.begin() as connection:
            now = clock.shift(connection, timedelta(**{_UNITS[found[2]]: int(found[1])}))
            ahead = clock.shifted_by(connection)
    except sa.exc.ProgrammingError as error:
        _fail(error)
    finally:
        engine.dispose()
    client.forward(place.carrier_url, ahead)
    click.echo(now.astimezone(clock.COUNTY_ZONE).strftime("%Y-%m-%d %H:%M:%S"))


def _settings() -> Settings:
    try:
        return read_settings()
    except SettingsError as error:
        _fail(error)


def _fail(error: Exception) -> NoReturn:
    click.echo(str(error), err=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
