"""Follow a notice by a channel of the county: every try is kept, and the next one taken.

A provider's yes means that it took the notice, not that anybody read it; whoever opens their own
page and says so has read it. What is refused, unknown, too much or not read goes by the next
channel, then as a message, then to the next person (`hotline.services.telling.outbox`).
"""

from typing import Final
from uuid import UUID

from hotline.channels.notices import WEB, Answer
from hotline.services.telling import outbox
from hotline.services.telling.outbox import Parcel
from hotline.store import notices as rows
from hotline.store.models import NoticeAttempt, Outgoing
from hotline.work import Work

# Our own words for why a notice did not go; a provider's stand with the attempt.
_OWN_WORDS: Final = frozenset({"unread", "no_address", "not_configured", "no_connection"})


def held_back(parcel: Parcel) -> Answer | None:
    """Return why a notice is not given to its channel at all, if so."""
    if parcel.lookup:
        # A robot has no list to look it up in: it may have gone, so the next channel is taken.
        return Answer("unknown", "crashed")
    if parcel.channel == WEB:
        return Answer("refused", "unread")
    return Answer("capped", "rate") if parcel.capped else None


def record_notice(work: Work, parcel: Parcel, answer: Answer) -> None:
    """Keep what a channel answered; unless it took the notice, the next one is tried."""
    row = outbox.locked(work, parcel.id)
    if row.state in outbox.FINAL:
        return
    keep(work, row, answer)
    if answer.state == "accepted":
        row.state, row.changed_at = "sent", work.now
        return
    fault = answer.words if answer.words in _OWN_WORDS else f"notice_{answer.state}"
    outbox.settle(work, row, "failed", fault)


def read(work: Work, staff_id: UUID) -> int:
    """Whoever acts has read their notices: that counts as delivered. Return how many."""
    unread = rows.unread(work.session, staff_id, limit=100)
    for row, _ticket in sorted(unread, key=lambda pair: str(pair[0].ticket_id)):
        locked = outbox.locked(work, row.id)
        if locked.state not in outbox.FINAL:
            keep(work, locked, Answer("read", "web"))
            outbox.settle(work, locked, "delivered", None)
    return len(unread)


def keep(work: Work, row: Outgoing, answer: Answer) -> None:
    """Put a try on record."""
    work.session.add(
        NoticeAttempt(
            outbox_id=row.id,
            channel=row.channel or "",
            at=work.now,
            state=answer.state,
            answer=answer.words,
        )
    )
