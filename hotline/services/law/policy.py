"""Policy as code: what another map would change, and bringing it into force.

A map that comes into force decides about new demands from then on, in every process. Open tickets
stay with the version that decided about them until somebody moves them (`services.policy_moves`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from hotline.clock import COUNTY_ZONE
from hotline.domain.errors import InvalidError, NotFoundError, RefusedError
from hotline.domain.grid.faults import Wording
from hotline.domain.grid.model import GridMap
from hotline.domain.policy.diff import Change, Effect, changes, effects
from hotline.domain.policy.move import HINDERS, Touch, touched
from hotline.store import policy as rows
from hotline.store import policy_tickets
from hotline.store.models import MapVersion, PolicyChange, Staff
from hotline.work import Work

# So many digits of a version tell it from every other one.
LEAST_DIGITS = 6
_SHOWN = 50
KINDS: Final[Mapping[str, Wording]] = {
    "release": Wording("安装", "release"),
    "apply": Wording("执行", "applied"),
    "rollback": Wording("退回", "rolled back to"),
    "move": Wording("工单转版", "tickets moved to"),
}


@dataclass(frozen=True, slots=True)
class Touched:
    """Open tickets about which the other map would decide otherwise, and in what.

    Attributes:
        why: in what it differs for them.
        count: how many they are.
        numbers: the first of them.
    """

    why: frozenset[Touch]
    count: int
    numbers: tuple[str, ...]

    @property
    def can_move(self) -> bool:
        """Whether they could be moved to the other map."""
        return not self.why & HINDERS


@dataclass(frozen=True, slots=True)
class Plan:
    """What another map changes, for whom, and which open tickets that touches.

    Attributes:
        old: the version compared with.
        new: the other version.
        changes: item by item.
        effects: what follows for demands.
        open: how many tickets of the old version are open; they all keep it.
        touched: those about which the new one would decide otherwise, grouped by in what.
    """

    old: str
    new: str
    changes: tuple[Change, ...]
    effects: tuple[Effect, ...]
    open: int
    touched: tuple[Touched, ...]

    @property
    def touches(self) -> int:
        """How many open tickets the new version would decide about otherwise."""
        return sum(group.count for group in self.touched)


def plan(work: Work, old: GridMap, new: GridMap) -> Plan:
    """Say what ``new`` changes against ``old``; nothing is written.

    One query, whatever the number of open tickets: what they have in common is judged once.
    """
    day = work.now.astimezone(COUNTY_ZONE).date()
    groups: dict[frozenset[Touch], list[policy_tickets.Alike]] = {}
    alike = policy_tickets.alike(work.session, old.version)
    for group in alike:
        groups.setdefault(touched(old, new, group, day), []).append(group)
    return Plan(
        old.version,
        new.version,
        changes(old, new),
        effects(old, new, day),
        sum(group.count for group in alike),
        tuple(_touched(why, found) for why, found in sorted(groups.items(), key=_many) if why),
    )


def _many(item: tuple[frozenset[Touch], Sequence[policy_tickets.Alike]]) -> tuple[int, list[Touch]]:
    return -sum(group.count for group in item[1]), sorted(item[0])


def _touched(why: frozenset[Touch], found: Sequence[policy_tickets.Alike]) -> Touched:
    numbers = sorted(number for group in found for number in group.numbers)
    return Touched(why, sum(group.count for group in found), tuple(numbers[:_SHOWN]))


def apply(
    work: Work, grid_map: GridMap, content: str, *, by: UUID, why: str, kind: str = "apply"
) -> PolicyChange:
    """Bring a map into force, from now on, for new demands.

    Args:
        work: a transaction of its own.
        grid_map: the map, read without a fault.
        content: as it was written; kept for ever.
        by: who does it.
        why: the reason, in words.
        kind: ``apply``, or ``rollback`` to a former version.

    Raises:
        InvalidError: no reason was given.
        RefusedError: it is in force already.
    """
    if not why.strip():
        raise InvalidError(fields=["why"])
    rows.lock(work.session)
    before = rows.in_force(work.session)
    if before is not None and before.version == grid_map.version:
        raise RefusedError(reason="map_in_force", version=grid_map.version[:12])
    rows.keep(work.session, grid_map.version, content)
    return rows.add_change(
        work.session,
        kind=kind,
        version=grid_map.version,
        previous=before.version if before else None,
        staff_id=by,
        why=why.strip(),
        at=work.now,
    )


def kept(work: Work, beginning: str) -> MapVersion:
    """Return the one kept map whose version begins so.

    Raises:
        InvalidError: fewer than six digits, or several versions begin so.
        NotFoundError: none does.
    """
    found = rows.versions(work.session, beginning) if len(beginning) >= LEAST_DIGITS else []
    if len(beginning) < LEAST_DIGITS or len(found) > 1:
        raise InvalidError(fields=["version"], version=beginning)
    if not found:
        raise NotFoundError(version=beginning)
    return found[0]


def history(work: Work) -> list[tuple[PolicyChange, Staff | None]]:
    """Return what happened to the policy and who did it, the newest first."""
    return rows.changes(work.session)


def in_force(work: Work) -> MapVersion:
    """Return the map that decides about new demands.

    Raises:
        NotFoundError: none yet.
    """
    found = rows.in_force(work.session)
    if found is None:
        raise NotFoundError(what="policy")
    return found


def open_tickets(work: Work) -> Mapping[str, int]:
    """Return how many open tickets each version has."""
    return policy_tickets.open_by_version(work.session)
