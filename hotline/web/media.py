"""Photos and recordings of tickets, for whoever may see the ticket: ``/media/``.

Small copies show what was done. Originals and recordings can tell who somebody is, so fewer people
may open them, and each view goes on record.
"""

from io import BytesIO
from uuid import UUID

from flask import Blueprint, Response, render_template, request, send_file
from flask.typing import ResponseReturnValue

from hotline.domain.errors import NotFoundError
from hotline.services.handling import sight
from hotline.services.proof import identity
from hotline.store import tickets as ticket_rows
from hotline.store.models import Media, Ticket
from hotline.web.parts import parts, request_work
from hotline.work import Work

bp = Blueprint("media", __name__, url_prefix="/media")
_RECORDING = "recording"


@bp.get("/<uuid:media_id>/small")
def small(media_id: UUID) -> Response:
    """Send a photo's small copy, which carries none of the camera's notes."""
    with request_work() as work:
        row = _photo(work, media_id)
        if not sight.may_see(work, _ticket(work, row)):
            raise NotFoundError(media=media_id)
    return _sent(parts().kit.media.small(row.sha256), "image/jpeg")


@bp.get("/<uuid:media_id>/original")
def original(media_id: UUID) -> ResponseReturnValue:
    """Send a photo as it came, and put on record who looked."""
    with request_work() as work:
        row = _photo(work, media_id)
        if not _identify(work, row, "original"):
            return _ask_why()
    return _sent(parts().kit.media.original(row.sha256), row.kind)


@bp.get("/<uuid:media_id>/recording")
def recording(media_id: UUID) -> ResponseReturnValue:
    """Send the sound of a call, whole or a part of it, and put on record who listened."""
    with request_work() as work:
        row = ticket_rows.one_media(work.session, media_id)
        if row is None or row.purpose != _RECORDING:
            raise NotFoundError(media=media_id)
        if not _identify(work, row, _RECORDING):
            return _ask_why()
    return _sent(parts().kit.media.original(row.sha256), row.kind)


def _sent(content: bytes, kind: str) -> Response:
    response = send_file(BytesIO(content), kind)
    # Shared machines keep none of it; `send_file` would let them.
    response.headers["Cache-Control"] = "no-store"
    return response


def _photo(work: Work, media_id: UUID) -> Media:
    row = ticket_rows.one_media(work.session, media_id)
    if row is None or row.purpose == _RECORDING:
        raise NotFoundError(media=media_id)
    return row


def _ticket(work: Work, row: Media) -> Ticket:
    ticket = ticket_rows.get(work.session, row.ticket_id)
    if ticket is None:
        raise NotFoundError(media=row.id)
    return ticket


def _identify(work: Work, row: Media, what: str) -> bool:
    """Put a look on record; ``False``: the caller asked for secrecy and nobody said why."""
    ticket = _ticket(work, row)
    if not sight.may_identify(work, ticket):
        raise NotFoundError(media=row.id)
    reason = request.args.get("reason") or None
    if identity.needs_reason(ticket) and reason is None:
        return False
    identity.log_view(work, row.ticket_id, what, reason)
    return True


def _ask_why() -> ResponseReturnValue:
    return render_template("media/why.html")
