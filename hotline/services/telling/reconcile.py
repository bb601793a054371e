"""Open what the carrier has and we have no row of: nobody speaks into the void.

The carrier never sends a missed webhook again, so its own lists are compared with our rows:
calls that ended without us, messages that found the door closed, recordings of the static
answer, and what became of our own calls and messages. Everything is opened at most once, whoever
sweeps and however often.
"""

from collections.abc import Sequence

from hotline.channels.carrier import CallRecord, MessageRecord, RecordingRecord
from hotline.domain.tickets import Action
from hotline.services.reception import calls, messages
from hotline.services.telling import outbox, telling
from hotline.store import calls as rows
from hotline.store import outbox as outbox_rows
from hotline.store import tickets as ticket_rows
from hotline.store.models import Media, Ticket
from hotline.work import Work


def open_calls(work: Work, found: Sequence[CallRecord]) -> list[CallRecord]:
    """Return the carrier's calls whose end our rows do not know: ours, and those that came in."""
    ours = outbox_rows.on_the_way(work.session, [call.sid for call in found])
    ended = rows.ended(work.session, [call.sid for call in found])
    return [
        call
        for call in found
        if call.sid in ours or (call.direction == "inbound" and call.sid not in ended)
    ]


def open_messages(work: Work, found: Sequence[MessageRecord]) -> list[MessageRecord]:
    """Return the carrier's messages that we did not take in, or whose end we do not know."""
    ours = outbox_rows.on_the_way(work.session, [text.sid for text in found])
    taken = rows.taken(work.session, [text.sid for text in found], messages.STEP)
    return [
        text
        for text in found
        if text.sid in ours or (text.direction == "inbound" and text.sid not in taken)
    ]


def follow(work: Work, found: CallRecord | MessageRecord) -> bool:
    """Take the end of a call or message of ours whose own report never came."""
    promise = outbox_rows.on_the_way(work.session, [found.sid]).get(found.sid)
    if promise is None:
        return False
    fault = found.error_code if isinstance(found, MessageRecord) else None
    outbox.followed(work, promise, found.sid, found.status, fault)
    return True


def open_call(work: Work, found: CallRecord) -> Ticket | None:
    """Open a call that came in and ended without our knowing; it must be rung back.

    Either it has no row of ours at all, or the report of its end never came.
    """
    if rows.lock(work.session, found.sid) is None:
        return calls.open_missed(work, found.sid, _number(found.from_))
    return calls.end(work, found.sid)


def open_message(work: Work, found: MessageRecord) -> Ticket | None:
    """Take in a message whose webhook never arrived; the sender is written to separately."""
    params = {"MessageSid": found.sid, "From": found.from_, "Body": found.body}
    if rows.answered(work.session, found.sid, messages.STEP) is not None:
        return None
    text = messages.read(work.kit, found.sid, found.from_, found.body, params)
    messages.incoming(work, text)
    work.flush()
    mine = ticket_rows.open_of_number(work.session, work.kit.keys.lookups(found.from_))
    fresh = [ticket for ticket in mine if ticket.received_at == work.now]
    if not fresh:
        return None
    ticket = work.ticket_by_id(fresh[0].id)
    telling.tell_caller(work, ticket, "received", {})
    return ticket


def wanted(work: Work, found: RecordingRecord) -> bool:
    """Say whether a recording is complete, of a call with a ticket, and not kept yet."""
    call = rows.lock(work.session, found.call_sid)
    if call is None or call.ticket_id is None or found.status != "completed":
        return False
    return not ticket_rows.has_recording(work.session, found.sid)


def keep_recording(work: Work, found: RecordingRecord, sound: bytes) -> None:
    """Put a recording on its call's ticket; the chain keeps its hash."""
    if not wanted(work, found):
        return
    call = rows.lock(work.session, found.call_sid)
    if call is None or call.ticket_id is None:
        return
    ticket = work.ticket_by_id(call.ticket_id)
    sha256 = work.kit.media.keep_recording(sound)
    row = Media(
        ticket_id=ticket.id,
        purpose="recording",
        sha256=sha256,
        kind="audio/wav",
        size=len(sound),
        at=work.now,
        sid=found.sid,
    )
    work.session.add(row)
    work.record(
        ticket,
        Action.RECORD,
        {"recording": row.id, "sha256": sha256, "recording_s": found.duration_s},
    )


def _number(raw: str) -> str | None:
    return raw if raw.startswith("+") else None
