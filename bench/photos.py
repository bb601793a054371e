"""``make bench NAME=photos``: find copies of a photo among a million.

A million invented photos are looked at as the worker does: pictures whose frequencies fall off as
those of natural pictures do, with the hashes of all their crops. Among them are drawn pictures in
real JPEG files. Copies of those (compressed and scaled anew, mirrored, cropped) are then looked
up, each through the file, the hashes, the index and the rows, and as many pictures that are new.
"""

import argparse
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from statistics import median, quantiles
from typing import Any, Final
from uuid import UUID

import numpy as np
import psycopg
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from bench.stage import Stage, last_line, machine, open_stage
from hotline.photos import hashes as photo_hashes
from hotline.photos.hashes import BOXES, Looks, looks_of
from hotline.services.handling import photos
from hotline.services.reception import intake
from hotline.services.reckoning import likeness
from hotline.work import CITIZEN, SYSTEM, Work, open_work

_CHUNK: Final = 4_000
_SIDE: Final = 64
_THRESHOLD: Final = 31
_LARGE: Final = (4000, 3000)
Draw = NDArray[np.float32]
_COPY: Final = (
    "COPY photo_looks (number, media_id, ticket_id, at, sha256, phash, pdq, quality) "
    "FROM STDIN (FORMAT binary)"
)
_MEDIA: Final = """
INSERT INTO media (id, ticket_id, purpose, sha256, kind, size, at, hashed_at)
SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, %s, 'result',
  'invented ' || i, 'image/jpeg', 1, now(), now()
FROM generate_series(1, %s) i
"""


@dataclass
class Copies:
    """Of each way to copy: how many were made, and how many were found."""

    made: int = 0
    found: int = 0

    @property
    def share(self) -> float:
        """How many of them were found."""
        return self.found / self.made


# --- pictures that are numbers only ---------------------------------------------------------------


def crop_maps() -> NDArray[np.float32]:
    """Return, for each box, what takes a picture's cosine transform to that of its crop."""
    cosines = photo_hashes._COSINES  # noqa: SLF001  the very transform that is measured
    maps = []
    for left, top, right, bottom in BOXES:
        pair = []
        for low, high in ((top, bottom), (left, right)):
            where = (low + (np.arange(_SIDE) + 0.5) / _SIDE * (1 - low - high)) * _SIDE - 0.5
            begin = np.clip(np.floor(where).astype(int), 0, _SIDE - 2)
            share = np.clip(where - begin, 0, 1)
            sample = np.zeros((_SIDE, _SIDE), dtype=np.float32)
            sample[np.arange(_SIDE), begin] += 1 - share
            sample[np.arange(_SIDE), begin + 1] += share
            pair.append(cosines @ sample @ cosines.T)
        maps.append(np.stack(pair))
    return np.stack(maps).astype(np.float32)


def invent(rng: np.random.Generator, count: int) -> Draw:
    """Return cosine transforms of invented pictures: noise whose power falls as 1 / f²."""
    across = np.arange(17, dtype=np.float32)
    fall = 1 / np.sqrt(1 + across[:, None] ** 2 + across[None, :] ** 2)
    return rng.standard_normal((count, 17, 17), dtype=np.float32) * fall


def looks(transforms: Draw, maps: NDArray[np.float32]) -> Iterator[Looks]:
    """Yield how invented pictures look, with all their crops."""
    variants = [down @ transforms @ across.T for down, across in maps]
    hashes = [photo_hashes.signs(variant) for variant in variants]
    phash = np.stack([low for low, _ in hashes], axis=1)
    pdq = np.stack([rest for _, rest in hashes], axis=1)
    mirror = (-1.0) ** np.arange(17, dtype=np.float32)
    low, rest = photo_hashes.signs(transforms * mirror)
    for row in range(len(transforms)):
        yield Looks(phash[row], pdq[row], int(low[row]), rest[row], 100)


def fill(connection: psycopg.Connection[Any], ticket: UUID, count: int, seed: int) -> None:
    """Put ``count`` invented photos where the worker would have put them."""
    maps, rng = crop_maps(), np.random.default_rng(seed)
    now = connection.execute("SELECT hotline_now()").fetchone()
    connection.execute(_MEDIA, [ticket, count])
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.set_types(["int8", "uuid", "uuid", "timestamptz", "text", "bytea", "bytea", "int4"])
        for start in range(0, count, _CHUNK):
            batch = invent(rng, min(_CHUNK, count - start))
            for number, seen in enumerate(looks(batch, maps), start + 1):
                photo = UUID(f"00000000-0000-4000-8000-{number:012x}")
                phash = seen.phash.astype(">u8").tobytes()
                row = (number, photo, ticket, now[0] if now else None, f"invented {number}")
                copy.write_row((*row, phash, seen.pdq.tobytes(), seen.quality))
    connection.execute("SELECT setval('photo_looks_number_seq', %s)", [count])
    connection.commit()


# --- pictures that are files ----------------------------------------------------------------------


