"""Look at new photos: keep how they look, and which earlier photos they are twins of.

A twin is an earlier photo, in the order in which photos were looked at. Whether it means anything
is judged elsewhere (`hotline.domain.suspicion.media`); here only what is the same picture is found.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import structlog

from hotline.domain.errors import NotFoundError
from hotline.domain.suspicion.facts import Likeness
from hotline.photos.hashes import LEAST_QUALITY, VARIANTS, Looks, bits_apart, looks_of
from hotline.photos.index import Near, PhotoIndex, Photos, build, open_newest
from hotline.store import photos as rows
from hotline.store.models import Media, PhotoLooks, PhotoTwinRow
from hotline.store.photos import Hashes, Known
from hotline.work import Work

log = structlog.get_logger(__name__)

# Pairs farther apart than this are no twins under any threshold that a map may set.
MOST_BITS: Final = 90
# Photos behind the index are compared one by one; from so many on the index is built anew.
MOST_BEHIND: Final = 20_000
_BATCH: Final = 10


@dataclass(slots=True)
class Gallery:
    """Every photo that was looked at: the index on disk, and in memory what is newer than it."""

    index: PhotoIndex | None
    newer: Photos = field(default_factory=lambda: as_photos([]))

    @property
    def last(self) -> int:
        """The highest number it knows."""
        return self.newer.last or (self.index.photos.last if self.index else 0)

    def add(self, hashes: Sequence[Hashes]) -> None:
        """Add photos behind the last one."""
        if hashes:
            self.newer = self.newer.with_more(as_photos(hashes))

    def near(self, wanted: Sequence[int]) -> set[Near]:
        """Return what looks like one of ``wanted``."""
        found = self.index.near(wanted) if self.index else set()
        return found | self.newer.near(wanted)


def open_gallery(work: Work) -> Gallery:
    """Map the newest index, and read what is newer."""
    gallery = Gallery(open_newest(folder_of(work)))
    refresh(work, gallery)
    return gallery


def refresh(work: Work, gallery: Gallery) -> None:
    """Read what was looked at since."""
    gallery.add(rows.hashes_after(work.session, gallery.last))


def folder_of(work: Work) -> Path:
    """Return where this installation's indexes stand; they can be deleted at any time."""
    return work.kit.media.folder / "looks"


def look(work: Work, gallery: Gallery) -> int:
    """Look at a batch of new photos and return how many there were.

    Safe to run twice and at the same time: whoever comes second waits, and finds less to do.
    """
    rows.take_turn(work.session)
    refresh(work, gallery)
    taken = rows.unhashed(work.session, _BATCH)
    for photo in taken:
        photo.hashed_at = work.now
        try:
            looks = looks_of(work.kit.media.original(photo.sha256))
        except (NotFoundError, OSError) as error:
            # Its file was lost or removed: there is nothing to see, now or later.
            log.warning("photo_unreadable", photo=str(photo.id), kind=type(error).__name__)
            continue
        _keep(work, gallery, photo, looks)
    work.session.flush()
    return len(taken)


def _keep(work: Work, gallery: Gallery, photo: Media, looks: Looks) -> None:
    for known, likeness, bits in find(work, gallery, photo.sha256, looks):
        work.session.add(
            PhotoTwinRow(media_id=photo.id, other_id=known.media_id, likeness=likeness, bits=bits)
        )
    kept = PhotoLooks(
        number=rows.next_number(work.session),
        media_id=photo.id,
        ticket_id=photo.ticket_id,
        at=photo.at,
        sha256=photo.sha256,
        phash=looks.phash.astype(">u8").tobytes(),
        pdq=looks.pdq.tobytes(),
        quality=looks.quality,
    )
    work.session.add(kept)
    work.session.flush()
    gallery.add([Hashes(kept.number, kept.phash)])


def find(
    work: Work, gallery: Gallery, sha256: str, looks: Looks
) -> list[tuple[Known, Likeness, int]]:
    """Return every photo that is this picture: which, how, and how many bits apart."""
    found = {
        known.number: (known, Likeness.SAME_FILE, 0) for known in rows.of_file(work.session, sha256)
    }
    if looks.quality < LEAST_QUALITY:
        return list(found.values())
    upright = gallery.near([int(looks.phash[0])])
    mirrored = gallery.near([looks.mirrored_phash])
    numbers = {near.photo for near in upright | mirrored} - found.keys()
    for known in rows.with_numbers(work.session, numbers):
        if known.quality < LEAST_QUALITY:
            continue
        pdq = np.frombuffer(known.pdq, dtype=np.uint8).reshape(VARIANTS, -1)
        seen = [
            *_closest(upright, known.number, pdq, looks.pdq[0], Likeness.SAME_PICTURE),
            *_closest(mirrored, known.number, pdq, looks.mirrored_pdq, Likeness.MIRRORED),
        ]
        bits, likeness = min(seen)
        if bits <= MOST_BITS:
            found[known.number] = (known, likeness, bits)
    return list(found.values())


def _closest(
    near: Iterable[Near],
    number: int,
    pdq: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]",
    mine: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]",
    whole: Likeness,
) -> list[tuple[int, Likeness]]:
    """Return, of each near variant of one photo, the bits apart and what that makes it."""
    cropped = whole if whole is Likeness.MIRRORED else Likeness.CROPPED
    return [
        (int(bits_apart(pdq[one.variant], mine)), cropped if one.variant else whole)
        for one in near
        if one.photo == number
    ]


def rebuild(work: Work) -> bool:
    """Build the index anew where enough photos have come; return whether it was."""
    current = open_newest(folder_of(work))
    last = current.photos.last if current else 0
    if rows.how_many_after(work.session, last) < MOST_BEHIND:
        return False
    every = as_photos(rows.hashes_after(work.session, last))
    if current is not None:
        every = current.photos.with_more(every)
    build(folder_of(work), every)
    return True


def as_photos(hashes: Sequence[Hashes]) -> Photos:
    """Return rows as arrays."""
    numbers = np.array([row.number for row in hashes], dtype=np.int64)
    content = np.frombuffer(b"".join(row.phash for row in hashes), dtype=">u8")
    return Photos(numbers, content.astype(np.uint64).reshape(len(hashes), VARIANTS))
