"""``hotline doctor``: everything that must be well, one finding a line, each with what to do.

A check looks and changes nothing. What it cannot look at is a finding too: nothing is taken for
well that was not seen.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import redis
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from cryptography.fernet import InvalidToken
from sqlmodel import Session

from hotline import clock
from hotline.domain.calendar_notices import NoticeStatus, known_until
from hotline.domain.errors import SetupError
from hotline.keys import Keys
from hotline.services.upkeep import backups
from hotline.store import calendar, health, ledger, migrate, policy, watch

_NEWEST_POSTGRES_NEEDED: Final = 15
_APART_S: Final = 2.0
_LATE_S: Final = 30.0
_SIGNED_WITHIN_S: Final = 26 * 3600
_AUDITED_WITHIN_S: Final = 3600
_BACKED_UP_WITHIN: Final = timedelta(hours=26)
_KNOWN_AHEAD: Final = timedelta(days=45)
_FREE_SHARE: Final = 0.1
_FREE_BYTES: Final = 2 * 10**9
_QUEUED: Final = 1000


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, how it is, and what to do about it."""

    name: str
    level: Level
    what: str
    do: str = ""

    def as_json(self) -> dict[str, str]:
        """Return plain values."""
        return {"name": self.name, "level": self.level, "what": self.what, "do": self.do}


@dataclass(frozen=True, slots=True)
class Patient:
    """The installation that is looked at."""

    engine: sa.Engine
    queue: Callable[[], "redis.Redis"]
    keys: Keys
    media_dir: Path
    roots_dir: Path
    backups_dir: Path | None
    production: bool
    carrier: Mapping[str, bool]


def examine(patient: Patient) -> list[Finding]:
    """Return every finding; where the database does not answer, what needs it is left out."""
    found: list[Finding] = []
    try:
        with Session(patient.engine) as session:
            for check in _OF_DATABASE:
                found += check(patient, session)
    except sa.exc.OperationalError as error:
        kind = type(error.orig).__name__
        do = "Start PostgreSQL; check HOTLINE_DATABASE_URL."
        found.append(Finding("database", Level.FAIL, f"does not answer ({kind})", do))
    for look in _OTHERS:
        found += look(patient)
    return found


def _finding(name: str, *, well: bool, what: str, do: str, bad: Level = Level.FAIL) -> Finding:
    return Finding(name, Level.OK, what) if well else Finding(name, bad, what, do)


def _schema(patient: Patient, session: Session) -> Iterator[Finding]:
    connection = session.connection()
    version = health.server_version(connection)
    do = f"Use PostgreSQL {_NEWEST_POSTGRES_NEEDED} or newer."
    well = version >= _NEWEST_POSTGRES_NEEDED
    yield _finding("database", well=well, what=f"PostgreSQL {version}", do=do)
    here, newest = health.schema_version(connection), newest_migration()
    do = "Run `hotline release`."
    yield _finding("migrations", well=here == newest, what=f"{here} of {newest}", do=do)
    mine = policy.owns_ledger(connection)
    bad = [*(["owns the ledger"] if mine else []), *health.changeable(connection)]
    do = "Sign in as a role that owns nothing; run `hotline release` as the owner."
    yield _finding("role", well=not bad, what=", ".join(bad) or "reads and adds only", do=do)
    open_ = health.unguarded(connection)
    do = "Run `hotline release`; find out who dropped the trigger."
    yield _finding("ledger_trigger", well=not open_, what=", ".join(open_) or "all armed", do=do)
    knows = policy.knows_chinese(connection)
    do = "Create the database with a UTF-8 locale (docs/operations.md)."
    yield _finding("trigrams", well=knows, what="know Chinese" if knows else "blind", do=do)
    del patient


def newest_migration() -> str:
    """Return the newest migration that this release carries."""
    here = Path(migrate.__file__).parent / "migrations"
    return str(ScriptDirectory(str(here)).get_current_head())


def _time(patient: Patient, session: Session) -> Iterator[Finding]:
    connection = session.connection()
    apart = abs(
        (clock.of_this_machine(clock.COUNTY_ZONE) - health.server_time(connection)).total_seconds()
    )
    do = "Let both machines keep time by NTP."
    what = f"{apart:.1f} s from the database's"
    yield _finding("clock_lag", well=apart <= _APART_S, what=what, do=do, bad=Level.WARN)
    ahead = clock.shifted_by(connection)
    well = not ahead or not patient.production
    do = "Never shift the time in production: restore the backup."
    yield _finding("time_shift", well=well, what=str(ahead), do=do)


def _flow(_patient: Patient, session: Session) -> Iterator[Finding]:
    vitals = watch.vitals(session)
    for name, what in (("timers", "limits"), ("outbox", "messages")):
        lag, due = vitals[f"{name}_lag_s"], int(vitals[f"{name}_due"])
        said = f"{due} {what} due, the first {max(lag, 0):.0f} s ago"
        do = "Start `clock` and `worker`; look into their logs."
        yield _finding(f"{name}_lag", well=lag <= _LATE_S, what=said, do=do)
    beats = watch.beats(session)
    for process in ("clock", "worker", "web"):
        beat = beats.get(process)
        well = beat is not None and beat.age_s <= _LATE_S * 2
        what = f"{beat.age_s:.0f} s ago" if beat else "never in a day"
        do = f"Start `{process}` (Procfile)."
        yield _finding(f"heartbeat_{process}", well=well, what=what, do=do)
    yield from _watchers(vitals)


