"""``hotline backup`` and ``hotline restore``: all that must not be lost, but the keys."""

from pathlib import Path

import click
from sqlmodel import Session

from config import Settings
from hotline import boot
from hotline.cli.staff import settings_of_shell
from hotline.domain.errors import SetupError
from hotline.services.proof import audit
from hotline.services.upkeep import backups
from hotline.services.upkeep.backups import Places

_FOLDER = click.argument("folder", type=click.Path(file_okay=False, path_type=Path))


@click.command()
@_FOLDER
def backup(folder: Path) -> None:
    """Write database, media and roots into FOLDER, while the hotline goes on. No keys."""
    note = backups.back_up(_places(settings_of_shell()), folder)
    click.echo(
        f"at={note.at} dump_bytes={note.dump_bytes} media={note.media} roots={note.roots} "
        f"keys={note.ring}"
    )


@click.command()
@_FOLDER
def restore(folder: Path) -> None:
    """Restore FOLDER into an empty database, release it, and verify the ledger."""
    settings = settings_of_shell()
    note = backups.restore(_places(settings), folder)
    boot.release(settings)
    engine = boot.build_engine(settings)
    boot.refuse_unsafe(settings, engine)
    keys = boot.build_keys(settings)
    with Session(engine) as session:
        report = audit.verify_all(session, settings.roots_dir, keys.public_key)
    for fault in report.faults:
        click.echo(f"{fault.where} {fault.seq or ''} {fault.what}", err=True)
    click.echo(
        f"restored={note.at} media={note.media} tickets={report.tickets} events={report.events} "
        f"roots={report.roots} faults={len(report.faults)}"
    )
    raise SystemExit(0 if report.whole else 1)


def _places(settings: Settings) -> Places:
    if settings.owner_database_url is None:
        raise SetupError(setting="HOTLINE_OWNER_DATABASE_URL", reason="not_set")
    keys = boot.build_keys(settings)
    return Places(
        settings.owner_database_url.get_secret_value(),
        settings.media_dir,
        settings.roots_dir,
        keys.ring,
        keys.rings,
    )
