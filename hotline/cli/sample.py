"""``hotline sample``: the draws of revisits, and each of them made again."""

import click

from hotline import boot
from hotline.cli.staff import settings_of_shell
from hotline.services.verifying import sampling as draws
from hotline.work import SYSTEM, open_work


@click.group()
def sample() -> None:
    """Revisits as a sample: draws that anybody can repeat."""


@sample.command()
@click.argument("draw", type=int)
@click.option("--list", "listed", is_flag=True, help="Print every ticket that is drawn, and why.")
def repeat(draw: int, *, listed: bool) -> None:
    """Make DRAW again from its seed. Exits with 1 where it gives other tickets."""
    settings = settings_of_shell()
    engine = boot.build_engine(settings)
    with open_work(engine, boot.build_kit(settings, engine), SYSTEM) as work:
        found = draws.repeat(work, draw)
    if listed:
        for ticket, why in sorted(found.drawn.items()):
            click.echo(f"{ticket} {why}")
    click.echo(
        f"draw={draw} day={found.draw.day} seed={found.draw.seed} framed={found.framed} "
        f"drawn={len(found.drawn)} differs={len(found.differs)}"
    )
    raise SystemExit(0 if found.same else 1)
