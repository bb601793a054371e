"""Photos and recordings on disk: originals sealed, under the hash of their content.

An original is written under its SHA-256 and never changed; the same picture twice is one file.
Photos get a small copy for pages. What a file is, is read from its content, never from its name.
"""

import hashlib
import os
import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from hotline.domain.errors import InvalidError, NotFoundError, TooLargeError
from hotline.keys import Keys

KINDS: Final = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_SMALL: Final = (1024, 1024)


@dataclass(frozen=True, slots=True)
class Stored:
    """A photo that was looked at and kept: SHA-256 of the original, type, bytes, pixels."""

    sha256: str
    kind: str
    size: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class MediaStore:
    """The media folder of one installation."""

    folder: Path
    keys: Keys
    most_bytes: int
    most_pixels: int

    def keep_photo(self, content: bytes) -> Stored:
        """Keep a photo's original, sealed, and make its small copy.

        Raises:
            TooLargeError: too many bytes, or an image that claims too many pixels.
            InvalidError: no image of a kind that we take, or a broken one.
        """
        if len(content) > self.most_bytes:
            raise TooLargeError(fields=["photos"], most_bytes=self.most_bytes)
        sha256 = hashlib.sha256(content).hexdigest()
        kind, small, (width, height) = self._read(content)
        self._write(f"{sha256}.sealed", self.keys.seal_bytes(content))
        self._write(f"{sha256}.small.jpg", small)
        return Stored(sha256, kind, len(content), width, height)

    def keep_recording(self, content: bytes) -> str:
        """Keep the sound of a call, sealed, and return its SHA-256."""
        sha256 = hashlib.sha256(content).hexdigest()
        self._write(f"{sha256}.sealed", self.keys.seal_bytes(content))
        return sha256

    def original(self, sha256: str) -> bytes:
        """Return an original as it came.

        Raises:
            NotFoundError: the file is not there.
        """
        return self.keys.open_bytes(self._read_file(f"{sha256}.sealed"))

    def small(self, sha256: str) -> bytes:
        """Return a photo's small copy, a JPEG without the camera's notes.

        Raises:
            NotFoundError: the file is not there.
        """
        return self._read_file(f"{sha256}.small.jpg")

    def remove(self, sha256: str) -> None:
        """Remove an original and its small copy; nothing happens where they are gone."""
        for name in (f"{sha256}.sealed", f"{sha256}.small.jpg"):
            (self.folder / name[:2] / name).unlink(missing_ok=True)

    def sealed_after(self, name: str, limit: int) -> list[str]:
        """Return the names of the next sealed files behind ``name``, in their order."""
        found: list[str] = []
        for folder in sorted(self.folder.glob("??")):
            if folder.name < name[:2]:
                continue
            found += sorted(one.name for one in folder.glob("*.sealed") if one.name > name)
            if len(found) >= limit:
                break
        return found[:limit]

    def reseal(self, name: str) -> None:
        """Seal a file anew under the newest key; a crash leaves the old file or the new one.

        One that was removed meanwhile stays removed.
        """
        try:
            content = self.keys.reseal(self._read_file(name))
        except NotFoundError:
            return
        self._put(self.folder / name[:2] / name, content)

    def is_fresh(self, name: str) -> bool:
        """Say whether a file is sealed under the newest key."""
        return self.keys.is_fresh(self._read_file(name))

    def _read(self, content: bytes) -> tuple[str, bytes, tuple[int, int]]:
        # Only whoever takes photos needs it; Pillow weighs 2 MiB.
        from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415

        try:
            with warnings.catch_warnings():
                # Pillow's own guard against pictures that unpack to gigabytes.
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                image = Image.open(BytesIO(content), formats=list(KINDS))
                width, height = image.size
                if width * height > self.most_pixels:
                    raise TooLargeError(fields=["photos"], most_pixels=self.most_pixels)
                kind = KINDS[image.format or ""]
                # JPEGs are decoded at a fraction of their size: a phone's photo in 30 ms.
                image.draft("RGB", _SMALL)
                small = ImageOps.exif_transpose(image).convert("RGB")
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise TooLargeError(fields=["photos"], most_pixels=self.most_pixels) from error
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError, KeyError) as error:
            raise InvalidError(fields=["photos"], reason="not_a_photo") from error
        small.thumbnail(_SMALL)
        out = BytesIO()
        small.save(out, "JPEG", quality=80)
        return kind, out.getvalue(), (width, height)

    def _write(self, name: str, content: bytes) -> None:
        path = self.folder / name[:2] / name
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        self._put(path, content)

    @staticmethod
    def _put(path: Path, content: bytes) -> None:
        # Complete under another name first: a crash leaves no half file behind the hash.
        draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)

    def _read_file(self, name: str) -> bytes:
        try:
            return (self.folder / name[:2] / name).read_bytes()
        except FileNotFoundError as error:
            raise NotFoundError(what="media") from error
