"""Pure pictures and figures: clashes of hours, a town's rate in its band, a replay of a chain."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.domain.clashes import Call, clashes, hours_of, lanes
from hotline.domain.course import Happening, frames
from hotline.domain.grid.model import WhistleBand
from hotline.domain.shares import Rate
from hotline.domain.tickets import Action
from hotline.domain.unit_graph import around
from hotline.domain.whistle import PARTY_RULES, PartyState
from hotline.domain.whistle_rates import Standing, standing
from tests.domain.maps import faku

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
CALLS = st.lists(
    st.builds(
        Call,
        party=st.uuids(),
        place=st.sampled_from(["a", "b", None]),
        state=st.sampled_from(PartyState),
        sounded_at=st.integers(-5, 0).map(lambda hours: NOW + timedelta(hours=hours)),
        arrive_by=st.integers(-5, 5).map(lambda hours: NOW + timedelta(hours=hours)),
        arrived_at=st.just(NOW),
        slot=st.one_of(
            st.none(),
            st.integers(1, 6).map(
                lambda hours: (NOW + timedelta(hours=hours), NOW + timedelta(hours=hours + 2))
            ),
        ),
    ),
    max_size=5,
    unique_by=lambda call: call.party,
)


@given(CALLS)
def test_clashes_are_mutual_and_never_at_one_place(calls):
    found, places = clashes(calls, NOW), {call.party: call.place for call in calls}

    for party, others in found.items():
        for other in others:
            assert party in found[other]
            assert places[party] is None or places[party] != places[other]
    idle = {call.party for call in calls if hours_of(call, NOW) is None}
    assert not idle & set(found)
    drawn = lanes(calls, NOW)
    assert {lane.call.party for lane in drawn} == {call.party for call in calls} - idle
    assert {lane.call.party for lane in drawn if lane.shared} == set(found)
    for lane in drawn:
        assert len(lane.shared) == len(found.get(lane.call.party, ()))
        for shared in lane.shared:
            assert lane.hours.begins <= shared.begins <= shared.ends <= lane.hours.ends


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        ((NOW, NOW + timedelta(hours=2)), (NOW + timedelta(hours=1), NOW + timedelta(hours=3)), 1),
        ((NOW, NOW + timedelta(hours=2)), (NOW + timedelta(hours=3), NOW + timedelta(hours=5)), 0),
    ],
)
def test_appointments_clash_when_their_hours_overlap(first, second, clash):
    calls = [
        Call(UUID(int=n), place, PartyState.ACKNOWLEDGED, NOW, NOW, None, slot)
        for n, (place, slot) in enumerate([("a", first), ("b", second)])
    ]

    assert len(clashes(calls, NOW)) == 2 * clash


@pytest.mark.parametrize(
    ("n", "d", "where"),
    [
        (0, 29, Standing.TOO_FEW),
        (0, 500, Standing.TOO_LOW),
        (1, 60, Standing.WITHIN),
        (20, 100, Standing.WITHIN),
        (60, 100, Standing.TOO_HIGH),
    ],
)
def test_a_rate_is_out_of_its_band_only_when_its_whole_interval_is(n, d, where):
    assert standing(Rate(n, d), WhistleBand(0.02, 0.25)) is where


ANSWERS = sorted({action for _, action in PARTY_RULES})


@given(
    st.lists(st.sampled_from([*ANSWERS, Action.CLIMB, Action.REMIND, Action.NOTE]), max_size=12),
    st.integers(0, 14),
)
def test_a_replay_can_stop_anywhere_and_shows_what_had_happened_by_then(actions, stop):
    facts = {"whistle": "w", "party": "p", "unit": "u", "to": "town"}
    chain = [
        Happening(1, NOW, Action.DISPATCH, {"rung": "grid"}),
        Happening(2, NOW, Action.WHISTLE, facts | {"parties": [{"party": "p", "unit": "u"}]}),
        *(Happening(3 + n, NOW, action, facts) for n, action in enumerate(actions)),
    ]

    whole, part = frames(chain), frames(chain[:stop])

    assert whole[: len(part)] == part
    assert len(whole) == len([one for one in chain if one.action is not Action.NOTE])
    told = sum(whole[-1].told.values())
    assert told == sum(action in {Action.CLIMB, Action.REMIND} for action in actions)


def test_the_map_around_a_unit_leads_to_the_top_and_names_its_powers():
    found = around(faku(), "utility/water")

    assert [node.unit for node in found.of_kind("above")] == ["department/housing", "county/faku"]
    assert "class:utilities/water" in [node.key for node in found.of_kind("class")]
    keys = {node.key for node in found.nodes}
    assert {end for edge in found.edges for end in (edge.start, edge.end)} <= keys
    assert around(faku(), "county/faku").left_out == 0
