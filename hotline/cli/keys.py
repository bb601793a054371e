"""``hotline keys``: seal everything anew under new keys, and see that nothing needs the old."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from hotline import boot
from hotline.cli.staff import settings_of_shell
from hotline.services.upkeep import resealing
from hotline.work import SYSTEM, Work, open_work


@click.group()
def keys() -> None:
    """Keys: rotate those that seal identities and those that they are found by."""


@keys.command()
@click.option("--batch", default=resealing.BATCH, show_default=True, type=click.IntRange(1, 10_000))
def reseal(batch: int) -> None:
    """Seal everything under the newest keys. Killed, it goes on where it was when run again."""
    settings = settings_of_shell()
    engine = boot.build_engine(settings)
    kit = boot.build_kit(settings, engine)
    while True:
        with open_work(engine, kit, SYSTEM) as work:
            found = resealing.go_on(work, batch)
        if found is None:
            break
        click.echo(f"{found.kind} {found.done}{' 完成 | done' if found.ended else ''}")
    click.echo("全部已用新密钥封存；用 hotline keys check 核对后再撤旧密钥")
    click.echo("everything is sealed anew; run `hotline keys check` before an old key goes")


@keys.command()
def check() -> None:
    """Open everything and count what is not under the newest keys. Exits with 1 if any is."""
    old = 0
    with _reading() as work:
        for kind, total, left in resealing.left(work):
            click.echo(f"{kind} total={total} old={left}")
            old += left
    raise SystemExit(1 if old else 0)


@contextmanager
def _reading() -> Iterator[Work]:
    settings = settings_of_shell()
    engine = boot.build_engine(settings)
    with open_work(engine, boot.build_kit(settings, engine), SYSTEM) as work:
        yield work
