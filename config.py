"""Every setting, with its unit in its name or its type: read once, checked, passed down.

Settings come from the environment (``HOTLINE_…``) or a ``.env`` file. `read_settings` refuses to
start wrong and names every fault, one a line. What production refuses is checked field by field,
like everything else, so that one fault never hides another.
"""

import operator
import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    HttpUrl,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from hotline.domain.retention import Kind

# Known to everybody, so production refuses them.
DEMO_SECRET = "demo"  # noqa: S105  a mark, not a secret
DEMO_ACCOUNT = "ACdemo0000000000000000000000000000"
DEMO_KEY = "c2hhb2Rhby1kZW1vLWtleS1ub3Qtc2VjcmV0LTAwMDA="

# How the address of each of the county's channels begins (`hotline.channels.notices.SCHEMES`).
_SCHEMES: Final[Mapping[str, tuple[str, ...]]] = {
    "notice_wecom": ("wecombot",),
    "notice_dingtalk": ("dingtalk",),
    "notice_feishu": ("feishu",),
    "notice_mail": ("mailto", "mailtos"),
}
_LEAST_SECRET: Final = 16
_KEY_BYTES: Final = 32
_REDIS: Final = re.compile(r"^(rediss?|unix)://.")
_POSTGRES: Final = re.compile(r"^(?:postgres|postgresql|postgresql\+psycopg)://(?=.)")
_EMERGENCY_NUMBER: Final = re.compile(r"^(110|119|120|122)=(\+?\d{3,15})$")


def _split(value: object) -> object:
    """Read comma-separated secrets."""
    if isinstance(value, str):
        return tuple(SecretStr(part.strip()) for part in value.split(",") if part.strip())
    return value


def _pairs(value: object) -> object:
    """Read ``110=…,119=…``."""
    if not isinstance(value, str):
        return value
    found = {}
    for part in filter(None, (part.strip() for part in value.split(","))):
        pair = _EMERGENCY_NUMBER.match(part)
        if pair is None:
            raise ValueError(f"{part!r} is not like 119=+8619900009119")
        found[pair[1]] = pair[2]
    return found


def _days(value: object) -> object:
    """Read ``recordings=365,identity=730,…``: days by kind of data."""
    if not isinstance(value, str):
        return value
    found = {}
    for part in filter(None, (part.strip() for part in value.split(","))):
        name, _, days = part.partition("=")
        if name not in set(Kind) or not days.isdigit() or not int(days):
            raise ValueError(f"{part!r} is not like recordings=365; kinds: {', '.join(Kind)}")
        found[name] = int(days)
    return found


def _postgres(value: SecretStr) -> SecretStr:
    """Take PostgreSQL's addresses as libpq writes them too; name the driver that we carry."""
    address = value.get_secret_value()
    if not _POSTGRES.match(address):
        raise ValueError("needs to begin with postgresql://")
    return SecretStr(_POSTGRES.sub("postgresql+psycopg://", address))


def _redis(value: SecretStr) -> SecretStr:
    if not _REDIS.match(value.get_secret_value()):
        raise ValueError("needs to begin with redis://, rediss:// or unix://")
    return value


Secrets = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_split), Field(min_length=1)]
Database = Annotated[SecretStr, AfterValidator(_postgres)]
Queue = Annotated[SecretStr, AfterValidator(_redis)]


class SettingsError(Exception):
    """The settings are wrong; ``faults`` says each one in a line."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def _is_demo(value: object) -> bool:
    """Say whether an account or a secret, or one of several, is the demonstration's."""
    return value == DEMO_ACCOUNT or bool({DEMO_SECRET, DEMO_KEY} & set(_plain(value)))


def _is_guessable(value: object) -> bool:
    """Say whether a secret that we choose ourselves, or one of several, is short."""
    return any(len(secret) < _LEAST_SECRET for secret in _plain(value))


def _plain(value: object) -> list[str]:
    several = value if isinstance(value, tuple) else (value,)
    return [one.get_secret_value() for one in several if isinstance(one, SecretStr)]


def _is_unsealed(value: object) -> bool:
    return isinstance(value, HttpUrl) and value.scheme != "https"


def _is_none(value: object) -> bool:
    return value is None


def _is_some(value: object) -> bool:
    return value is not None


Refusal = tuple[Callable[[object], bool], str]
_DEMO: Final[Refusal] = (_is_demo, "the demonstration's is not allowed in production")
_SHORT: Final[Refusal] = (_is_guessable, "production needs 16 characters or more")
_PRODUCTION_REFUSES: Final[Mapping[str, Sequence[Refusal]]] = {
    "identity_keys": [_DEMO],
    "lookup_keys": [_DEMO, _SHORT],
    "ledger_key": [_DEMO, _SHORT],
    "probe_key": [_DEMO, _SHORT],
    "metrics_token": [_DEMO, _SHORT],
    "carrier_tokens": [_DEMO],
    "carrier_account": [_DEMO],
    "database_url": [(_is_none, "production needs a PostgreSQL of its own")],
    "redis_url": [(_is_none, "production needs a Valkey or Redis of its own")],
    "public_url": [(_is_unsealed, "production is reached by https")],
    "secure_cookies": [(operator.not_, "must be true in production")],
    "carrier_url": [(_is_some, "the fake carrier is not allowed in production")],
}


