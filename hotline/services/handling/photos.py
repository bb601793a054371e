"""Take photos in: looked at, kept, and put on the ticket in the command that needs them."""

from collections.abc import Sequence
from uuid import UUID

from hotline.domain.errors import InvalidError
from hotline.store.models import Media, Ticket
from hotline.work import Work


def keep(
    work: Work, ticket: Ticket, purpose: str, contents: Sequence[bytes], *, at_most: int
) -> list[UUID]:
    """Keep photos for a locked ticket and return their ids.

    Files are written before the transaction commits: one that fails leaves a sealed file that no
    row names, never a row without its file.

    Raises:
        InvalidError: too many, or one of them is no photo.
        TooLargeError: one of them is too large.
    """
    if len(contents) > at_most:
        raise InvalidError(fields=["photos"], at_most=at_most)
    kept = []
    for content in contents:
        stored = work.kit.media.keep_photo(content)
        row = Media(
            ticket_id=ticket.id,
            purpose=purpose,
            sha256=stored.sha256,
            kind=stored.kind,
            size=stored.size,
            width=stored.width,
            height=stored.height,
            at=work.now,
            by=work.actor.staff_id,
        )
        work.session.add(row)
        kept.append(row.id)
    work.session.flush()
    return kept
