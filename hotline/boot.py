"""Build what a process needs from the settings: engine, kit, carrier, queue connection.

Imported by `hotline.app`, `hotline.cli` and the workers only. Start-up refuses what would make
the guarantees hollow: an app role that owns the ledger, a shifted time in production, a database
whose trigrams do not know Chinese.
"""

import gc
import select
from base64 import urlsafe_b64encode
from pathlib import Path

import orjson
import psycopg
import redis
import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlmodel import Session

from config import Settings
from hotline import clock
from hotline.channels.carrier import PROFILES, Carrier
from hotline.channels.notices import SCHEMES, WEB, Notifier
from hotline.domain.deadlines import Calendar
from hotline.domain.errors import SetupError
from hotline.keys import Keys
from hotline.kit import Kit, Maps, Reader, parse_here
from hotline.media import MediaStore
from hotline.store import calendar as calendar_rows
from hotline.store import policy

# Waits for a database that is starting or restarting are short; the caller is told instead.
_CONNECT_S = 3


def build_engine(settings: Settings) -> sa.Engine:
    """Return the engine of this process; it connects when first used.

    Raises:
        SetupError: no database is set.
    """
    if settings.database_url is None:
        raise SetupError(setting="HOTLINE_DATABASE_URL", reason="not_set")
    engine = sa.create_engine(
        settings.database_url.get_secret_value(),
        pool_size=settings.pool_size,
        max_overflow=settings.pool_size,
        pool_timeout=_CONNECT_S,
        hide_parameters=True,  # an error of the database would quote what callers said
        json_deserializer=orjson.loads,
        # The connection that was used last: it knows the statements, and has made their plans.
        pool_use_lifo=True,
        connect_args={
            "connect_timeout": _CONNECT_S,
            "options": "-c timezone=UTC -c lock_timeout=5s"
            " -c idle_in_transaction_session_timeout=60s",
        },
    )
    sa.event.listen(engine, "checkout", _refuse_dead)
    return engine


def _refuse_dead(connection: DBAPIConnection, record: object, proxy: object) -> None:
    """Let a connection that the server has closed be replaced before it is used.

    Nobody sends anything on an idle connection, so one that can be read has been closed. This
    costs microseconds, where SQLAlchemy's ``pool_pre_ping`` costs a round trip for every command.

    Raises:
        InvalidatePoolError: it was closed, and so were its older siblings; the pool reconnects.
    """
    del record, proxy
    look = select.poll()
    try:
        look.register(connection.fileno(), select.POLLIN)
    except psycopg.OperationalError as error:
        raise sa.exc.InvalidatePoolError from error
    if look.poll(0):
        raise sa.exc.InvalidatePoolError


def build_kit(settings: Settings, engine: sa.Engine, read: Reader = parse_here) -> Kit:
    """Return the kit of this process.

    Args:
        settings: of the installation.
        engine: of this process.
        read: how maps are read; by default in this process.

    Raises:
        SetupError: no map is in force yet (`release` sees to that), or it has faults.
    """
    with Session(engine) as session:
        in_force = policy.in_force(session)
        if in_force is None:
            raise SetupError(reason="no_map_in_force_run_release")
        maps = Maps(in_force.content, read)
        calendar = calendar_rows.read(session, maps.current.office)
    keys = build_keys(settings)
    return Kit(
        maps=maps,
        keys=keys,
        calendar=calendar,
        capabilities=PROFILES[settings.carrier_profile],
        public_url=str(settings.public_url).rstrip("/"),
        hotline_number=settings.hotline_number,
        emergency_numbers=settings.emergency_numbers,
        media=MediaStore(
            Path(settings.media_dir),
            keys,
            settings.upload_limit_mib * 2**20,
            settings.photo_limit_megapixels * 1_000_000,
        ),
        notice_channels=frozenset({WEB, *notice_urls(settings)}),
        probe_key=settings.probe_key.get_secret_value() if settings.probe_key else None,
    )


