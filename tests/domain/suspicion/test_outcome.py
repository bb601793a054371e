"""The same problem at the same place again, and what only looks like it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.domain.suspicion.facts import Facts
from hotline.domain.suspicion.outcome import comes_back
from hotline.domain.suspicion.thresholds import DEFAULT
from tests.domain.suspicion.facts import a_claim, a_return

LIMITS = DEFAULT.thresholds


def said(*returns, usual=0):
    """Return what the signal says of a claim after which these tickets came."""
    return comes_back(Facts(a_claim(), returns=returns, usual=usual), LIMITS)


def after(**amount):
    """Return a ticket at the same place so long after the claim."""
    return a_return(at=a_claim().at + timedelta(**amount))


@pytest.mark.parametrize(
    ("days", "window"), [(1, "48h"), (2, "48h"), (3, "7d"), (7, "7d"), (8, "30d"), (30, "30d")]
)
def test_what_comes_back_says_within_which_window(days, window):
    sign = said(after(days=days))

    assert dict(sign.rows[0].numbers)["window"] == window


def test_after_thirty_days_it_is_a_new_matter():
    assert said(after(days=30, seconds=1)) is None


def test_what_was_reported_before_the_claim_did_not_come_back():
    assert said(after(seconds=0)) is None


def test_the_earliest_return_speaks():
    sign = said(after(days=20), after(days=1))

    assert dict(sign.rows[0].numbers)["window"] == "48h"


def test_fifty_metres_are_the_same_place():
    assert said(a_return(metres=50)) is not None


def test_sixty_metres_are_another_place():
    assert said(a_return(metres=60)) is None


def test_the_same_grid_is_a_weak_sign_where_positions_are_not_known():
    sign = said(a_return(metres=None))

    assert sign.strength < said(a_return()).strength
    assert sign.innocent_reason == "other_house"


def test_what_a_grid_reports_all_the_time_is_no_sign():
    assert said(a_return(metres=None), usual=LIMITS.usual_returns) is None


def test_the_same_caller_is_a_sign_even_there():
    assert said(a_return(metres=None, same_caller=True), usual=9) is not None


def test_a_storm_that_hits_the_whole_town_is_no_sign():
    assert said(a_return(like_that_day=LIMITS.area_wide)) is None


@given(st.integers(1, 40 * 24), st.integers(1, 40 * 24))
def test_what_comes_back_sooner_is_never_less_suspect(one, other):
    soon, late = sorted((one, other))
    first, second = said(after(hours=soon)), said(after(hours=late))

    assert second is None or first.strength >= second.strength
