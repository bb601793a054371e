"""What makes two photos one picture: short hashes of how it looks, and of its parts.

Both hashes are signs of a cosine transform of the picture at 64 × 64: pHash takes the 64 lowest
frequencies, PDQ the 256 above the constant. Compressing, scaling, brightening changes a few bits.
Mirroring and cropping change most, so a photo has hashes of its usual crops as well, and is looked
up mirrored too (ADR 0020).
"""

from dataclasses import dataclass
from io import BytesIO
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

# Sides of the picture that the crops are cut from, and of what is transformed.
_BASE: Final = 512
_SIDE: Final = 64
_CUT: Final = 0.15


def _boxes() -> tuple[tuple[float, float, float, float], ...]:
    """Return the whole and its usual crops, as shares cut off left, top, right and bottom.

    15 % off width and height, at nine positions; then 15 % off one side alone, where cameras and
    applications print time and place.
    """
    thirds = (0.0, _CUT / 2, _CUT)
    nine = tuple((x, y, _CUT - x, _CUT - y) for x in thirds for y in thirds)
    edges = ((_CUT, 0.0, 0.0, 0.0), (0.0, _CUT, 0.0, 0.0), (0.0, 0.0, _CUT, 0.0))
    return ((0.0, 0.0, 0.0, 0.0), *nine, *edges, (0.0, 0.0, 0.0, _CUT))


BOXES: Final = _boxes()
VARIANTS: Final = len(BOXES)
# Below this a picture is too plain to be compared: darkness, a wall, a covered lens.
LEAST_QUALITY: Final = 50

Bits = NDArray[np.bool_]
_FREQUENCY, _PIXEL = np.arange(17)[:, None], np.arange(_SIDE)[None, :]
_COSINES: Final = (
    np.sqrt(2 / _SIDE) * np.cos(np.pi / (2 * _SIDE) * _FREQUENCY * (2 * _PIXEL + 1))
).astype(np.float32)
# Mirroring a picture turns the sign of every odd frequency across it.
_MIRROR: Final = (-1.0) ** np.arange(17, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Looks:
    """How a photo looks: pHash and PDQ of the whole, then of each of its `BOXES`; and mirrored.

    Attributes:
        phash: one 64-bit number for each box.
        pdq: 32 bytes for each box.
        mirrored_phash, mirrored_pdq: of the whole, mirrored.
        quality: 0 to 100; below `LEAST_QUALITY` the picture is too plain to be compared.
    """

    phash: NDArray[np.uint64]
    pdq: NDArray[np.uint8]
    mirrored_phash: int
    mirrored_pdq: NDArray[np.uint8]
    quality: int


def looks_of(content: bytes) -> Looks:
    """Return how a photo looks.

    Args:
        content: a JPEG, PNG or WebP that `hotline.media` has taken in before.
    """
    image = Image.open(BytesIO(content))
    # A JPEG is decoded at a fraction of its size: a phone's photo in a few hundredths of a second.
    image.draft("L", (_BASE, _BASE))
    upright = ImageOps.exif_transpose(image).convert("L")
    base = upright.resize((_BASE, _BASE), Image.Resampling.BOX)
    pixels = np.stack(
        [
            np.asarray(
                base.resize(
                    (_SIDE, _SIDE),
                    Image.Resampling.BILINEAR,
                    box=(left * _BASE, top * _BASE, (1 - right) * _BASE, (1 - bottom) * _BASE),
                ),
                dtype=np.float32,
            )
            for left, top, right, bottom in BOXES
        ]
    )
    transformed = _COSINES @ pixels @ _COSINES.T
    phash, pdq = signs(transformed)
    mirrored_phash, mirrored_pdq = signs(transformed[:1] * _MIRROR)
    return Looks(phash, pdq, int(mirrored_phash[0]), mirrored_pdq[0], _quality(pixels[0]))


def signs(transformed: NDArray[np.float32]) -> tuple[NDArray[np.uint64], NDArray[np.uint8]]:
    """Return pHash and PDQ of cosine transforms, each 17 × 17: which are above their median."""
    count = len(transformed)
    low = transformed[:, :8, :8].reshape(count, 64)
    rest = transformed[:, 1:, 1:].reshape(count, 256)
    phash = np.packbits(low > np.median(low, axis=1, keepdims=True), axis=1)
    pdq = np.packbits(rest > np.median(rest, axis=1, keepdims=True), axis=1)
    return phash.view(">u8").reshape(count).astype(np.uint64), pdq


def bits_apart(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return by how many bits hashes differ, along the last axis."""
    different = np.bitwise_count(np.bitwise_xor(one, other))
    return np.asarray(different.sum(axis=-1), dtype=np.int64)


def _quality(pixels: NDArray[np.float32]) -> int:
    """Return how much there is to see, as PDQ counts it: the sum of the picture's steps."""
    steps = sum(
        int(np.abs(np.trunc(np.diff(pixels, axis=axis) * 100 / 255)).sum()) for axis in (0, 1)
    )
    return min(100, steps // 90)
