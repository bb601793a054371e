"""Which of several able posts is called: whoever can answer and has least in hand."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Candidate(NamedTuple):
    """A post that may be called.

    Attributes:
        post: which.
        answers: whether anybody answers for it now, there or at its stand-in.
        open: how many whistles it has in hand.
    """

    post: str
    answers: bool
    open: int


def choose(candidates: Sequence[Candidate]) -> Candidate:
    """Return whom to call: who answers before who does not, then who has least in hand.

    Between equals the map's order decides, so that the same night always goes the same way.

    Args:
        candidates: at least one, in the map's order.
    """
    return min(candidates, key=lambda each: (not each.answers, each.open))


def candidates(
    posts: Sequence[str], answers: Mapping[str, bool], in_hand: Mapping[str, int]
) -> list[Candidate]:
    """Return posts with what decides between them."""
    return [Candidate(post, answers[post], in_hand.get(post, 0)) for post in posts]
