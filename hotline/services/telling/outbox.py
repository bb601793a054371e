"""Hand promises to the carrier, and follow what becomes of them.

A row is marked ``sending`` and committed before the carrier is called. After a crash in between
nobody knows whether the carrier has it: the row becomes ``unknown`` and is looked up in the
carrier's own list before anything is sent again. What fails goes to the next means, then to the
next person; ``unknown``, ``undelivered`` and a voicemail never count as delivered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from hotline.channels.carrier import (
    Carrier,
    CarrierBusyError,
    CarrierError,
    CarrierRefusedError,
    CarrierUnknownError,
)
from hotline.channels.notices import CAPS_PER_MINUTE
from hotline.channels.templates import notice, render
from hotline.domain.errors import HotlineError, NotFoundError
from hotline.domain.tickets import Action
from hotline.services.handling import attention, timing
from hotline.services.reception import codes
from hotline.services.telling import telling
from hotline.store import notices, outbox, people
from hotline.store import tickets as ticket_rows
from hotline.store.models import Outgoing
from hotline.work import SYSTEM, Work

RING_S: Final = 25
MOST_TRIES: Final = 8
REFUSED_TRIES: Final = 3
# How the carrier's words for a message or call translate; what is missing changes nothing.
OUTCOMES: Final[Mapping[str, str]] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
    "busy": "failed",
    "no-answer": "failed",
}
# Where the receivers of a template act on it; any other leads to their own first page. What has
# climbed does: a unit's first page is that of its whistles, a leader's is the board.
_PLACES: Final[Mapping[str, frozenset[str]]] = {
    "/field/whistles/": frozenset({"whistle", "whistle_slot", "whistle_again", "planned"}),
    "/field/blown/": frozenset({"whistle_asked", "whistle_declined", "whistle_refused"}),
    "/field/hearings/": frozenset({"statement", "ruled"}),
    "/audit/hearings/": frozenset({"hearing"}),
    "/plans/": frozenset({"leads_plan"}),
    "/field/tickets/{number}": frozenset(
        {"dispatched", "stand_in", "redo", "granted", "declined", "overturned", "addition"}
        | {"warned", "plan_granted", "plan_declined", "plan_ended", "final_refused"}
    ),
}
FINAL: Final = frozenset({"delivered", "failed", "cancelled"})
_PICKED_UP: Final = frozenset({"answered", "in-progress"})
# A call that was answered and ended without a word or a key.
UNHEARD: Final = "unheard"


@dataclass(frozen=True, slots=True)
class Parcel:
    """Everything that sending one promise needs, read before the carrier is called."""

    id: UUID
    means: str
    lookup: bool
    to: str
    template: str
    text: str
    params: Mapping[str, str]
    room: str
    age: timedelta
    attempt: int
    channel: str = ""
    capped: bool = False


def take(work: Work, limit: int) -> list[Parcel]:
    """Take due promises and resolve whom they reach now; numbers live only in memory.

    A promise whose receiver has no number comes with ``to`` empty; the worker fails it.
    """
    parcels = []
    taken = outbox.take(work.session, work.now, limit)
    room = _room_of_channels(work, taken)
    for row in taken:
        if row.means == "notice":
            parcels.append(_notice(work, row, room))
            continue
        to = _number(work, row) or ""
        params = {name: str(value) for name, value in row.params.items()}
        if params.get("code") == codes.FROM_KEY and row.ticket_id is not None:
            params["code"] = codes.code_of(work, row.ticket_id)
        text = render(row.template, params) if row.means == "message" else ""
        parcels.append(
            Parcel(
                row.id,
                row.means,
                row.state == "unknown",
                to,
                row.template,
                text,
                params,
                str(row.params.get("room", "")),
                work.now - row.created_at + timedelta(minutes=5),
                row.attempts,
            )
        )
    return parcels


def _room_of_channels(work: Work, rows: Sequence[Outgoing]) -> dict[str, int]:
    """Return how many notices each channel with a cap still takes in this minute."""
    if not any(row.means == "notice" for row in rows):
        return {}
    went = notices.lately(work.session, work.now)
    return {channel: cap - went.get(channel, 0) for channel, cap in CAPS_PER_MINUTE.items()}


def _notice(work: Work, row: Outgoing, room: dict[str, int]) -> Parcel:
    """Return a notice with its text and the person's address; ``room`` shrinks."""
    channel = row.channel or ""
    sealed = notices.address(work.session, row.staff_id, channel) if row.staff_id else None
    left = room.get(channel)
    if left is not None:
        room[channel] = left - 1
    number = str(row.params.get("number", ""))
    link = work.kit.public_url + place_of(row.template, number)
    return Parcel(
        row.id,
        row.means,
        row.state == "unknown",
        work.kit.keys.open(sealed) if sealed else "",
        row.template,
        notice(row.template, number, link),
        {},
        "",
        timedelta(),
        row.attempts,
        channel,
        capped=left is not None and left <= 0,
    )


