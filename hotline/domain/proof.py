"""Prove that nobody changed a ticket's history, or say where and how it was changed.

Pure: the rows come in as they were read, the faults go out. What `hotline audit verify` and the
supervisor's page say rests on these two functions.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from hotline.domain.ledger import GENESIS, Head, chained, instant, salted
from hotline.domain.tickets import Action

# The columns that repeat a fact of the body, for queries.
COLUMNS: Final = ("action", "status", "role", "actor")

# What may make words disappear; each names the texts that it struck out.
REDACTING: Final = frozenset({Action.REDACT, Action.ERASE})


class Break(NamedTuple):
    """Where a chain is broken (``seq``) and how: a stable word that pages translate.

    ``missing``: an event is not there; ``order``: it does not follow the one before; ``hash``:
    it is not what was hashed; ``column``: a column says something else; ``text``: words were
    changed, or are gone without a redaction; ``tail``: the end was cut off; ``head``: the ticket
    names another end; ``root``: it is not what a signed root covers.
    """

    seq: int
    what: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as it stands in the database; columns as plain text."""

    seq: int
    action: str
    status: str
    role: str
    actor: str
    at: datetime
    body: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Words:
    """A text that the chain holds a salted hash of."""

    salt: str
    body: str
    redacted: bool


def breaks(
    head: Head,
    events: Sequence[Recorded],
    texts: Mapping[str, Words],
    rooted: Sequence[Head] = (),
) -> tuple[Break, ...]:
    """Return where the chain of one ticket is broken; nothing if it is whole.

    Args:
        head: what the ticket's row says is the end of its chain.
        events: as stored, in the order of their numbers.
        texts: the ticket's words by id.
        rooted: earlier ends of this chain that signed roots cover.
    """
    found = [*_links(events)]
    gone = {text for event in events for text in _redacted(event)}
    for event in events:
        found += [Break(event.seq, what) for what in _faults(head.ticket, event, texts, gone)]
    found += _ends(head, events)
    hashes = {event.seq: event.hash for event in events}
    found += [Break(end.seq, "root") for end in rooted if hashes.get(end.seq) != end.hash]
    return tuple(sorted(set(found)))


def _links(events: Sequence[Recorded]) -> Iterator[Break]:
    seq, previous = 1, GENESIS
    for event in events:
        if event.seq != seq:
            yield Break(seq, "missing")
        elif event.previous != previous:
            yield Break(event.seq, "order")
        if chained(event.previous, event.body) != event.hash:
            yield Break(event.seq, "hash")
        seq, previous = event.seq + 1, event.hash


def _ends(head: Head, events: Sequence[Recorded]) -> Iterator[Break]:
    last = events[-1] if events else None
    if last is None or last.seq < head.seq:
        yield Break(last.seq + 1 if last else 1, "tail")
    elif last.seq > head.seq or last.hash != head.hash:
        yield Break(last.seq, "head")


def _redacted(event: Recorded) -> Iterator[str]:
    """Yield the texts that an event struck out or erased."""
    if event.action in REDACTING:
        try:
            yield from map(str, json.loads(event.body)["data"].get("of", ()))
        except (ValueError, KeyError, TypeError, AttributeError):  # said as a fault of the event
            return


def _faults(
    ticket: str, event: Recorded, texts: Mapping[str, Words], gone: Collection[str]
) -> Iterator[str]:
    try:
        body = json.loads(event.body)
    except ValueError:
        yield "hash"
        return
    told = {name: str(body.get(name)) for name in COLUMNS}
    stored = {name: str(getattr(event, name)) for name in COLUMNS}
    told |= {"ticket": str(body.get("ticket")), "seq": str(body.get("seq")), "at": body.get("at")}
    stored |= {"ticket": ticket, "seq": str(event.seq), "at": instant(event.at)}
    if told != stored:
        yield "column"
    data = body.get("data") or {}
    text = str(data.get("text"))
    if "text_hash" in data and _changed(data, texts.get(text), redacted=text in gone):
        yield "text"


def _changed(data: Mapping[str, object], words: Words | None, *, redacted: bool) -> bool:
    """Whether words are not what they were, and no event says that they were struck out."""
    if words is None:
        return True
    if words.redacted:
        return not redacted
    return salted(words.salt, words.body) != data["text_hash"]
