"""Who holds which post, who is away, who is on a duty list: commands that are guarded and logged.

A supervisor or an administrator may change anybody; a leader (the holder of a unit's ``lead``
post, or of its stand-in) their own unit and what belongs to it. Every change goes into a log that
nobody can alter (`StaffChange`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from hotline.channels.notices import CHANNELS, MAIL, MAILBOX
from hotline.domain.errors import InvalidError, NotAllowedError, NotFoundError, RefusedError
from hotline.domain.grid.model import GridMap, Post
from hotline.domain.ledger import instant
from hotline.domain.roster import DutyKind
from hotline.domain.tickets import Role
from hotline.store import people, roster
from hotline.store.models import Leave, PostHolding, Staff, StaffAddress
from hotline.store.models.rosters import Duty, StaffChange
from hotline.work import Work

LONGEST_LEAVE: Final = timedelta(days=366)
MOST_SHIFTS: Final = 62
# Whatever was noted late may lie a little in the past.
BEHIND: Final = timedelta(days=1)
_ANYWHERE: Final = frozenset({Role.SUPERVISOR, Role.ADMIN, Role.SYSTEM})


def log(
    work: Work,
    what: str,
    *,
    staff_id: UUID | None,
    post: str | None = None,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Put a change about people on record: who did it, what was, what is."""
    work.session.add(
        StaffChange(
            at=work.now,
            actor=work.actor.ref,
            role=work.actor.role,
            staff_id=staff_id,
            post=post,
            what=what,
            before=_plain(before or {}),
            after=_plain(after or {}),
        )
    )


def units_led(grid_map: GridMap, posts: Collection[str]) -> frozenset[str]:
    """Return the units that the holder of ``posts`` leads: each with all that belongs to it."""
    led = {
        unit.id
        for unit in grid_map.units.values()
        if posts and ({unit.lead, grid_map.post(unit.lead).stand_in} & set(posts))
    }
    return frozenset(unit for unit in grid_map.units if led & set(_upwards(grid_map, unit)))


def _upwards(grid_map: GridMap, unit: str | None) -> Sequence[str]:
    line = []
    while unit is not None:
        line.append(unit)
        unit = grid_map.unit(unit).parent
    return line


def units_of(work: Work) -> frozenset[str]:
    """Return the units whose people whoever acts may change."""
    grid_map = work.kit.maps.current
    if work.actor.role in _ANYWHERE:
        return frozenset(grid_map.units)
    return units_led(grid_map, work.actor.posts)


def guard(work: Work, unit: str) -> None:
    """Refuse a change about people of a unit that whoever acts does not look after.

    Raises:
        NotAllowedError: another's unit.
    """
    if work.actor.role not in _ANYWHERE and unit not in units_of(work):
        raise NotAllowedError(reason="other_staff", unit=unit)


def person(work: Work, staff_id: UUID) -> Staff:
    """Lock an active person whom whoever acts may change.

    Raises:
        NotFoundError: no such person.
        NotAllowedError: of another's unit.
    """
    found = roster.lock(work.session, staff_id)
    if found is None or not found.active:
        raise NotFoundError(staff=staff_id)
    guard(work, found.unit)
    return found


def post(work: Work, post_id: str) -> Post:
    """Return a post of the map that whoever acts may staff.

    Raises:
        NotFoundError: no such post.
        NotAllowedError: of another's unit.
    """
    found = work.kit.maps.current.post(post_id)
    guard(work, found.unit)
    return found


def add_leave(
    work: Work, who: Staff, from_at: datetime, until_at: datetime, stand_in: UUID | None
) -> Leave:
    """Note that a person will be away, and who stands in for them, if somebody is named.

    Raises:
        InvalidError: not a span of time, or a stand-in who is the same person or not known.
        RefusedError: they are away then already, or the stand-in is.
    """
    _check_span(work, from_at, until_at)
    if roster.is_away(work.session, who.id, from_at, until_at):
        raise RefusedError(reason="already_away")
    if stand_in is not None:
        other = people.get(work.session, stand_in)
        if other is None or not other.active or other.id == who.id:
            raise InvalidError(fields=["stand_in"])
        if roster.is_away(work.session, stand_in, from_at, until_at):
            raise RefusedError(reason="stand_in_away")
    made = Leave(staff_id=who.id, from_at=from_at, until_at=until_at, stand_in_id=stand_in)
    work.session.add(made)
    log(work, "leave_added", staff_id=who.id, after=_leave(made))
    return made