def place_of(template: str, number: str) -> str:
    """Return the page at which whoever gets a notice acts on it."""
    found = (path for path, templates in _PLACES.items() if template in templates)
    return next(found, "/").format(number=number)


def _number(work: Work, row: Outgoing) -> str | None:
    if row.audience == "service":
        return work.kit.emergency_numbers.get(row.service or "", row.service)
    if row.audience == "staff" and row.staff_id is not None:
        person = people.get(work.session, row.staff_id)
        sealed = person.number_sealed if person else None
    elif row.ticket_id is not None:
        identity = ticket_rows.identity(work.session, row.ticket_id)
        sealed = identity.number_sealed if identity else None
    else:
        sealed = None
    return work.kit.keys.open(sealed) if sealed else None


def still_ours(work: Work, parcel: Parcel) -> bool:
    """Say whether a promise that was taken is still ours to hand over, and begin its lease anew.

    A slow carrier makes a batch take longer than a lease. Another worker then takes the rest for
    lost, looks it up, finds nothing and sends it: without this question it would go out twice.
    """
    row = locked(work, parcel.id)
    if row.attempts != parcel.attempt or row.state not in {"sending", "unknown"}:
        return False
    row.next_try_at = work.now + outbox.LEASE
    return True


def known_sids(work: Work, parcel: Parcel) -> set[str]:
    """Return the carrier's names that belong to other promises of the time of this one."""
    return outbox.known_sids(work.session, work.now - parcel.age)


def hand_over(carrier: Carrier, parcel: Parcel, public_url: str) -> str:
    """Give one parcel to the carrier and return the carrier's name for it.

    Raises:
        CarrierError: it did not go, or nobody knows whether it went.
    """
    key = f"outbox={parcel.id}"
    if parcel.means == "message":
        url = f"{public_url}/hooks/messages/status?{key}"
        return carrier.send_message(parcel.to, parcel.template, parcel.text, parcel.params, url).sid
    url = f"{public_url}/hooks/voice/status?{key}"
    if parcel.means == "conference":
        return carrier.add_to_conference(parcel.room, parcel.to, url).sid
    answer = f"{public_url}/hooks/voice/out/{parcel.template}?{key}"
    return carrier.place_call(parcel.to, answer, url, timeout_s=RING_S, machine_detection=True).sid


def record(work: Work, parcel_id: UUID, sid: str) -> None:
    """Note that the carrier took a promise."""
    row = locked(work, parcel_id)
    # A status callback may have been quicker than we are.
    if row.sid is None:
        row.sid = sid
    if row.state in {"sending", "unknown", "waiting"}:
        row.state, row.changed_at = "sent", work.now


def record_fault(work: Work, parcel_id: UUID, error: CarrierError | HotlineError) -> None:
    """Note that the carrier did not take a promise, or that nobody knows, and go on."""
    row = locked(work, parcel_id)
    if row.state in FINAL:
        return
    if isinstance(error, CarrierUnknownError):
        row.state, row.next_try_at = "unknown", work.now + timedelta(seconds=10)
    elif isinstance(error, CarrierBusyError) and row.attempts < MOST_TRIES:
        row.state = "waiting"
        row.next_try_at = work.now + timedelta(seconds=max(error.retry_after_s, 1))
    elif _may_pass(error) and row.attempts < REFUSED_TRIES:
        row.state = "waiting"
        row.next_try_at = work.now + timedelta(seconds=5 * row.attempts)
    else:
        settle(work, row, "failed", error.code)
        return
    row.fault, row.changed_at = error.code, work.now


def _may_pass(error: HotlineError) -> bool:
    return isinstance(error, CarrierRefusedError) and not error.permanent


def send_again(work: Work, parcel_id: UUID) -> None:
    """The carrier never heard of it: it goes out once more, or is given up."""
    row = locked(work, parcel_id)
    if row.state != "unknown":
        return
    if row.attempts >= MOST_TRIES:
        settle(work, row, "failed", "unknown")
        return
    row.state, row.next_try_at, row.changed_at = "waiting", work.now, work.now


