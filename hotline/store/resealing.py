"""Rows that are sealed, batch by batch in the order of their keys; how far a rotation has come."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, select

from hotline.store.models import Call, Staff, StaffAddress, TicketIdentity
from hotline.store.models.keys import KeyReseal
from hotline.store.models.rosters import StaffUpload

# Rotations take turns by this key; it collides with nobody else's.
_RESEALING: Final = 12350


@dataclass(frozen=True, slots=True)
class Sealed:
    """A kind of rows with something sealed in them.

    Attributes:
        kind: what it is called in the shell.
        model: its rows.
        keys: the columns by which they are walked through; together unique.
        columns: what is sealed.
        number: the sealed column whose content is found by a keyed hash, and the hash's column.
    """

    kind: str
    model: type[SQLModel]
    keys: tuple[str, ...]
    columns: tuple[str, ...]
    number: tuple[str, str] | None = None


_NUMBER: Final = ("number_sealed", "number_hash")
KINDS: Final = (
    Sealed(
        "identity",
        TicketIdentity,
        ("ticket_id",),
        ("number_sealed", "name_sealed", "address_sealed", "found_sealed"),
        _NUMBER,
    ),
    Sealed("calls", Call, ("sid",), ("number_sealed",), _NUMBER),
    Sealed("staff", Staff, ("id",), ("number_sealed",), _NUMBER),
    Sealed("addresses", StaffAddress, ("staff_id", "channel"), ("address_sealed",)),
    Sealed("uploads", StaffUpload, ("id",), ("content_sealed",)),
)


def take_turn(session: Session) -> None:
    """Wait until nobody else seals anew; the turn ends with the transaction."""
    session.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _RESEALING})


def progress(session: Session, kind: str) -> KeyReseal | None:
    """Return how far a kind has come."""
    return session.get(KeyReseal, kind, populate_existing=True)


def after(
    session: Session, sealed: Sealed, last: str | None, limit: int, *, lock: bool
) -> list[Any]:
    """Return the next rows behind ``last``, in the order of their keys, under locks if asked."""
    columns = [sealed.model.__table__.c[name] for name in sealed.keys]  # type: ignore[attr-defined]
    query: Any = select(sealed.model).order_by(*columns).limit(limit)
    if last is not None:
        there = (
            sa.cast(sa.literal(value, sa.Text()), column.type)
            for value, column in zip(json.loads(last), columns, strict=True)
        )
        query = query.where(sa.tuple_(*columns) > sa.tuple_(*there))
    if lock:
        query = query.with_for_update()
    return list(session.exec(query.execution_options(populate_existing=True)))


def place(sealed: Sealed, rows: Sequence[Any]) -> str:
    """Return the place behind the last of these rows, as `after` understands it."""
    return json.dumps([str(getattr(rows[-1], name)) for name in sealed.keys])
