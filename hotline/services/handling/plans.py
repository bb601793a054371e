"""The plan of a long-term case as pages show it: its words, its milestones, its leader."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from hotline.store import long_term as rows
from hotline.store import people
from hotline.store import tickets as ticket_rows
from hotline.store.models import LongTerm, MilestoneRow, Staff, Ticket, TicketText
from hotline.store.paging import Page
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


def led_by(work: Work, posts: Collection[str], *, at: str = "") -> Page[tuple[Plan, Ticket]]:
    """Return a page of the plans that run and name one of these posts; three queries."""
    found: Page[Any] = rows.led_by(work.session, posts, at=at)
    steps = rows.milestones_of(work.session, [row.id for row, _ in found])
    wanted = [row.text_id for row, _ in found]
    wanted += [step.text_id for several in steps.values() for step in several]
    texts = ticket_rows.texts_by_id(work.session, wanted)
    bodies = {text_id: text.body for text_id, text in texts.items()}

    def plan_of(row: LongTerm) -> Plan:
        mine = steps.get(row.id, [])
        said = tuple((step, bodies.get(str(step.text_id), "")) for step in mine)
        return Plan(row, bodies.get(str(row.text_id), ""), said, None)

    return replace(found, rows=[(plan_of(row), ticket) for row, ticket in found])