def followed(work: Work, outgoing_id: UUID, sid: str, status: str, fault: str | None) -> None:
    """Take a status callback of the carrier; they come twice, late and out of order.

    Raises:
        NotFoundError: no such promise.
    """
    row = locked(work, outgoing_id)
    if row.sid is None:
        row.sid = sid
    elif row.sid != sid:
        return
    outcome = _outcome(row, status)
    if outcome is None or row.state in FINAL:
        return
    if outcome in FINAL:
        word = UNHEARD if status == "completed" else status
        settle(work, row, outcome, fault or (word if outcome == "failed" else None))
    elif row.state in {"sending", "unknown", "waiting"}:
        row.state, row.changed_at = outcome, work.now


def _outcome(row: Outgoing, status: str) -> str | None:
    """Return what a status of the carrier makes of a promise; ``None``: nothing.

    A call counts as delivered when somebody reacted to it (`heard`): one that is over before that
    has failed. Whoever is called into a conference has come when they pick up.
    """
    if row.means == "conference" and status in _PICKED_UP:
        return "delivered"
    if row.means != "message" and status == "completed":
        return "failed"
    return OUTCOMES.get(status)


def heard(work: Work, outgoing_id: UUID) -> None:
    """A person answered the call and heard it out: that counts as delivered."""
    row = locked(work, outgoing_id)
    if row.state not in FINAL:
        settle(work, row, "delivered", None)


def voicemail(work: Work, outgoing_id: UUID) -> None:
    """A machine answered the call: that never counts as delivered."""
    row = locked(work, outgoing_id)
    if row.state not in FINAL:
        settle(work, row, "failed", "voicemail")


def settle(work: Work, row: Outgoing, state: str, fault: str | None) -> None:
    """Bring a promise to its end, put that on record, and fall back if it failed."""
    row.state, row.fault, row.changed_at = state, fault, work.now
    if row.ticket_id is None:
        return
    ticket = work.ticket_by_id(row.ticket_id)
    data: dict[str, object] = {"message": row.id, "means": row.means, "cause": row.cause}
    data |= {"state": state, "fault": fault, "person": row.staff_id, "service": row.service}
    data |= {"channel": row.channel} if row.channel else {}
    if state == "failed":
        data["next"] = _fall_back(work, row)
    work.record(ticket, Action.DELIVER, data, actor=SYSTEM)


def _fall_back(work: Work, row: Outgoing) -> object:
    """Take the next means, then the next person, then a supervisor; return what was done."""
    if row.fell_back or row.ticket_id is None or row.audience == "caller":
        return None
    row.fell_back = True
    ticket = work.ticket_by_id(row.ticket_id)
    params = {name: str(value) for name, value in row.params.items()}
    if row.means == "notice":
        return _next_channel(work, row, params)
    if row.audience == "staff" and row.means == "message" and work.kit.capabilities.alert_calls:
        call = telling.promise(
            work,
            ticket_id=ticket.id,
            cause=row.cause,
            template=row.template,
            params=params,
            audience="staff",
            means="call",
            staff_id=row.staff_id,
            post=row.post,
        )
        return {"person": row.staff_id, "by": {"call": call.id}}
    if row.audience == "staff" and row.post is not None:
        stand_in = timing.map_of(work, ticket).post(row.post).stand_in
        if stand_in is not None:
            return telling.tell(work, ticket, [stand_in], row.template, params, fallback=True)
    facts = {"cause": row.cause, "fault": row.fault or ""}
    attention.raise_(work, f"{row.audience}_unreached", f"unreached:{row.id}", facts, ticket.id)
    return "attention"


def _next_channel(work: Work, row: Outgoing, params: Mapping[str, str]) -> object:
    """Promise the same to the same person by their next channel, at last by a message."""
    person = work.books.person(row.staff_id) if row.staff_id else None
    channels = person.channels if person else []
    means, channel = telling.next_channel(work, channels, row.channel or "")
    again = telling.promise(
        work,
        ticket_id=row.ticket_id,
        cause=row.cause,
        template=row.template,
        params=params,
        audience="staff",
        means=means,
        staff_id=row.staff_id,
        post=row.post,
        channel=channel,
    )
    return {"person": row.staff_id, "by": {means: again.id}, "channel": channel}


def locked(work: Work, outgoing_id: UUID) -> Outgoing:
    """Lock the ticket first, then the promise: the order in which every command locks."""
    row = outbox.get(work.session, outgoing_id)
    if row is None:
        raise NotFoundError(what="message", id=outgoing_id)
    if row.ticket_id is not None:
        work.ticket_by_id(row.ticket_id)
    held = outbox.lock(work.session, outgoing_id)
    if held is None:
        raise NotFoundError(what="message", id=outgoing_id)
    return held
