"""The plan of a joint whistle (1+1+N): the lead unit's milestones, each with a unit and a day."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from uuid import UUID

from hotline.clock import COUNTY_ZONE
from hotline.domain import joining
from hotline.domain.errors import InvalidError, NotAllowedError, NotFoundError, RefusedError
from hotline.domain.grid.model import Ends
from hotline.domain.joining import PlanLine
from hotline.domain.tickets import Action, Step
from hotline.domain.whistle import PARTY_RULES, PartyRole, PartyState
from hotline.services.handling import plans, sight, tickets, timing
from hotline.services.telling import telling
from hotline.services.whistles import course as whistle_course
from hotline.services.whistles import whistle as whistle_answers
from hotline.services.whistles import whistlers
from hotline.store.models import Ticket, TicketText, Whistle, WhistleMilestone, WhistleParty
from hotline.work import Work


def file(
    work: Work,
    ticket: Ticket,
    party: WhistleParty,
    milestones: Sequence[PlanLine],
    *,
    done_at: datetime | None = None,
) -> None:
    """File the plan, once; each milestone has a limit of its own from now on.

    Whoever files a plan has heard the whistle: it acknowledges where that was not done before, so
    that nobody above is told of a unit that is at work.

    Args:
        work: in the role of the lead unit.
        ticket: locked.
        party: the lead unit's.
        milestones: in their order; days are the county's, each ends with its day.
        done_at: when the device says so.

    Raises:
        NotAllowedError: another unit, or a helper.
        InvalidError: no milestones, an uncalled unit, or a day behind the limit of the whole.
        RefusedError: the kind needs no plan, the whistle has ended, or a plan was filed before.
    """
    whistle = whistle_course.guard_unit(work, ticket, party)
    if whistle.ended_at is not None:
        raise RefusedError(reason="whistle_ended", ticket=ticket.number)
    if party.role != PartyRole.LEAD:
        raise NotAllowedError(reason="not_lead", party=party.id)
    kind = timing.map_of(work, ticket).whistle_kind(whistle.kind)
    if kind.ends is not Ends.MILESTONES_MET or whistle.planned_at is not None:
        raise RefusedError(reason="plan_filed", ticket=ticket.number)
    called = whistle_course.parties_of(work, whistle)
    _guard_lines(work, whistle, called, milestones)
    kept = [_keep(work, ticket, party, each, place) for place, each in enumerate(milestones)]
    posts = [each.post for each in called]
    told = telling.tell(work, ticket, posts, "planned", {})
    data = {"whistle": whistle.id, "party": party.id, "unit": party.unit, "milestones": kept}
    work.act(ticket, Action.WHISTLE_PLAN, data | {"told": told, "done_at": done_at})
    whistle.planned_at = work.now
    work.cancel_timers(ticket.id, {Step.WHISTLE_PLAN})
    if (PartyState(party.state), Action.ACKNOWLEDGE) in PARTY_RULES:
        whistle_answers.acknowledge(work, ticket, party, done_at=done_at)


def _keep(
    work: Work, ticket: Ticket, party: WhistleParty, line: PlanLine, place: int
) -> dict[str, object]:
    text = work.write(ticket, "milestone", tickets.words(line.text))
    due = _ends(line)
    row = WhistleMilestone(
        whistle_id=party.whistle_id,
        ticket_id=ticket.id,
        place=place,
        unit=line.unit,
        text_id=UUID(text["text"]),
        due_at=due,
    )
    work.books.add(row)
    timing.start_timer(work, ticket, Step.WHISTLE_MILESTONE, due, subject_id=row.id)
    return {"milestone": row.id, "unit": line.unit, "due": due} | text


def line(work: Work, whistle_id: UUID, milestone_id: UUID) -> WhistleMilestone:
    """Return a line of a whistle's plan.

    Raises:
        NotFoundError: no such line, or another whistle's.
    """
    found = work.books.milestone(milestone_id)
    if found is None or found.whistle_id != whistle_id:
        raise NotFoundError(milestone=milestone_id)
    return found


def change(
    work: Work,
    ticket: Ticket,
    milestone: WhistleMilestone,
    wanted: PlanLine,
    reason: str,
    *,
    done_at: datetime | None = None,
) -> None:
    """Change a line of the plan: words, unit or day, with the reason; both values are kept.

    Args:
        work: in the role of the lead unit.
        ticket: locked.
        milestone: the line, not met yet.
        wanted: what it says from now on.
        reason: why.
        done_at: when the device says so.

    Raises:
        NotAllowedError: another unit, or a helper.
        InvalidError: an uncalled unit, no words, or a day past or behind the limit of the whole.
        RefusedError: it was met, the whistle has ended, or nothing would be changed.
    """
    whistle = _open(work, ticket, milestone)
    called = whistle_course.parties_of(work, whistle)
    if not any(party.role == PartyRole.LEAD and sight.is_asked(work, party) for party in called):
        raise NotAllowedError(reason="not_lead", milestone=milestone.id)
    _guard_lines(work, whistle, called, [wanted])
    due = _ends(wanted)
    data: dict[str, object] = {"whistle": whistle.id, "milestone": milestone.id}
    data |= {"unit": wanted.unit, "milestone_no": milestone.place + 1, "done_at": done_at}
    changed = plans.rewritten(work, ticket, milestone.text_id, wanted.text)
    if wanted.unit != milestone.unit:
        changed |= {"was_unit": milestone.unit}
    if due != milestone.due_at:
        changed |= {"before": milestone.due_at, "due": due}
    if not changed:
        raise RefusedError(reason="nothing_changed", ticket=ticket.number)
    posts = [party.post for party in called] + [whistle.leader_post, whistle.raised_post]
    told = telling.tell(work, ticket, [*dict.fromkeys(filter(None, posts))], "plan_changed", {})
    why = work.write(ticket, "reason", tickets.words(reason))
    work.act(ticket, Action.CHANGE_WHISTLE_PLAN, data | changed | why | {"told": told})
    if "words" in changed:
        work.flush()  # before the row that refers to it
        milestone.text_id = UUID(str(changed["words"]))
    milestone.unit, milestone.due_at = wanted.unit, due
    if "due" in changed:
        work.cancel_timers_of(milestone.id)
        timing.start_timer(work, ticket, Step.WHISTLE_MILESTONE, due, subject_id=milestone.id)


def changes(work: Work, ticket: Ticket, texts: Iterable[TicketText]) -> plans.Changes:
    """Return what was changed of the lines of a ticket's joint plans, by the line."""
    bodies = {text.id: text.body for text in texts}
    return plans.changes(work, ticket, Action.CHANGE_WHISTLE_PLAN, bodies)


