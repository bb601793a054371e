"""Messages that come in at the same moment, taken in together: one write for all of them.

Only what is simple: whoever needs more than a new ticket has a command of their own
(`hotline.services.reception.messages.incoming`), and so has everybody whose group failed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import psycopg

from hotline.services.reception.messages import Message, look, make
from hotline.store import rows
from hotline.store.alone import alone
from hotline.store.rows import AnyRow
from hotline.work import Work


def together(
    work: Work, messages: Sequence[Message], more: Callable[[], Sequence[Message]] = tuple
) -> list[str | None]:
    """Take messages of different senders in, in one write.

    Those of ``messages`` in one look, at one instant. Whoever has come by then is looked up too, at
    an instant of their own, until nobody waits: the write costs more than a look.

    Only those that are new demands, tell of no danger and were read by the same map; the others
    are left alone. Nothing is written for anybody if it fails for one.

    Args:
        work: in the role of the citizen; it does nothing else.
        messages: those that came in at the same moment, in any order.
        more: gives those that have come since it was last asked.

    Returns:
        The answer to each, those of ``more`` at the end; ``None``: it needs a command of its own
        (`incoming`).
    """
    group = _Group()
    with alone(work.engine) as connection:
        group.take(work, messages, connection)
        while late := more():
            group.take(Work(work.session, work.actor, work.kit), late, connection)
        if group.made:
            rows.insert_alone(connection, group.rows())
    return group.answers


@dataclass(slots=True)
class _Group:
    """Messages that are taken in together: their answers, and what is to be written of each."""

    answers: list[str | None] = field(default_factory=list)
    made: list[tuple[str, list[AnyRow]]] = field(default_factory=list)
    senders: set[str] = field(default_factory=set)

    def take(self, work: Work, messages: Sequence[Message], on: psycopg.Connection[Any]) -> None:
        """Look messages up on a connection, and make what is to be written of those that fit."""
        seen = look(work, messages, on)
        work.begin_at(seen.now, seen.duty, seen.entries)
        for message, known in zip(messages, seen.known, strict=True):
            calm = not (message.danger or message.tests or message.number in self.senders)
            if calm and known.sequence is not None and message.kit is work.kit:
                self.senders.add(message.number)
                fresh = make(work, message, known.sequence)
                self.made.append((message.sid, fresh.rows))
                self.answers.append(fresh.answer)
            else:
                self.answers.append(None)

    def rows(self) -> list[AnyRow]:
        """Return what is to be written, in the order of the key.

        So two processes that have the same messages can't cross.
        """
        return [row for _, made in sorted(self.made, key=itemgetter(0)) for row in made]
