"""What runs out at a whistle: it climbs, an acknowledgement lapses, the whole is late.

Each step is anchored to the limit that passed, never to when a clock noticed.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from hotline.domain import whistle as ladder
from hotline.domain.errors import NotFoundError
from hotline.domain.grid.model import Rung, WhistleKind
from hotline.domain.tickets import Action, Role, Step
from hotline.domain.whistle import PartyState
from hotline.services.handling import attention, timing
from hotline.services.telling import telling
from hotline.store.models import Ticket, Timer, Whistle, WhistleParty
from hotline.work import SYSTEM, Work

LATE_WORDS: Final = {
    Step.WHISTLE_ASKED: "答复吹哨请求",
    Step.WHISTLE_PLAN: "牵头单位定方案",
    Step.WHISTLE_MILESTONE: "节点任务",
    Step.WHISTLE_CLOSE: "收哨",
}


def run_out(work: Work, ticket: Ticket, timer: Timer) -> None:
    """A called unit has not answered, or has answered and not come: it climbs."""
    party = _party(work, timer)
    state = PartyState(party.state)
    if not ladder.is_waited_for(state, timer.step):
        return
    whistle = _whistle(work, party)
    rule = timing.map_of(work, ticket).whistle_kind(whistle.kind)
    why = "unanswered"
    if ladder.sounds_again(state, timer.step):
        why = "not_arrived"
        _sound_again(work, ticket, party, rule, timer.due_at)
    climb(work, ticket, party, rule, why=why, due=timer.due_at)


def _sound_again(
    work: Work, ticket: Ticket, party: WhistleParty, rule: WhistleKind, due: datetime
) -> None:
    """An acknowledgement without arrival counts for nothing: the unit is called once more."""
    party.state = ladder.party_step(PartyState(party.state), Action.EXPIRE)
    party.acknowledged_at, party.acknowledged_by = None, None
    party.sounded_at, party.lapses = due, party.lapses + 1
    party.due_at = timing.deadline(work, due, rule.ack).at
    unit = timing.map_of(work, ticket).unit(party.unit)
    params = {"unit": str(unit.name), "due": telling.local(party.due_at)}
    told = telling.tell(work, ticket, [party.post], "whistle_again", params, urgent=rule.danger)
    data = {"whistle": party.whistle_id, "party": party.id, "unit": party.unit, "told": told}
    data |= {"before": due, "due": party.due_at, "rule": f"whistles.{rule.name}"}
    work.act(ticket, Action.EXPIRE, data, actor=SYSTEM)


def climb(
    work: Work, ticket: Ticket, party: WhistleParty, rule: WhistleKind, *, why: str, due: datetime
) -> None:
    """Tell the next rung of the ladder that a unit has not answered, refused, or is not there.

    A rung where nobody is on duty is recorded, and the next one is told at once. The limit of
    the new rung counts from ``due``, the limit that passed, never from when we noticed.
    The last rung is reminded, as often as the map says; then it stands before a supervisor.
    """
    grid_map = timing.map_of(work, ticket)
    rungs = {rung.name: rung for rung in grid_map.ladder_posts(ticket.grid or "", party.unit)}
    while True:
        found = ladder.climb(rule, party.rung, party.reminders, tuple(rungs))
        if found is None:
            break
        told = _tell_rung(work, ticket, party, rule, found, rungs[found.rung], why=why, due=due)
        party.rung, party.reminders = found.rung, found.repeat
        if found.step is Step.WHISTLE_TOP or not telling.nobody(told):
            break
        why = "nobody_on_duty"
    if found is None or found.limit is None:
        facts = {"unit": party.unit, "rung": party.rung, "reminders": party.reminders}
        # Whoever answers after the last reminder and fails again stands there again.
        key = f"whistle:{party.id}:{party.generation}"
        attention.raise_(work, "whistle_unanswered", key, facts, ticket.id)
        return
    timing.start_party_timer(work, party, found.step, timing.deadline(work, due, found.limit))


def _tell_rung(  # noqa: PLR0913  one step up, with its reason
    work: Work,
    ticket: Ticket,
    party: WhistleParty,
    rule: WhistleKind,
    found: ladder.Climb,
    rung: Rung,
    *,
    why: str,
    due: datetime,
) -> list[dict[str, object]]:
    unit = timing.map_of(work, ticket).unit(party.unit)
    params = {"unit": str(unit.name), "rung": str(rung.title)}
    posts = [post.id for post in rung.posts]
    party.told_posts = list(dict.fromkeys([*party.told_posts, *posts, *_stand_ins(rung)]))
    template = "refused" if why == "refused" else "climbed"
    told = telling.tell(work, ticket, posts, template, params, urgent=rule.danger)
    data = {"whistle": party.whistle_id, "party": party.id, "unit": party.unit, "why": why}
    data |= {"from": party.rung, "to": found.rung, "repeat": found.repeat, "due": due}
    action = Action.REMIND if found.repeat else Action.CLIMB
    work.act(ticket, action, data | {"rule": f"whistles.{rule.name}", "told": told}, actor=SYSTEM)
    return told


def late(work: Work, ticket: Ticket, timer: Timer) -> None:
    """A request, a plan, a milestone or a whole whistle is late: who has it in hand is told.

    They, the leader of the whole and the supervisors are told again and again until it is done: an
    open whistle is never without a limit that runs.
    """
    milestone = work.books.milestone(timer.subject_id)
    whistle = work.books.whistle(milestone.whistle_id if milestone else timer.subject_id)
    if whistle is None or whistle.ended_at is not None:
        return
    if milestone is not None and milestone.met_at is not None:
        return
    words = {"step": LATE_WORDS[timer.step], "rung": "督办"}
    unit = milestone.unit if milestone else None
    posts = _who_is_late(work, ticket, whistle, timer.step, unit)
    told = telling.tell(work, ticket, posts, "overdue", words)
    told += telling.tell_role(work, ticket, Role.SUPERVISOR, "overdue", words)
    again = timing.again(work, timer, timing.limit_of(work, ticket, "oversight_after"))
    data = {"whistle": whistle.id, "step": timer.step, "due": timer.due_at, "told": told}
    data |= {"unit": unit, "milestone": timer.subject_id} if unit else {}
    data |= {"next": again.at}
    data["rule"] = f"whistles.{whistle.kind}.{timer.step}"
    work.act(ticket, Action.REMIND, data, actor=SYSTEM)
    facts = {"step": timer.step, "due": timer.due_at.isoformat()}
    attention.raise_(work, "whistle_late", f"{timer.step}:{timer.subject_id}", facts, ticket.id)
    timing.start_timer(
        work,
        ticket,
        timer.step,
        again.at,
        subject_id=timer.subject_id,
        generation=timer.generation + 1,
    )


def _who_is_late(
    work: Work, ticket: Ticket, whistle: Whistle, step: Step, unit: str | None
) -> Sequence[str]:
    """Return the posts that have it in hand, and that of whoever leads the whole."""
    if step is Step.WHISTLE_ASKED:
        return [str(post) for post in whistle.asked.get("posts", ())]
    parties = [
        party
        for party in work.books.parties(ticket.id)
        if party.whistle_id == whistle.id
        and party.state != PartyState.EXCUSED
        and (party.unit == unit or (unit is None and party.role != "helper"))
    ]
    posts = [party.post for party in parties]
    if step is Step.WHISTLE_CLOSE:
        posts.append(whistle.raised_post or ticket.post or "")
    posts.append(whistle.leader_post or "")
    return list(dict.fromkeys(filter(None, posts)))


def _party(work: Work, timer: Timer) -> WhistleParty:
    party = work.books.party(timer.subject_id)
    if party is None:
        raise LookupError(f"timer {timer.id} has no party")
    return party


def _whistle(work: Work, party: WhistleParty) -> Whistle:
    found = work.books.whistle(party.whistle_id)
    if found is None:
        raise NotFoundError(party=party.id)
    return found


def _stand_ins(rung: Rung) -> list[str]:
    return [post.stand_in for post in rung.posts if post.stand_in]