def end_leave(work: Work, leave_id: UUID) -> Leave:
    """A person is back before the end of their leave, or does not go at all.

    Raises:
        NotFoundError: no such leave, or it is over.
    """
    found = roster.leave(work.session, leave_id)
    if found is None or found.until_at <= work.now:
        raise NotFoundError(leave=leave_id)
    person(work, found.staff_id)
    before = _leave(found)
    if found.from_at < work.now:
        found.until_at = work.now
        log(work, "leave_ended", staff_id=found.staff_id, before=before, after=_leave(found))
    else:
        log(work, "leave_ended", staff_id=found.staff_id, before=before)
        work.session.delete(found)
    return found


def hold(
    work: Work, who: Staff, at_post: Post, from_at: datetime, until_at: datetime | None = None
) -> PostHolding:
    """Give a person a post, from an instant on.

    Raises:
        InvalidError: it would end before it begins.
    """
    if until_at is not None and until_at <= from_at:
        raise InvalidError(fields=["until"])
    made = PostHolding(
        id=uuid4(), staff_id=who.id, post=at_post.id, from_at=from_at, until_at=until_at
    )
    work.session.add(made)
    log(work, "holding_started", staff_id=who.id, post=at_post.id, after=_holding(made))
    return made


def end_holding(work: Work, found: PostHolding, until_at: datetime | None = None) -> None:
    """End a holding now or at an instant; one that has not begun is taken back."""
    until = max(until_at or work.now, work.now)
    before = _holding(found)
    if found.from_at >= until:
        log(work, "holding_ended", staff_id=found.staff_id, post=found.post, before=before)
        work.session.delete(found)
        return
    found.until_at = until
    log(
        work,
        "holding_ended",
        staff_id=found.staff_id,
        post=found.post,
        before=before,
        after=_holding(found),
    )


def end_holding_by_id(work: Work, holding_id: UUID) -> PostHolding:
    """End a holding now, by its id.

    Raises:
        NotFoundError: no such holding, or it is over.
    """
    found = roster.holding(work.session, holding_id)
    if found is None or (found.until_at is not None and found.until_at <= work.now):
        raise NotFoundError(holding=holding_id)
    guard(work, unit_of_post(work, found.post))
    end_holding(work, found)
    return found


def add_duty(
    work: Work,
    at_post: Post,
    who: Staff,
    shifts: Sequence[tuple[datetime, datetime]],
    *,
    kind: DutyKind = DutyKind.SHIFT,
    batch: UUID | None = None,
) -> list[Duty]:
    """Put a person on a post's duty list (值班表) for one shift or several.

    Args:
        work: the command.
        at_post: which post.
        who: locked.
        shifts: from when to when, each.
        kind: of the list; lists of different kinds may name different people at once.
        batch: of which these lines are a part, if they were laid out with others.

    Raises:
        InvalidError: no shift, too many, or one that is no span of time.
        RefusedError: the list names somebody for one of them already, or the person is away;
            ``from_at`` among the facts says which.
    """
    if not 0 < len(shifts) <= MOST_SHIFTS:
        raise InvalidError(fields=["last_day"])
    made = []
    for from_at, until_at in shifts:
        _check_span(work, from_at, until_at)
        if roster.has_duty(work.session, at_post.id, kind, from_at, until_at):
            raise RefusedError(reason="duty_taken", from_at=from_at)
        if roster.is_away(work.session, who.id, from_at, until_at):
            raise RefusedError(reason="away_then", from_at=from_at)
        made.append(
            Duty(
                id=uuid4(),
                post=at_post.id,
                staff_id=who.id,
                from_at=from_at,
                until_at=until_at,
                kind=kind,
                batch=batch,
            )
        )
        work.session.add(made[-1])
        log(work, "duty_added", staff_id=who.id, post=at_post.id, after=_duty(made[-1]))
        work.session.flush()
    return made


