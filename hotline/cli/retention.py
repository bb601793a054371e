"""``hotline retention``: what is kept how long, and erasing what is due."""

import click

from hotline import boot
from hotline.cli.staff import settings_of_shell
from hotline.domain.retention import periods
from hotline.services.upkeep import retention as service
from hotline.work import SYSTEM, open_work

_BATCH = 200


@click.group()
def retention() -> None:
    """What is kept how long."""


@retention.command()
def plan() -> None:
    """Print each kind of data: its days, up to when it would be erased, and of how many tickets."""
    settings = settings_of_shell()
    engine = boot.build_engine(settings)
    kit = boot.build_kit(settings, engine)
    with open_work(engine, kit, SYSTEM) as work:
        for due in service.plan(work, periods(settings.retention_days)):
            until = due.until.strftime("%Y-%m-%d")
            click.echo(f"{due.kind} days={due.period.days} until={until} tickets={due.tickets}")


@retention.command()
def run() -> None:
    """Erase now what is due; a worker does so every day. Safe to repeat."""
    settings = settings_of_shell()
    engine = boot.build_engine(settings)
    kit = boot.build_kit(settings, engine)
    for kind, period in periods(settings.retention_days).items():
        total = 0
        taken = 1
        while taken:
            with open_work(engine, kit, SYSTEM) as work:
                taken = service.erase(work, kind, period, limit=_BATCH)
            total += taken
        click.echo(f"{kind} erased={total}")
    removed = 1
    while removed:
        with open_work(engine, kit, SYSTEM) as work:
            removed = service.remove_files(work, limit=_BATCH)
