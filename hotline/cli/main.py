"""``hotline``: run, check, audit and demonstrate from a shell."""

import json
import re
from datetime import timedelta

import click
import requests
import sqlalchemy as sa
from sqlmodel import Session

from config import SettingsError
from hotline import boot, clock
from hotline.channels import templates, voice
from hotline.cli.backup import backup as backup_command
from hotline.cli.backup import restore as restore_command
from hotline.cli.calendar import calendar_group
from hotline.cli.grid import grid as grid_group
from hotline.cli.keys import keys as keys_group
from hotline.cli.policy import policy_group
from hotline.cli.rates import rates as rates_group
from hotline.cli.refusals import refusal_words
from hotline.cli.retention import retention as retention_group
from hotline.cli.roster import roster as roster_group
from hotline.cli.sample import sample as sample_group
from hotline.cli.simulate import simulate
from hotline.cli.staff import settings_of_shell
from hotline.cli.staff import staff as staff_group
from hotline.cli.watch import doctor_command, probe_command
from hotline.demo import staff
from hotline.demo import up as demo_up
from hotline.demo.carrier import client
from hotline.domain.errors import HotlineError
from hotline.embedded.processes import EmbeddedError
from hotline.embedded.state import default_data_dir, erase
from hotline.services.proof import audit
from hotline.work import SYSTEM, open_work

_SPAN = re.compile(r"^(\d+)([smhd])$")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
CALLER = "+8613800000001"


class Shell(click.Group):
    """Commands whose refusals are one line on standard error and exit with 1."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what the user can act on is said without a traceback."""
        try:
            return super().invoke(ctx)
        except HotlineError as error:
            click.echo(str(refusal_words(error)), err=True)
        except (EmbeddedError, SettingsError) as error:
            click.echo(str(error), err=True)
        except requests.ConnectionError:
            click.echo("电话网没有应答：演示还在启动，或者没有运行。", err=True)
        except sa.exc.OperationalError:
            click.echo("数据库没有应答。", err=True)
        raise SystemExit(1)


@click.group(cls=Shell)
def main() -> None:
    """Run and look after the 12345 hotline."""


@main.command()
def up() -> None:
    """Run everything with the sample county, on embedded servers, until Ctrl-C."""
    demo_up.run()


@main.command()
def reset() -> None:
    """Delete the data that `up` keeps."""
    erase(default_data_dir())
    click.echo("已清空：下次 make run 从头开始。")


@main.command()
def release() -> None:
    """Bring the database up to this release: schema, rights, map, calendar."""
    settings = settings_of_shell()
    boot.release(settings)
    engine = boot.build_engine(settings)
    boot.refuse_unsafe(settings, engine)
    kit = boot.build_kit(settings, engine)
    if settings.env == "demo":
        staff.load(engine, kit)
    click.echo(f"released, map {kit.maps.current.version[:12]}")


main.add_command(doctor_command)
main.add_command(probe_command)
main.add_command(policy_group)
main.add_command(calendar_group)
main.add_command(simulate)
main.add_command(staff_group)
main.add_command(rates_group)
main.add_command(roster_group)
main.add_command(grid_group)
main.add_command(retention_group)
main.add_command(sample_group)
main.add_command(keys_group)
main.add_command(backup_command)
main.add_command(restore_command)


@main.group("audit")
def audit_group() -> None:
    """The ledger: sign it, and prove that nobody changed it."""


@audit_group.command()
def verify() -> None:
    """Check every chain and every exported root. Exits with 1 where anything does not fit."""
    settings = settings_of_shell()
    keys = boot.build_keys(settings)
    with Session(boot.build_engine(settings)) as session:
        report = audit.verify_all(session, settings.roots_dir, keys.public_key)
    for fault in report.faults:
        click.echo(f"{fault.where} {fault.seq or ''} {fault.what}", err=True)
    click.echo(
        f"tickets={report.tickets} events={report.events} roots={report.roots} "
        f"views={report.views} faults={len(report.faults)}"
    )
    raise SystemExit(0 if report.whole else 1)


@audit_group.command()
def seal() -> None:
    """Sign a root over everything that changed since the last one, and export it."""
    settings = settings_of_shell()
    engine = boot.build_engine(settings)
    kit = boot.build_kit(settings, engine)
    made = audit.seal_and_export(lambda: open_work(engine, kit, SYSTEM), settings.roots_dir)
    for root in made:
        click.echo(f"root {root.number} {root.root}")
    if not made:
        click.echo("nothing changed")


@main.group()
def carrier() -> None:
    """What the carrier needs from us."""


@carrier.command()
def fallback() -> None:
    """Print the static TwiML to host at the carrier, for when our web is down."""
    click.echo(
        voice.fallback(f"{str(settings_of_shell().public_url).rstrip('/')}/hooks/voice/thanks")
    )


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
        raise EmbeddedError("这里不能移动时间。") from error
    finally:
        engine.dispose()
    client.forward(place.carrier_url, ahead)
    click.echo(now.astimezone(clock.COUNTY_ZONE).strftime("%Y-%m-%d %H:%M:%S"))
