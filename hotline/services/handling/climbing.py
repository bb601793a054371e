"""Take a ticket up the ladder (逐级化解): to the next rung where somebody is on duty."""

from collections.abc import Mapping, Sequence
from typing import Final

from hotline.domain.grid.model import UnitKind
from hotline.domain.tickets import Action
from hotline.services.handling import timing
from hotline.services.telling import telling
from hotline.store.models import Ticket
from hotline.work import SYSTEM, Work

NOBODY: Final = "nobody_on_duty"
"""Why a ticket climbs whose own post, and its stand-in's, nobody answers for."""
# Where a ticket can be taken in hand: in the place itself. Above, people rule and press.
_HANDS: Final = frozenset({UnitKind.GROUP, UnitKind.VILLAGE, UnitKind.TOWN})


def climb(
    work: Work,
    ticket: Ticket,
    action: Action,
    template: str,
    params: Mapping[str, str],
    data: Mapping[str, object],
) -> None:
    """Tell the rung above; where nobody is on duty that goes on record, and the next is told.

    Where nobody answers for the ticket's own post, the ticket goes along: the first post of the
    village or the town at which somebody is on duty has it in hand from then on.

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
        goes = data.get("why") == NOBODY and _is_hand(work, ticket, posts)
        words = "stand_in" if goes else template
        told = telling.tell(work, ticket, posts, words, said, urgent=ticket.urgent)
        facts: dict[str, object] = {"from": before, "to": above.name, "told": told}
        if goes and (there := _where_somebody_is(told)):
            facts |= {"was": ticket.post, "post": there}
            ticket.post = there
        work.act(ticket, action, dict(data) | facts, actor=SYSTEM)
        if not telling.nobody(told):
            return


def _is_hand(work: Work, ticket: Ticket, posts: Sequence[str]) -> bool:
    grid_map = timing.map_of(work, ticket)
    return all(grid_map.unit(grid_map.post(post).unit).kind in _HANDS for post in posts)


def _where_somebody_is(told: Sequence[Mapping[str, object]]) -> str | None:
    found = (facts["post"] for facts in told if "nobody_on_duty" not in facts)
    return next((str(post) for post in found), None)
