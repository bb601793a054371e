"""The hash chain of a ticket's events, and the signed roots over all chains.

An event's body is canonical JSON: sorted keys, no spaces, UTF-8, instants as UTC ISO 8601 with
microseconds. Its hash covers the version of this rule, the hash before it, and the body, so that
no event can be changed, moved or taken out without every later hash showing it. What must be
erasable (words, names, numbers) is never in a body: only ids and salted hashes of it are.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, NamedTuple

import orjson

HASH_VERSION: Final = 1
GENESIS: Final = "0" * 64
# Instants have a form of their own (`instant`); whatever else has two forms has none here.
_CANONICAL: Final = (
    orjson.OPT_SORT_KEYS
    | orjson.OPT_NON_STR_KEYS
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_DATACLASS
)


class Head(NamedTuple):
    """The last event of one ticket's chain at some moment."""

    ticket: str
    seq: int
    hash: str


class View(NamedTuple):
    """Somebody's look at who a caller is."""

    id: str
    ticket: str
    staff: str
    what: str
    at: datetime
    reason: str | None = None


def canonical(body: Mapping[str, object]) -> str:
    """Return ``body`` as canonical JSON: the same facts always give the same text.

    Raises:
        TypeError: a value has no canonical form (a float among them: they do not survive
            every reader; give strings or integers).
    """
    _refuse_floats(body.values())
    return orjson.dumps(body, _plain, _CANONICAL).decode()


def chained(previous: str, body: str) -> str:
    """Return the hash of an event whose body is ``body`` behind the event hashed ``previous``."""
    return hashlib.sha256(f"{HASH_VERSION}\n{previous}\n{body}".encode()).hexdigest()


def salted(salt: str, text: str) -> str:
    """Return the hash that stands in the chain for an erasable ``text``."""
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


def root(
    number: int,
    *,
    at: datetime,
    previous: str,
    heads: Iterable[Head],
    views: int,
    views_hash: str,
) -> str:
    """Return the hash over all ``heads`` that changed since the root before, and the views.

    Args:
        number: counts roots from 1; a missing root shows.
        at: when it was made.
        previous: the root before, or `GENESIS`.
        heads: in any order; they are sorted here.
        views: how many views of identities are new in it.
        views_hash: the chain over the access log, up to these views.
    """
    lines = [f"{HASH_VERSION} {number} {instant(at)} {previous}", f"views {views} {views_hash}"]
    lines += [f"{head.ticket} {head.seq} {head.hash}" for head in sorted(heads)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def viewed(previous: str, views: Iterable[View]) -> str:
    """Return the hash of the access log behind ``previous``; unchanged where nobody looked.

    Args:
        previous: the hash in the root before, or `GENESIS`.
        views: those that are new, in any order.
    """
    lines = [
        " ".join((*view[:4], instant(view.at), *([view.reason] if view.reason else [])))
        for view in sorted(views)
    ]
    if not lines:
        return previous
    text = "\n".join([f"{HASH_VERSION} {previous}", *lines])
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=256)  # one command writes its own instant a dozen times
def instant(at: datetime) -> str:
    """Return an aware datetime in the one form that is hashed."""
    if at.tzinfo is None:
        raise TypeError("a naive instant has no canonical form")
    return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def _plain(value: object) -> object:
    """Return a value that JSON does not know as one that it knows."""
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, Mapping):
        _refuse_floats(value.values())
        return dict(value)
    if isinstance(value, tuple):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _refuse_floats(values: Iterable[object]) -> None:
    for value in values:
        kind = type(value)
        if kind is dict:
            _refuse_floats(value.values())  # type: ignore[attr-defined]
        elif kind is list or kind is tuple:
            _refuse_floats(value)  # type: ignore[arg-type]
        elif kind is float:
            raise TypeError("a float has no canonical form")
