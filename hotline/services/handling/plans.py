"""Plans as pages show them: of a long-term case and of a joint whistle, with what was changed.

What a line said before stands in the event that changed it, with the reason: both are kept.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from hotline.domain.tickets import Action
from hotline.services.handling import tickets
from hotline.store import long_term as rows
from hotline.store import people
from hotline.store import tickets as ticket_rows
from hotline.store.models import LongTerm, MilestoneRow, Staff, Ticket, TicketText
from hotline.store.paging import Page
from hotline.work import Work


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a line of a plan: when, why, and what it said before.

    Attributes:
        at: when it was changed.
        reason: why, in words.
        before: its limit before; ``None``: the day was kept.
        unit: its unit before; ``None``: the unit was kept.
        words: its words before; ``None``: the words were kept.
    """

    at: datetime
    reason: str
    before: datetime | None
    unit: str | None
    words: str | None


# By the id of a line, in the order in which they were made.
Changes = Mapping[str, tuple[Change, ...]]


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan that was proposed, runs or has ended; ``steps``: each milestone with its words."""

    row: LongTerm
    text: str
    steps: tuple[tuple[MilestoneRow, str], ...]
    leader: Staff | None
    changes: Changes = field(default_factory=dict)

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
        changes(work, ticket, Action.CHANGE_PLAN, bodies),
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


def changes(work: Work, ticket: Ticket, action: Action, bodies: Mapping[UUID, str]) -> Changes:
    """Return what was changed of the lines of a ticket's plans, by the line.

    Args:
        work: any.
        ticket: whose.
        action: what records it: of a long-term case, or of a joint whistle.
        bodies: the ticket's texts.
    """
    found: dict[str, tuple[Change, ...]] = {}
    for body in ticket_rows.bodies_of(work.session, ticket.id, action):
        data = body["data"]
        before, words = data.get("before"), data.get("was_words")
        change = Change(
            at=datetime.fromisoformat(body["at"]),
            reason=bodies.get(UUID(data["text"]), ""),
            before=datetime.fromisoformat(before) if before else None,
            unit=data.get("was_unit"),
            words=bodies.get(UUID(words), "") if words else None,
        )
        line = str(data["milestone"])
        found[line] = (*found.get(line, ()), change)
    return found


def rewritten(work: Work, ticket: Ticket, text_id: UUID, words: str) -> dict[str, object]:
    """Write a line's new words; return what the ledger holds of both, nothing where they stay."""
    before = ticket_rows.texts_by_id(work.session, [text_id]).get(str(text_id))
    said = tickets.words(words)
    if before is not None and before.body == said:
        return {}
    new = work.write(ticket, "milestone", said)
    return {"words": new["text"], "words_hash": new["text_hash"], "was_words": text_id}
