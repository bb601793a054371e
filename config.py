"""Every setting, with its unit in its name or its type: read once, checked, passed down.

Settings come from the environment (``HOTLINE_…``) or a ``.env`` file. `read_settings` refuses to
start wrong and names every fault, one a line.
"""

from pathlib import Path
from typing import Annotated, Literal, Self

from cryptography.fernet import Fernet
from pydantic import Field, HttpUrl, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

# Known to everybody, so production refuses them.
DEMO_SECRET = "demo"  # noqa: S105  a mark, not a secret
DEMO_KEY = "c2hhb2Rhby1kZW1vLWtleS1ub3Qtc2VjcmV0LTAwMDA="

Secrets = Annotated[tuple[SecretStr, ...], NoDecode]


class SettingsError(Exception):
    """The settings are wrong; ``faults`` says each one in a line."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Settings(BaseSettings):
    """Every setting of the hotline. Frozen: a change is a restart."""

    model_config = SettingsConfigDict(
        env_prefix="HOTLINE_", env_file=".env", frozen=True, extra="ignore"
    )

    env: Literal["demo", "test", "production"] = "demo"
    # None: `hotline up` starts the embedded servers and sets these for its children.
    database_url: SecretStr | None = None
    owner_database_url: SecretStr | None = None
    redis_url: SecretStr | None = None
    data_dir: Path | None = None
    media_dir: Path = Path("var/media")
    roots_dir: Path = Path("var/roots")
    grid_map: Path = Path("grid_map.yaml")

    # As the carrier and the citizens reach us; what webhook signatures cover.
    public_url: HttpUrl = HttpUrl("http://127.0.0.1:8345")
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8345
    secure_cookies: bool = False

    # Keys, newest first: the first seals and signs, every one opens. Comma-separated.
    identity_keys: Secrets = (SecretStr(DEMO_KEY),)
    lookup_keys: Secrets = (SecretStr(DEMO_SECRET),)
    ledger_key: SecretStr = SecretStr(DEMO_SECRET)

    carrier_profile: Literal["twilio", "mainland"] = "twilio"
    carrier_account: str = "ACdemo0000000000000000000000000000"
    carrier_tokens: Secrets = (SecretStr(DEMO_SECRET),)
    # None: the real carrier. In demo and test: the fake carrier's address.
    carrier_url: HttpUrl | None = None
    carrier_timeout_s: Annotated[float, Field(gt=0, le=60)] = 10
    hotline_number: str = "12345"
    # Whom a three-party call reaches, `110=…,119=…,120=…`: stand-ins outside production.
    emergency_numbers: Annotated[dict[str, str], NoDecode] = {}

    upload_limit_mib: Annotated[int, Field(ge=1, le=50)] = 12
    photos_per_command: Annotated[int, Field(ge=1, le=20)] = 6
    photo_limit_megapixels: Annotated[int, Field(ge=1, le=200)] = 60
    sign_in_hours: Annotated[int, Field(ge=1, le=24 * 14)] = 12
    clock_idle_s: Annotated[float, Field(gt=0, le=60)] = 1
    pool_size: Annotated[int, Field(ge=1, le=100)] = 10
    log_json: bool = False

    @field_validator("identity_keys", "lookup_keys", "carrier_tokens", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(SecretStr(part.strip()) for part in value.split(",") if part.strip())
        return value

    @field_validator("emergency_numbers", mode="before")
    @classmethod
    def _pairs(cls, value: object) -> object:
        if isinstance(value, str):
            return dict(part.strip().split("=", 1) for part in value.split(",") if "=" in part)
        return value

    @field_validator("identity_keys")
    @classmethod
    def _keys_fit(cls, value: Secrets) -> Secrets:
        for key in value:
            try:
                Fernet(key.get_secret_value())
            except ValueError as error:
                raise ValueError("each key must be 32 bytes in URL-safe base64") from error
        return value

    @field_validator("identity_keys", "lookup_keys", "carrier_tokens")
    @classmethod
    def _not_empty(cls, value: Secrets) -> Secrets:
        if not value:
            raise ValueError("needs at least one")
        return value

    @model_validator(mode="after")
    def _production_is_real(self) -> Self:
        if self.env == "production" and (faults := list(_production_faults(self))):
            raise ValueError("\n".join(faults))
        return self


def _production_faults(settings: Settings) -> list[str]:
    """Return what production refuses, all at once."""
    secrets = {
        "HOTLINE_IDENTITY_KEYS": settings.identity_keys,
        "HOTLINE_LOOKUP_KEYS": settings.lookup_keys,
        "HOTLINE_LEDGER_KEY": (settings.ledger_key,),
        "HOTLINE_CARRIER_TOKENS": settings.carrier_tokens,
    }
    faults = [
        f"{name}: the demonstration's secret is not allowed in production"
        for name, values in secrets.items()
        if {value.get_secret_value() for value in values} & {DEMO_SECRET, DEMO_KEY}
    ]
    if settings.database_url is None:
        faults.append("HOTLINE_DATABASE_URL: production needs a PostgreSQL of its own")
    if settings.redis_url is None:
        faults.append("HOTLINE_REDIS_URL: production needs a Valkey or Redis of its own")
    if settings.public_url.scheme != "https":
        faults.append("HOTLINE_PUBLIC_URL: production is reached by https")
    if not settings.secure_cookies:
        faults.append("HOTLINE_SECURE_COOKIES: must be true in production")
    if settings.carrier_url is not None:
        faults.append("HOTLINE_CARRIER_URL: the fake carrier is not allowed in production")
    return faults


def read_settings(**overrides: object) -> Settings:
    """Read the settings from the environment.

    Raises:
        SettingsError: something is missing or wrong; it names every fault.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        faults: list[str] = []
        for part in error.errors():
            name = "HOTLINE_" + "_".join(str(item) for item in part["loc"][:1]).upper()
            text = part["msg"].removeprefix("Value error, ")
            faults += [f"{name}: {text}"] if part["loc"] else text.split("\n")
        raise SettingsError(faults) from error
