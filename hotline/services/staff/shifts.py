"""The hand-over between two shifts (交接班): what is open, what was said, who took it over.

A record: it holds numbers of tickets and the words of colleagues, and is never changed once the
coming shift has confirmed it.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID, uuid4

from hotline.domain.errors import NotAllowedError, NotFoundError, RefusedError
from hotline.domain.intake import clean, mask_numbers
from hotline.domain.tickets import Role, Status
from hotline.services.handling.tickets import RING_BACK
from hotline.store import attention as attention_rows
from hotline.store import shifts
from hotline.store.models.desk import Handover
from hotline.work import Work

LONGEST_NOTES: Final = 2000
# Who may sit at the desk; a supervisor may stand in for an operator.
_AT_THE_DESK: Final = frozenset({Role.OPERATOR, Role.SUPERVISOR})
# What an operator's shift has in its hands, in the order of the page.
KINDS: Final = ("alarms", "ring_backs", "triage", "disputed")


def standing(work: Work) -> dict[str, list[str]]:
    """Return the numbers of what is in the operators' hands now, by what it waits for."""
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for number, status, reason in shifts.numbers(work.session, (Status.TRIAGE, Status.DISPUTED)):
        if status == Status.DISPUTED:
            found["disputed"].append(number)
        else:
            found["ring_backs" if reason == RING_BACK else "triage"].append(number)
    for entry in attention_rows.open_entries(work.session, {"danger"}):
        if entry.ticket is not None:
            found["alarms"].append(entry.ticket.number)
    return found


def leave(work: Work, notes: str) -> Handover:
    """Hand the desk over: what stands open now and the notes go on record, to be confirmed.

    Telephone numbers in the notes are masked: those stand with the tickets' identity.

    Raises:
        NotAllowedError: whoever acts does not sit at the desk.
    """
    said, _found = mask_numbers(clean(notes[:LONGEST_NOTES]))
    row = Handover(
        id=uuid4(),
        from_id=_guard(work),
        at=work.now,
        notes=said,
        facts={kind: list(numbers) for kind, numbers in standing(work).items()},
    )
    work.session.add(row)
    return row


def take_over(work: Work, handover_id: UUID) -> Handover:
    """Confirm a hand-over: by somebody else than who left, and once.

    Raises:
        NotFoundError: no such hand-over.
        NotAllowedError: it is one's own.
        RefusedError: somebody confirmed it already.
    """
    me = _guard(work)
    row = shifts.lock_handover(work.session, handover_id)
    if row is None:
        raise NotFoundError(what="handover", id=handover_id)
    if row.from_id == me:
        raise NotAllowedError(reason="own_shift")
    if row.confirmed_at is not None:
        raise RefusedError(reason="shift_taken")
    row.to_id, row.confirmed_at = me, work.now
    return row


def _guard(work: Work) -> UUID:
    if work.actor.staff_id is None or work.actor.role not in _AT_THE_DESK:
        raise NotAllowedError(role=work.actor.role)
    return work.actor.staff_id


def latest(work: Work) -> Sequence[shifts.Shift]:
    """Return the latest hand-overs, the newest first."""
    return shifts.handovers(work.session)
