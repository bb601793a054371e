"""Words and photos for one thing that waits for them: a doubt, a bad rating, a dispute."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

from flask import request

from hotline.services.handling import photos
from hotline.services.handling.commands import once
from hotline.store.models import Ticket
from hotline.web.field import forms
from hotline.web.field.refused import Refused
from hotline.web.parts import parts, request_work
from hotline.work import Work

Do = Callable[[Work, Ticket, str, list[UUID], datetime | None], object]
"""A service: work, ticket, words, the photos that were kept, when the device says it was done."""


def take(name: str, purpose: str, number: Callable[[Work], str], do: Do) -> None:
    """Carry out once what the form sent, its photos kept with it.

    Args:
        name: of the command.
        purpose: what the photos are kept as.
        number: finds the ticket; it refuses whoever has nothing to say there.
        do: the service.
    """
    sent = forms.Proved.model_validate(forms.sent_values())
    with request_work() as work:

        def prove(ticket: Ticket, done_at: datetime | None) -> None:
            at_most = parts().photos_per_command
            kept = photos.keep(work, ticket, purpose, sent.photos, at_most=at_most)
            do(work, ticket, sent.text, kept, done_at)

        once(work, number(work), sent.envelope(name), prove)


def form_facts(why: Refused, *, done: bool) -> dict[str, object]:
    """Return what the form of a page needs: why it came back, what was typed, limits of photos."""
    return {
        "why": why,
        "typed": request.form,
        "done": done,
        "most_photos": parts().photos_per_command,
        "most_mb": parts().kit.media.most_bytes // 10**6,
        "new_key": uuid4,
    }
