"""Claims of closure for tests: an ordinary, honest one, and ways to change it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hotline.domain.suspicion.facts import (
    Claim,
    Compared,
    Facts,
    Likeness,
    PhotoTwin,
    Return,
    Share,
)

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
GRID, OTHER_GRID = "210124104201", "210124104202"


def a_claim(**changes) -> Claim:
    """Return an honest claim: on time, with photos, a visit, and words of some length."""
    claim = Claim(
        id="claim",
        ticket="ticket",
        round=1,
        at=MONDAY + timedelta(days=3),
        done_at=MONDAY + timedelta(days=3),
        class_code="utilities/water",
        grid=GRID,
        words=60,
        written=80,
        photos=("photo", "second photo"),
        visited=True,
        limit_from=MONDAY,
        due_at=MONDAY + timedelta(days=7),
    )
    return replace(claim, **({"done_at": changes["at"]} if "at" in changes else {}) | changes)


def a_twin(**changes) -> PhotoTwin:
    """Return a photo that was on another matter's ticket a month before."""
    twin = PhotoTwin(
        photo="photo",
        other="old photo",
        other_ticket="old ticket",
        at=MONDAY - timedelta(days=30),
        likeness=Likeness.SAME_PICTURE,
        bits=4,
        same_matter=False,
    )
    return replace(twin, **changes)


def a_return(**changes) -> Return:
    """Return a ticket of the same class and place, a day after the claim."""
    back = Return(
        ticket="later",
        number="260306000001",
        at=a_claim().at + timedelta(days=1),
        metres=12,
        same_caller=False,
        like_that_day=0,
    )
    return replace(back, **changes)


def compared(own, peers, *, of=14, others=80) -> Compared:
    """Return how many of one class's closings were late: this account's, and others'."""
    return Compared(Share(own, of), Share(peers, others))


def late(**changes) -> Facts:
    """Return facts of somebody who closes on the last afternoon, with two words for proof."""
    facts = Facts(
        a_claim(at=MONDAY + timedelta(days=7, minutes=-20), written=4, photos=()),
        compared=(compared(11, 6),),
    )
    return replace(facts, **changes)


def a_bulk(n=6, *, apart_s=20, grids=None, **changes) -> Facts:
    """Return facts of somebody who closed ``n`` matters, one after the other."""
    begin = MONDAY + timedelta(days=3)
    grids = grids or [f"2101241042{index:02d}" for index in range(n)]
    closings = tuple(
        a_claim(
            **{
                "id": f"claim{index}",
                "ticket": f"ticket{index}",
                "grid": grids[index],
                "at": begin + timedelta(seconds=apart_s * index),
                "words": 400,
                "written": 200,
            }
            | changes
        )
        for index in range(n)
    )
    return Facts(closings[-1], closings=closings)
