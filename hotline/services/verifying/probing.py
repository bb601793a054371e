"""The daily probe of the rating door: a grade of one, by the same way as everybody's.

A form that quietly drops low grades looks like a county without complaints (docs/rules.md §7). So a
demand of the hotline's own is answered, a one-time link to it is used over HTTP as a caller would,
and what must follow is looked for: the attempt, the grade as it was given, the clock of a bad
rating. A limit of its own, carried by the clock, judges even if whoever knocks never comes back.
"""

from datetime import timedelta
from typing import Final, NamedTuple
from uuid import UUID

from hotline.domain.ratings import Outcome
from hotline.domain.tickets import Action, Step
from hotline.services.handling import attention, timing
from hotline.services.reception import intake
from hotline.services.telling import telling
from hotline.services.verifying import bad_ratings, ratings
from hotline.store import ratings as rows
from hotline.store.models import RatingProbe, Ticket, Timer
from hotline.work import SYSTEM, Work

# How long a probe may take before the clock judges it, however little came back.
MAY_TAKE: Final = timedelta(minutes=15)
# Older than this, the last probe proves nothing any more.
STALE: Final = timedelta(hours=26)
LOWEST: Final = 1
PROBE: Final = "probe"
WORDS: Final = "系统自检：评价通道"


class Started(NamedTuple):
    """A probe that was begun: its row, and the token to knock with."""

    probe_id: UUID
    token: str


def start(work: Work) -> Started:
    """Make a synthetic demand that was answered, with a one-time way to rate it."""
    demand = intake.Demand("web", None, WORDS, waits=PROBE, synthetic=True)
    made, _ = intake.receive(work, demand)
    ticket = work.ticket_by_id(made.id)
    work.act(ticket, Action.ANSWER, {"probe": True}, actor=SYSTEM)
    timing.enter(work, ticket)
    token = ratings.invite(work, ticket, PROBE) or ""
    row = RatingProbe(ticket_id=ticket.id, started_at=work.now, due_at=work.now + MAY_TAKE)
    work.session.add(row)
    work.session.flush()
    timing.start_timer(work, ticket, Step.PROBE, row.due_at, subject_id=row.id, generation=0)
    return Started(row.id, token)


def settle(work: Work, probe_id: UUID, fault: str | None) -> str | None:
    """Judge a probe whose knock has come back.

    Args:
        work: the worker's.
        probe_id: which.
        fault: what went wrong on the way, as whoever knocked saw it; ``None``: nothing.

    Returns:
        The fault that was found, as a code; ``None``: the low grade arrived.
    """
    row = work.session.get_one(RatingProbe, probe_id)
    ticket = work.ticket_by_id(row.ticket_id)
    return _settle(work, ticket, probe_id, fault)


def judge(work: Work, ticket: Ticket, timer: Timer) -> None:
    """The probe's limit has passed: nobody came back to say what became of it."""
    _settle(work, ticket, timer.subject_id, None)


def _settle(work: Work, ticket: Ticket, probe_id: UUID, fault: str | None) -> str | None:
    row = rows.probe(work.session, probe_id)
    if row is None or row.settled_at is not None:
        return row.fault if row is not None else None
    found = fault or _missing(work, ticket)
    row.settled_at, row.fault = work.now, found
    work.cancel_timers_of(row.id)
    bad = rows.open_bad(work.session, ticket.id)
    if bad is not None:
        bad_ratings.end(work, ticket, bad, Outcome.PROBE)
    if found is not None:
        told = telling.alarm(work, "probe_failed", {})
        data = {"step": Step.PROBE, "rule": "ratings", "probe_fault": found, "told": told}
        work.act(ticket, Action.REMIND, data, actor=SYSTEM)
        attention.raise_(work, "probe_failed", f"probe:{row.id}", {"fault": found}, ticket.id)
    return found


def _missing(work: Work, ticket: Ticket) -> str | None:
    """Return what of a low grade has not arrived, as a code."""
    kept = rows.versions(work.session, ticket.id)
    if not kept:
        return "not_kept"
    if kept[-1].grade != LOWEST:
        return "not_low"
    return None if rows.open_bad(work.session, ticket.id) is not None else "no_clock"