def _open(work: Work, ticket: Ticket, milestone: WhistleMilestone) -> Whistle:
    """Return the whistle of a line that is still to be met."""
    whistle = work.books.whistle(milestone.whistle_id)
    if whistle is None or milestone.ticket_id != ticket.id:
        raise NotFoundError(milestone=milestone.id)
    if whistle.ended_at is not None or milestone.met_at is not None:
        raise RefusedError(reason="milestone_met", ticket=ticket.number)
    return whistle


def _guard_lines(
    work: Work, whistle: Whistle, called: Sequence[WhistleParty], lines: Sequence[PlanLine]
) -> None:
    last = whistle.close_by or work.now
    wrong = joining.plan_faults(
        lines,
        [each.unit for each in called],
        work.now.astimezone(COUNTY_ZONE).date(),
        last.astimezone(COUNTY_ZONE).date(),
    )
    if wrong:
        raise InvalidError(fields=wrong)


def _ends(line: PlanLine) -> datetime:
    return datetime.combine(line.due_on, time(23, 59, 59), COUNTY_ZONE)


def meet(
    work: Work,
    ticket: Ticket,
    milestone: WhistleMilestone,
    text: str,
    *,
    done_at: datetime | None = None,
) -> None:
    """Say that a milestone is met, and how: its own unit does, or the lead unit, or the whistler.

    Raises:
        NotAllowedError: none of these.
        RefusedError: it was met before, or the whistle has ended.
    """
    whistle = _open(work, ticket, milestone)
    mine = [
        party
        for party in whistle_course.parties_of(work, whistle)
        if party.unit == work.actor.unit or party.post in work.actor.posts
    ]
    if not any(party.unit == milestone.unit or party.role == PartyRole.LEAD for party in mine):
        whistlers.guard(work, ticket, whistle)
    data = work.write(ticket, "result", tickets.words(text))
    facts: dict[str, object] = {"whistle": whistle.id, "milestone": milestone.id}
    facts |= {"unit": milestone.unit, "milestone_no": milestone.place + 1, "done_at": done_at}
    work.act(ticket, Action.MEET_MILESTONE, data | facts)
    milestone.met_at, milestone.met_by = work.now, work.actor.staff_id
    work.cancel_timers_of(milestone.id)
