"""Reused photos, and the innocent twin of each."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.domain.suspicion.facts import Facts, Likeness
from hotline.domain.suspicion.media import reused_photo
from hotline.domain.suspicion.thresholds import DEFAULT
from tests.domain.suspicion.facts import a_claim, a_twin

LIMITS = DEFAULT.thresholds


def said(*twins):
    """Return what the signal says of a claim whose photos have these twins."""
    return reused_photo(Facts(a_claim(), twins=twins), LIMITS)


@pytest.mark.parametrize("likeness", Likeness)
def test_a_photo_of_another_ticket_is_a_sign_however_it_was_changed(likeness):
    sign = said(a_twin(likeness=likeness))

    assert sign.rows[0].id == "photo"
    assert ("likeness", likeness.value) in sign.rows[0].numbers


def test_a_photo_nobody_took_before_is_no_sign():
    assert said() is None


def test_two_photos_that_only_resemble_each_other_are_no_sign():
    assert said(a_twin(bits=LIMITS.photo_bits + 1)) is None


def test_an_old_photo_of_the_same_matter_is_a_sign():
    sign = said(a_twin(same_matter=True, at=a_claim().at - timedelta(days=30)))

    assert sign is not None


def test_one_repair_that_several_callers_asked_for_is_no_sign():
    assert said(a_twin(same_matter=True, at=a_claim().at - timedelta(hours=5))) is None


def test_before_as_after_is_a_sign():
    sign = said(a_twin(other_ticket="ticket", same_matter=True, at=a_claim().at))

    assert sign.innocent_reason == "before_is_shown"


def test_one_photo_chosen_twice_is_no_sign():
    assert said(a_twin(other_ticket="ticket", other="second photo", at=a_claim().at)) is None


def test_a_before_photo_beside_a_new_one_of_the_same_spot_is_no_sign():
    assert said(a_twin(other_ticket="ticket", bits=90)) is None


@given(st.integers(0, 256), st.integers(0, 256))
def test_a_closer_twin_is_never_less_suspect(one, other):
    near, far = sorted((one, other))

    assert said(a_twin(bits=far)) is None or said(a_twin(bits=near)) is not None
