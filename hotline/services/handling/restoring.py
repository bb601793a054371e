"""When a limit that was lost would have been due: from the row, the policy and the ledger.

One table says it for every kind of limit that there is. A step that sets its own next limit writes
it into its event as ``next``; that comes first, so that no reminder comes early. Where a limit was
counted from something that is still known, what comes out says so as well: a notice of days off
then moves it like every other one.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from hotline.domain.chains import ENTRY, WARNINGS, WHISTLE, Need, belongs
from hotline.domain.deadlines import Deadline
from hotline.domain.errors import NotFoundError
from hotline.domain.replay import states
from hotline.domain.step_limits import step_limit
from hotline.domain.supervision import Alert, early_at
from hotline.domain.tickets import CLOCK, Action, Status, Step
from hotline.domain.whistle import PartyState, next_clock
from hotline.services.handling import catalogue, long_term, timing
from hotline.services.verifying import verification
from hotline.store import chains as rows
from hotline.store import doors, rulings
from hotline.store import flags as flag_rows
from hotline.store import tickets as ticket_rows
from hotline.store.models import Ticket, WhistleParty
from hotline.work import Work

Due = Deadline | datetime
_Body = Mapping[str, Any]
# A limit is written down in millionths: what differs by less is the same limit.
_SAME: Final = timedelta(milliseconds=1)
# How an event names what it is about, where that is not the ticket itself.
_SUBJECTS: Final = ("whistle", "milestone", "bad", "flag", "gap", "entry")
# By which act a limit began that the ticket's row does not show.
_BEGAN: Final = {
    Step.RULE_EXTENSION: Action.EXTEND,
    Step.RULE_LONG_TERM: Action.DEFER,
    Step.RULE_FINAL: Action.CONCLUDE,
}
# The acts with which a result is owed anew, and its limit counted anew.
_REDONE: Final = frozenset(
    {Action.ACCEPT, Action.DENY, Action.REOPEN, Action.GRANT, Action.RESUME, Action.UPHOLD_APPEAL}
)
# The acts that set a limit anew although the status stays, by its step.
_ANEW: Final[Mapping[Step, frozenset[Action]]] = {
    Step.HANDLE: _REDONE,
    Step.LONG_TERM_REVIEW: frozenset({Action.REVIEW}),
    Step.MILESTONE: frozenset({Action.CHANGE_PLAN}),
    Step.WHISTLE_MILESTONE: frozenset({Action.CHANGE_WHISTLE_PLAN}),
    Step.BAD_FIX: frozenset({Action.DENY}),
}


@dataclass(frozen=True, slots=True)
class _Lost:
    """A limit that is not running: of which subject, which step, what the ledger says.

    ``owed``: by when, or since when, the rows say that somebody owes it.
    """

    work: Work
    ticket: Ticket
    subject: UUID
    step: Step
    events: list[_Body]
    owed: datetime | None = None

    def last(self, *actions: Action) -> datetime | None:
        """Return when one of some acts was done last."""
        found = (one["at"] for one in reversed(self.events) if one["action"] in actions)
        return next((datetime.fromisoformat(at) for at in found), None)

    def counted(self, start: datetime | None, limit: str) -> Deadline:
        """Return when a limit of the map ends that began then."""
        named = timing.limit_of(self.work, self.ticket, limit)
        return timing.deadline(self.work, start or self.work.now, named)

    def concerns(self, data: _Body) -> bool:
        """Whether an event is about the subject."""
        own = self.subject == self.ticket.id
        return own or str(self.subject) in {str(data.get(name)) for name in _SUBJECTS}


def limits_of(
    work: Work, ticket: Ticket, needs: Sequence[Need]
) -> Iterator[tuple[Need, Step, Due]]:
    """Yield for each need the step that must run, and when it is due.

    Args:
        work: the auditor's.
        ticket: locked.
        needs: what is missing.
    """
    owed = rows.read(work.session, [ticket.id]).owed.get(ticket.id, [])
    events = [json.loads(row.body) for row in ticket_rows.events(work.session, ticket.id)]
    for need in needs:
        due = (one.due for one in owed if one.subject == need.subject and one.step in need.steps)
        lost = _Lost(work, ticket, need.subject, min(need.steps), events, next(due, None))
        yield need, *_limit_of(lost, need)


def _limit_of(lost: _Lost, need: Need) -> tuple[Step, Due]:
    if need.steps in OF_SEVERAL:
        step, found = OF_SEVERAL[need.steps](lost)
    else:
        step, found = lost.step, _again(lost) or ALONE[lost.step](lost)
    return step, _recounted(lost, step, found)


def _again(lost: _Lost) -> datetime | None:
    """Return what the step itself wrote down as its next limit, since it was set anew."""
    for event in reversed(lost.events):
        data = event["data"]
        if lost.subject == lost.ticket.id and not belongs(lost.step, Status(event["status"])):
            return None
        said = data.get("next") or data.get("counts_as_signed")
        if said and data.get("step") == lost.step and lost.concerns(data):
            return datetime.fromisoformat(said)
        if event["action"] in _ANEW.get(lost.step, ()) and lost.concerns(data) and _moves(event):
            return None
    return None


def _moves(event: _Body) -> bool:
    """Whether an act sets the limit anew: a line of a plan may be changed and keep its day."""
    kept = {Action.CHANGE_PLAN, Action.CHANGE_WHISTLE_PLAN}
    return event["action"] not in kept or "before" in event["data"]


def _recounted(lost: _Lost, step: Step, due: Due) -> Due:
    """Return where notices of days off have moved a limit to since, as the ledger says."""
    at = due if isinstance(due, datetime) else due.at
    moved = at
    for event in lost.events:
        for one in event["data"].get("recounted") or ():
            if one["step"] == step and datetime.fromisoformat(one["was_due"]) == moved:
                moved = datetime.fromisoformat(one["due"])
    return due if moved == at else moved


def _of_status(lost: _Lost) -> Due:
    """Return the limit of the status, as the row says it; with what it was counted from."""
    due = lost.ticket.due_at or lost.work.now
    entered = None
    for event in reversed(lost.events):
        if event["status"] != lost.ticket.status:
            break
        entered = datetime.fromisoformat(event["at"])
    for start in (entered, lost.ticket.dispatched_at):
        counted = lost.counted(start, lost.step)
        if abs(counted.at - due) < _SAME:
            return counted
    return due


def _contact(lost: _Lost) -> Due:
    """Return the limit of the first contact; where danger was told of later it may be sooner."""
    ticket, before = lost.ticket, None
    urgent = lost.counted(ticket.dispatched_at, Step.CONTACT)
    for body, state in zip(lost.events, states(lost.events), strict=True):
        if before is not None and state.urgent and not before.urgent and before.dispatched_at:
            calm = step_limit(timing.map_of(lost.work, ticket), before, Step.CONTACT)
            first = timing.deadline(lost.work, ticket.dispatched_at or lost.work.now, calm)
            if before.status is not Status.DISPATCHED:
                return first
            hastened = lost.counted(datetime.fromisoformat(body["at"]), Step.CONTACT)
            return min(first, hastened, key=lambda deadline: deadline.at)
        before = state
    return urgent


def _asked(lost: _Lost) -> Due:
    return lost.counted(lost.last(_BEGAN[lost.step]), lost.step)


def _circulate(lost: _Lost) -> Due:
    return lost.counted(lost.ticket.due_at, "circular_after")


def _review(lost: _Lost) -> Due:
    return lost.counted(lost.last(Action.REVIEW, Action.SHELVE), lost.step)


def _react(lost: _Lost) -> Due:
    window = timing.map_of(lost.work, lost.ticket).windows[lost.ticket.window_id or ""]
    return timing.deadline(lost.work, lost.ticket.received_at, window.react)


def _reopen(lost: _Lost) -> Due:
    return lost.last(Action.MERGE) or lost.work.now


def _gap(lost: _Lost) -> Due:
    gap = doors.gap(lost.work.session, lost.subject)
    return gap.due_at if gap is not None else lost.work.now


def _flag(lost: _Lost) -> Due:
    found = flag_rows.get(lost.work.session, lost.subject)
    if found is None:
        return lost.work.now
    if lost.step is Step.ANSWER_FLAG:
        return found.flag.answer_due_at
    start = found.flag.answered_at or found.flag.answer_due_at
    return timing.deadline(lost.work, start, lost.work.kit.maps.current.suspicion.rule)


def _ask(lost: _Lost) -> Due:
    work, ticket = lost.work, lost.ticket
    question = ticket_rows.open_ask(work.session, ticket.id)
    if question is None or question.tries == 0:
        return verification.wake(work, ticket, question.asked_at if question else work.now)
    return verification.again_at(work, ticket, lost.last(Action.ASK) or question.asked_at)


def _owed(lost: _Lost) -> Due:
    """Return what the rows say of by when it is owed."""
    return lost.owed or lost.work.now


def _silence(lost: _Lost) -> Due:
    silence = timing.map_of(lost.work, lost.ticket).limits.asking.silence
    return timing.deadline(lost.work, lost.owed or lost.work.now, silence)


def _last_day(lost: _Lost) -> Due:
    return (lost.owed or lost.work.now) + long_term.left(lost.work, lost.ticket)


def _of_whistle(lost: _Lost, *, plan: bool = False) -> Due:
    """Return by when a request or a plan was due first: since the whistle sounded."""
    whistle = lost.work.books.whistle(lost.subject)
    if whistle is None:
        raise NotFoundError(whistle=lost.subject)
    rule = timing.map_of(lost.work, lost.ticket).whistle_kind(whistle.kind)
    limit = rule.plan if plan and rule.plan is not None else rule.ack
    return timing.deadline(lost.work, whistle.raised_at, limit)


def _warning(lost: _Lost) -> tuple[Step, Due]:
    work, ticket = lost.work, lost.ticket
    due = ticket.due_at or work.now
    start = ticket.dispatched_at or ticket.received_at
    for event in lost.events:
        if event["action"] in _REDONE - {Action.ACCEPT}:
            said = event["data"].get("counted_from") or event["data"].get("before") or event["at"]
            start = datetime.fromisoformat(said)
        elif event["action"] == Action.RECOUNT:
            start = ticket.dispatched_at or ticket.received_at
    if ticket.alert >= Alert.EARLY:
        limit = timing.limit_of(work, ticket, "warn_early")
        start = early_at(start, due, limit, work.kit.calendar) or start
    return timing.next_warning(work, ticket, start, due) or (Step.YELLOW, due)


def _party(lost: _Lost) -> tuple[Step, Due]:
    """Return the limit of a called unit: it answers, it comes, or the next rung is told."""
    work, party = lost.work, lost.work.books.party(lost.subject)
    whistle = work.books.whistle(party.whistle_id) if party is not None else None
    if party is None or whistle is None:
        raise NotFoundError(party=lost.subject)
    rule = timing.map_of(work, lost.ticket).whistle_kind(whistle.kind)
    climbed = _last_climb(party, lost.events)
    if climbed is not None and party.rung == rule.climbs[-1]:
        return Step.WHISTLE_TOP, timing.deadline(work, climbed, rule.at_top.repeat_every)
    if climbed is not None:
        return Step.WHISTLE_ACK, timing.deadline(work, climbed, rule.ack)
    step, limit = next_clock(PartyState(party.state), rule) or (Step.WHISTLE_ACK, rule.ack)
    counted = timing.deadline(work, party.sounded_at, limit)
    if party.due_at is None or abs(counted.at - party.due_at) < _SAME:
        return step, counted
    return step, party.due_at


def _last_climb(party: WhistleParty, events: list[_Body]) -> datetime | None:
    """Return from when the last step up counts; ``None``: the unit has answered since."""
    for event in reversed(events):
        if event["data"].get("party") != str(party.id):
            continue
        if event["action"] in {Action.CLIMB, Action.REMIND}:
            return datetime.fromisoformat(event["data"]["due"])
        if event["action"] == Action.ACKNOWLEDGE:
            return None
    return None


def _entry(lost: _Lost) -> tuple[Step, Due]:
    entry = rulings.get(lost.work.session, lost.subject)
    if entry is None:
        raise NotFoundError(entry=lost.subject)
    warned = any(
        event["action"] == Action.REMIND and lost.concerns(event["data"]) for event in lost.events
    )
    if not warned:
        return Step.WARN_ENTRY, catalogue.warn_at(lost.work, lost.ticket, entry)
    late = replace(lost, step=Step.RULE_ENTRY)
    return Step.RULE_ENTRY, _again(late) or catalogue.decide_by(lost.work, lost.ticket, entry)


# What is missing is one of several: which of them, says where the subject stands.
OF_SEVERAL: Final[Mapping[frozenset[Step], Callable[[_Lost], tuple[Step, Due]]]] = {
    WARNINGS: _warning,
    WHISTLE: _party,
    ENTRY: _entry,
}
ALONE: Final[Mapping[Step, Callable[[_Lost], Due]]] = {
    **dict.fromkeys(CLOCK.values(), _of_status),
    **dict.fromkeys((Step.RULE_EXTENSION, Step.RULE_LONG_TERM, Step.RULE_FINAL), _asked),
    Step.CONTACT: _contact,
    Step.CIRCULATE: _circulate,
    Step.LONG_TERM_REVIEW: _review,
    Step.LONG_TERM: _last_day,
    Step.MILESTONE: _owed,
    Step.REACT: _react,
    Step.REOPEN: _reopen,
    Step.GAP: _gap,
    Step.ASK: _ask,
    Step.ANSWER_FLAG: _flag,
    Step.RULE_FLAG: _flag,
    Step.BAD_CALL: _owed,
    Step.BAD_FIX: _owed,
    Step.BAD_SILENCE: _silence,
    Step.WHISTLE_ASKED: _of_whistle,
    Step.WHISTLE_PLAN: partial(_of_whistle, plan=True),
    Step.WHISTLE_MILESTONE: _owed,
    Step.WHISTLE_CLOSE: _owed,
    Step.VERIFY: _owed,
    Step.PROBE: _owed,
    Step.COME_BACK: _owed,
}
