"""Strike words out of a ticket for good, with a reason, and leave the proof whole (依规删除).

The words are overwritten and their salt with them: the hash that stays in the chain can then be
compared with nothing, not even by trying every name there is.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from hotline.domain.errors import InvalidError, NotFoundError
from hotline.domain.tickets import Action
from hotline.services.handling import tickets
from hotline.store import search as search_rows
from hotline.store import tickets as ticket_rows
from hotline.store.models import Ticket, TicketText
from hotline.work import Work

_STRUCK: Final = "█"


def redact(
    work: Work, ticket: Ticket, text_id: UUID, reason: str, strike: Sequence[str] = ()
) -> None:
    """Strike some words out of a text, or the whole of it.

    Args:
        work: in the role of a supervisor or an administrator.
        ticket: locked.
        text_id: which of the ticket's texts.
        reason: why; stored as a text of its own.
        strike: the words to strike out, as they stand in the text; none: all of it.

    Raises:
        NotFoundError: the ticket has no such text.
        InvalidError: nothing is left to redact, or one of the words does not stand there.
    """
    text = find(work, ticket, text_id)
    if not text.body:
        raise InvalidError(reason="already_redacted")
    text.body = struck(text.body, strike)
    text.salt, text.redacted_at = "", work.now
    why = work.write(ticket, "redaction", tickets.words(reason))
    work.act(ticket, Action.REDACT, {"of": [text.id], "whole": not strike, **why})
    # At once, not when a worker comes by: what is struck out is found by nobody any more.
    search_rows.forget(work.session, [ticket.id])


def find(work: Work, ticket: Ticket, text_id: UUID) -> TicketText:
    """Return one of a ticket's texts.

    Raises:
        NotFoundError: the ticket has no such text.
    """
    found = next((t for t in ticket_rows.texts(work.session, ticket.id) if t.id == text_id), None)
    if found is None:
        raise NotFoundError(what="text")
    return found


def struck(body: str, strike: Sequence[str]) -> str:
    """Return a text with words struck out, each as long as it was; nothing of it without words.

    Raises:
        InvalidError: one of the words does not stand in the text.
    """
    if not strike:
        return ""
    for word in strike:
        if word not in body:
            raise InvalidError(fields=["strike"], reason="not_in_text")
    # The longest first: 张三丰 before 张三.
    for word in sorted(strike, key=len, reverse=True):
        body = body.replace(word, _STRUCK * len(word))
    return body
