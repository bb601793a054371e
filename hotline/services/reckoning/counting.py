"""Count what has happened (统计): facts of tickets, and the sums that the rates are read from.

Counting is incremental and owes nothing to luck: a batch is one transaction, folds whole chains,
and adds to the sums the difference between what stood there and what stands there now. Killed at
any moment, it goes on where it was; counted from the beginning, it gives the same (tested).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from hotline.clock import COUNTY_ZONE
from hotline.domain.rates import Fact, fold
from hotline.domain.ratings import FIVE, FOUR
from hotline.store import facts as rows
from hotline.store.facts import Demand
from hotline.store.models.rates import RateRebuild
from hotline.work import Work

BATCH: Final = 500
# The one key of the dimension that covers everything.
EVERYTHING: Final = "*"
# The columns that count the grades of a scale.
_GRADE_OF: Final = {FIVE: "grade", FOUR: "four"}


def count(work: Work, limit: int = BATCH) -> int:
    """Count up to ``limit`` tickets that have changed; return how many were counted."""
    rows.take_turn(work.session)
    ids = rows.uncounted(work.session, limit)
    _recount(work, ids)
    return len(ids)


def begin_rebuild(work: Work) -> int:
    """Forget every fact and sum, and begin to count from the beginning; return how many wait.

    Until it has ended, pages say how far it has come.
    """
    rows.take_turn(work.session)
    under_way = rows.rebuild_row(work.session)
    if under_way is not None:
        work.session.delete(under_way)
        work.session.flush()
    rows.forget(work.session)
    total = rows.tickets(work.session)
    work.session.add(RateRebuild(total=total, started_at=work.now))
    return total


def go_on(work: Work, limit: int = BATCH) -> RateRebuild | None:
    """Count the next batch of a count from the beginning.

    Returns:
        How far it is; ``None`` when none is under way (any more).
    """
    rows.take_turn(work.session)
    state = rows.rebuild_row(work.session)
    if state is None:
        return None
    ids = rows.after(work.session, state.last_id, limit)
    if not ids:
        work.session.delete(state)
        return None
    _recount(work, ids)
    state = work.session.get_one(RateRebuild, 1)
    state.last_id, state.done = ids[-1], state.done + len(ids)
    work.session.add(state)
    return state


def _recount(work: Work, ids: Sequence[UUID]) -> None:
    """Fold these tickets anew and move the sums by the difference."""
    if not ids:
        return
    session = work.session
    fresh = {
        ticket_id: fold(bodies, _day) for ticket_id, bodies in rows.bodies(session, ids).items()
    }
    known = rows.facts(session, ids)
    # What came back is told by other tickets: theirs change with these, old place and new.
    beside = rows.before(session, _demands([*known.values(), *fresh.values()])) - set(ids)
    known |= rows.facts(session, beside)
    rows.put(session, fresh)
    fresh |= {ticket_id: known[ticket_id] for ticket_id in beside}
    gaps = rows.came_back(session, fresh)
    settled = {ticket_id: fact.recurring(gaps.get(ticket_id)) for ticket_id, fact in fresh.items()}
    rows.put(session, {key: fact for key, fact in settled.items() if fact != fresh[key]})
    rows.add(session, _difference(known, settled))
    rows.mark_counted(session, {ticket_id: settled[ticket_id].seq for ticket_id in ids})


def _demands(facts: Sequence[Fact]) -> Iterator[Demand]:
    for fact in facts:
        if fact.keys.grid is not None and fact.keys.clazz is not None:
            yield Demand(fact.keys.grid, fact.keys.clazz, fact.received_at.isoformat())


def _day(at: datetime) -> date:
    return at.astimezone(COUNTY_ZONE).date()


Cell = tuple[str, str, date, str]


def _difference(before: Mapping[UUID, Fact], now: Mapping[UUID, Fact]) -> list[dict[str, object]]:
    """Return what must be added to which cells; cells that stay as they are are left out."""
    changes: dict[Cell, dict[str, int]] = defaultdict(lambda: dict.fromkeys(rows.SUMS, 0))
    for ticket_id, fact in now.items():
        old = before.get(ticket_id)
        if old == fact:
            continue
        _add(changes, fact, 1)
        if old is not None:
            _add(changes, old, -1)
    return [
        {"dimension": dimension, "grain": grain, "start": start, "key": key, **sums}
        for (dimension, grain, start, key), sums in changes.items()
        if any(sums.values())
    ]


def _add(changes: dict[Cell, dict[str, int]], fact: Fact, sign: int) -> None:
    sums = _sums(fact)
    for dimension, key in _places(fact).items():
        for grain, start in (("day", fact.day), ("month", fact.day.replace(day=1))):
            cell = changes[dimension, grain, start, key]
            for name, amount in sums.items():
                cell[name] += sign * amount


def _places(fact: Fact) -> dict[str, str]:
    """Return the key of a ticket in each dimension in which it has one."""
    keys = fact.keys
    every = {
        "county": EVERYTHING,
        "town": keys.town,
        "grid": keys.grid,
        "unit": keys.unit,
        "post": keys.post,
        "class": keys.clazz,
        "line": keys.line,
    }
    return {dimension: key for dimension, key in every.items() if key is not None}


def _sums(fact: Fact) -> dict[str, int]:
    """Return what one ticket adds to the columns of its cells."""
    sums = {"tickets": 1}
    for measure, met in fact.counts.items():
        sums[f"{measure}_n"], sums[f"{measure}_d"] = met, 1
    if fact.grade is not None:
        sums[f"{_GRADE_OF[fact.scale]}_{fact.grade}"] = 1
    if fact.citizen_s is not None and fact.unit_s is not None:
        sums["gap_s"], sums["gap_d"] = fact.citizen_s - fact.unit_s, 1
    return sums
