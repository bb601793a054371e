"""What may be one event: likeness with reasons, the same both ways, and cheap in a storm."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.domain.duplicates import Facts, Group, Sign, alike, bigrams, groups, likeness

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
GRIDS = (None, "210124101201", "210124101202", "210124102201")
TOWNS = {None: None, "210124101201": "a", "210124101202": "a", "210124102201": "b"}


def facts(
    at: int = 1, *, minutes: float = 0, words: str = "村里停水了", **more: str | None
) -> Facts:
    values: dict[str, str | None] = {
        "grid": "210124101201",
        "town": "a",
        "class_code": "utilities/water",
    }
    return Facts(UUID(int=at), NOON + timedelta(minutes=minutes), bigrams(words), **values | more)


@st.composite
def demands(draw: st.DrawFn) -> Facts:
    grid = draw(st.sampled_from(GRIDS))
    return Facts(
        id=UUID(int=draw(st.integers(1, 10**9))),
        received_at=NOON + timedelta(minutes=draw(st.integers(0, 20_000))),
        words=bigrams(draw(st.sampled_from(["村里停水了", "家里没电", "", "路灯不亮"]))),
        grid=grid,
        town=TOWNS[grid],
        class_code=draw(st.sampled_from([None, "utilities/water", "utilities/power"])),
        caller=draw(st.sampled_from([None, "x", "y"])),
    )


@given(demands(), demands())
def test_likeness_is_the_same_both_ways_and_the_sum_of_its_reasons(one, other):
    there, back = likeness(one, other), likeness(other, one)

    assert there == back
    assert there.points == sum(points for _, points in there.signs)


def test_neighbours_of_one_village_without_water_are_put_side_by_side():
    found = alike(facts(), [facts(2, minutes=10, words="停水了，家里没水")])

    signs = {sign for sign, _ in found[0][1].signs}
    assert signs >= {Sign.SAME_GRID, Sign.SAME_CLASS, Sign.CLOSE_IN_TIME}


@pytest.mark.parametrize(
    "other",
    [
        facts(2, minutes=5, grid="210124102201", town="b"),
        facts(2, minutes=5, class_code="utilities/power", words="停电了"),
        facts(2, minutes=60 * 24 * 20, words="又停水"),
    ],
    ids=["another town", "another matter", "weeks later"],
)
def test_what_contradicts_is_not_put_side_by_side(other):
    assert alike(facts(), [other]) == []


def test_one_caller_who_rings_again_is_recognised_without_a_place():
    first = facts(grid=None, town=None, caller="x")
    again = facts(2, minutes=90, grid=None, town=None, caller="x", words="还是没水")

    assert likeness(first, again).is_enough


@given(st.lists(demands(), max_size=30, unique_by=lambda one: one.id))
def test_groups_share_nobody_and_are_led_by_their_oldest(every):
    found = groups(every)

    members = [one.id for group in found for one in (group.lead, *(o for o, _ in group.others))]
    assert len(members) == len(set(members))
    for group in found:
        assert all(group.lead.received_at <= other.received_at for other, _ in group.others)
        assert all(how.is_enough for _, how in group.others)


def test_six_cold_neighbourhoods_of_one_town_are_six_groups_and_not_one():
    grids = [f"2101240010{n:02d}" for n in range(6)]
    storm = [facts(n, minutes=n / 2, grid=grids[n % 6], words="暖气不热") for n in range(60)]
    within = facts(99, minutes=40, grid=f"{grids[0]}001", words="暖气不热")

    found = groups([*storm, within])

    assert sorted(len(group.others) for group in found) == [9] * 5 + [10]
    assert all(_one_place(group) for group in found)


def _one_place(group: Group) -> bool:
    return len({(one.grid or "")[:12] for one in (group.lead, *(o for o, _ in group.others))}) == 1


def test_a_storm_is_one_group_and_what_is_not_part_of_it_stays_out():
    storm = [facts(n, minutes=n) for n in range(1, 41)]
    other = facts(99, class_code="environment/garbage", words="垃圾没人收", minutes=3)

    [group] = groups([*storm, other])

    assert len(group.others) == 39
    assert group.lead.id == UUID(int=1)
