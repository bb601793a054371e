"""What an officer's page of a ticket shows, gathered with a fixed number of queries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from hotline.domain.closing import final_refusal
from hotline.domain.deferral import extension_refusal
from hotline.domain.grid.model import Ends, GridMap, Unit, UnitKind, WhistleKind
from hotline.domain.joining import is_over
from hotline.domain.tickets import CLOCK, PENDING, Status, Step
from hotline.domain.whistle import PartyState, WhistleState
from hotline.services.handling import long_term, plans, returns, timing
from hotline.services.reception import gaps
from hotline.store import desk, timers, whistles
from hotline.store import tickets as ticket_rows
from hotline.store.models import Ask, Media, Ticket, TicketGap, TicketText, Whistle, WhistleParty
from hotline.web.field.actions import possible
from hotline.web.field.history import Happened, history
from hotline.work import Work


@dataclass(frozen=True, slots=True)
class Called:
    """A whistle of the ticket, its reason and the units it called."""

    whistle: Whistle
    kind: WhistleKind
    reason: str
    parties: list[WhistleParty]

    @property
    def is_asked(self) -> bool:
        """Whether it was only asked for: nobody is called yet."""
        return self.whistle.state == WhistleState.ASKED

    @property
    def is_dangerous(self) -> bool:
        """Whether the danger that it was blown for is not recorded as gone yet."""
        there = {PartyState.ARRIVED, PartyState.DONE}
        return (
            self.kind.ends is Ends.DANGER_GONE
            and self.whistle.danger_gone_at is None
            and any(party.state in there for party in self.parties)
        )

    @property
    def is_over(self) -> bool:
        """Whether every unit is done, so that the whistler may end it."""
        done = is_over([PartyState(party.state) for party in self.parties])
        gone = self.kind.ends is not Ends.DANGER_GONE or self.whistle.danger_gone_at is not None
        acted = self.kind.ends is not Ends.ACT_RECORDED or self.whistle.act_at is not None
        return done and gone and acted


@dataclass(frozen=True, slots=True)
class Sheet:
    """One ticket as its officer sees it."""

    ticket: Ticket
    map: GridMap
    now: datetime
    said: list[TicketText]
    whistles: list[Called]
    photos: list[Media]
    recordings: list[Media]
    contact_due: datetime | None
    last_ask: Ask | None
    history: list[Happened]
    gaps: list[tuple[TicketGap, str]]
    possible: list[str]
    next: str | None
    merged: list[desk.Merged]
    oversight: list[TicketText]
    plan: plans.Plan | None
    return_until: datetime | None
    settled: tuple[str, ...] = ()
    why_not: Mapping[str, str] = field(default_factory=dict)
    leaders: tuple[str, ...] = ()
    plan_days: int = 0

    @property
    def clock(self) -> Step | None:
        """The limit that ``due_at`` of the ticket is; none at an end of its life."""
        if self.ticket.status in PENDING:
            return Step.HANDLE  # it runs on until somebody has ruled
        return CLOCK.get(self.ticket.status)

    @property
    def open_whistles(self) -> list[Called]:
        """The whistles that have not ended."""
        return [called for called in self.whistles if called.whistle.ended_at is None]


def sheet_of(work: Work, ticket: Ticket) -> Sheet:
    """Gather everything that stands on ``ticket``."""
    session, grid_map = work.session, timing.map_of(work, ticket)
    texts = ticket_rows.texts(session, ticket.id)
    bodies = {text.id: text.body for text in texts}
    called = _called(work, ticket, bodies)
    media = ticket_rows.media(session, ticket.id)
    running = {timer.step: timer.due_at for timer in timers.waiting(session, ticket.id)}
    missing = gaps.with_words(work, ticket.id, texts)
    plan = plans.of_ticket(work, ticket, texts)
    wanting = {
        "gap-filled": any(gap.came_at is None for gap, _ in missing),
        "milestone": plan is not None and bool(plan.left),
        "conclude": ticket.redos >= grid_map.limits.redo.before_final,
    }
    can = [name for name in possible(ticket) if wanting.get(name, True)]
    until = returns.may_return_until(work, ticket) if "return" in can else None
    return Sheet(
        ticket=ticket,
        map=grid_map,
        now=work.now,
        said=[text for text in texts if text.kind in {"words", "addition"}],
        whistles=called,
        photos=[row for row in media if row.purpose != "recording"],
        recordings=[row for row in media if row.purpose == "recording"],
        contact_due=running.get(Step.CONTACT),
        last_ask=ticket_rows.open_ask(session, ticket.id),
        history=history(session, ticket, grid_map, texts),
        gaps=missing,
        possible=can,
        next=_next(ticket, [one for one in called if one.whistle.ended_at is None], can),
        merged=desk.merged(session, ticket.id) if ticket.members else [],
        oversight=_oversight(ticket, texts),
        plan=plan,
        **(_planning(work, ticket) if "defer" in can else {}),
        return_until=until,
        settled=tuple(sorted(returns.settled(ticket))),
        why_not=_why_not(work, ticket, until),
    )


def _why_not(work: Work, ticket: Ticket, return_until: datetime | None) -> dict[str, str]:
    """Return the commands that would be refused whatever was written, each with the reason."""
    limits = timing.map_of(work, ticket).limits
    reasons = {
        "extend": extension_refusal(work.now, ticket.due_at, ticket.extensions, limits.extensions),
        "conclude": final_refusal(ticket.redos, limits.redo.before_final),
        "return": "return_too_late" if return_until and return_until < work.now else None,
    }
    return {name: reason for name, reason in reasons.items() if reason is not None}


def _called(work: Work, ticket: Ticket, bodies: Mapping[UUID, str]) -> list[Called]:
    """Return the whistles of a ticket, each with its reason and the units it called."""
    parties = whistles.parties(work.session, ticket.id)
    kinds = timing.map_of(work, ticket)
    return [
        Called(
            row,
            kinds.whistle_kind(row.kind),
            bodies.get(row.reason_id, ""),
            [party for party in parties if party.whistle_id == row.id],
        )
        for row in whistles.of_ticket(work.session, ticket.id)
    ]


def _planning(work: Work, ticket: Ticket) -> dict[str, Any]:
    """Return what the form of a long-term plan offers: the leaders, and how many days are left."""
    left = long_term.left(work, ticket)
    return {"leaders": long_term.leaders(work, ticket), "plan_days": left.days}


def _oversight(ticket: Ticket, texts: list[TicketText]) -> list[TicketText]:
    """Return what a supervisor wrote last, while the ticket is watched."""
    said = [text for text in texts if text.kind == "oversight" and text.body]
    return said[-1:] if ticket.supervised else []


def _next(ticket: Ticket, still_open: list[Called], can: list[str]) -> str | None:
    """Return the command that a thumb should find first."""
    if ticket.status is Status.DISPATCHED:
        return "accept"
    if ticket.status is not Status.HANDLING:
        return next((name for name in ("milestone", "resume") if name in can), None)
    if ticket.contacted_at is None and ticket.shield is None:
        return "contact"
    if any(called.is_over for called in still_open):
        return "end-whistle"
    if any(called.is_dangerous for called in still_open):
        return "danger-gone"
    return "check-in" if still_open else "submit"


def callable_units(sheet: Sheet) -> list[Unit]:
    """Return the units that a whistle can call here, the competent one in front.

    The county's departments and utilities, and the ticket's own town and village: nobody scrolls
    through the villages of another town. Units that an open whistle calls already are left out.
    """
    grid_map, ticket = sheet.map, sheet.ticket
    busy = {
        party.unit
        for called in sheet.open_whistles
        for party in called.parties
        if party.state != PartyState.EXCUSED
    }
    near = set()
    if ticket.grid is not None:
        near = {grid_map.town_of(ticket.grid).id, grid_map.grid(ticket.grid).unit}
    kinds = {UnitKind.DEPARTMENT, UnitKind.UTILITY}
    found = [
        unit
        for unit in grid_map.units.values()
        if (unit.kind in kinds or unit.id in near) and unit.id not in busy
    ]
    return sorted(found, key=lambda unit: (unit.id != ticket.unit, unit.id not in near))
