"""``hotline rates``: count again from the ledger."""

import click

from hotline import boot
from hotline.cli.staff import settings_of_shell
from hotline.services.reckoning import counting
from hotline.work import SYSTEM, open_work


@click.group()
def rates() -> None:
    """What is counted: rates and the facts behind them."""


@rates.command()
def rebuild() -> None:
    """Forget every sum and count the whole ledger again, with progress.

    It may be interrupted at any moment: a worker goes on with it. Pages say how far it is.
    """
    settings = settings_of_shell()
    engine = boot.build_engine(settings)
    kit = boot.build_kit(settings, engine)
    with open_work(engine, kit, SYSTEM) as work:
        total = counting.begin_rebuild(work)
    with click.progressbar(length=total, label="重新统计") as bar:
        seen = 0
        while True:
            with open_work(engine, kit, SYSTEM) as work:
                state = counting.go_on(work)
            if state is None:
                bar.update(total - seen)
                break
            bar.update(state.done - seen)
            seen = state.done
    click.echo(f"{total} 件工单已重新统计")
