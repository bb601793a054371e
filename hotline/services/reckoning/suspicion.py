"""Let the signals judge claims of closure: new ones, the day's, and history under new rules.

Facts are collected from rows, the signals are pure, and what they say is kept once for each
version of the rules. Where that makes a flag, it is raised; judging again changes nothing.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Final
from uuid import UUID

from hotline.domain.suspicion import signals
from hotline.domain.suspicion.facts import Claim, Compared, Facts, PhotoTwin, Return
from hotline.domain.suspicion.frame import flag_of
from hotline.domain.suspicion.outcome import LONGEST
from hotline.domain.suspicion.thresholds import SuspicionRules, Thresholds
from hotline.domain.suspicion.timing import in_last_stretch
from hotline.services.reckoning import flags
from hotline.store import photos as photo_rows
from hotline.store import suspicion as rows
from hotline.store.models import Submission, Ticket
from hotline.work import Work

# How far back an account is compared with its peers.
_COMPARED: Final = timedelta(days=180)
_USUAL: Final = timedelta(days=30)
_EARTH_M: Final = 6_371_000


def rules(work: Work) -> SuspicionRules:
    """Return the rules that judge now: those of the current map."""
    return work.kit.maps.current.suspicion


def waiting(work: Work, limit: int) -> list[UUID]:
    """Return claims that these rules have not judged yet."""
    return rows.unjudged(work.session, rules(work).version, limit)


def judge(work: Work, submission_id: UUID) -> int:
    """Judge one claim and raise a flag where the signs make one; return how many signs are new.

    Safe to run twice and at the same time: the ticket's lock makes the second find everything.
    """
    found = rows.submission(work.session, submission_id)
    if found is None:
        return 0
    ticket = work.ticket_by_id(found.ticket_id)
    work.session.refresh(found)
    policy = rules(work)
    limits = policy.for_class(found.class_code)
    said = signals.judge(collect(work, found, ticket, limits), limits)
    new = rows.keep(work.session, found, said, policy.version, work.now)
    found.judged_by = policy.version
    flag = flag_of(said)
    if flag is not None:
        flags.raise_(work, ticket, found, flag, policy)
    return new


def judge_returns(work: Work, since: timedelta) -> list[UUID]:
    """Return the claims to judge again because something like them was reported since."""
    return rows.come_back_since(work.session, work.now - since, LONGEST)


def collect(work: Work, found: Submission, ticket: Ticket, limits: Thresholds) -> Facts:
    """Return what may be known of a claim."""
    claim = as_claim(found)
    closings: Sequence[Submission] = []
    compared: Sequence[Compared] = []
    if found.by is not None:
        window = timedelta(minutes=limits.bulk_minutes)
        closings = rows.by_account(work.session, found.by, found.done_at - window, found.done_at)
        # The comparison goes over half a year: only where it can matter.
        if in_last_stretch(claim, limits.deadline_percent):
            pairs = rows.late_shares(
                work.session, found.by, found.at - _COMPARED, found.at, limits.deadline_percent
            )
            compared = [Compared(*pair) for pair in pairs]
    return Facts(
        claim,
        twins=tuple(_twins(work, found, ticket)),
        closings=tuple(as_claim(one) for one in closings),
        compared=tuple(compared),
        usual=rows.like_before(work.session, ticket, ticket.received_at - _USUAL),
        returns=tuple(_returns(work, found, ticket)),
    )


def as_claim(row: Submission) -> Claim:
    """Return a claim as the signals know it."""
    return Claim(
        id=str(row.id),
        ticket=str(row.ticket_id),
        round=row.round,
        at=row.at,
        done_at=row.done_at,
        class_code=row.class_code,
        grid=row.grid,
        words=row.words,
        written=row.written,
        photos=tuple(row.photo_ids),
        visited=row.visited,
        limit_from=row.limit_from,
        due_at=row.due_at,
    )


def _twins(work: Work, found: Submission, ticket: Ticket) -> Iterator[PhotoTwin]:
    twins = photo_rows.twins(work.session, [UUID(photo) for photo in found.photo_ids])
    others = rows.tickets(work.session, {twin.other_ticket for twin in twins})
    for row, other_ticket, other_at in twins:
        yield PhotoTwin(
            photo=str(row.media_id),
            other=str(row.other_id),
            other_ticket=str(other_ticket),
            at=other_at,
            likeness=row.likeness,
            bits=row.bits,
            same_matter=_one_matter(ticket, others[other_ticket]),
        )


def _one_matter(one: Ticket, other: Ticket) -> bool:
    """Whether two tickets are about one thing: the same class and grid, or merged together."""
    if (one.lead_id or one.id) == (other.lead_id or other.id):
        return True
    known = one.class_code is not None and one.grid is not None
    return known and (one.class_code, one.grid) == (other.class_code, other.grid)


def _returns(work: Work, found: Submission, ticket: Ticket) -> Iterator[Return]:
    if found.class_code is None:
        return
    later = rows.later(work.session, found, found.at + LONGEST)
    places = _places(work, [ticket.id, *(row.ticket.id for row in later)]) if later else {}
    for back, same_caller, like in later:
        if _merged(ticket, back):
            continue
        yield Return(
            ticket=str(back.id),
            number=back.number,
            at=back.received_at,
            metres=_metres(places.get(ticket.id), places.get(back.id)),
            same_caller=same_caller,
            like_that_day=like,
        )


def _merged(one: Ticket, other: Ticket) -> bool:
    return (one.lead_id or one.id) == (other.lead_id or other.id)


Position = tuple[float, float]


def _places(work: Work, ticket_ids: Sequence[UUID]) -> Mapping[UUID, Position]:
    """Return where somebody last stood for each ticket, as far as a device said."""
    found: dict[UUID, Position] = {}
    for event in rows.visits(work.session, ticket_ids):
        data = json.loads(event.body)["data"]
        if data.get("latitude") and data.get("longitude"):
            found[event.ticket_id] = (float(data["latitude"]), float(data["longitude"]))
    return found


def _metres(one: Position | None, other: Position | None) -> int | None:
    """Return the distance on the globe between two positions in degrees."""
    if one is None or other is None:
        return None
    (north, east), (north2, east2) = (tuple(map(radians, place)) for place in (one, other))
    half = sin((north2 - north) / 2) ** 2
    half += cos(north) * cos(north2) * sin((east2 - east) / 2) ** 2
    return round(2 * _EARTH_M * asin(sqrt(half)))