def remove_duty(work: Work, duty_id: UUID) -> Duty:
    """Take a line off a duty list; one that runs ends now.

    Raises:
        NotFoundError: no such line, or it is over.
    """
    found = roster.duty(work.session, duty_id)
    if found is None or found.until_at <= work.now:
        raise NotFoundError(duty=duty_id)
    guard(work, unit_of_post(work, found.post))
    before = _duty(found)
    if found.from_at < work.now:
        found.until_at = work.now
        after = _duty(found)
    else:
        after = {}
        work.session.delete(found)
    log(work, "duty_removed", staff_id=found.staff_id, post=found.post, before=before, after=after)
    return found


def set_channels(work: Work, who: Staff, channels: Sequence[str], mail: str | None) -> None:
    """Set by which channels a person is told, in this order, and their mailbox.

    Args:
        work: the command.
        who: locked.
        channels: the first one first; empty ones are skipped.
        mail: ``None`` leaves the mailbox as it is, empty forgets it.

    Raises:
        InvalidError: a channel that does not exist, or no mailbox.
    """
    order = list(dict.fromkeys(filter(None, channels)))
    if not set(order) <= set(CHANNELS):
        raise InvalidError(fields=["channels"])
    if mail and not MAILBOX.match(mail):
        raise InvalidError(fields=["mail"])
    before = {"channels": list(who.channels)}
    who.channels = order
    if mail is not None:
        roster.drop_address(work.session, who.id, MAIL)
    if mail:
        sealed = work.kit.keys.seal(mail)
        work.session.add(StaffAddress(staff_id=who.id, channel=MAIL, address_sealed=sealed))
    log(work, "channels_changed", staff_id=who.id, before=before, after={"channels": order})


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A change with the people it names, who may have left since."""

    change: StaffChange
    actor: Staff | None
    person: Staff | None


def log_page(work: Work, before_id: int | None, limit: int) -> list[LogEntry]:
    """Return a page of the log of changes about people, newest first."""
    rows = roster.changes(work.session, before_id=before_id, limit=limit)
    ids = {row.staff_id for row in rows if row.staff_id}
    actors = {row.id: UUID(row.actor) for row in rows if row.role is not Role.SYSTEM}
    named = people.named(work.session, ids | set(actors.values()))
    return [
        LogEntry(
            row,
            named.get(actors[row.id]) if row.id in actors else None,
            named.get(row.staff_id) if row.staff_id else None,
        )
        for row in rows
    ]


def unit_of_post(work: Work, post_id: str) -> str:
    """Return the unit of a post; one that the map has dropped belongs to the county."""
    found = work.kit.maps.current.posts.get(post_id)
    return found.unit if found else ""


def _check_span(work: Work, from_at: datetime, until_at: datetime) -> None:
    if until_at <= max(from_at, work.now) or until_at - from_at > LONGEST_LEAVE:
        raise InvalidError(fields=["until"])
    if from_at < work.now - BEHIND:
        raise InvalidError(fields=["from"])


def _leave(row: Leave) -> dict[str, object]:
    return {"from": row.from_at, "until": row.until_at, "stand_in": row.stand_in_id}


def _holding(row: PostHolding) -> dict[str, object]:
    return {"from": row.from_at, "until": row.until_at}


def _duty(row: Duty) -> dict[str, object]:
    return {"from": row.from_at, "until": row.until_at, "kind": row.kind.value}


def _plain(facts: Mapping[str, object]) -> dict[str, object]:
    return {name: _json(value) for name, value in facts.items()}


def _json(value: object) -> object:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, UUID):
        return str(value)
    return value
