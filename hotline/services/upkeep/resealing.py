"""Seal everything anew under the newest keys (密钥轮换), in batches, while the hotline goes on.

Each batch is one transaction that also notes how far it has come: killed at any moment, the next
run goes on from there. Rows and files that are done twice are only done twice. When all of it is
under the newest keys (`left`), the old ones can be taken off the rings.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from hotline.store import resealing as rows
from hotline.store.models.keys import KeyReseal
from hotline.store.resealing import KINDS, Sealed
from hotline.work import Work

BATCH: Final = 500
# Files are large: a batch of them is smaller.
_FILES: Final = 25
MEDIA: Final = "media"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one kind has come: how many rows or files, and whether that is all."""

    kind: str
    done: int
    ended: bool


def go_on(work: Work, limit: int = BATCH) -> Progress | None:
    """Seal the next batch anew.

    Returns:
        How far its kind has come; ``None`` when everything has been sealed under these keys.
    """
    rows.take_turn(work.session)
    for sealed in KINDS:
        state = _state(work, sealed.kind)
        if state.ended_at is None:
            return _rows(work, sealed, state, limit)
    state = _state(work, MEDIA)
    return _files(work, state, min(limit, _FILES)) if state.ended_at is None else None


def _state(work: Work, kind: str) -> KeyReseal:
    """Return how far a kind has come under these keys; under others it begins anew."""
    ring = work.kit.keys.ring
    state = rows.progress(work.session, kind)
    if state is None:
        state = KeyReseal(kind=kind, ring=ring, started_at=work.now)
        work.session.add(state)
    elif state.ring != ring:
        state.ring, state.last, state.done = ring, None, 0
        state.started_at, state.ended_at = work.now, None
    return state


def _rows(work: Work, sealed: Sealed, state: KeyReseal, limit: int) -> Progress:
    batch = rows.after(work.session, sealed, state.last, limit, lock=True)
    keys = work.kit.keys
    for row in batch:
        for name in sealed.columns:
            content = getattr(row, name)
            if content is not None:
                setattr(row, name, keys.reseal(content))
        if sealed.number is not None:
            number, hashed = sealed.number
            if getattr(row, number) is not None:
                setattr(row, hashed, keys.lookup(keys.open(getattr(row, number))))
    if batch:
        state.last, state.done = rows.place(sealed, batch), state.done + len(batch)
    return _noted(work, state, ended=len(batch) < limit)


def _files(work: Work, state: KeyReseal, limit: int) -> Progress:
    batch = work.kit.media.sealed_after(state.last or "", limit)
    for name in batch:
        work.kit.media.reseal(name)
    if batch:
        state.last, state.done = batch[-1], state.done + len(batch)
    return _noted(work, state, ended=len(batch) < limit)


def _noted(work: Work, state: KeyReseal, *, ended: bool) -> Progress:
    if ended:
        state.ended_at = work.now
    return Progress(state.kind, state.done, ended)


def left(work: Work, limit: int = BATCH) -> Iterator[tuple[str, int, int]]:
    """Yield for each kind how many there are, and how many are not under the newest keys.

    It opens everything and changes nothing: the proof that an old key may be thrown away.
    """
    for sealed in KINDS:
        last, total, old = None, 0, 0
        while batch := rows.after(work.session, sealed, last, limit, lock=False):
            total += len(batch)
            old += sum(not _is_fresh(work, sealed, row) for row in batch)
            last = rows.place(sealed, batch)
            work.session.expunge_all()
        yield sealed.kind, total, old
    total, old, name = 0, 0, ""
    while names := work.kit.media.sealed_after(name, _FILES):
        total, name = total + len(names), names[-1]
        old += sum(not work.kit.media.is_fresh(one) for one in names)
    yield MEDIA, total, old


def _is_fresh(work: Work, sealed: Sealed, row: Any) -> bool:  # noqa: ANN401  a row of any kind
    keys = work.kit.keys
    contents = [getattr(row, name) for name in sealed.columns]
    if not all(content is None or keys.is_fresh(content) for content in contents):
        return False
    if sealed.number is None or getattr(row, sealed.number[0]) is None:
        return True
    number, hashed = (getattr(row, name) for name in sealed.number)
    return bool(keys.lookup(keys.open(number)) == hashed)
