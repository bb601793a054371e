"""Which of a million photos look like this one: exact to 7 of 64 bits, in about a millisecond.

Two hashes that differ in at most 7 bits agree in one of four bands of 16 bits, or differ there in
one bit. So each band is sorted once, and a look-up reads 17 short runs of each (multi-index
hashing). The index is a folder of arrays that processes map into their memory: a worker's child
opens it in a few milliseconds, and the machine holds it once. It can be made again from the rows
at any time; photos newer than it are compared one by one.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

RADIUS: Final = 7
_BANDS: Final = 4
_VALUES: Final = 1 << 16
_PROBES: Final = np.array([0, *(1 << bit for bit in range(16))], dtype=np.uint16)
_PREFIX: Final = "photos-"


class Near(NamedTuple):
    """A hash within `RADIUS`: which photo's, which of its variants, and how many bits apart."""

    photo: int
    variant: int
    bits: int


@dataclass(frozen=True, slots=True)
class Photos:
    """Photos by number, ascending, with 64-bit hashes of each: one row, one column a variant."""

    numbers: NDArray[np.int64]
    hashes: NDArray[np.uint64]

    @property
    def last(self) -> int:
        """The highest number, or 0."""
        return int(self.numbers[-1]) if len(self.numbers) else 0

    def with_more(self, later: "Photos") -> "Photos":
        """Return these photos and later ones."""
        return Photos(
            np.concatenate([self.numbers, later.numbers]),
            np.concatenate([self.hashes, later.hashes]),
        )

    def near(self, wanted: Sequence[int]) -> set[Near]:
        """Return every hash near one of ``wanted``, by comparing with each."""
        found: set[Near] = set()
        for one in wanted:
            bits = np.bitwise_count(np.bitwise_xor(self.hashes, np.uint64(one)))
            for photo, variant in zip(*np.nonzero(bits <= RADIUS), strict=True):
                apart = int(bits[photo, variant])
                found.add(Near(int(self.numbers[photo]), int(variant), apart))
        return found


@dataclass(frozen=True, slots=True)
class PhotoIndex:
    """An index that was built before, mapped from its folder."""

    photos: Photos
    _flat: NDArray[np.uint64]
    _starts: NDArray[np.uint32]
    _orders: tuple[NDArray[np.uint32], ...]

    def near(self, wanted: Sequence[int]) -> set[Near]:
        """Return every hash within `RADIUS` of one of ``wanted``; none is missed."""
        found: set[Near] = set()
        variants = self.photos.hashes.shape[1]
        for one in wanted:
            entries = np.concatenate([*self._runs(one)])
            bits = np.bitwise_count(np.bitwise_xor(self._flat[entries], np.uint64(one)))
            close = bits <= RADIUS
            for entry, apart in zip(entries[close].tolist(), bits[close].tolist(), strict=True):
                photo, variant = divmod(entry, variants)
                found.add(Near(int(self.photos.numbers[photo]), variant, apart))
        return found

    def _runs(self, wanted: int) -> Iterator[NDArray[np.uint32]]:
        for band, order in enumerate(self._orders):
            probes = _PROBES ^ np.uint16((wanted >> (16 * band)) & 0xFFFF)
            starts = self._starts[band]
            for value in probes.tolist():
                yield order[starts[value] : starts[value + 1]]


def build(folder: Path, photos: Photos) -> Path:
    """Write an index over ``photos`` and remove older ones; whole or not at all.

    Two processes may build at the same time; whoever has mapped an older index keeps it until
    it ends.

    Args:
        folder: where indexes stand, each in a folder of its own.
        photos: all of them, at most some 300 million hashes.
    """
    target = folder / f"{_PREFIX}{photos.last:012d}"
    if target.is_dir():
        return target
    draft = folder / f"draft-{photos.last}-{os.getpid()}"
    draft.mkdir(parents=True)
    flat = photos.hashes.reshape(-1)
    starts = np.zeros((_BANDS, _VALUES + 1), dtype=np.uint32)
    for band in range(_BANDS):
        values = ((flat >> np.uint64(16 * band)) & np.uint64(0xFFFF)).astype(np.uint16)
        np.save(draft / f"order{band}.npy", np.argsort(values, kind="stable").astype(np.uint32))
        starts[band, 1:] = np.cumsum(np.bincount(values, minlength=_VALUES))
    np.save(draft / "starts.npy", starts)
    np.save(draft / "numbers.npy", photos.numbers)
    np.save(draft / "hashes.npy", photos.hashes)
    try:
        draft.rename(target)
    except OSError:
        # Another process was quicker with the same photos.
        shutil.rmtree(draft)
    for older in _indexes(folder):
        if older.name < target.name:
            shutil.rmtree(older, ignore_errors=True)
    return target


def open_newest(folder: Path) -> PhotoIndex | None:
    """Map the newest index of a folder; ``None`` while none was built."""
    for path in reversed(_indexes(folder)):
        # Another process may be removing it: then a newer one is there.
        with suppress(FileNotFoundError):
            return _open(path)
    return None


def _indexes(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{_PREFIX}*"))


def _open(path: Path) -> PhotoIndex:
    hashes = np.load(path / "hashes.npy", mmap_mode="r")
    return PhotoIndex(
        Photos(np.load(path / "numbers.npy", mmap_mode="r"), hashes),
        hashes.reshape(-1),
        np.load(path / "starts.npy"),
        tuple(np.load(path / f"order{band}.npy", mmap_mode="r") for band in range(_BANDS)),
    )
