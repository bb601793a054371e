"""Back everything up but the keys, and restore it into an empty database (备份与恢复).

A backup is a folder: the database as ``pg_dump`` writes it, the media, the exported roots, and a
note of what it is. The database is written first: every file that it speaks of was there before,
for files are written before their rows. Another backup into the same folder copies only the files
that are new or were sealed anew.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from hotline.domain.errors import SetupError
from hotline.embedded.binaries import find_binaries
from hotline.embedded.processes import Start, run
from hotline.store import whole

DUMP: Final = "database.dump"
NOTE: Final = "backup.json"
_MEDIA, _ROOTS = "media", "roots"
_CHUNK: Final = 2**20


@dataclass(frozen=True, slots=True)
class Places:
    """Where an installation keeps what a backup holds.

    ``owner_url`` is the owner's: only that role may read and make every table. ``ring`` names the
    newest keys and ``rings`` all of them (`hotline.keys.Keys`): a backup tells under which keys it
    can be read.
    """

    owner_url: str
    media_dir: Path
    roots_dir: Path
    ring: str
    rings: frozenset[str]


@dataclass(frozen=True, slots=True)
class Note:
    """What a backup says of itself: when it was made, of what, and under which keys."""

    at: str
    dump_sha256: str
    dump_bytes: int
    media: int
    roots: int
    ring: str


def back_up(places: Places, folder: Path) -> Note:
    """Write a backup into ``folder``; an older one there stands until this one is whole.

    Raises:
        SetupError: PostgreSQL's own program failed, and says why.
    """
    folder.mkdir(parents=True, exist_ok=True)
    at = whole.now_of(places.owner_url).isoformat()
    draft = folder / f"{DUMP}.draft"
    _postgres("pg_dump", places.owner_url, "--format=custom", "--no-owner", f"--file={draft}")
    media = _copy_changed(places.media_dir, folder / _MEDIA)
    roots = _copy_changed(places.roots_dir, folder / _ROOTS)
    note = Note(at, _sha256(draft), draft.stat().st_size, media, roots, places.ring)
    draft.replace(folder / DUMP)
    _write(folder / NOTE, json.dumps(asdict(note), indent=1))
    return note


def restore(places: Places, folder: Path) -> Note:
    """Restore a backup into an empty database; rights and map come with the release step after it.

    Raises:
        SetupError: the database holds something, the backup is not whole or was sealed under other
            keys, or PostgreSQL's own program failed.
    """
    note = read_note(folder)
    if _sha256(folder / DUMP) != note.dump_sha256:
        raise SetupError(reason="backup_damaged", folder=folder)
    if note.ring not in places.rings:
        raise SetupError(reason="backup_under_other_keys", folder=folder)
    if not whole.is_empty(places.owner_url):
        raise SetupError(reason="database_not_empty")
    _postgres(
        "pg_restore",
        places.owner_url,
        *("--no-owner", "--no-privileges", "--no-comments", "--exit-on-error"),
        *("--single-transaction", f"--dbname={_name(places.owner_url)}", str(folder / DUMP)),
    )
    _copy_changed(folder / _MEDIA, places.media_dir)
    _copy_changed(folder / _ROOTS, places.roots_dir)
    return note


def read_note(folder: Path) -> Note:
    """Return what a backup says of itself.

    Raises:
        SetupError: there is no whole backup in ``folder``.
    """
    try:
        return Note(**json.loads((folder / NOTE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise SetupError(reason="no_backup", folder=folder) from error


def _postgres(program: str, url: str, *options: str) -> None:
    """Run one of PostgreSQL's own programs; the password stands in no command line."""
    path = find_binaries().postgres_bin / program
    done = run([str(path), *options], Start(env={**os.environ, **_environment(url)}))
    if done.returncode:
        raise SetupError(program=program, said=done.stdout.strip()[-2000:])


def _environment(url: str) -> Mapping[str, str]:
    """Return a database's address as libpq reads it from the environment."""
    made = sa.make_url(url)
    parts = {
        "PGHOST": made.host or str(made.query.get("host", "")),
        "PGPORT": str(made.port or made.query.get("port", "")),
        "PGUSER": made.username,
        "PGPASSWORD": made.password,
        "PGDATABASE": made.database,
    }
    return {name: value for name, value in parts.items() if value}


def _name(url: str) -> str:
    return sa.make_url(url).database or ""


def _copy_changed(source: Path, target: Path) -> int:
    """Copy the files that are not there, or not as they are; return how many there are in all."""
    count = 0
    for path in sorted(source.rglob("*")) if source.is_dir() else ():
        if not path.is_file() or path.suffix == ".draft":
            continue
        count += 1
        copy = target / path.relative_to(source)
        if copy.exists() and _looks(copy) == _looks(path):
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        draft = copy.with_name(f"{copy.name}.draft")
        shutil.copy2(path, draft)
        draft.replace(copy)
    return count


def _looks(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def _sha256(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
