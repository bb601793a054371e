"""A database as the hotline starts on it: released, with the demo's invented staff."""

import atexit
import re
import shutil
import tempfile
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from argon2 import PasswordHasher, profiles

from config import Settings
from hotline import boot
from hotline.demo import staff

ROOT = Path(__file__).parents[1]


@cache
def map_without_nights() -> Path:
    """Return the sample map without its quiet hours.

    Tests run at any hour of the day; the rule has tests of its own (`tests/services/test_nights`).
    """
    text = (ROOT / "grid_map.yaml").read_text(encoding="utf-8")
    awake = re.sub(r', quiet: \["21:00", "08:00"\]', "", text)
    assert awake != text
    folder = tempfile.mkdtemp(prefix="hotline-map-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = Path(folder) / "grid_map.yaml"
    path.write_text(awake, encoding="utf-8")
    return path


def prepare(owner_url: str, app_url: str) -> None:
    """Release the sample county into a database and staff it."""
    settings = Settings(
        _env_file=None,
        env="test",
        database_url=app_url,
        owner_database_url=owner_url,
        grid_map=map_without_nights(),
    )
    boot.release(settings)
    engine = boot.build_engine(settings)
    try:
        staff.load(engine, boot.build_kit(settings, engine))
        _hash_cheaply(engine)
    finally:
        engine.dispose()


def _hash_cheaply(engine: sa.Engine) -> None:
    """Keep the demo's password at argon2's lowest cost: nearly every test of a page signs in.

    At the product's cost one sign-in took 0.19 s of a core, a third of the whole suite.
    """
    cheap = PasswordHasher.from_parameters(profiles.CHEAPEST).hash(staff.PASSWORD)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE staff SET password_hash = :hash"), {"hash": cheap})
