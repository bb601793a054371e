"""Photos for tests: real ones, and files that pretend."""

from io import BytesIO

from PIL import Image


def jpeg(width: int = 640, height: int = 480, colour: str = "steelblue") -> bytes:
    """Return a small JPEG."""
    out = BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG")
    return out.getvalue()