def draw(rng: np.random.Generator, size: tuple[int, int] = (1600, 1200)) -> Image.Image:
    """Return a drawn picture: clouds of every size, and things in front of them."""
    field = np.zeros((96, 128), dtype=np.float32)
    for octave in range(6):
        small = rng.random((2 + 2**octave, 2 + 2**octave), dtype=np.float32)
        wide = Image.fromarray(small).resize((128, 96), Image.Resampling.BICUBIC)
        field += np.asarray(wide, dtype=np.float32) / 2**octave
    field = (field - field.min()) / (field.max() - field.min()) * 255
    image = Image.fromarray(field.astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
    pencil = ImageDraw.Draw(image)
    for _ in range(14):
        x, y = rng.random(2) * size
        across, down = rng.uniform(0.04, 0.25, 2) * size
        shape = (x, y, x + across, y + down)
        shade = int(rng.integers(0, 256))
        (pencil.ellipse if rng.random() < 0.5 else pencil.rectangle)(shape, fill=shade)
    return image.filter(ImageFilter.GaussianBlur(1.5)).convert("RGB")


def jpeg(image: Image.Image, quality: int = 85) -> bytes:
    """Return a picture as a file."""
    out = BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def cropped(image: Image.Image, box: tuple[float, float, float, float]) -> Image.Image:
    """Return a crop: shares cut off left, top, right and bottom."""
    (width, height), (left, top, right, bottom) = image.size, box
    sides = (left * width, top * height, (1 - right) * width, (1 - bottom) * height)
    return image.crop(tuple(round(side) for side in sides))  # type: ignore[arg-type]


def copies(image: Image.Image, rng: np.random.Generator) -> dict[str, bytes]:
    """Return a picture's copies as files, by how they were made."""
    usual = BOXES[int(rng.integers(1, len(BOXES)))]
    freely = tuple(float(side) for side in rng.random(4) * 0.15)
    half = image.resize((image.width // 2, image.height // 2))
    return {
        "recompressed": jpeg(half, 40),
        "mirrored": jpeg(image.transpose(Image.Transpose.FLIP_LEFT_RIGHT), 70),
        "cropped": jpeg(cropped(image, usual), 70),
        "cropped_freely": jpeg(cropped(image, freely), 70),  # type: ignore[arg-type]
    }


# --- measuring ------------------------------------------------------------------------------------


def ms(of: Callable[[], object]) -> float:
    """Return how many milliseconds a call takes."""
    begin = time.perf_counter()
    of()
    return (time.perf_counter() - begin) * 1000


def keep_drawn(work: Work, drawn: list[Image.Image]) -> UUID:
    """Let the drawn pictures come in as photos of a ticket; the worker has not seen them yet."""
    ticket, _ = intake.receive(
        work, intake.Demand(channel="voice", number="+8613800001111", words="大孤家子镇停水了")
    )
    contents = [jpeg(image) for image in drawn]
    photos.keep(work, ticket, "result", contents, at_most=len(contents))
    return ticket.id


def measure(stage: Stage, count: int, drawn_count: int) -> dict[str, float | str]:
    """Fill, look up, and return the figures."""
    rng = np.random.default_rng(20)
    with stage.parts() as (engine, kit):
        drawn = [draw(rng) for _ in range(drawn_count)]
        with open_work(engine, kit, CITIZEN) as work:
            ticket = keep_drawn(work, drawn)
        begin = time.perf_counter()
        with psycopg.connect(stage.servers.owner_url.replace("+psycopg", "")) as connection:
            fill(connection, ticket, count, seed=12345)
        print(f"filled with {count:,} in {time.perf_counter() - begin:.0f} s")
        with open_work(engine, kit, SYSTEM) as work:
            begin = time.perf_counter()
            likeness.rebuild(work)
            print(f"index built in {time.perf_counter() - begin:.1f} s")
        with open_work(engine, kit, SYSTEM) as work:
            gallery = likeness.open_gallery(work)
            while likeness.look(work, gallery):
                pass
        with open_work(engine, kit, SYSTEM) as work:
            figures = look_up(work, drawn, rng)
            folder = likeness.folder_of(work)
            index_mib = sum(path.stat().st_size for path in folder.rglob("*.npy")) / 2**20
    large = jpeg(draw(rng, _LARGE))
    per_photo = median(ms(lambda: looks_of(large)) for _ in range(7))
    return {"photos": str(count), **figures, "ms_per_photo": per_photo, "index_mib": index_mib}


def look_up(work: Work, drawn: list[Image.Image], rng: np.random.Generator) -> dict[str, float]:
    """Look copies and new pictures up; return how many were found, and how long it took."""
    gallery = likeness.open_gallery(work)
    shares: dict[str, Copies] = {}
    times: list[float] = []
    own: list[float] = []
    false = 0

    def one(seen: Looks) -> int:
        begin, used = time.perf_counter(), time.process_time()
        found = likeness.find(work, gallery, "no such file", seen)
        times.append((time.perf_counter() - begin) * 1000)
        own.append((time.process_time() - used) * 1000)
        return sum(bits <= _THRESHOLD for _, _, bits in found)

    for image in drawn:
        for how, content in copies(image, rng).items():
            share = shares.setdefault(how, Copies())
            share.made += 1
            share.found += one(looks_of(content)) > 0
    for seen in looks(invent(rng, 1000), crop_maps()):
        false += one(seen)
    for _ in range(100):
        false += one(looks_of(jpeg(draw(rng))))
    found = {how: share.share for how, share in shares.items()}
    return {"query_ms": median(times), "query_p99_ms": quantiles(times, n=100)[-1], **found} | {
        "query_cpu_ms": median(own),
        "false_matches": float(false),
        "lookups": float(len(times)),
    }


def main() -> None:
    """Measure, and print the figures as the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=int(os.environ.get("PHOTOS", "1000000")))
    parser.add_argument("--drawn", type=int, default=60)
    given = parser.parse_args()
    print(machine())
    with open_stage() as stage:
        print(last_line(measure(stage, given.photos, given.drawn)))


if __name__ == "__main__":
    main()
