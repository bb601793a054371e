"""The maps that the tests of pure rules read: the county's own, and a small one."""

from functools import lru_cache
from pathlib import Path

from hotline.domain.grid.model import GridMap
from hotline.map_file.reading import parse_grid, read_grid
from tests.prepared import map_without_nights

ROOT = Path(__file__).resolve().parents[2]
SMALL_TEXT = (ROOT / "tests" / "small_map.yaml").read_text(encoding="utf-8")


@lru_cache
def faku() -> GridMap:
    """Return the map that the repository ships, which tests keep awake all night."""
    return read_grid(map_without_nights())


@lru_cache
def small() -> GridMap:
    """Return the small map."""
    return parse_grid(SMALL_TEXT)
