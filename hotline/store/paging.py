"""Pages of a list by key: the next page begins behind the last row, wherever that stands by now.

No OFFSET: page 2,000 costs what page 1 costs, and a row that comes or goes in front moves nothing.
A page's address holds the sort key of a row (instants, numbers, ids), never what a row says.
"""

import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from hotline.domain.errors import InvalidError
from hotline.store.columns import UTCDateTime

SIZE: Final = 50
_NEXT, _PREVIOUS = "n", "p"
# Where a key has no instant: behind everything that has one.
_NEVER: Final = "infinity"

Row = TypeVar("Row")
_Query = TypeVar("_Query", bound=sa.Select[*tuple[Any, ...]])


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is sorted: columns without NULL, the last one unique, all in one direction."""

    columns: tuple[sa.SQLColumnExpression[Any], ...]
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a list; ``earlier`` and ``later`` lead to its neighbours, where there are any."""

    rows: Sequence[Row]
    earlier: str | None = None
    later: str | None = None

    def __iter__(self) -> Iterator[Row]:
        """Go through the rows."""
        return iter(self.rows)

    def __len__(self) -> int:
        """Return how many rows stand on this page."""
        return len(self.rows)

    @property
    def said(self) -> str:
        """How many there are, for a heading: exact where all stand here, else "50+"."""
        return f"{len(self.rows)}+" if self.earlier or self.later else str(len(self.rows))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: behind (or before) the row with ``key``; no key: at the start."""

    key: tuple[str, ...] = ()
    backwards: bool = False

    def __str__(self) -> str:
        """Return the place as it stands in an address."""
        text = json.dumps(self.key, separators=(",", ":"))
        mark = _PREVIOUS if self.backwards else _NEXT
        return mark + base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def endless(column: Any) -> sa.ColumnElement[datetime]:  # noqa: ANN401  a mapped column
    """Return an instant that may be missing as one that sorts last; indexes say it the same way."""
    return sa.func.coalesce(
        column, sa.literal_column("'infinity'::timestamptz"), type_=UTCDateTime()
    )


def page(
    session: Session,
    query: sa.Select[*tuple[Any, ...]],
    order: Order,
    *,
    at: str = "",
    size: int = SIZE,
) -> Page[Any]:
    """Return one page of ``query``; rows of a single entity come bare, others as tuples.

    Args:
        session: any.
        query: without an order and without a limit.
        order: how it is sorted; an index should be sorted like it.
        at: `Page.earlier` or `Page.later` of a neighbour; empty: the first page.
        size: how many rows at most.

    Raises:
        InvalidError: ``at`` was made up.
    """
    place = read_place(at, order)
    width = len(order.columns)
    query = query.add_columns(
        *(sa.cast(part, sa.Text).label(f"key_{i}") for i, part in enumerate(order.columns))
    )
    found = session.execute(cut(query, order, place, size)).all()
    return turn([(row[:-width], tuple(row[-width:])) for row in found], place, size)


def cut(query: _Query, order: Order, place: Place, size: int) -> _Query:
    """Return the rows of ``query`` behind a place, in order, one more than a page holds."""
    turned = order.descending is not place.backwards
    if place.key:
        here = sa.tuple_(*order.columns)
        there = sa.tuple_(
            *(
                sa.cast(sa.literal(value, sa.Text()), kind)
                for value, kind in zip(place.key, here.type.types, strict=True)
            )
        )
        query = query.where(here < there if turned else here > there)
    return query.order_by(
        *(column.desc() if turned else column.asc() for column in order.columns)
    ).limit(size + 1)


def turn(
    rows: Iterable[tuple[Sequence[Any], tuple[str, ...]]], place: Place, size: int
) -> Page[Any]:
    """Return the page that begins at ``place``, from up to ``size`` + 1 rows with their keys.

    Rows come in the order in which they were read: backwards, where the place says so.
    """
    found = list(rows)
    more = len(found) > size
    found = found[:size]
    if place.backwards:
        found.reverse()
    bare = [row[0] if len(row) == 1 else row for row, _ in found]
    first, last = (found[0][1], found[-1][1]) if found else (place.key, place.key)
    has_earlier = more if place.backwards else bool(place.key)
    has_later = bool(place.key) if place.backwards else more
    return Page(
        bare,
        earlier=str(Place(first, backwards=True)) if has_earlier else None,
        later=str(Place(last)) if has_later else None,
    )


def read_place(at: str, order: Order) -> Place:
    """Return where a page begins, from its address.

    Raises:
        InvalidError: it is no place in a list of this order.
    """
    if not at:
        return Place()
    kinds = sa.tuple_(*order.columns).type.types
    try:
        padded = at[1:] + "=" * (-len(at[1:]) % 4)
        key = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        fits = at[0] in {_NEXT, _PREVIOUS} and isinstance(key, list)
        fits = fits and all(_fits(part, kind) for part, kind in zip(key, kinds, strict=True))
    except ValueError:
        fits = False
    if not fits:
        raise InvalidError(fields=["page"])
    return Place(tuple(key), backwards=at[0] == _PREVIOUS)


def _fits(value: object, kind: sa.types.TypeEngine[Any]) -> bool:
    """Whether the database can read a value as the column's type.

    Raises:
        ValueError: it can't.
    """
    if not isinstance(value, str):
        return False
    if isinstance(kind, sa.Uuid):
        UUID(value)
    elif isinstance(kind, sa.Integer):
        int(value)
    elif isinstance(kind, UTCDateTime) and value != _NEVER:
        datetime.fromisoformat(value)
    return True
