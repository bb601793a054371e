"""The code that opens a citizen's status page, without an account (ADR 0016).

A code is computed from the ticket's id with the installation's key, and kept nowhere: a copy of
the database opens no case, and a form that comes twice gets the very same answer. Ten digits,
because people type them on telephones. Guessing is limited by address, never by ticket: nobody
can lock a citizen out of their own case.
"""

from datetime import timedelta
from hmac import compare_digest
from typing import Final
from uuid import UUID

from hotline.domain.errors import SlowDownError
from hotline.domain.tickets import Action
from hotline.services.telling import telling
from hotline.store import doors as rows
from hotline.store import tickets as ticket_rows
from hotline.store.models import DoorTry, Ticket
from hotline.work import Work

DIGITS: Final = 10
# What a promised message holds instead of the code until it is handed over.
FROM_KEY: Final = "*"
# Behind one address may stand a whole town; ten digits bear it.
MOST_WRONG: Final = 20
WRONG_WITHIN: Final = timedelta(minutes=15)
MOST_SENT: Final = 3
MOST_SENT_FROM: Final = 10
SENT_WITHIN: Final = timedelta(hours=24)
# How long a device that gave the right code needs not give it again.
VISIT: Final = timedelta(minutes=30)


def code_of(work: Work, ticket_id: UUID) -> str:
    """Return a ticket's code, for the moment of telling it to the citizen only."""
    [newest, *_] = _codes(work, ticket_id)
    return newest


def check(work: Work, number: str, code: str, address: str) -> Ticket | None:
    """Return the ticket that number and code open; ``None``: they do not belong together.

    A wrong try is counted, so the caller commits in both cases.

    Raises:
        SlowDownError: too many wrong tries from this address.
    """
    keys = work.kit.keys
    where = keys.lookups(f"at:{address}")
    wrong = rows.tries(work.session, "code", work.now - WRONG_WITHIN, address_hashes=where)
    if wrong >= MOST_WRONG:
        raise SlowDownError(retry_after_s=int(WRONG_WITHIN.total_seconds()))
    ticket = ticket_rows.find(work.session, _digits(number))
    said = _digits(code)
    if ticket is not None and any(compare_digest(said, known) for known in _codes(work, ticket.id)):
        return ticket
    _note(work, "code", address, _digits(number))
    return None


def visit(work: Work, ticket: Ticket) -> str:
    """Return the pass of a device that gave the right code: it expires, and dies with the code."""
    until = int((work.now + VISIT).timestamp())
    return f"{ticket.number}.{until}.{work.kit.keys.lookup(_pass(work, ticket, until))}"


def visited(work: Work, token: str) -> Ticket | None:
    """Return the ticket that a device's pass still opens, not locked; ``None``: none."""
    number, _, rest = token.partition(".")
    until, _, mark = rest.partition(".")
    if not until.isdigit() or int(until) < work.now.timestamp():
        return None
    ticket = ticket_rows.find(work.session, number)
    if ticket is None:
        return None
    known = work.kit.keys.lookups(_pass(work, ticket, int(until)))
    return ticket if any(compare_digest(mark, one) for one in known) else None


def send_new(work: Work, number: str, telephone: str | None, address: str) -> None:
    """Send the caller of a ticket a new code by message, if the telephone is the caller's.

    Whoever asks is told the same in every case, so that nobody learns whose ticket it is. Old
    codes and passes are worth nothing from then on.

    Raises:
        SlowDownError: too often, for this ticket or from this address.
    """
    keys, number = work.kit.keys, _digits(number)
    since = work.now - SENT_WITHIN
    mine, where = keys.lookups(f"ticket:{number}"), keys.lookups(f"at:{address}")
    asked = rows.tries_for(work.session, "send_code", since, subject_hashes=mine)
    from_here = rows.tries(work.session, "send_code", since, address_hashes=where)
    if asked >= MOST_SENT or from_here >= MOST_SENT_FROM:
        raise SlowDownError(retry_after_s=int(timedelta(hours=1).total_seconds()))
    found = ticket_rows.find(work.session, number)
    identity = ticket_rows.identity(work.session, found.id) if found is not None else None
    hashes = keys.lookups(telephone) if telephone else []
    fits = identity is not None and identity.number_hash in hashes
    if found is None or not fits:
        # Only the address pays for a wrong number: nobody uses up somebody else's messages.
        _note(work, "send_code", address, None)
        return
    _note(work, "send_code", address, number)
    ticket = work.ticket(number)
    generation = rows.next_generation(work.session, ticket.id, work.now)
    told = telling.tell_caller(work, ticket, "code", {"code": FROM_KEY})
    work.act(ticket, Action.CODE, {"generation": generation, **told})


def _codes(work: Work, ticket_id: UUID) -> list[str]:
    """Return the codes that open a ticket: one, and during a rotation of keys one for each."""
    generation = rows.generation(work.session, ticket_id)
    found = work.kit.keys.lookups(f"code:{ticket_id}:{generation}")
    return [f"{int(mark, 16) % 10**DIGITS:0{DIGITS}d}" for mark in found]


def _pass(work: Work, ticket: Ticket, until: int) -> str:
    return f"visit:{ticket.id}:{rows.generation(work.session, ticket.id)}:{until}"


def _digits(said: str) -> str:
    return "".join(mark for mark in said if mark.isdecimal() and mark.isascii())[:20]


def _note(work: Work, door: str, address: str, subject: str | None) -> None:
    lookup = work.kit.keys.lookup
    work.session.add(
        DoorTry(
            door=door,
            address_hash=lookup(f"at:{address}"),
            subject_hash=lookup(f"ticket:{subject}") if subject is not None else None,
            at=work.now,
        )
    )
