"""What the embedded servers of one data directory remember: their passwords and ports."""

import fcntl
import json
import os
import secrets
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from hotline.embedded.processes import EmbeddedError, free_port, port_is_free

_FILE = "servers.json"
_LOCK = "lock"


@dataclass(frozen=True, slots=True)
class State:
    """Secrets made for this directory alone, and the ports of the last start."""

    admin_password: str
    owner_password: str
    app_password: str
    valkey_password: str
    postgres_port: int
    valkey_port: int


def default_data_dir() -> Path:
    """Return where the embedded servers keep their data.

    `HOTLINE_DATA_DIR`, else for root `/var/lib/hotline` (the servers' account could not reach
    root's home), else `hotline` under `XDG_DATA_HOME` or `~/.local/share`, else, for a user
    without a home to write in, `var/data` here.
    """
    named = os.environ.get("HOTLINE_DATA_DIR")
    if named:
        return Path(named)
    if os.geteuid() == 0:
        return Path("/var/lib/hotline")
    shared = os.environ.get("XDG_DATA_HOME")
    home = Path(shared) if shared else Path.home() / ".local" / "share"
    nearest = next(path for path in (home, *home.parents) if path.exists())
    return home / "hotline" if os.access(nearest, os.W_OK) else Path("var", "data").absolute()


def open_state(data_dir: Path) -> State:
    """Read the state, or make one with new random passwords; ports are free ones.

    The last start's ports are kept while they are free, so that a note about them stays true.
    The file is readable by its owner alone.
    """
    path = data_dir / _FILE
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for name in ("admin_password", "owner_password", "app_password", "valkey_password"):
        known.setdefault(name, secrets.token_hex(16))
    for name in ("postgres_port", "valkey_port"):
        if name not in known or not port_is_free(known[name]):
            known[name] = free_port()
    state = State(**known)
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    with open(partial, "x", encoding="utf-8", opener=_private) as file:
        json.dump(asdict(state), file, indent=1)
    partial.replace(path)
    return state


def lock(data_dir: Path) -> IO[str]:
    """Take the directory for this process, until the returned file is closed or the process ends.

    Raises:
        EmbeddedError: Another process has it.
    """
    file = (data_dir / _LOCK).open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        pid = file.read().strip() or "unknown"
        file.close()
        raise EmbeddedError(f"{data_dir} is in use by the running process {pid}.") from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def erase(data_dir: Path) -> None:
    """Delete everything that the embedded servers, and the processes beside them, kept.

    Raises:
        EmbeddedError: A process uses the directory, or it is not one of ours.
    """
    if not data_dir.exists():
        return
    if not (data_dir / _FILE).exists():
        raise EmbeddedError(f"{data_dir} holds no {_FILE}: not a data directory of ours; kept.")
    with lock(data_dir):
        for path in data_dir.iterdir():
            if path.name not in {_LOCK, _FILE}:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        (data_dir / _FILE).unlink()  # last: an interrupted reset can be repeated


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
