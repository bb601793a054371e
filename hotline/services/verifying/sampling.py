"""Draw the callers whom a person asks (回访抽样), day by day, and read what they prove.

A draw is one transaction: the claims it was made from, its seed and rules, the tickets it drew, who
asks about each, their limits, and the events in the tickets' chains. Killed before the commit
it has not happened; every later run makes up for missing days, in order.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from hotline.clock import COUNTY_ZONE, midnight
from hotline.domain import sampling
from hotline.domain.errors import NotFoundError
from hotline.domain.limits import Limit, Revisits
from hotline.domain.rates import Measure
from hotline.domain.sampling import METHOD, Candidate, Cell, Gap, Verified, Why
from hotline.services.reckoning.rates import Line, Period
from hotline.services.verifying import verifying
from hotline.store import sampling as rows
from hotline.store.models import SampleDraw, SampleMember
from hotline.store.sampling import Change, Framed
from hotline.work import Work

_DAY: Final = timedelta(days=1)


def draw_next(work: Work) -> SampleDraw | None:
    """Make the draw of the next county day that has ended and has none.

    Returns:
        The draw, or ``None`` when none is owed. The first ever is that of yesterday.
    """
    rows.take_turn(work.session)
    today = work.now.astimezone(COUNTY_ZONE).date()
    last = rows.last_draw(work.session)
    day = last.day + _DAY if last else today - _DAY
    if day >= today:
        return None
    members = list(_members(work, day, 1 if last is None else last.number + 1))
    rules, seed = work.kit.maps.current.limits.revisits, secrets.token_hex(16)
    drawn = sampling.draw(seed, [_candidate(member) for member in members], rules)
    for member in members:
        # What `_members` noted of a flag is what the draw says of it.
        member.why = drawn.get(str(member.ticket_id))
    made = SampleDraw(
        number=1 if last is None else last.number + 1,
        day=day,
        from_at=midnight(day),
        until_at=midnight(day + _DAY),
        drawn_at=work.now,
        seed=seed,
        rules=_kept(rules, work.kit.maps.current.version),
        framed=len(members),
        drawn=len(drawn),
    )
    rows.add_draw(work.session, made, members)
    rows.change(work.session, _framed(members))
    chosen = {member.ticket_id: member.why for member in members if member.why is not None}
    verifying.assign(work, made, chosen | _flagged_later(work))
    return made


def _members(work: Work, day: date, number: int) -> Iterator[SampleMember]:
    for claim in rows.standing(work.session, midnight(day), midnight(day + _DAY)):
        yield SampleMember(
            ticket_id=claim.ticket_id,
            draw=number,
            received_on=claim.received_at.astimezone(COUNTY_ZONE).date(),
            town=claim.town,
            kind=_kind(work, claim),
            why=Why.FLAGGED if claim.flagged else None,
        )


def _kind(work: Work, claim: Framed) -> str | None:
    if claim.class_code is None:
        return None
    grid_map = work.kit.maps.get(work.session, claim.map_version)
    return grid_map.clazz(claim.class_code).kind


def _candidate(member: SampleMember) -> Candidate:
    flagged = member.why is Why.FLAGGED
    return Candidate(str(member.ticket_id), member.town, member.kind, flagged)


def _framed(members: Sequence[SampleMember]) -> Iterator[Change]:
    for member in members:
        counts = {"framed": 1, "drawn": int(member.why is not None)}
        yield Change(member.received_on, member.town, member.kind, _must(member.why), counts)


def _must(why: Why | None) -> bool:
    return why is not None and why is not Why.LOT


def _flagged_later(work: Work) -> dict[UUID, Why]:
    """Move claims that were flagged since into the strata that are all asked.

    Returns:
        Those that were not drawn before; the others are being asked, or were.
    """
    late, changes = {}, []
    for member, call in rows.flagged_since(work.session):
        here = (member.received_on, member.town, member.kind)
        if call is None:
            late[member.ticket_id] = Why.FLAGGED
            changes += [
                Change(*here, must=False, counts={"framed": -1}),
                Change(*here, must=True, counts={"framed": 1, "drawn": 1}),
            ]
            continue
        call.why = Why.FLAGGED
        counts = {"framed": 1, "drawn": 1} | verifying.counted(call.outcome)
        changes.append(Change(*here, must=True, counts=counts))
        less = {name: -amount for name, amount in counts.items()}
        changes.append(Change(*here, must=False, counts=less))
    rows.change(work.session, changes)
    return late


# --- repeating ----------------------------------------------------------------------------------


def _kept(rules: Revisits, version: str) -> dict[str, Any]:
    """Return rules as a draw keeps them."""
    return {
        "share": rules.share,
        "always": sorted(rules.always),
        "strata": ["town", "kind"],
        "method": METHOD,
        "tries": rules.tries,
        "spacing": str(rules.spacing),
        "map": version,
    }


@dataclass(frozen=True, slots=True)
class Repeated:
    """A draw made again from what was kept of it.

    ``differs`` are the tickets that only one of the two draws drew, or for another reason.
    """

    draw: SampleDraw
    framed: int
    drawn: Mapping[UUID, Why]
    differs: frozenset[UUID]

    @property
    def same(self) -> bool:
        """Whether the same seed, rules and claims gave the same tickets."""
        return not self.differs


def repeat(work: Work, number: int) -> Repeated:
    """Make a draw again from its seed, its rules and the claims it was made from.

    Raises:
        NotFoundError: no such draw.
    """
    draw = find(work, number)
    members = rows.members(work.session, number)
    kept = draw.rules
    rules = Revisits(
        share=kept["share"],
        always=frozenset(kept["always"]),
        tries=kept["tries"],
        spacing=Limit.parse(kept["spacing"]),
    )
    again = sampling.draw(draw.seed, [_candidate(member) for member in members], rules)
    drawn = {UUID(ticket): why for ticket, why in again.items()}
    differs = {m.ticket_id for m in members if m.why is not drawn.get(m.ticket_id)}
    return Repeated(draw, len(members), drawn, frozenset(differs))


def find(work: Work, number: int) -> SampleDraw:
    """Return a draw.

    Raises:
        NotFoundError: no such draw.
    """
    draw = rows.get_draw(work.session, number)
    if draw is None:
        raise NotFoundError(draw=number)
    return draw


# --- what it proves -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Headline:
    """V of a period, and how far what is claimed and what counts as solved lie above it."""

    verified: Verified
    claimed: Gap | None
    solved: Gap | None


def headline_of(found: Sequence[Cell], county: Line) -> Headline:
    """Return the headline of a period for the whole county.

    Args:
        found: the strata of the period (`cells`).
        county: the county's rates of the same period.
    """
    v = sampling.verified(found)
    return Headline(
        v,
        sampling.claimed_less_verified(county.rates[Measure.CLAIMED], v),
        sampling.solved_less_verified(county.rates[Measure.SOLVED], v),
    )


def cells(work: Work, period: Period) -> list[Cell]:
    """Return the strata of a period; one query."""
    return rows.cells(work.session, period.start, period.end)


def by_town(found: Sequence[Cell]) -> dict[str, Verified]:
    """Return V of each town whose claims were framed; most have too few answers to be shown."""
    towns: dict[str, list[Cell]] = {}
    for cell in found:
        towns.setdefault(cell.town, []).append(cell)
    return {town: sampling.verified(towns[town]) for town in sorted(towns)}