class Settings(BaseSettings):
    """Every setting of the hotline. Frozen: a change is a restart."""

    model_config = SettingsConfigDict(
        env_prefix="HOTLINE_",
        env_file=".env",
        frozen=True,
        extra="ignore",
        validate_default=True,
    )

    # First: what production refuses of the others depends on it.
    env: Literal["demo", "test", "production"] = "demo"
    # None: `hotline up` starts the embedded servers and sets these for its children.
    database_url: Database | None = None
    owner_database_url: Database | None = None
    redis_url: Queue | None = None
    data_dir: Path | None = None
    media_dir: Path = Path("var/media")
    roots_dir: Path = Path("var/roots")
    grid_map: Path = Path("grid_map.yaml")

    # As the carrier and the citizens reach us; what webhook signatures cover.
    public_url: HttpUrl = HttpUrl("http://127.0.0.1:8345")
    # Where the daily probe of the rating door knocks; None: at the public address, in production.
    probe_url: HttpUrl | None = None
    # Shared with whoever probes from outside (`hotline probe`); None: no test demands are taken.
    probe_key: SecretStr | None = None
    # A place of the county that test demands name, so that they are routed to an officer.
    probe_where: str = ""
    # What Prometheus shows for `/metrics`; None: there is no such page.
    metrics_token: SecretStr | None = None
    # By which doors our own test demands come in; a message is brought as the carrier would.
    probe_doors: Annotated[str, Field(pattern=r"^(web|message)(,(web|message))?$")] = "web"
    # The county's own telephone number that test messages come from, in E.164.
    probe_number: Annotated[str, Field(pattern=r"^\+\d{8,15}$")] | None = None
    # Called three times a minute: whoever expects it there notices when all of us are silent.
    heartbeat_url: HttpUrl | None = None
    # Where the newest backup lies, for `hotline doctor`.
    backups_dir: Path | None = None
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8345
    secure_cookies: bool = False

    # Keys, newest first: the first seals and signs, every one opens. Comma-separated.
    identity_keys: Secrets = (SecretStr(DEMO_KEY),)
    lookup_keys: Secrets = (SecretStr(DEMO_SECRET),)
    ledger_key: SecretStr = SecretStr(DEMO_SECRET)

    carrier_profile: Literal["twilio", "mainland"] = "twilio"
    carrier_account: str = DEMO_ACCOUNT
    carrier_tokens: Secrets = (SecretStr(DEMO_SECRET),)
    # None: the real carrier. In demo and test: the fake carrier's address.
    carrier_url: HttpUrl | None = None
    carrier_timeout_s: Annotated[float, Field(gt=0, le=60)] = 10
    hotline_number: str = "12345"
    # Whom a three-party call reaches, `110=…,119=…,120=…`: stand-ins outside production.
    emergency_numbers: Annotated[dict[str, str], NoDecode, BeforeValidator(_pairs)] = {}

    # Days by kind, `recordings=365,words=1825`; the others as in `hotline.domain.retention`.
    retention_days: Annotated[dict[str, int], NoDecode, BeforeValidator(_days)] = {}
    # The county's own channels to its staff, as addresses of apprise: secrets, every one.
    notice_wecom: SecretStr | None = None
    notice_dingtalk: SecretStr | None = None
    notice_feishu: SecretStr | None = None
    notice_mail: SecretStr | None = None
    notice_timeout_s: Annotated[float, Field(gt=0, le=30)] = 5

    upload_limit_mib: Annotated[int, Field(ge=1, le=50)] = 12
    photos_per_command: Annotated[int, Field(ge=1, le=20)] = 6
    photo_limit_megapixels: Annotated[int, Field(ge=1, le=200)] = 60
    sign_in_hours: Annotated[int, Field(ge=1, le=24 * 14)] = 12
    clock_idle_s: Annotated[float, Field(gt=0, le=60)] = 1
    pool_size: Annotated[int, Field(ge=1, le=100)] = 10
    log_json: bool = False

    @field_validator("identity_keys")
    @classmethod
    def _keys_fit(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for key in value:
            try:
                length = len(urlsafe_b64decode(key.get_secret_value()))
            except ValueError:
                length = 0
            if length != _KEY_BYTES:
                raise ValueError("each key must be 32 bytes in URL-safe base64")
        return value

    @field_validator("notice_wecom", "notice_dingtalk", "notice_feishu", "notice_mail")
    @classmethod
    def _channel_fits(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        allowed = _SCHEMES[str(info.field_name)]
        if info.data.get("env") != "production":
            allowed = (*allowed, "json", "jsons")
        if value is not None and value.get_secret_value().split("://")[0] not in allowed:
            raise ValueError(f"needs to begin with {'://, '.join(allowed)}://")
        return value

    @field_validator("probe_number")
    @classmethod
    def _test_messages_have_a_sender(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and "message" in info.data.get("probe_doors", ""):
            raise ValueError("needed where HOTLINE_PROBE_DOORS has message")
        return value

    @field_validator(*_PRODUCTION_REFUSES)
    @classmethod
    def _production_is_real(cls, value: object, info: ValidationInfo) -> object:
        if info.data.get("env") == "production":
            for refuses, why in _PRODUCTION_REFUSES[str(info.field_name)]:
                if refuses(value):
                    raise ValueError(why)
        return value


def settings_or_exit() -> "Settings":
    """Read the settings, or end the process with one line per fault on standard error."""
    try:
        return read_settings()
    except SettingsError as error:
        raise SystemExit(str(error)) from None


def read_settings(**overrides: object) -> Settings:
    """Read the settings from the environment.

    Raises:
        SettingsError: something is missing or wrong; it names every fault.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError([_line(part) for part in error.errors()]) from error


def _line(part: Mapping[str, Any]) -> str:
    """Say one fault in a line: which variable, and what is wrong with it."""
    name = "_".join(str(item) for item in part["loc"][:1]).upper()
    return f"HOTLINE_{name}: {part['msg'].removeprefix('Value error, ')}"
