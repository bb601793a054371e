"""A database as the hotline starts on it: released, with the demo's invented staff."""

from pathlib import Path

from config import Settings
from hotline import boot
from hotline.demo import staff

ROOT = Path(__file__).parents[1]


def prepare(owner_url: str, app_url: str) -> None:
    """Release the sample county into a database and staff it."""
    settings = Settings(
        _env_file=None,
        env="test",
        database_url=app_url,
        owner_database_url=owner_url,
        grid_map=ROOT / "grid_map.yaml",
    )
    boot.release(settings)
    engine = boot.build_engine(settings)
    try:
        staff.load(engine, boot.build_kit(settings, engine))
    finally:
        engine.dispose()
