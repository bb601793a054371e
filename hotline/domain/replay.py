"""Rebuild where a ticket stands from its events alone: the row is a summary, nothing more.

Pure: the bodies of a chain come in, in order, as they were hashed. What comes out must equal the
ticket's row; a test compares the two after whole nights.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from hotline.domain.supervision import Alert
from hotline.domain.tickets import ENDS, PENDING, Action, Role, Status, Step, Supervision


@dataclass(frozen=True, slots=True)
class State:
    """Where a ticket stands, as far as its events tell; named as the columns of its row."""

    status: Status
    line: str = ""
    class_code: str | None = None
    grid: str | None = None
    town: str | None = None
    unit: str | None = None
    post: str | None = None
    officer_id: str | None = None
    urgent: bool = False
    triage_reason: str | None = None
    rung: str = "grid"
    received_at: datetime | None = None
    dispatched_at: datetime | None = None
    contacted_at: datetime | None = None
    submitted_by: str | None = None
    submitted_at: datetime | None = None
    closed_at: datetime | None = None
    returns: int = 0
    redos: int = 0
    extensions: int = 0
    lead_id: str | None = None
    members: int = 0
    shield: str | None = None
    window_id: str | None = None
    first_asked: str | None = None
    alert: int = Alert.NONE
    supervised: int = Supervision.NONE
    urged: int = 0


@dataclass(frozen=True, slots=True)
class _Event:
    at: datetime
    role: Role
    actor: str
    data: Mapping[str, Any]


def replay(bodies: Iterable[Mapping[str, Any]]) -> State:
    """Return where a ticket stands after these events.

    Args:
        bodies: the events' bodies, parsed, in the order of the chain.

    Raises:
        ValueError: the first event is not the receipt of the demand.
    """
    state: State | None = None
    for state in states(bodies):  # noqa: B007  the last one counts
        pass
    if state is None:
        raise ValueError("a history begins with the receipt")
    return state


def states(bodies: Iterable[Mapping[str, Any]]) -> Iterator[State]:
    """Yield where a ticket stood after each event; one command may have made several.

    Raises:
        ValueError: the first event is not the receipt of the demand.
    """
    state: State | None = None
    for body in bodies:
        action, status = Action(body["action"]), Status(body["status"])
        if state is None:
            if action is not Action.RECEIVE:
                raise ValueError("a history begins with the receipt")
            state = State(status)
        at = datetime.fromisoformat(body["at"])
        event = _Event(at, Role(body["role"]), body["actor"], body["data"])
        apply = _EFFECTS.get(action)
        state = apply(state, event) if apply else state
        state = _enter(state, status, event, resumes=action in _RESUMES)
        yield state


def _enter(state: State, status: Status, event: _Event, *, resumes: bool) -> State:
    if status in ENDS:
        # A grade or a delivery after the end does not move it; a late answer does.
        ended = state.closed_at if status is state.status else None
        return replace(state, status=status, closed_at=ended or event.at)
    anew = status is not state.status and status not in PENDING and not resumes
    alert = Alert.NONE if anew else state.alert
    return replace(state, status=status, closed_at=None, alert=alert)


def _receive(state: State, event: _Event) -> State:
    state = _routed(state, event.data["routing"])
    waits = event.data["waits"]
    post = None if waits else state.post
    return replace(
        state,
        received_at=event.at,
        line=event.data.get("line", ""),
        supervised=event.data.get("supervised", Supervision.NONE),
        triage_reason=waits,
        post=post,
        shield=event.data.get("shield"),
        window_id=event.data.get("window"),
        first_asked=event.data.get("first_asked"),
    )


def _locate(state: State, event: _Event) -> State:
    routing = event.data["routing"]
    state = _routed(state, routing)
    state = replace(state, triage_reason=routing["triage"] or state.triage_reason)
    if event.role is Role.CITIZEN or event.data.get("urgent") is None:
        return state
    return replace(state, urgent=bool(event.data["urgent"]))


def _routed(state: State, routing: Mapping[str, Any]) -> State:
    return replace(
        state,
        class_code=routing["class"],
        grid=routing["grid"],
        town=routing["town"],
        unit=routing["unit"],
        post=routing["post"],
        urgent=state.urgent or bool(routing["urgent"]),
    )


def _dispatch(state: State, event: _Event) -> State:
    return replace(
        state,
        dispatched_at=event.at,
        triage_reason=None,
        post=event.data["post"],
        unit=event.data.get("unit", state.unit),
        # Tickets of before the pilots began at the lowest rung without saying so.
        rung=event.data.get("rung", state.rung),
    )


def _accept(state: State, event: _Event) -> State:
    officer = event.data.get("officer") if event.role is Role.SYSTEM else event.actor
    return replace(state, officer_id=officer)


def _contact(state: State, event: _Event) -> State:
    if event.data["outcome"] != "reached" or state.contacted_at is not None:
        return state
    return replace(state, contacted_at=event.at)


def _uphold(state: State, _event: _Event) -> State:
    return replace(
        state,
        returns=state.returns + 1,
        triage_reason="return_upheld",
        officer_id=None,
        dispatched_at=None,
    )


def _rule_duty(state: State, event: _Event) -> State:
    """The panel has named the lead; where the last return was right it counts as upheld."""
    returns = state.returns + int(event.data["upheld"])
    return replace(state, returns=returns, officer_id=None)


def _climb(state: State, event: _Event) -> State:
    """A whistle's party climbs beside the ticket and leaves the ticket's own rung alone."""
    if "party" in event.data:
        return state
    state = _remind(state, event)
    return replace(state, rung=event.data["to"], post=event.data.get("post", state.post))


def _remind(state: State, event: _Event) -> State:
    """Once the limit of a result has passed, supervisors watch it whatever its line says."""
    if event.data.get("step") != Step.HANDLE or state.alert < Alert.RED:
        return state
    return replace(state, supervised=max(state.supervised, Supervision.WHEN_LATE))


def _warn(state: State, event: _Event) -> State:
    """A stage of the limit of a result is reached: by its name; 督办 says its level as well."""
    said = event.data.get("alert")
    alert = Alert[said.upper()] if said else state.alert
    return replace(state, alert=alert, supervised=event.data.get("level", state.supervised))


def _urge(state: State, event: _Event) -> State:
    watched = max(state.supervised, Supervision.WHEN_LATE)
    return replace(state, urged=event.data["times"], supervised=watched)


def _move(state: State, event: _Event) -> State:
    """Another version of the map: its unit, post and rung, where they differ."""
    unit, post = event.data.get("unit", state.unit), event.data.get("post", state.post)
    return replace(state, unit=unit, post=post, rung=event.data["rung"])


def _alarm(state: State, event: _Event) -> State:
    """The first alarm of a ticket makes it urgent; the answer to its question does not."""
    return replace(state, urgent=True) if "word" in event.data else state


def _merge(state: State, event: _Event) -> State:
    """Whatever was merged into this ticket goes on to its new lead with it."""
    lead = event.data["lead"]
    return replace(state, lead_id=lead, triage_reason=None, officer_id=None, members=0)


def _unmerge(state: State, event: _Event) -> State:
    reason = event.data["waits"]
    return replace(state, lead_id=None, triage_reason=reason, officer_id=None, dispatched_at=None)


def _gather(state: State, event: _Event) -> State:
    more, urgent = len(event.data["members"]), bool(event.data["urgent"])
    return replace(state, members=state.members + more, urgent=state.urgent or urgent)


def _carry(state: State, event: _Event) -> State:
    return replace(state, submitted_by=event.data["by"], submitted_at=event.at)


def _submit(state: State, event: _Event) -> State:
    return replace(state, submitted_by=event.actor, submitted_at=event.at)


# After these a unit's limit goes on as if nothing had been asked for.
_RESUMES: Final = frozenset({Action.DECLINE, Action.REFUSE_DEFERRAL, Action.REFUSE_FINAL})
_EFFECTS: Final[Mapping[Action, Callable[[State, _Event], State]]] = {
    Action.RECEIVE: _receive,
    Action.LOCATE: _locate,
    Action.DISPATCH: _dispatch,
    Action.ACCEPT: _accept,
    Action.CONTACT: _contact,
    Action.UPHOLD: _uphold,
    Action.ADJUDICATE: _climb,
    Action.RULE_DUTY: _rule_duty,
    Action.CLIMB: _climb,
    Action.RAISE: _climb,
    Action.MOVE: _move,
    Action.REMIND: _remind,
    Action.WARN: _warn,
    Action.CIRCULATE: _warn,
    Action.OVERSEE: _warn,
    Action.RELAX: _warn,
    Action.URGE: _urge,
    Action.ALARM: _alarm,
    Action.SUBMIT: _submit,
    Action.MERGE: _merge,
    Action.UNMERGE: _unmerge,
    Action.GATHER: _gather,
    Action.RELEASE: lambda state, _event: replace(state, members=state.members - 1),
    Action.CARRY: _carry,
    Action.REOPEN: lambda state, _event: replace(state, redos=state.redos + 1),
    Action.UPHOLD_APPEAL: lambda state, _event: replace(state, redos=state.redos + 1),
    Action.DENY: lambda state, _event: replace(state, redos=state.redos + 1),
    Action.GRANT: lambda state, _event: replace(state, extensions=state.extensions + 1),
    Action.DISAPPROVE: lambda state, _event: replace(state, triage_reason="rejection_declined"),
    Action.OBJECT: lambda state, _event: replace(state, triage_reason="objected", lead_id=None),
}
