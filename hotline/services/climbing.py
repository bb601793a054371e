"""Take a ticket up the ladder (逐级化解): to the next rung where somebody is on duty."""

from collections.abc import Mapping

from hotline.domain.tickets import Action
from hotline.services import telling, timing
from hotline.store.models import Ticket
from hotline.work import SYSTEM, Work


def climb(
    work: Work,
    ticket: Ticket,
    action: Action,
    template: str,
    params: Mapping[str, str],
    data: Mapping[str, object],
) -> None:
    """Tell the rung above; where nobody is on duty that goes on record, and the next is told.

    Args:
        work: the command.
        ticket: locked, or new.
        action: what is recorded for each rung: `Action.CLIMB` or `Action.RAISE`.
        template: the message; the rung's title is added to ``params``.
        params: what else the message says.
        data: what else the ledger is told: the rule, and why.
    """
    while (above := timing.rung_above(work, ticket)) is not None:
        before, ticket.rung = ticket.rung, above.name
        posts = [post.id for post in above.posts]
        said = dict(params) | {"rung": str(above.title)}
        told = telling.tell(work, ticket, posts, template, said, urgent=ticket.urgent)
        facts = {"from": before, "to": above.name, "told": told}
        work.act(ticket, action, dict(data) | facts, actor=SYSTEM)
        if not telling.nobody(told):
            return
