"""Where whistles clash: one unit is wanted in two places in overlapping hours."""

from collections.abc import Iterable
from datetime import datetime
from itertools import combinations
from typing import NamedTuple
from uuid import UUID

from hotline.domain.whistle import BEHIND, PartyState


class Call(NamedTuple):
    """One open call of a unit, as far as it takes its time.

    Attributes:
        party: the call's id.
        place: the code of the grid; ``None``: not known.
        state: how far the unit has come.
        sounded_at: when it was called the last time.
        arrive_by: until when it has to be there, as far as is known.
        arrived_at: since when it is there.
        slot: the appointment, where there is one: from, until.
    """

    party: UUID
    place: str | None
    state: PartyState
    sounded_at: datetime
    arrive_by: datetime | None
    arrived_at: datetime | None
    slot: tuple[datetime, datetime] | None


class Hours(NamedTuple):
    """From when to when a call takes somebody's time."""

    begins: datetime
    ends: datetime


def hours_of(call: Call, now: datetime) -> Hours | None:
    """Return the hours of a call; ``None``: it takes nobody's time any more.

    An appointment has its own; whoever is on site is there until they are done; whoever still has
    to come is wanted from the call until the limit for arriving.
    """
    if call.state is PartyState.ARRIVED:
        return Hours(call.arrived_at or now, max(now, call.slot[1] if call.slot else now))
    if call.state not in BEHIND:
        return None
    if call.slot is not None:
        return Hours(*call.slot)
    return Hours(call.sounded_at, max(now, call.arrive_by or now))


class Lane(NamedTuple):
    """The hours of one call, beside those of the unit's other calls.

    Attributes:
        call: which.
        hours: when it takes somebody's time.
        is_fixed: whether it takes all of these hours (an appointment, or somebody stands there);
            else somebody has to come at some time within them.
        shared: in which of its hours the unit is wanted somewhere else as well.
    """

    call: Call
    hours: Hours
    is_fixed: bool
    shared: tuple[Hours, ...]


def lanes(calls: Iterable[Call], now: datetime) -> list[Lane]:
    """Return the hours of every call that takes somebody's time, the earliest first."""
    busy = _busy(calls, now)
    found = [
        Lane(
            call,
            its,
            call.slot is not None or call.state is PartyState.ARRIVED,
            tuple(
                Hours(max(its.begins, theirs.begins), min(its.ends, theirs.ends))
                for other, theirs in busy
                if other.party != call.party and _clash(call, its, other, theirs)
            ),
        )
        for call, its in busy
    ]
    return sorted(found, key=lambda lane: (lane.hours, lane.call.party))


def clashes(calls: Iterable[Call], now: datetime) -> dict[UUID, list[UUID]]:
    """Return for each call those of other places whose hours overlap with its own.

    Calls to one and the same place are one errand and never clash.
    """
    found: dict[UUID, list[UUID]] = {}
    for (one, its), (other, theirs) in combinations(_busy(calls, now), 2):
        if _clash(one, its, other, theirs):
            found.setdefault(one.party, []).append(other.party)
            found.setdefault(other.party, []).append(one.party)
    return found


def _busy(calls: Iterable[Call], now: datetime) -> list[tuple[Call, Hours]]:
    return [(call, hours) for call in calls if (hours := hours_of(call, now)) is not None]


def _clash(one: Call, its: Hours, other: Call, theirs: Hours) -> bool:
    if one.place is not None and one.place == other.place:
        return False
    return its.begins <= theirs.ends and theirs.begins <= its.ends
