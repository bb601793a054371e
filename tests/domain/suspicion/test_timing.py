"""Closing at the deadline and in bulk, and the innocent twins of both."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.domain.suspicion.thresholds import DEFAULT
from hotline.domain.suspicion.timing import at_deadline, in_bulk, in_last_stretch
from tests.domain.suspicion.facts import GRID, MONDAY, a_bulk, a_claim, compared, late

LIMITS = DEFAULT.thresholds


def test_closing_on_the_last_afternoon_again_and_again_with_thin_proof_is_a_sign():
    sign = at_deadline(late(), LIMITS)

    assert [row.what for row in sign.rows] == ["submission", "own", "peers"]
    assert ("hits", 11) in sign.rows[1].numbers


@pytest.mark.parametrize(
    ("why", "facts"),
    [
        ("everybody finishes this class on its last day", late(compared=(compared(11, 60),))),
        ("it happened once", late(compared=(compared(1, 6),))),
        ("too few closings to compare", late(compared=(compared(5, 6, of=5),))),
        ("too few peers to compare with", late(compared=(compared(11, 0, others=3),))),
        (
            "it is well proven",
            late(claim=replace(late().claim, written=120, photos=("a", "b"), visited=True)),
        ),
        ("it was done days before", late(claim=a_claim(written=4, photos=()))),
        (
            "it is overdue, which is no secret",
            late(claim=a_claim(at=MONDAY + timedelta(days=8), written=4, photos=())),
        ),
        ("no limit was running", late(claim=replace(late().claim, due_at=None))),
    ],
)
def test_a_late_closing_is_no_sign_where(why, facts):
    assert at_deadline(facts, LIMITS) is None, why


def test_more_matters_in_ten_minutes_than_can_be_read_are_a_sign():
    sign = in_bulk(a_bulk(), LIMITS)

    assert [row.what for row in sign.rows] == ["submission"] * 6 + ["own"]
    assert dict(sign.rows[-1].numbers)["took_s"] == 100


@pytest.mark.parametrize(
    ("why", "facts"),
    [
        ("one burst main closes all of its tickets", a_bulk(grids=[GRID] * 6)),
        ("each was read and written up", a_bulk(apart_s=90)),
        ("there is little to read", a_bulk(words=20, written=30)),
        ("there are few of them", a_bulk(4)),
    ],
)
def test_many_closings_are_no_sign_where(why, facts):
    assert in_bulk(facts, LIMITS) is None, why


def test_what_a_telephone_without_a_network_kept_and_sent_together_is_no_sign():
    together = a_bulk(apart_s=0)
    at_work = tuple(
        replace(one, done_at=one.at - timedelta(hours=6 - index))
        for index, one in enumerate(together.closings)
    )

    assert in_bulk(together, LIMITS) is not None
    assert in_bulk(replace(together, closings=at_work, claim=at_work[-1]), LIMITS) is None


@given(st.integers(0, 14), st.integers(0, 14), st.integers(0, 80))
def test_closing_late_oftener_is_never_less_suspect(one, other, peers):
    seldom, often = sorted((one, other))
    few, many = (late(compared=(compared(own, peers),)) for own in (seldom, often))

    if at_deadline(few, LIMITS) is not None:
        assert at_deadline(many, LIMITS) is not None


def test_an_account_is_compared_class_by_class():
    """Whoever has many matters of a class that takes all its time closes them late, as all do."""
    slow, quick = compared(11, 64, of=12), compared(0, 2, of=8)

    assert at_deadline(late(compared=(slow, quick)), LIMITS) is None


@given(st.integers(1, 30 * 24 * 60), st.integers(-1000, 31 * 24 * 60))
def test_the_last_stretch_lies_within_the_limit_and_is_as_long_as_it_says(length_min, after_min):
    due = MONDAY + timedelta(minutes=length_min)
    claim = a_claim(at=MONDAY + timedelta(minutes=after_min), due_at=due)

    expected = length_min * 0.95 <= after_min <= length_min
    assert in_last_stretch(claim, 5) == expected or abs(after_min - length_min * 0.95) < 0.01
