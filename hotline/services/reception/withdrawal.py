"""Only the citizen withdraws a demand, and only by the channel that it came by (ADR 0016).

What came by telephone is withdrawn on a call from that number, to the machine or to an operator
who has that call; what was written is withdrawn by a message from that number; what came by the
web with number and code; what was said at a window, there. It is an end of its own and counts as
nobody's success.
"""

from typing import Final

from hotline.domain.errors import NotAllowedError, RefusedError
from hotline.domain.tickets import UNACCEPTED, Action, Step
from hotline.domain.whistle import WhistleState
from hotline.services.handling import tickets, timing
from hotline.services.reception import merging
from hotline.services.telling import telling
from hotline.services.verifying import bad_ratings
from hotline.store import calls
from hotline.store import tickets as ticket_rows
from hotline.store import whistles as whistle_rows
from hotline.store.models import Ticket
from hotline.work import CITIZEN, Work

# By which way a ticket of each channel may be withdrawn.
WAYS: Final = {
    "voice": frozenset({"call", "operator"}),
    "desk": frozenset({"call", "operator"}),
    "message": frozenset({"message"}),
    "web": frozenset({"web"}),
    "counter": frozenset({"counter"}),
}


def withdraw(work: Work, ticket: Ticket, way: str, **evidence: object) -> None:
    """End a demand because the citizen takes it back; everybody at work on it is told.

    Args:
        work: the command; whoever sits at the machine, the citizen is who acts.
        ticket: locked and open.
        way: ``call``, ``operator``, ``message``, ``web`` or ``counter``.
        evidence: for the ledger: the call, the window, who sat there.

    Raises:
        RefusedError: it came another way, or an emergency is not over yet.
    """
    if way not in WAYS[ticket.channel]:
        raise RefusedError(reason="other_channel", ticket=ticket.number)
    blown = whistle_rows.open_of_ticket(work.session, ticket.id)
    kinds = timing.map_of(work, ticket).whistles
    if any(kinds[whistle.kind].danger for whistle in blown if whistle.kind in kinds):
        raise RefusedError(reason="danger_open", ticket=ticket.number)
    merging.scatter(work, ticket)
    told = _tell(work, ticket)
    data = {"by": way, "contacted_at": ticket.contacted_at, "told": told}
    work.act(ticket, Action.WITHDRAW, data | evidence, actor=CITIZEN)
    for whistle in blown:
        whistle.ended_at, whistle.state = work.now, WhistleState.ENDED
    bad_ratings.withdrawn(work, ticket)
    work.cancel_timers(ticket.id, frozenset(Step))
    timing.enter(work, ticket)


def on_call(work: Work, ticket: Ticket) -> None:
    """Withdraw at the word of a caller whom the acting operator has on the line.

    Raises:
        NotAllowedError: no such call is going on.
    """
    sid = live_call(work, ticket)
    if sid is None:
        raise NotAllowedError(reason="not_on_the_line", ticket=ticket.number)
    withdraw(work, ticket, "operator", call=sid, operator=work.actor.staff_id)


def live_call(work: Work, ticket: Ticket) -> str | None:
    """Return the call that the acting operator has with this ticket's caller just now, if any."""
    identity = ticket_rows.identity(work.session, ticket.id)
    if identity is None or identity.number_hash is None or work.actor.staff_id is None:
        return None
    return calls.with_operator(work.session, work.actor.staff_id, identity.number_hash)


def at_window(work: Work, ticket: Ticket, window: str) -> None:
    """Withdraw in person, at the window that took the demand; the code on the slip was checked.

    Raises:
        RefusedError: another window took it, or none.
    """
    if ticket.window_id is None or ticket.window_id != window:
        raise RefusedError(reason="other_window", ticket=ticket.number)
    withdraw(work, ticket, "counter", window=window, clerk=work.actor.staff_id)


def may(ticket: Ticket, way: str) -> bool:
    """Whether a ticket of this channel is withdrawn that way."""
    return way in WAYS[ticket.channel]


def _tell(work: Work, ticket: Ticket) -> list[dict[str, object]]:
    told: list[dict[str, object]] = []
    officer = tickets.officer_of(work, ticket)
    if officer is not None:
        told.append(telling.tell_person(work, ticket, officer, "called_off", {}))
    elif ticket.post is not None and ticket.status in UNACCEPTED and ticket.dispatched_at:
        told += telling.tell(work, ticket, [ticket.post], "called_off", {})
    still = {row.id for row in whistle_rows.open_of_ticket(work.session, ticket.id)}
    posts = [
        party.post
        for party in whistle_rows.parties(work.session, ticket.id)
        if party.whistle_id in still
    ]
    return told + telling.tell(work, ticket, list(dict.fromkeys(posts)), "called_off", {})
