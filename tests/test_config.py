"""The hotline refuses to start wrong, and says everything that is wrong at once."""

import os

import pytest

from config import DEMO_KEY, Settings, SettingsError, read_settings

# Fixed, since tests must have the same names in every process.
OWN_KEY = "b3duLWtleS1vZi10aGVzZS10ZXN0cy1hbG9uZS0wMDA="
PRODUCTION = {
    "HOTLINE_ENV": "production",
    "HOTLINE_DATABASE_URL": "postgresql://hotline_app:secret@db.example/hotline",
    "HOTLINE_REDIS_URL": "rediss://:secret@queue.example/0",
    "HOTLINE_PUBLIC_URL": "https://12345.example",
    "HOTLINE_SECURE_COOKIES": "true",
    "HOTLINE_IDENTITY_KEYS": OWN_KEY,
    "HOTLINE_LOOKUP_KEYS": "a-long-secret-of-this-county",
    "HOTLINE_LEDGER_KEY": "another-long-secret-of-it",
    "HOTLINE_CARRIER_ACCOUNT": "AC0123456789abcdef0123456789abcdef",
    "HOTLINE_CARRIER_TOKENS": "0123456789abcdef0123456789abcdef",
}


@pytest.fixture
def settings(monkeypatch, tmp_path):
    """Read settings from a given environment and no other."""
    for name in [name for name in os.environ if name.startswith("HOTLINE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def read(**environment: str) -> Settings:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return read_settings()

    return read


def faults_of(settings, **environment: str) -> dict[str, str]:
    """Return what is refused, by variable; each fault is one line."""
    with pytest.raises(SettingsError) as refused:
        settings(**environment)
    assert all("\n" not in fault for fault in refused.value.faults)
    return dict(fault.split(": ", 1) for fault in refused.value.faults)


def test_the_demonstration_needs_no_settings(settings):
    assert settings().env == "demo"


def test_production_starts_with_settings_of_its_own(settings):
    assert settings(**PRODUCTION).env == "production"


def test_production_without_settings_is_told_everything_that_it_needs(settings):
    assert set(faults_of(settings, HOTLINE_ENV="production")) == set(PRODUCTION) - {"HOTLINE_ENV"}


def test_wrong_values_do_not_hide_what_production_refuses(settings):
    faults = faults_of(
        settings,
        **PRODUCTION | {"HOTLINE_SECURE_COOKIES": "false", "HOTLINE_CARRIER_TOKENS": "demo"},
        HOTLINE_PORT="eighty",
        HOTLINE_UPLOAD_LIMIT_MIB="4000",
        HOTLINE_CARRIER_URL="http://127.0.0.1:8346",
    )

    assert set(faults) == {
        "HOTLINE_SECURE_COOKIES",
        "HOTLINE_CARRIER_TOKENS",
        "HOTLINE_PORT",
        "HOTLINE_UPLOAD_LIMIT_MIB",
        "HOTLINE_CARRIER_URL",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOTLINE_IDENTITY_KEYS", f"{OWN_KEY},{DEMO_KEY}"),
        ("HOTLINE_LOOKUP_KEYS", "a-long-secret-of-this-county,demo"),
        ("HOTLINE_LEDGER_KEY", "demo"),
        ("HOTLINE_CARRIER_TOKENS", "0123456789abcdef,demo"),
    ],
)
def test_production_refuses_the_demonstrations_secrets_wherever_they_stand(settings, name, value):
    assert "demonstration" in faults_of(settings, **PRODUCTION | {name: value})[name]


@pytest.mark.parametrize("name", ["HOTLINE_LOOKUP_KEYS", "HOTLINE_LEDGER_KEY"])
def test_production_refuses_secrets_that_can_be_guessed(settings, name):
    assert "16 characters" in faults_of(settings, **PRODUCTION | {name: "12345"})[name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOTLINE_DATABASE_URL", "mysql://root@localhost/hotline"),
        ("HOTLINE_REDIS_URL", "localhost:6379"),
        ("HOTLINE_IDENTITY_KEYS", "short"),
        ("HOTLINE_CARRIER_TOKENS", " , "),
        ("HOTLINE_EMERGENCY_NUMBERS", "110:+8619900009110"),
        ("HOTLINE_EMERGENCY_NUMBERS", "911=+8619900009110"),
        ("HOTLINE_CARRIER_PROFILE", "pigeon"),
        ("HOTLINE_PORT", "0"),
        ("HOTLINE_CLOCK_IDLE_S", "-1"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_variable(settings, name, value):
    assert set(faults_of(settings, **{name: value})) == {name}


def test_faults_never_print_secrets(settings):
    faults = faults_of(settings, HOTLINE_DATABASE_URL="mysql://root:hunter2@localhost/x")

    assert "hunter2" not in str(faults)


def test_lists_are_read_from_commas(settings):
    read = settings(
        HOTLINE_CARRIER_TOKENS="new, old",
        HOTLINE_EMERGENCY_NUMBERS="119=+8619900009119,120=120",
    )

    assert [token.get_secret_value() for token in read.carrier_tokens] == ["new", "old"]
    assert read.emergency_numbers == {"119": "+8619900009119", "120": "120"}


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_addresses_of_postgresql_may_be_written_as_libpq_does(settings, scheme):
    read = settings(HOTLINE_DATABASE_URL=f"{scheme}://app@localhost/hotline")

    assert read.database_url is not None
    assert read.database_url.get_secret_value() == "postgresql+psycopg://app@localhost/hotline"


def test_settings_come_from_a_file_too(settings, tmp_path):
    (tmp_path / ".env").write_text("HOTLINE_PORT=9000\n", encoding="utf-8")

    assert settings().port == 9000
