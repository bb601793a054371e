"""Webhooks of messages: those that come in, and what became of those that went out."""

from uuid import UUID

from flask import Blueprint, Response, request

from hotline.domain.errors import InvalidError
from hotline.services.reception import messages
from hotline.services.telling import outbox
from hotline.web.hooks.parts import field, number, once, params, xml
from hotline.web.parts import parts, racing
from hotline.work import CITIZEN, Work, open_work

bp = Blueprint("messages", __name__, url_prefix="/messages")
_EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@bp.post("/incoming")
def incoming() -> Response:
    """A message from a citizen.

    Raises:
        InvalidError: it names no sender or no SID: not a message at all.
    """
    sid, sender = field("MessageSid"), number("From")
    if not sid or sender is None:
        raise InvalidError(fields=["MessageSid", "From"])
    message = messages.read(parts().kit, sid, sender, field("Body"), params())

    def attempt() -> str:
        with open_work(parts().engine, message.kit, CITIZEN) as work:
            return messages.incoming(work, message)

    return xml(parts().messages_in.join(message) or racing(attempt))


@bp.post("/status")
def status() -> Response:
    """What became of a message that went out; it names its promise."""

    def follow(work: Work) -> str:
        outgoing, fault = UUID(request.args["outbox"]), field("ErrorCode") or None
        outbox.followed(work, outgoing, field("MessageSid"), field("MessageStatus"), fault)
        return _EMPTY

    return once(follow, step=f"status:{field('MessageStatus')}")
