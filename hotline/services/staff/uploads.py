"""Lists that somebody uploaded and looked at, and has not applied yet: sealed, for a while."""

from datetime import timedelta
from typing import IO, Final
from uuid import UUID, uuid4

from hotline.domain.errors import NotFoundError
from hotline.store import roster
from hotline.store.models.rosters import StaffUpload
from hotline.tables.model import MOST_BYTES
from hotline.work import Work

KEPT_FOR: Final = timedelta(hours=2)
"""A list that nobody applied is thrown away with the next upload."""
_LONGEST_NAME: Final = 200


def keep(work: Work, staff_id: UUID, name: str, sent: IO[bytes]) -> StaffUpload:
    """Keep a list in place of this person's former one.

    Args:
        work: any.
        staff_id: whose.
        name: of the file; of a very long one the end stays, which says what it is.
        sent: its content; one byte more than a table may have is enough to refuse it.
    """
    roster.drop_uploads(work.session, staff_id, work.now - KEPT_FOR)
    row = StaffUpload(
        id=uuid4(),
        staff_id=staff_id,
        name=name[-_LONGEST_NAME:],
        content_sealed=work.kit.keys.seal_bytes(sent.read(MOST_BYTES + 1)),
        at=work.now,
    )
    work.session.add(row)
    return row


def find(work: Work, upload_id: UUID, staff_id: UUID) -> StaffUpload:
    """Return a list that this person uploaded and looked at.

    Raises:
        NotFoundError: no such upload, another's, or it was too long ago.
    """
    row = roster.upload(work.session, upload_id, staff_id)
    if row is None or row.at < work.now - KEPT_FOR:
        raise NotFoundError(upload=upload_id)
    return row


def content(work: Work, row: StaffUpload) -> bytes:
    """Return what was uploaded."""
    return work.kit.keys.open_bytes(row.content_sealed)
