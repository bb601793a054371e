"""What the page of one whistle shows to whoever speaks for it, by a fixed number of queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hotline.domain.grid.model import Ends, GridMap, WhistleKind
from hotline.domain.whistle import BEHIND, ON_SITE, WhistleState
from hotline.services.handling import plans, timing
from hotline.services.whistles import course as whistle_course
from hotline.services.whistles import plan as whistle_plan
from hotline.services.whistles import whistlers
from hotline.store import people, whistle_figures
from hotline.store import tickets as ticket_rows
from hotline.store import whistles as rows
from hotline.store.models import (
    Staff,
    Ticket,
    TicketText,
    Whistle,
    WhistleMilestone,
    WhistleParty,
    WhistleRating,
)
from hotline.web.words.map import post_words
from hotline.work import Work


@dataclass(frozen=True, slots=True)
class BlownSheet:
    """One whistle, whole.

    Attributes:
        why_open: the reason why it may not be ended yet; ``None``: it may.
        may_answer: whether whoever looks may blow or decline what was only asked for.
        ratings: what both sides said, by party and side.
        leaders: posts that may lead the whole, with their titles.
        refusals: why units refused, by the called unit's row.
        answer_by: until when what was only asked for is to be answered.
        changes: what was changed of the plan's lines.
    """

    whistle: Whistle
    ticket: Ticket
    map: GridMap
    kind: WhistleKind
    now: datetime
    by: Staff | None
    parties: list[WhistleParty]
    milestones: list[WhistleMilestone]
    ratings: Mapping[tuple[UUID, str], WhistleRating]
    texts: Mapping[UUID, TicketText]
    why_open: str | None
    may_answer: bool
    leaders: list[tuple[str, str]]
    refusals: Mapping[str, TicketText]
    answer_by: datetime | None
    changes: plans.Changes

    @property
    def is_asked(self) -> bool:
        """Whether it was only asked for: nobody is called yet."""
        return self.whistle.state == WhistleState.ASKED

    @property
    def is_open(self) -> bool:
        """Whether it is blown and not ended."""
        return self.whistle.state == WhistleState.OPEN

    @property
    def is_dangerous(self) -> bool:
        """Whether the danger is not recorded as gone yet."""
        return self.kind.ends is Ends.DANGER_GONE and self.whistle.danger_gone_at is None

    @property
    def may_call_off(self) -> bool:
        """Whether nobody has come yet, so that it may be taken back."""
        return not any(party.state in ON_SITE for party in self.parties)

    @property
    def behind(self) -> list[WhistleParty]:
        """The units that have still somebody to send."""
        return [party for party in self.parties if party.state in BEHIND]

    @property
    def to_rate(self) -> list[WhistleParty]:
        """The units that the whistler has not rated yet, once it has ended.

        Who neither came, nor refused, nor broke a promise has done nothing that could be rated.
        """
        if self.whistle.state != WhistleState.ENDED:
            return []
        return [
            party
            for party in self.parties
            if (party.id, "whistler") not in self.ratings
            and (party.arrived_at or party.refused_at or party.lapses)
        ]

    def words(self, text_id: UUID | None) -> str:
        """Return the body of one of the ticket's texts; empty where there is none."""
        text = self.texts.get(text_id) if text_id else None
        return text.body if text else ""


def sheet_of_whistle(work: Work, row: Whistle, ticket: Ticket) -> BlownSheet:
    """Gather everything that stands on one whistle."""
    grid_map = timing.map_of(work, ticket)
    kind = grid_map.whistle_kind(row.kind)
    parties = whistle_course.parties_of(work, row)
    said = rows.ratings_of(work.session, [party.id for party in parties])
    unit = ticket.unit or (grid_map.grid(ticket.grid).unit if ticket.grid else "")
    texts = ticket_rows.texts(work.session, ticket.id)
    rungs = grid_map.ladder_posts(ticket.grid, unit)[1:] if ticket.grid else ()
    return BlownSheet(
        whistle=row,
        ticket=ticket,
        map=grid_map,
        kind=kind,
        now=work.now,
        by=people.get(work.session, row.raised_by),
        parties=parties,
        milestones=rows.milestones(work.session, row.id),
        ratings={(rating.party_id, rating.side): rating for rating in said},
        texts={text.id: text for text in texts},
        changes=whistle_plan.changes(work, ticket, texts),
        why_open=whistle_course.why_open(work, row, kind),
        may_answer=whistlers.may_answer_ask(work, ticket, row),
        refusals=whistle_figures.refusals_of(work.session, [ticket.id])
        if any(party.refused_at for party in parties)
        else {},
        answer_by=timing.deadline(work, row.raised_at, kind.ack).at
        if row.state == WhistleState.ASKED
        else None,
        leaders=[(post.id, post_words(grid_map, post.id)) for r in rungs for post in r.posts],
    )
