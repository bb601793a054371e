"""The whistle: acknowledged is not arrived, arrived is not done, and what fails climbs."""

from itertools import product

import pytest

from hotline.domain.errors import InvalidError, WrongStatusError
from hotline.domain.tickets import Action, Step
from hotline.domain.whistle import (
    PARTY_RULES,
    PartyState,
    climb,
    is_waited_for,
    next_clock,
    next_rung,
    party_step,
    sounds_again,
)
from tests.domain.maps import faku

EMERGENCY, GRID = faku().whistle_kind("emergency"), faku().whistle_kind("grid")
ENFORCEMENT, JOINT = faku().whistle_kind("enforcement"), faku().whistle_kind("joint")


@pytest.mark.parametrize(
    ("state", "action", "after"),
    [
        (PartyState.CALLED, Action.ACKNOWLEDGE, PartyState.ACKNOWLEDGED),
        (PartyState.CALLED, Action.ARRIVE, PartyState.ARRIVED),
        (PartyState.CALLED, Action.REFUSE, PartyState.REFUSED),
        (PartyState.ACKNOWLEDGED, Action.ARRIVE, PartyState.ARRIVED),
        (PartyState.ARRIVED, Action.FINISH, PartyState.DONE),
        (PartyState.REFUSED, Action.ARRIVE, PartyState.ARRIVED),
        (PartyState.ACKNOWLEDGED, Action.EXPIRE, PartyState.CALLED),
        (PartyState.REFUSED, Action.EXCUSE, PartyState.EXCUSED),
    ],
)
def test_a_party_comes_step_by_step(state, action, after):
    assert party_step(state, action) is after


@pytest.mark.parametrize(
    ("state", "action"),
    sorted(set(product(PartyState, Action)) - set(PARTY_RULES)),
    ids=lambda value: value.value,
)
def test_every_other_step_is_refused(state, action):
    with pytest.raises(WrongStatusError):
        party_step(state, action)


def test_nobody_is_done_who_never_arrived():
    before_done = {state for (state, _), after in PARTY_RULES.items() if after is PartyState.DONE}

    assert before_done == {PartyState.ARRIVED}


def test_acknowledging_stops_one_clock_and_leaves_the_other():
    assert next_clock(PartyState.CALLED, EMERGENCY) == (Step.WHISTLE_ACK, EMERGENCY.ack)
    assert next_clock(PartyState.ACKNOWLEDGED, EMERGENCY) == (
        Step.WHISTLE_ARRIVE,
        EMERGENCY.arrive,
    )
    assert next_clock(PartyState.ARRIVED, EMERGENCY) is None
    assert next_clock(PartyState.DONE, EMERGENCY) is None


@pytest.mark.parametrize(
    ("state", "ack", "arrive"),
    [
        (PartyState.CALLED, True, True),
        (PartyState.ACKNOWLEDGED, False, True),
        (PartyState.ARRIVED, False, False),
        (PartyState.DONE, False, False),
        (PartyState.REFUSED, True, True),
        (PartyState.EXCUSED, False, False),
    ],
)
def test_a_clock_only_climbs_for_who_is_still_behind(state, ack, arrive):
    assert is_waited_for(state, Step.WHISTLE_ACK) is ack
    assert is_waited_for(state, Step.WHISTLE_ARRIVE) is arrive
    assert is_waited_for(state, Step.WHISTLE_TOP) is arrive


def test_an_acknowledgement_alone_sounds_again_and_whoever_stands_on_site_is_let_be():
    assert [s for s in PartyState if sounds_again(s, Step.WHISTLE_ARRIVE)] == [
        PartyState.ACKNOWLEDGED
    ]
    on_site = {PartyState.ARRIVED, PartyState.DONE}
    assert not {state for state, action in PARTY_RULES if action is Action.EXCUSE} & on_site


def test_an_emergency_climbs_to_the_town_and_then_to_the_county_leader():
    first = climb(EMERGENCY, None, 0, faku().ladder)
    second = climb(EMERGENCY, "town", 0, faku().ladder)

    assert first is not None
    assert second is not None
    assert (first.rung, first.step, str(first.limit)) == ("town", Step.WHISTLE_ACK, "300s")
    assert (second.rung, second.step, str(second.limit)) == (
        "county_leader",
        Step.WHISTLE_TOP,
        "600s",
    )


@pytest.mark.parametrize("kind", [EMERGENCY, GRID, ENFORCEMENT, JOINT], ids=lambda kind: kind.name)
def test_every_climb_ends_at_the_top_after_a_bounded_number_of_reminders(kind):
    rung, repeats, told = None, 0, []
    while (step := climb(kind, rung, repeats, faku().ladder)) is not None:
        rung, repeats = step.rung, step.repeat
        told.append((step.rung, step.repeat))
        assert len(told) < 100

    top = kind.climbs[-1]
    assert told == [(known, 0) for known in kind.climbs] + [
        (top, repeat) for repeat in range(1, kind.at_top.at_most + 1)
    ]


def test_the_last_reminder_sets_no_clock():
    last = climb(EMERGENCY, "county_leader", EMERGENCY.at_top.at_most - 1, faku().ladder)

    assert last is not None
    assert last.limit is None


@pytest.mark.parametrize(
    ("rung", "above"),
    [(None, "town"), ("grid", "town"), ("village", "town"), ("town", "county_leader"),
     ("duty_panel", "county_leader"), ("county_leader", None)],
)  # fmt: skip
def test_a_rung_that_the_kind_leaves_out_is_passed_over(rung, above):
    assert next_rung(EMERGENCY, rung, faku().ladder) == above


def test_a_rung_that_the_ladder_does_not_have_is_refused():
    with pytest.raises(InvalidError):
        next_rung(EMERGENCY, "roof", faku().ladder)
