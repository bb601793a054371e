"""What happened to a ticket, moment by moment, and who was told: of the engine, or of a rehearsal.

Both write the same events and promises; this reads them into one shape, so that they can be
shown in one way and laid side by side.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final, Protocol
from uuid import UUID

from hotline.channels import templates
from hotline.domain.tickets import Status

HOLDER: Final = "holder"
"""In place of a role: the person who signed, who is told wherever they stand now."""


class Sent(Protocol):
    """A message, call or notice that was promised, on paper or in the outbox."""

    id: UUID
    means: str
    channel: str | None
    template: str
    params: Any
    post: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody was told, or nobody was there to be told.

    Attributes:
        post: the post that was meant; ``None``: everybody with ``role``.
        role: of a message to a role; `HOLDER`: to whoever has signed.
        found: the post at which somebody was: the post itself or its stand-in's; ``None``: nobody.
        by: message, call or notice, in the order in which they are tried; a notice's channel.
        text: the message.
    """

    post: str | None
    role: str | None
    found: str | None
    by: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Moment:
    """One event of a ticket, and who was told with it.

    ``act`` is the action of the ledger, or ``impossible`` for an answer of a script that the
    rules refuse; ``data`` is what the ledger holds.
    """

    at: datetime
    act: str
    status: Status
    data: Mapping[str, Any]
    told: tuple[Told, ...]


def moments_of(bodies: Iterable[Mapping[str, Any]], promises: Iterable[Sent]) -> list[Moment]:
    """Return the moments that events tell of.

    Args:
        bodies: of the events, as they were hashed, parsed; in order.
        promises: every message, call and notice that they name.
    """
    by_id = {promise.id: promise for promise in promises}
    return [
        Moment(
            datetime.fromisoformat(body["at"]),
            body["action"],
            Status(body["status"]),
            body["data"],
            tuple(_told(by_id, facts) for facts in _facts(body["data"])),
        )
        for body in bodies
    ]


def _facts(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return what an event says of everybody who was told, those of a whistle's parties too."""
    found = list(data.get("told") or ())
    for party in data.get("parties") or ():
        found += party.get("told", ())
    after = data.get("next")
    if isinstance(after, list):
        found += after
    return [*found, after] if isinstance(after, dict) else found


def _told(by_id: Mapping[UUID, Sent], facts: Mapping[str, Any]) -> Told:
    names = facts.get("by") or {}
    promises = [by_id[UUID(id_)] for id_ in names.values() if UUID(id_) in by_id]
    by = tuple(f"notice:{one.channel}" if one.channel else one.means for one in promises)
    text = ""
    if promises:
        params = {name: str(value) for name, value in promises[0].params.items()}
        text = templates.render(promises[0].template, params)
    post, role = facts.get("post"), facts.get("role")
    if post is None and role is None and promises:
        post = promises[0].post
    if post is None and role is None and facts.get("person"):
        role = HOLDER
    found = None if facts.get("nobody_on_duty") else facts.get("stand_in", post or role)
    return Told(post, role, found, by, text)


def comparable(moments: Sequence[Moment], number: str) -> list[tuple[object, ...]]:
    """Return what two courses of one ticket are compared by: no ids, no instant of noticing.

    The engine's clock notices a limit a little later than it passes; the limit itself, and all
    that is counted from it, must be the same to the microsecond.

    Args:
        moments: of the ticket.
        number: the ticket's, which messages name.
    """
    said = [
        (
            moment.act,
            moment.status,
            _without_ids(moment.data),
            [(t.post, t.role, t.found, t.by, t.text.replace(number, "#")) for t in moment.told],
        )
        for moment in moments
    ]
    # Limits that end at the same instant have no order among themselves.
    by_limit = groupby(said, key=lambda one: one[2].get("due"))
    return [each for due, run in by_limit for each in (sorted(run, key=repr) if due else run)]


# Ids, salts and persons; who was told is compared by post.
_IDS: Final = frozenset(
    {*("text", "text_hash", "whistle", "party", "message", "person"), "officer", "told", "parties"}
)


def _without_ids(value: Any) -> Any:  # noqa: ANN401  any JSON
    if isinstance(value, dict):
        return {key: _without_ids(each) for key, each in value.items() if key not in _IDS}
    return [_without_ids(each) for each in value] if isinstance(value, list) else value
