"""Commands from the field: a device may send one twice, late, or after somebody else acted.

Each carries its own key (a repeat gets the first answer), the version of the ticket that its
sender saw, and when the device says it was done. Limits judge the server's time; a plausible
earlier ``done_at`` stands beside it in the ledger.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hotline.domain.errors import InvalidError, NotAllowedError, RepeatedError
from hotline.store import tickets as ticket_rows
from hotline.store.models import Command, Ticket
from hotline.work import Work

# A device's clock may be a little ahead; an offline day may lie behind.
_AHEAD: Final = timedelta(minutes=5)
_BEHIND: Final = timedelta(days=3)
# What retention leaves of the hash of what was sent.
_FORGOTTEN: Final = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every command from the field carries.

    Attributes:
        command_id: the device's key for this command.
        action: what is asked, for the record.
        body: everything sent, to tell a repeat from another command under the same key.
        seen_version: the ticket's version on the sender's screen; ``None``: not said.
        done_at: when the device says it was done; ``None``: now.
    """

    command_id: UUID
    action: str
    body: Mapping[str, object]
    seen_version: int | None = None
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a command: the ticket's number, and whether it had been done before."""

    number: str
    repeated: bool


def once(
    work: Work,
    number: str,
    envelope: Envelope,
    do: Callable[[Ticket, datetime | None], object],
    *,
    others: Collection[str] = (),
) -> Outcome:
    """Carry out a command once; a repeat changes nothing and gets the first answer.

    Args:
        work: in the role of the sender.
        number: the ticket's number.
        envelope: the command's key and claims.
        do: the service, given the locked ticket and the plausible ``done_at``.
        others: numbers of further tickets that it changes; all are locked together, or two
            commands that name each other's ticket would wait for one another.

    Raises:
        NotFoundError: one of the tickets does not exist.
        RepeatedError: the same key came before with another body.
        StaleError: the ticket changed since the sender saw it.
        InvalidError: ``done_at`` is not plausible.
    """
    if work.actor.staff_id is None:
        raise NotAllowedError(reason="nobody")
    # The ticket's lock comes first, so that two copies of one command stand in line.
    locked = work.tickets({number, *others}) if others else [work.ticket(number)]
    ticket = next(one for one in locked if one.number == number)
    before = ticket_rows.command(work.session, envelope.command_id)
    if before is not None:
        if not _is_same(work, before, envelope) or before.ticket_id != ticket.id:
            raise RepeatedError(command=envelope.command_id, reason="other_body")
        return Outcome(str(before.answer["ticket"]), repeated=True)
    if envelope.seen_version is not None:
        work.refuse_stale(ticket, envelope.seen_version)
    done_at = _plausible(work, envelope.done_at)
    do(ticket, done_at)
    work.session.add(
        Command(
            id=envelope.command_id,
            staff_id=work.actor.staff_id,
            ticket_id=ticket.id,
            action=envelope.action,
            body_hash=work.kit.keys.lookup(_said(envelope)),
            answer={"ticket": number},
            seen_version=envelope.seen_version,
            done_at=done_at,
            at=work.now,
        )
    )
    return Outcome(number, repeated=False)


def _plausible(work: Work, done_at: datetime | None) -> datetime | None:
    if done_at is None:
        return None
    if done_at.tzinfo is None or not work.now - _BEHIND <= done_at <= work.now + _AHEAD:
        raise InvalidError(fields=["done_at"])
    return done_at


def _is_same(work: Work, before: Command, envelope: Envelope) -> bool:
    """Whether a command is the one that was carried out under its key.

    What was sent is kept as a keyed hash, under which nobody can try names and words, and only for
    a while: afterwards the key alone must do.
    """
    hashes = {_FORGOTTEN, *work.kit.keys.lookups(_said(envelope))}
    return before.body_hash in hashes and before.staff_id == work.actor.staff_id


def _said(envelope: Envelope) -> str:
    return json.dumps(
        {"action": envelope.action, "body": dict(envelope.body)},
        ensure_ascii=False,
        sort_keys=True,
        default=str,
    )