def kit_on_paper(content: str, profile: str = "twilio") -> Kit:
    """Return a kit without a database: a map, the published calendar, keys that seal nothing.

    Args:
        content: the map's file as it is written.
        profile: of the carrier: whether a machine may ring people depends on it.

    Raises:
        GridFileError: the map has faults.
    """
    # Only a rehearsal reads the published calendar itself; the database has it otherwise.
    from hotline.store.calendar_source import known_years, official_days  # noqa: PLC0415

    maps = Maps(content)
    days = [day for year in known_years() for day in official_days(year)]
    return Kit(
        maps=maps,
        keys=Keys.build([urlsafe_b64encode(bytes(32)).decode()], ["paper"], "paper"),
        calendar=Calendar.from_days(days, maps.current.office),
        capabilities=PROFILES[profile],
        public_url="",
        hotline_number="",
        emergency_numbers={},
        media=MediaStore(Path(), Keys.build([], [], ""), 0, 0),
    )


def _map_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        from hotline.map_file.reading import read_text  # noqa: PLC0415  it says what to do about it

        return read_text(path)


def release(settings: Settings) -> None:
    """Run the release step of this installation.

    Raises:
        SetupError: no owner's URL is set, or the map has faults.
    """
    # Only the release step migrates; Alembic weighs 10 MiB.
    from hotline.services.upkeep import release as services_release  # noqa: PLC0415

    if settings.owner_database_url is None or settings.database_url is None:
        raise SetupError(setting="HOTLINE_OWNER_DATABASE_URL", reason="not_set")
    content = _map_text(settings.grid_map)
    services_release.run(
        settings.owner_database_url.get_secret_value(),
        settings.database_url.get_secret_value(),
        parse_here(content),
        content,
        demo=settings.env != "production",
    )


def build_keys(settings: Settings) -> Keys:
    """Return the keyring of this installation."""
    return Keys.build(
        [key.get_secret_value() for key in settings.identity_keys],
        [key.get_secret_value() for key in settings.lookup_keys],
        settings.ledger_key.get_secret_value(),
    )


def build_carrier(settings: Settings) -> Carrier:
    """Return the carrier's adapter: the real one, or the fake one by its address."""
    # Only the worker talks to the carrier; the client weighs 12 MiB.
    from hotline.channels.twilio import TwilioAccount, TwilioCarrier  # noqa: PLC0415

    return TwilioCarrier(
        TwilioAccount(
            settings.carrier_account,
            settings.carrier_tokens[0].get_secret_value(),
            settings.hotline_number,
        ),
        profile=settings.carrier_profile,
        base_url=str(settings.carrier_url).rstrip("/") if settings.carrier_url else None,
        timeout_s=settings.carrier_timeout_s,
        production=settings.env == "production",
    )


def notice_urls(settings: Settings) -> dict[str, str]:
    """Return the addresses of the county's channels that are set, by channel."""
    found = {channel: getattr(settings, f"notice_{channel}") for channel in SCHEMES}
    return {channel: url.get_secret_value() for channel, url in found.items() if url is not None}


def build_notifier(settings: Settings) -> Notifier:
    """Return what sends notices by the county's channels.

    Raises:
        SetupError: an address that is none.
    """
    return Notifier(notice_urls(settings), settings.notice_timeout_s)


def build_redis(settings: Settings) -> "redis.Redis":
    """Return the queue's connection.

    Raises:
        SetupError: no queue is set.
    """
    if settings.redis_url is None:
        raise SetupError(setting="HOTLINE_REDIS_URL", reason="not_set")
    return redis.Redis.from_url(
        settings.redis_url.get_secret_value(), socket_connect_timeout=_CONNECT_S
    )


def settle() -> None:
    """Tell the collector of garbage that what this process has built by now stays.

    It would walk through map, catalogue and libraries again and again: a sixth of a clock's work.
    """
    gc.collect()
    gc.freeze()


def refuse_unsafe(settings: Settings, engine: sa.Engine) -> None:
    """Refuse a database in which the guarantees would be hollow.

    Raises:
        SetupError: it says which, and nothing starts.
    """
    with engine.connect() as connection:
        if policy.owns_ledger(connection):
            raise SetupError(reason="app_role_owns_the_ledger")
        if settings.env == "production" and clock.shifted_by(connection):
            raise SetupError(reason="time_is_shifted")
        if not policy.knows_chinese(connection):
            raise SetupError(reason="no_trigrams_for_chinese")