def _watchers(vitals: Mapping[str, float]) -> Iterator[Finding]:
    age, found = vitals["auditor_age_s"], int(vitals["auditor_last_found"])
    what = f"{found} limits restored of {int(vitals['auditor_last_tickets'])} chains"
    do = "Look at what was restored on the supervisors' page; start `clock` if the round is old."
    well = 0 <= age <= _AUDITED_WITHIN_S and not found
    yield _finding("auditor", well=well, what=f"{what}, {age:.0f} s ago", do=do, bad=Level.WARN)
    probed = vitals["probe_ok"]
    what = {1.0: "came back", 0.0: "did not come back"}.get(probed, "none was ever sent")
    do = "Set HOTLINE_PROBE_KEY, and run `hotline probe` on a machine outside."
    bad = Level.FAIL if probed == 0 else Level.WARN
    yield _finding("probe", well=probed == 1, what=what, do=do, bad=bad)
    signed = vitals["root_age_s"]
    do = "Run `hotline audit seal`; start `worker`."
    what = f"signed {signed / 3600:.1f} h ago" if signed >= 0 else "never signed"
    yield _finding("roots", well=0 <= signed <= _SIGNED_WITHIN_S, what=what, do=do, bad=Level.WARN)


def _roots(patient: Patient, session: Session) -> Iterator[Finding]:
    last = ledger.last_root(session)
    if last is None:
        return
    exported = sorted(patient.roots_dir.glob("*")) if patient.roots_dir.is_dir() else []
    do = "Run `hotline audit seal`; keep the files of HOTLINE_ROOTS_DIR on another machine."
    what = f"{len(exported)} files, newest root {last.number}"
    yield _finding("roots_exported", well=len(exported) >= last.number, what=what, do=do)


def _calendar(_patient: Patient, session: Session) -> Iterator[Finding]:
    now = clock.read(session.connection())
    years = {year: NoticeStatus(row.status) for year, row in calendar.of_years(session).items()}
    known = known_until(years)
    well = known is not None and known >= (now + _KNOWN_AHEAD).date()
    do = "Enter the State Council's notice for next year: `hotline calendar`."
    what = f"published until {known}" if known else "no days published"
    yield _finding("calendar", well=well, what=what, do=do, bad=Level.WARN)


def _sealed(patient: Patient, session: Session) -> Iterator[Finding]:
    sealed = health.newest_sealed(session.connection())
    do = "Add the key that sealed it to HOTLINE_IDENTITY_KEYS: without it callers stay unknown."
    well, what = True, f"{len(patient.keys.rings)} pairs in the ring"
    if sealed is not None:
        try:
            patient.keys.open(sealed)
        except InvalidToken:
            well, what = False, "the newest identity cannot be opened"
    yield _finding("keys", well=well, what=what, do=do)


def _queue(patient: Patient) -> Iterator[Finding]:
    do = "Start Valkey or Redis; check HOTLINE_REDIS_URL."
    try:
        connection = patient.queue()
        waiting: Any = connection.llen("rq:queue:hotline")
        policy_: Any = connection.config_get("maxmemory-policy")
    except redis.exceptions.RedisError as error:
        yield Finding("redis", Level.FAIL, f"does not answer ({type(error).__name__})", do)
        return
    keeps = policy_.get("maxmemory-policy") in {"noeviction", b"noeviction"}
    yield _finding(
        "redis",
        well=keeps,
        what="answers" if keeps else "may drop jobs when it is full",
        do="Set maxmemory-policy noeviction.",
        bad=Level.WARN,
    )
    do = "Start more of `worker`; look into their logs."
    yield _finding("queue", well=waiting < _QUEUED, what=f"{waiting} jobs wait", do=do)


def _carrier(patient: Patient) -> Iterator[Finding]:
    missing = [name for name, is_set in patient.carrier.items() if not is_set]
    do = "Set them (docs/operations.md): without them nobody can be rung or written to."
    what = ", ".join(missing) or "set"
    yield _finding("carrier", well=not missing, what=what, do=do, bad=Level.WARN)


def _disk(patient: Patient) -> Iterator[Finding]:
    folder = patient.media_dir
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    space = shutil.disk_usage(folder)
    well = space.free >= _FREE_BYTES and space.free >= space.total * _FREE_SHARE
    do = "Make room, or move HOTLINE_MEDIA_DIR: a full disk refuses photos."
    what = f"{space.free / 10**9:.1f} GB free of {space.total / 10**9:.1f}"
    yield _finding("disk", well=well, what=what, do=do)


def _backup(patient: Patient) -> Iterator[Finding]:
    folder = patient.backups_dir
    do = "Run `hotline backup` every night, and set HOTLINE_BACKUPS_DIR to where it writes."
    if folder is None or not folder.is_dir():
        yield Finding("backup", Level.WARN, "no folder is known", do)
        return
    try:
        at = datetime.fromisoformat(backups.read_note(folder).at)
    except SetupError:
        yield Finding("backup", Level.FAIL, "no whole backup", do)
        return
    age = clock.of_this_machine(clock.COUNTY_ZONE) - at
    what = f"of {at.astimezone(clock.COUNTY_ZONE):%Y-%m-%d %H:%M}"
    yield _finding("backup", well=age <= _BACKED_UP_WITHIN, what=what, do=do)


_Check = Callable[[Patient, Session], Iterator[Finding]]
_OF_DATABASE: Final[tuple[_Check, ...]] = (_schema, _time, _flow, _roots, _calendar, _sealed)
_OTHERS: Final[tuple[Callable[[Patient], Iterator[Finding]], ...]] = (
    _queue,
    _carrier,
    _disk,
    _backup,
)
