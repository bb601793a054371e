"""Of several posts that can go, whoever has least in hand is called, and the ticket says why."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.domain.load import Candidate, choose
from hotline.domain.tickets import Action
from hotline.map_file.reading import parse_grid
from hotline.store import policy
from tests.county import County, open_county
from tests.prepared import ROOT
from tests.web.desk import Desk
from tests.web.field.field import Phone, ticket_path

OFFICER = "grid.dagujiazi.lamaqiao"
ATTACHED, DUTY = "grid/dagujiazi/lamaqiao/attached", "town/dagujiazi/duty"
CANDIDATES = st.lists(
    st.builds(Candidate, st.text("abc", min_size=1), st.booleans(), st.integers(0, 3)), min_size=1
)


@pytest.fixture
def county(clean_database, tmp_path) -> Iterator[County]:
    """A county whose villages are attached to an officer and to the town's post on duty."""
    text = (ROOT / "grid_map.yaml").read_text(encoding="utf-8")
    one = 'attached: ["grid/{path}/attached"]'
    assert one in text
    text = text.replace(one, 'attached: ["grid/{path}/attached", "town/{above}/duty"]')
    with open_county(clean_database, tmp_path) as county, county.engine.begin() as connection:
        policy.apply_map(connection, parse_grid(text).version, text)
    path = tmp_path / "map.yaml"
    path.write_text(text, encoding="utf-8")
    with open_county(clean_database, tmp_path, grid_map=path) as opened:
        yield opened


def whistled_for(county: County, words: str) -> str:
    number = county.demand(f"大孤家子镇拉马桥村{words}")
    officer = Phone(county, OFFICER)
    officer.done(ticket_path(number, "accept"))
    officer.done(
        ticket_path(number, "whistle"), kind="grid", units="town/dagujiazi", text="请来看看"
    )
    return number


def test_the_second_whistle_goes_to_whoever_has_nothing_in_hand(county):
    first, second = whistled_for(county, "停水了"), whistled_for(county, "路灯坏了")

    posts = [county.parties(number)[0].post for number in (first, second)]
    assert posts == [ATTACHED, DUTY]
    [event] = county.events(second, Action.WHISTLE)
    assert event["data"]["parties"][0]["able"] == [
        {"post": ATTACHED, "answers": True, "open": 1},
        {"post": DUTY, "answers": True, "open": 0},
    ]
    assert "手上" in Desk(county, "supervisor").page(f"/audit/tickets/{second}")


@given(CANDIDATES)
@settings(max_examples=50)
def test_nobody_is_called_who_cannot_answer_or_has_more_in_hand_than_another(candidates):
    chosen = choose(candidates)

    for other in candidates:
        assert chosen.answers or not other.answers
        assert chosen.open <= other.open or other.answers < chosen.answers
    equals = [each for each in candidates if each[1:] == chosen[1:]]
    assert chosen is equals[0]
