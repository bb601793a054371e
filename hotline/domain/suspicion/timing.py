"""Signals of group ``time``: when a claim was made, and together with what."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from math import comb

from hotline.domain.suspicion.facts import Claim, Compared, Facts, Share
from hotline.domain.suspicion.frame import Group, Row, Signal, Suspicion
from hotline.domain.suspicion.thresholds import Thresholds


def at_deadline(facts: Facts, limits: Thresholds) -> Suspicion | None:
    """Closed in the last stretch of the limit, oftener than peers do, with thin proof (6).

    Innocent, and left alone: a class that everybody finishes on the last day (the peers tell), one
    late closing of somebody who has few, and a late closing that is well proven.
    """
    claim = facts.claim
    thin = _thin(claim, limits)
    if not in_last_stretch(claim, limits.deadline_percent) or not thin:
        return None
    known = [each for each in facts.compared if each.peers.total >= limits.deadline_peers]
    own = _sum(each.own for each in known)
    peers = _sum(each.peers for each in known)
    if own.total < limits.deadline_closings:
        return None
    usual = _usual(known, own.total)
    if _chance(own, usual) * 1000 > limits.deadline_chance:
        return None
    rows = (
        Row("submission", claim.id, claim.at, (("left_min", _minutes_left(claim)), ("thin", thin))),
        *(
            Row(what, "", claim.at, (("hits", of.hits), ("total", of.total), ("percent", percent)))
            for what, of, percent in (
                ("own", own, round(100 * own.hits / own.total)),
                ("peers", peers, round(100 * usual)),
            )
        ),
    )
    strength = max(30, min(80, round(100 * (own.hits / own.total - usual))))
    return Suspicion(Signal.AT_DEADLINE, Group.TIME, strength, rows, "work_ends_on_the_day")


def in_bulk(facts: Facts, limits: Thresholds) -> Suspicion | None:
    """Many different matters closed in a few minutes, faster than they can be read (7).

    Innocent, and left alone: one cause behind many tickets (the same class and grid count once),
    and closings that a device without a network kept and sent together (their own times count).
    """
    claim = facts.claim
    opens = claim.done_at - timedelta(minutes=limits.bulk_minutes)
    near = [one for one in facts.closings if opens <= one.done_at <= claim.done_at]
    bulk = _one_of_each_matter([*near, claim])
    if len(bulk) < limits.bulk_closings:
        return None
    took = int((bulk[-1].done_at - bulk[0].done_at).total_seconds())
    # The first of them may have been read long before.
    needs = sum(one.words + one.written for one in bulk[1:]) // limits.reading_speed
    if took >= needs:
        return None
    rows = tuple(
        Row("submission", one.id, one.done_at, (("characters", one.words + one.written),))
        for one in bulk
    )
    counted = Row("own", "", claim.at, (("took_s", took), ("needs_s", needs), ("n", len(bulk))))
    strength = max(30, min(80, 80 * (needs - took) // needs))
    return Suspicion(Signal.IN_BULK, Group.TIME, strength, (*rows, counted), "written_up_before")


def in_last_stretch(claim: Claim, percent: int) -> bool:
    """Whether a claim arrived in the last ``percent`` of its limit, and not after it.

    Natural time, as the limit lay: five working days are a week, and its last 5 % are the last
    office day's afternoon. An overdue closing has a limit that it missed, and is no sign here.
    """
    if claim.limit_from is None or claim.due_at is None or claim.due_at <= claim.limit_from:
        return False
    stretch = (claim.due_at - claim.limit_from) * percent / 100
    return claim.due_at - stretch <= claim.at <= claim.due_at


def _thin(claim: Claim, limits: Thresholds) -> str:
    """Return what is thin about a claim's proof, as codes; empty when nothing is."""
    marks = {
        "short": claim.written < limits.thin_characters,
        "no_photo": not claim.photos,
        "no_visit": not claim.visited,
    }
    return " ".join(name for name, is_so in marks.items() if is_so)


def _minutes_left(claim: Claim) -> int:
    return int((claim.due_at - claim.at).total_seconds() // 60) if claim.due_at else 0


def _sum(shares: Iterable[Share]) -> Share:
    pairs = list(shares)
    return Share(sum(one.hits for one in pairs), sum(one.total for one in pairs))


def _usual(known: Sequence[Compared], total: int) -> float:
    """Return the share of late closings that peers would have with this account's classes.

    One closing more, late, and one more, not late, keep each class off 0 and 1.
    """
    return (
        sum(each.own.total * (each.peers.hits + 1) / (each.peers.total + 2) for each in known)
        / total
    )


def _chance(own: Share, usual: float) -> float:
    """Return how likely so many late closings are for somebody who closes as the peers do.

    One-sided binomial test. Classes with different shares vary less than that, so it errs on the
    side of silence.
    """
    n = own.total
    return sum(
        comb(n, k) * usual**k * (1 - usual) ** (n - k) for k in range(min(own.hits, n), n + 1)
    )


def _one_of_each_matter(closings: list[Claim]) -> list[Claim]:
    """Return the last closing of each matter (class and grid; else the ticket), oldest first."""
    kept: dict[tuple[str, ...], Claim] = {}
    for one in sorted(closings, key=lambda one: (one.done_at, one.at, one.id)):
        known = one.class_code is not None and one.grid is not None
        matter = (str(one.class_code), str(one.grid)) if known else (one.ticket,)
        kept[matter] = one
    return sorted(kept.values(), key=lambda one: (one.done_at, one.at, one.id))
