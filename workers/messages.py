"""Hand waiting messages and calls to the carrier."""

from typing import Final

import structlog

from hotline.channels.carrier import CarrierRefusedError
from hotline.domain.errors import HotlineError
from hotline.services.telling import noticing, outbox
from hotline.services.telling.outbox import Parcel
from workers.runtime import runtime, the_carrier, the_notifier

log = structlog.get_logger(__name__)
BATCH: Final = 50
# One job empties what is waiting, but gives way to other jobs after so many batches.
_MOST_BATCHES: Final = 20


def deliver() -> int:
    """Send what is waiting; safe to run twice and at the same time.

    Each promise is marked ``sending`` and committed before the carrier is called, so that a crash
    leaves it visible as unknown, to be looked up, never silently lost or repeated.

    Returns:
        How many promises were taken.
    """
    total = 0
    for _ in range(_MOST_BATCHES):
        with runtime().work() as work:
            parcels = outbox.take(work, BATCH)
        for parcel in parcels:
            _one(parcel)
        total += len(parcels)
        if len(parcels) < BATCH:
            break
    return total


def _notify(parcel: Parcel) -> None:
    """Give a notice to its channel. What a crash left unknown, and what is too much, goes on."""
    answer = noticing.held_back(parcel)
    if answer is None:
        answer = the_notifier().send(parcel.channel, parcel.to, parcel.text)
    with runtime().work() as work:
        noticing.record_notice(work, parcel, answer)
    log.info("notice_tried", message=str(parcel.id), channel=parcel.channel, state=answer.state)


def _one(parcel: Parcel) -> None:
    with runtime().work() as work:
        if not outbox.still_ours(work, parcel):
            return
    if parcel.means == "notice":
        _notify(parcel)
        return
    try:
        sid = _look_up(parcel) if parcel.lookup else _send(parcel)
    except HotlineError as error:
        with runtime().work() as work:
            outbox.record_fault(work, parcel.id, error)
        log.warning("message_not_sent", message=str(parcel.id), code=error.code)
        return
    with runtime().work() as work:
        if sid is None:
            outbox.send_again(work, parcel.id)
        else:
            outbox.record(work, parcel.id, sid)
    log.info("message_sent", message=str(parcel.id), means=parcel.means, found=parcel.lookup)


def _send(parcel: Parcel) -> str:
    if not parcel.to:
        raise CarrierRefusedError("no_number", permanent=True)
    return outbox.hand_over(the_carrier(), parcel, runtime().kit.public_url)


def _look_up(parcel: Parcel) -> str | None:
    """Ask the carrier whether it has a promise that a crash left unknown."""
    with runtime().work() as work:
        known = outbox.known_sids(work, parcel)
        since = work.now - parcel.age
    if parcel.means == "message":
        message = the_carrier().find_message(parcel.to, parcel.text, since, known=known)
        return message.sid if message else None
    call = the_carrier().find_call(parcel.to, since, known=known)
    return call.sid if call else None
