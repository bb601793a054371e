"""Colleagues swap turns of a duty list: one asks, the other says yes, and the list follows.

Nobody has to permit it: the list is changed in the open, with both names in the log of changes
about people, and whoever looks after the post can put an override over it.
"""

from collections.abc import Collection
from typing import Final
from uuid import UUID, uuid4

from hotline.domain.errors import InvalidError, NotAllowedError, NotFoundError, RefusedError
from hotline.domain.tickets import Role
from hotline.services.staff import people
from hotline.services.telling import telling
from hotline.store import people as people_rows
from hotline.store import roster
from hotline.store.models import Staff
from hotline.store.models.rosters import Duty, DutySwap
from hotline.work import Work

_SWAPPERS: Final = frozenset({Role.OFFICER, Role.UNIT})


def ask(work: Work, duty_id: UUID, of: UUID, in_return: UUID | None = None) -> DutySwap:
    """Ask a colleague to take one of my turns, for one of theirs or for nothing.

    Args:
        work: the command, of the person whose turn it is.
        duty_id: my turn; it must not have begun.
        of: the colleague: of my unit, of the post's, or on the same list.
        in_return: a turn of theirs that I would take.

    Raises:
        NotFoundError: no such turn, or it is not mine.
        InvalidError: somebody who can't be asked, or a turn in return that is not theirs.
        RefusedError: it has begun, it was asked about already, or one of us is away then.
    """
    mine = _turn(work, duty_id, _me(work))
    other = people_rows.get(work.session, of)
    if other is None or other not in colleagues(work, mine):
        raise InvalidError(fields=["of"])
    theirs = None
    if in_return is not None:
        theirs = roster.duty(work.session, in_return)
        if theirs is None or theirs.staff_id != of:
            raise InvalidError(fields=["in_return"])
        _not_begun(work, theirs)
    _check(work, mine, theirs, other)
    if roster.open_swap(work.session, mine.id) is not None:
        raise RefusedError(reason="swap_asked")
    made = DutySwap(
        id=uuid4(),
        duty_id=mine.id,
        in_return_id=theirs.id if theirs else None,
        asked_by=_me(work),
        asked_of=other.id,
        asked_at=work.now,
    )
    work.session.add(made)
    _tell(work, other, "swap_asked", mine)
    return made


def answer(work: Work, swap_id: UUID, *, accepted: bool) -> DutySwap:
    """Say yes or no to a colleague; with a yes the duty list says so at once.

    Raises:
        NotFoundError: nobody asked me that.
        RefusedError: it was answered or withdrawn, a turn has begun or was changed since, or one
            of us is away by now.
    """
    found = _asked(work, swap_id)
    if found.asked_of != _me(work):
        raise NotFoundError(swap=swap_id)
    asker = people_rows.get(work.session, found.asked_by)
    found.state, found.answered_at = "accepted" if accepted else "declined", work.now
    if asker is None:
        raise NotFoundError(swap=swap_id)
    if accepted:
        _exchange(work, found)
    mine = roster.duty(work.session, found.duty_id)
    if mine is not None:
        _tell(work, asker, "swap_accepted" if accepted else "swap_declined", mine)
    return found


def withdraw(work: Work, swap_id: UUID) -> DutySwap:
    """Take back what I asked.

    Raises:
        NotFoundError: I asked no such thing.
        RefusedError: it was answered, or withdrawn before.
    """
    found = _asked(work, swap_id)
    if found.asked_by != _me(work):
        raise NotFoundError(swap=swap_id)
    found.state, found.answered_at = "withdrawn", work.now
    return found


def colleagues(work: Work, turn: Duty) -> list[Staff]:
    """Return who may be asked to take a turn: of my unit, of the post's, or on the same list."""
    return everybody_asked(work, [turn])


def everybody_asked(work: Work, turns: Collection[Duty]) -> list[Staff]:
    """Return who may be asked to take any of some turns of mine; two queries."""
    me = _me(work)
    units = {work.actor.unit or "", *(people.unit_of_post(work, turn.post) for turn in turns)}
    listed = roster.listed(work.session, {turn.post for turn in turns}, work.now)
    near = {one.id: one for one in roster.of_units(work.session, units)}
    near |= {row.person.id: row.person for row in listed if row.person.active}
    return [one for one in near.values() if one.id != me and _swaps(one)]


def _swaps(person: Staff) -> bool:
    return person.role in _SWAPPERS


def _exchange(work: Work, swap: DutySwap) -> None:
    ids = [each for each in (swap.duty_id, swap.in_return_id) if each is not None]
    turns = {row.id: row for row in roster.lock_duties(work.session, ids)}
    mine = _still(work, turns.get(swap.duty_id), swap.asked_by)
    theirs = None
    if swap.in_return_id is not None:
        theirs = _still(work, turns.get(swap.in_return_id), swap.asked_of)
    other = people_rows.get(work.session, swap.asked_of)
    if other is None or not other.active:
        raise NotFoundError(swap=swap.id)
    _check(work, mine, theirs, other, asker=swap.asked_by)
    _hand(work, mine, swap.asked_of)
    if theirs is not None:
        _hand(work, theirs, swap.asked_by)


def _hand(work: Work, turn: Duty, to: UUID) -> None:
    before = {"staff": turn.staff_id, "from": turn.from_at, "until": turn.until_at}
    turn.staff_id = to
    after = before | {"staff": to}
    people.log(work, "duty_swapped", staff_id=to, post=turn.post, before=before, after=after)


def _check(
    work: Work, mine: Duty, theirs: Duty | None, other: Staff, asker: UUID | None = None
) -> None:
    """Refuse a swap that would leave a turn to somebody who is away then."""
    if roster.is_away(work.session, other.id, mine.from_at, mine.until_at):
        raise RefusedError(reason="already_away")
    me = asker or _me(work)
    if theirs is not None and roster.is_away(work.session, me, theirs.from_at, theirs.until_at):
        raise RefusedError(reason="already_away")


def _turn(work: Work, duty_id: UUID, whose: UUID) -> Duty:
    found = roster.duty(work.session, duty_id)
    if found is None or found.staff_id != whose or found.until_at <= work.now:
        raise NotFoundError(duty=duty_id)
    return _not_begun(work, found)


def _still(work: Work, turn: Duty | None, whose: UUID) -> Duty:
    if turn is None or turn.staff_id != whose:
        raise RefusedError(reason="duty_changed")
    return _not_begun(work, turn)


def _not_begun(work: Work, turn: Duty) -> Duty:
    if turn.from_at <= work.now:
        raise RefusedError(reason="duty_begun")
    return turn


def _asked(work: Work, swap_id: UUID) -> DutySwap:
    found = roster.lock_swap(work.session, swap_id)
    if found is None or _me(work) not in (found.asked_by, found.asked_of):
        raise NotFoundError(swap=swap_id)
    if found.state != "asked":
        raise RefusedError(reason="swap_over")
    return found


def _me(work: Work) -> UUID:
    if work.actor.role not in _SWAPPERS:
        raise NotAllowedError(role=work.actor.role)
    return UUID(work.actor.ref)


def _tell(work: Work, whom: Staff, template: str, turn: Duty) -> None:
    """Tell a colleague by their own first channel; which day it is, and nothing else."""
    telling.notify(work, whom.id, whom.channels, template, {"day": telling.local(turn.from_at)})
