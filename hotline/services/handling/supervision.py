"""Supervise a result that is owed (督办): warn, urge, watch more closely, name it (通报).

Time does it by the map's limits, and supervisors do it by hand, with a reason. A stage that was
reached is never reached twice: a late step of an earlier limit finds it and does nothing.
"""

from collections.abc import Sequence
from typing import Final

from hotline.domain.errors import InvalidError, NotAllowedError, RefusedError
from hotline.domain.grid.model import Post
from hotline.domain.supervision import LEVEL, Alert, after_limit
from hotline.domain.tickets import OWNER, Action, Role, Step, Supervision
from hotline.services.handling import attention, tickets, timing
from hotline.services.telling import telling
from hotline.store.models import Ticket, Timer
from hotline.work import SYSTEM, Work

BY_HAND: Final = frozenset({Supervision.FROM_THE_START, Supervision.TO_THE_TOP})
LEVEL_WORDS: Final = {Supervision.FROM_THE_START: "督办", Supervision.TO_THE_TOP: "提级督办"}
_Told = list[dict[str, object]]


def warn(work: Work, ticket: Ticket, timer: Timer) -> None:
    """The limit of a result comes near: an early warning to its holder, or the yellow one."""
    alert = Alert.EARLY if timer.step is Step.EARLY else Alert.YELLOW
    if ticket.alert >= alert or ticket.due_at is None:
        return
    ticket.alert = alert
    due = {"due": telling.local(ticket.due_at)}
    if alert is Alert.EARLY:
        told = _tell_holder(work, ticket, "warned", due)
        timing.warn(work, ticket, timer.due_at, ticket.due_at)
    else:
        told = _tell_holder(work, ticket, "yellow", due)
        told += telling.tell(work, ticket, _beside(work, ticket), "yellow", due)
    rule = "limits.warn_early" if alert is Alert.EARLY else "limits.warn_before"
    data = {"alert": alert.name.lower(), "due": ticket.due_at, "rule": rule, "told": told}
    work.act(ticket, Action.WARN, data, actor=SYSTEM)


def past_limit(work: Work, ticket: Ticket, timer: Timer) -> None:
    """The limit of a result has passed, or one more period after it: the next stage.

    Red tells the holder, and sets when the matter is named; 督办 and 提级督办 raise how closely
    it is watched, so that the steps of the clock tell more people from then on.
    """
    stage = after_limit(Alert(ticket.alert))
    if stage == ticket.alert:
        return
    ticket.alert = stage
    if stage is Alert.RED:
        told = _tell_holder(work, ticket, "red", {})
        data = {"alert": "red", "due": timer.due_at, "rule": "limits.handle", "told": told}
        work.act(ticket, Action.WARN, data, actor=SYSTEM)
        if "circular_after" in timing.map_of(work, ticket).limits.steps:
            after = timing.limit_of(work, ticket, "circular_after")
            due = timing.deadline(work, timer.due_at, after)
            timing.start_timer(work, ticket, Step.CIRCULATE, due)
        return
    level = max(LEVEL[stage], Supervision(ticket.supervised))
    ticket.supervised = level
    told = _tell_holder(work, ticket, "overseen", {"level": LEVEL_WORDS[level]})
    data = {"level": int(level), "alert": stage.name.lower(), "due": timer.due_at}
    data |= {"rule": "limits.oversight_after", "told": told}
    work.act(ticket, Action.OVERSEE, data, actor=SYSTEM)
    if stage is Alert.RAISED:
        key = f"raised:{ticket.id}:{ticket.due_at}"
        attention.raise_(work, "raised", key, {"due": timer.due_at.isoformat()}, ticket.id)


def watch_late(ticket: Ticket) -> None:
    """From red on a ticket is on the supervisors' list (催办); told they were by its line alone."""
    if ticket.alert >= Alert.RED:
        ticket.supervised = max(ticket.supervised, Supervision.WHEN_LATE)


def circulate(work: Work, ticket: Ticket, timer: Timer) -> None:
    """It is so late that it is named before the county (通报): once for each limit."""
    if not Alert.RED <= ticket.alert < Alert.CIRCULATED:
        return
    ticket.alert = Alert.CIRCULATED
    told = _tell_holder(work, ticket, "circulated", {})
    told += telling.tell(work, ticket, [post.id for post in _top(work, ticket)], "circulated", {})
    told += telling.tell_role(work, ticket, Role.SUPERVISOR, "circulated", {})
    data = {"alert": "circulated", "due": timer.due_at, "rule": "limits.circular_after"}
    work.act(ticket, Action.CIRCULATE, data | {"told": told}, actor=SYSTEM)
    key = f"circulated:{ticket.id}:{ticket.due_at}"
    attention.raise_(work, "circulated", key, {"due": timer.due_at.isoformat()}, ticket.id)


