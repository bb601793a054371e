"""When a limit that was lost would have been due: from the row, the policy and the ledger.

Every step that sets its own next limit writes it into its event as ``next``; that comes first.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from hotline.domain.chains import WARNINGS, WHISTLE, Need, Owed
from hotline.domain.limits import Limit
from hotline.domain.supervision import Alert, early_at
from hotline.domain.tickets import Action, Step
from hotline.domain.whistle import PartyState
from hotline.services.handling import long_term, timing
from hotline.services.verifying import verification
from hotline.store import chains as rows
from hotline.store import doors
from hotline.store import flags as flag_rows
from hotline.store import tickets as ticket_rows
from hotline.store.models import Ticket, WhistleParty
from hotline.work import Work

_Body = Mapping[str, Any]
_ONE_OF = frozenset({Step.GAP, Step.ANSWER_FLAG, Step.RULE_FLAG})
# By which act a limit began that the ticket's row does not show.
_BEGAN = {
    Step.RULE_EXTENSION: Action.EXTEND,
    Step.RULE_LONG_TERM: Action.DEFER,
    Step.RULE_FINAL: Action.CONCLUDE,
}
_ANEW = frozenset({Action.DENY, Action.REOPEN, Action.GRANT})


def limit_of(work: Work, ticket: Ticket, need: Need) -> tuple[Step, datetime]:
    """Return the step that must run for a subject, and when it is due.

    Args:
        work: the auditor's.
        ticket: locked.
        need: what is missing.
    """
    owed = rows.read(work.session, [ticket.id]).owed.get(ticket.id, [])
    for one in owed:
        if Need(one.subject, frozenset({one.step})) == need:
            return one.step, _owed(work, ticket, one)
    events = [json.loads(row.body) for row in ticket_rows.events(work.session, ticket.id)]
    if need.steps == WHISTLE:
        return _whistle(work, ticket, need.subject, events)
    if need.steps == WARNINGS:
        return _warning(work, ticket, events)
    [step] = need.steps
    return step, _next(step, events) or _first(work, ticket, step, need.subject, events)


def _owed(work: Work, ticket: Ticket, owed: Owed) -> datetime:
    """Return when something owed was due first; a reminder that was lost comes at once."""
    if owed.step is Step.BAD_SILENCE:
        silence = timing.map_of(work, ticket).limits.asking.silence
        return timing.deadline(work, owed.due, silence).at
    if owed.step is Step.LONG_TERM:
        return owed.due + long_term.left(work, ticket)
    return owed.due


def _next(step: Step, events: list[_Body]) -> datetime | None:
    """Return what the step itself wrote down as its next limit, since the status was entered."""
    for index in range(len(events) - 1, -1, -1):
        data = events[index]["data"]
        said = data.get("next") or data.get("counts_as_signed")
        if data.get("step") == step and said:
            return datetime.fromisoformat(said)
        if index and events[index - 1]["status"] != events[index]["status"]:
            return None
    return None


def _first(work: Work, ticket: Ticket, step: Step, subject: UUID, events: list[_Body]) -> datetime:
    """Return the limit that was set first."""
    if step in _ONE_OF:
        return _of_subject(work, step, subject)
    if step is Step.ASK:
        return _ask(work, ticket, events)
    if step is Step.REOPEN:
        return work.now
    start, limit = _set_from(work, ticket, step, events)
    if limit is None:
        return ticket.due_at or work.now
    return timing.deadline(work, start, limit).at


def _set_from(
    work: Work, ticket: Ticket, step: Step, events: list[_Body]
) -> tuple[datetime, Limit | None]:
    """Return from when a limit of the ticket counts, and how long it is; none: the row says it."""
    match step:
        case Step.CONTACT:
            return ticket.dispatched_at or work.now, timing.limit_of(work, ticket, step)
        case Step.CIRCULATE:
            return ticket.due_at or work.now, timing.limit_of(work, ticket, "circular_after")
        case Step.RULE_EXTENSION | Step.RULE_LONG_TERM | Step.RULE_FINAL:
            asked = _last(events, _BEGAN[step]) or work.now
            return asked, timing.limit_of(work, ticket, step)
        case Step.LONG_TERM_REVIEW:
            seen = _last(events, Action.REVIEW) or _last(events, Action.SHELVE) or work.now
            return seen, timing.limit_of(work, ticket, step)
        case Step.REACT:
            window = timing.map_of(work, ticket).windows[ticket.window_id or ""]
            return ticket.received_at, window.react
        case _:
            return work.now, None


def _of_subject(work: Work, step: Step, subject: UUID) -> datetime:
    if step is Step.GAP:
        gap = doors.gap(work.session, subject)
        return gap.due_at if gap is not None else work.now
    found = flag_rows.get(work.session, subject)
    if found is None:
        return work.now
    if step is Step.ANSWER_FLAG:
        return found.flag.answer_due_at
    start = found.flag.answered_at or found.flag.answer_due_at
    return timing.deadline(work, start, work.kit.maps.current.suspicion.rule).at


def _ask(work: Work, ticket: Ticket, events: list[_Body]) -> datetime:
    question = ticket_rows.open_ask(work.session, ticket.id)
    if question is None or question.tries == 0:
        return verification.wake(work, ticket, question.asked_at if question else work.now)
    return verification.again_at(work, ticket, _last(events, Action.ASK) or question.asked_at)


def _warning(work: Work, ticket: Ticket, events: list[_Body]) -> tuple[Step, datetime]:
    due = ticket.due_at or work.now
    start = ticket.dispatched_at or ticket.received_at
    for event in events:
        if event["action"] in _ANEW:
            said = event["data"].get("before") or event["at"]
            start = datetime.fromisoformat(said)
    if ticket.alert >= Alert.EARLY:
        limit = timing.limit_of(work, ticket, "warn_early")
        start = early_at(start, due, limit, work.kit.calendar) or start
    return timing.next_warning(work, ticket, start, due) or (Step.YELLOW, due)


def _whistle(
    work: Work, ticket: Ticket, party_id: UUID, events: list[_Body]
) -> tuple[Step, datetime]:
    party = work.books.party(party_id)
    if party is None:
        raise LookupError(f"no party {party_id}")
    called = work.books.whistle(party.whistle_id)
    if called is None:
        raise LookupError(f"party {party.id} has no whistle")
    rule = timing.map_of(work, ticket).whistle_kind(called.kind)
    climbed = _last_climb(party, events)
    if climbed is None:
        acknowledged = party.state == PartyState.ACKNOWLEDGED
        step = Step.WHISTLE_ARRIVE if acknowledged else Step.WHISTLE_ACK
        return step, party.due_at or work.now
    if party.rung == rule.climbs[-1]:
        return Step.WHISTLE_TOP, timing.deadline(work, climbed, rule.at_top.repeat_every).at
    return Step.WHISTLE_ACK, timing.deadline(work, climbed, rule.ack).at


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


def _last(events: list[_Body], action: Action) -> datetime | None:
    return next(
        (datetime.fromisoformat(one["at"]) for one in reversed(events) if one["action"] == action),
        None,
    )
