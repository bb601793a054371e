"""Drawn pictures with enough in them to be told apart, and ways to copy them."""

from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageFilter


def picture(seed: int, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """Draw a picture; another seed draws another one."""
    rng = np.random.default_rng(seed)
    clouds = Image.fromarray((rng.random((12, 16)) * 255).astype(np.uint8))
    image = clouds.resize(size, Image.Resampling.BICUBIC)
    pencil = ImageDraw.Draw(image)
    for _ in range(14):
        x, y = rng.random(2) * size
        across, down = rng.uniform(0.05, 0.3, 2) * size
        pencil.rectangle((x, y, x + across, y + down), fill=int(rng.integers(0, 256)))
    return image.filter(ImageFilter.GaussianBlur(1)).convert("RGB")


def file_of(image: Image.Image, quality: int = 85) -> bytes:
    """Return a picture as a JPEG."""
    out = BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def mirrored(image: Image.Image) -> Image.Image:
    """Return the picture as a mirror shows it."""
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def cropped(image: Image.Image, box: tuple[float, float, float, float]) -> Image.Image:
    """Return the picture without shares cut off left, top, right and bottom."""
    (width, height), (left, top, right, bottom) = image.size, box
    sides = (left * width, top * height, (1 - right) * width, (1 - bottom) * height)
    return image.crop(tuple(round(side) for side in sides))  # type: ignore[arg-type]