def urge(work: Work, ticket: Ticket, reason: str) -> None:
    """A supervisor urges whoever owes the next step (催办), with a reason that they can read.

    Raises:
        RefusedError: the next word is the caller's.
    """
    told = _tell_owner(work, ticket, "urged")
    text = work.write(ticket, "oversight", tickets.words(reason))
    ticket.urged += 1
    ticket.supervised = max(ticket.supervised, Supervision.WHEN_LATE)
    work.act(ticket, Action.URGE, text | {"times": ticket.urged, "told": told})


def oversee(work: Work, ticket: Ticket, level: int, reason: str) -> None:
    """A supervisor takes a matter under 督办, or raises it to 提级督办, with a reason.

    The rung above is told; of 提级督办 the top of the ladder.

    Raises:
        InvalidError: no such level.
        RefusedError: it is watched as closely already, or the next word is the caller's.
    """
    if level not in BY_HAND:
        raise InvalidError(fields=["level"])
    wanted = Supervision(level)
    if ticket.supervised >= wanted:
        raise RefusedError(reason="watched_already", ticket=ticket.number)
    said = {"level": LEVEL_WORDS[wanted]}
    told = _tell_owner(work, ticket, "overseen", said)
    above = _top(work, ticket) if wanted is Supervision.TO_THE_TOP else _above(work, ticket)
    told += telling.tell(work, ticket, [post.id for post in above], "overseen", said)
    text = work.write(ticket, "oversight", tickets.words(reason))
    data = {"level": int(wanted), "level_before": ticket.supervised, "told": told}
    ticket.supervised = wanted
    work.act(ticket, Action.OVERSEE, text | data)


def relax(work: Work, ticket: Ticket, reason: str) -> None:
    """A supervisor who is not of the unit ends 督办: it is watched as its line says again.

    Raises:
        NotAllowedError: the supervisor belongs to the unit.
        RefusedError: it is watched no closer than its line says.
    """
    if ticket.unit is not None and work.actor.unit == ticket.unit:
        raise NotAllowedError(ticket=ticket.number, reason="own_unit")
    usual = timing.map_of(work, ticket).line(ticket.line).supervision
    if ticket.supervised <= usual:
        raise RefusedError(reason="not_watched", ticket=ticket.number)
    text = work.write(ticket, "oversight", tickets.words(reason))
    work.act(ticket, Action.RELAX, text | {"level": usual, "level_before": ticket.supervised})
    ticket.supervised = usual


def _tell_owner(
    work: Work, ticket: Ticket, template: str, params: dict[str, str] | None = None
) -> _Told:
    owner = OWNER.get(ticket.status)
    if owner in {None, Role.CITIZEN}:
        raise RefusedError(reason="not_owed", ticket=ticket.number)
    if owner is Role.OFFICER:
        return _tell_holder(work, ticket, template, params or {})
    return telling.tell_role(work, ticket, owner, template, params or {}) if owner else []


def _tell_holder(work: Work, ticket: Ticket, template: str, params: dict[str, str]) -> _Told:
    """Tell whoever has it in hand: the person who signed, else who answers for the post."""
    officer = tickets.officer_there(work, ticket)
    if officer is not None:
        return [telling.tell_person(work, ticket, officer, template, params)]
    posts = [ticket.post] if ticket.post is not None else []
    return telling.tell(work, ticket, posts, template, params)


def _beside(work: Work, ticket: Ticket) -> list[str]:
    """Return the stand-in's post and the rung above: whoever can still help in time."""
    if ticket.post is None:
        return []
    stand_in = timing.map_of(work, ticket).post(ticket.post).stand_in
    posts = ([stand_in] if stand_in else []) + [post.id for post in _above(work, ticket)]
    return list(dict.fromkeys(posts))


def _above(work: Work, ticket: Ticket) -> Sequence[Post]:
    above = timing.rung_above(work, ticket)
    return above.posts if above else ()


def _top(work: Work, ticket: Ticket) -> Sequence[Post]:
    if ticket.grid is None or ticket.unit is None:
        return ()
    return timing.map_of(work, ticket).ladder_posts(ticket.grid, ticket.unit)[-1].posts
