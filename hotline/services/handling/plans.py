"""The plan of a long-term case as pages show it: its words, its milestones, its leader."""

from collections.abc import Iterable
from dataclasses import dataclass

from hotline.store import long_term as rows
from hotline.store import people
from hotline.store.models import LongTerm, MilestoneRow, Staff, Ticket, TicketText
from hotline.work import Work


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan that was proposed, runs or has ended; ``steps``: each milestone with its words."""

    row: LongTerm
    text: str
    steps: tuple[tuple[MilestoneRow, str], ...]
    leader: Staff | None

    @property
    def left(self) -> tuple[tuple[MilestoneRow, str], ...]:
        """The milestones that are not done."""
        return tuple(step for step in self.steps if step[0].done_at is None)

    @property
    def runs(self) -> bool:
        """Whether the case stands on the list now."""
        return self.row.began_at is not None and self.row.ended_at is None


def of_ticket(work: Work, ticket: Ticket, texts: Iterable[TicketText]) -> Plan | None:
    """Return the newest plan of a ticket, with its words out of the ticket's ``texts``."""
    row = rows.newest(work.session, ticket.id)
    if row is None:
        return None
    bodies = {text.id: text.body for text in texts}
    leader = people.get(work.session, row.leader_id) if row.leader_id is not None else None
    steps = rows.milestones(work.session, row.id)
    return Plan(
        row,
        bodies.get(row.text_id, ""),
        tuple((step, bodies.get(step.text_id, "")) for step in steps),
        leader,
    )
