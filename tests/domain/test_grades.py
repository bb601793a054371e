"""Two scales of grades: each counted by itself, on both the top three satisfied."""

from datetime import date

import pytest

from hotline.domain.rates import Measure, fold
from hotline.domain.ratings import FIVE, FOUR, is_bad, is_grade, on_scale

AT = "2026-03-02T09:00:00+08:00"
PLACE = {"class": "water/outage", "grid": "1", "town": "t", "unit": "u", "post": "p"}


def chain(*answers: tuple[str, dict[str, object]]) -> list[dict]:
    """Return the events of a ticket that was dispatched and then asked about."""
    routing = PLACE | {"urgent": False, "triage": None}
    received = {"line": "12345", "routing": routing, "waits": None}
    told = [
        ("receive", "triage", "citizen", received),
        ("dispatch", "dispatched", "system", {"post": "p"}),
        *((action, "archived", "citizen", data) for action, data in answers),
    ]
    return [
        {"action": action, "status": status, "role": role, "actor": role, "at": AT, "data": data}
        for action, status, role, data in told
    ]


@pytest.mark.parametrize(("scale", "bad"), [(FIVE, {1, 2}), (FOUR, {1})])
def test_the_top_three_grades_of_either_scale_are_satisfied_and_the_rest_are_bad(scale, bad):
    grades = [grade for grade in range(7) if is_grade(grade, scale)]

    assert len(grades) == scale
    assert {grade for grade in grades if is_bad(grade, scale)} == bad


def test_a_key_is_a_grade_of_the_scale_that_was_read_out_and_words_are_translated():
    assert [on_scale(key, FOUR, in_words=False) for key in (1, 4)] == [1, 4]
    assert [on_scale(word, FOUR, in_words=True) for word in (5, 4, 3, 2, 1)] == [4, 3, 2, 1, 1]
    assert [on_scale(word, FIVE, in_words=True) for word in (5, 1)] == [5, 1]


@pytest.mark.parametrize(
    ("scale", "satisfied", "other"),
    [
        (FIVE, Measure.SATISFIED, Measure.SATISFIED_FOUR),
        (FOUR, Measure.SATISFIED_FOUR, Measure.SATISFIED),
    ],
)
def test_a_two_is_bad_of_five_and_satisfied_of_four_and_never_added_up(scale, satisfied, other):
    events = chain(("ask", {"scale": scale}), ("confirm", {"grade": 2, "scale": scale}))

    fact = fold(events, lambda _at: date(2026, 3, 2))

    assert fact.counts[satisfied] == int(scale == FOUR)
    assert other not in fact.counts
    assert (fact.grade, fact.scale) == (2, scale)


def test_a_grade_of_before_there_were_two_scales_is_of_five():
    fact = fold(chain(("confirm", {"grade": 4})), lambda _at: date(2026, 3, 2))

    assert (fact.scale, fact.counts[Measure.SATISFIED]) == (FIVE, 1)


def test_who_was_asked_by_four_and_gave_none_stands_in_the_reach_of_four():
    fact = fold(chain(("ask", {"scale": FOUR}), ("confirm", {"grade": None})), lambda _at: date.min)

    assert fact.counts[Measure.GRADED_FOUR] == 0
    assert Measure.GRADED not in fact.counts
