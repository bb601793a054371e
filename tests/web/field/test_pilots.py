"""Before its pilot date (试点) a grid's demands go to the town, whose people do all of it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from hotline.demo import staff
from hotline.domain.errors import NotAllowedError
from hotline.domain.tickets import Action, Status
from hotline.map_file.reading import parse_grid
from hotline.services.handling import tickets
from hotline.store import policy
from tests.county import County, open_county
from tests.prepared import map_without_nights
from tests.web.field.field import Phone, photo, ticket_path

VILLAGE = "卧牛石乡孙家屯村"
TOWN = staff.login_of("town/woniushi/duty")
DAYS = 40


@pytest.fixture
def county(clean_database, tmp_path) -> Iterator[County]:
    """A county in which one town goes live some weeks from now."""
    with open_county(clean_database, tmp_path) as today:
        day = (today.now() + timedelta(days=DAYS)).date()
        text = map_without_nights().read_text(encoding="utf-8")
        text = text.replace("live_from: 2030-01-01", f"live_from: {day}")
        with today.engine.begin() as connection:
            policy.apply_map(connection, parse_grid(text).version, text)
    path = tmp_path / "map.yaml"
    path.write_text(text, encoding="utf-8")
    with open_county(clean_database, tmp_path, grid_map=path) as opened:
        yield opened


def test_the_towns_person_signs_calls_whistles_and_submits(county):
    number = county.demand(f"{VILLAGE}停水了")
    assert (county.ticket(number).status, county.ticket(number).post) == (
        Status.DISPATCHED,
        "town/woniushi/duty",
    )
    town, water = Phone(county, TOWN), Phone(county, "utility.water.attached.woniushi")
    assert "孙家屯" in town.page("/field/")

    town.done(ticket_path(number, "accept"))
    town.done(ticket_path(number, "contact"), outcome="reached", text="")
    town.done(ticket_path(number, "whistle"), kind="grid", units="utility/water", text="主管漏水")
    [party] = county.parties(number)
    assert party.post == "utility/water/attached/woniushi"
    for answer in ("acknowledge", "arrive", "finish"):
        water.done(f"/field/whistles/{party.id}/{answer}", place_note="村口", text="修好了")
    town.done(ticket_path(number, "end-whistle"), whistle=str(party.whistle_id))
    town.done(ticket_path(number, "submit"), kind="acted", text="水管已修好", photos=photo())

    assert county.ticket(number).status is Status.REVISIT
    assert [event["role"] for event in county.events(number, Action.SUBMIT)] == ["unit"]


def test_nobody_else_of_the_town_holds_it(county):
    number = county.demand(f"{VILLAGE}停水了")

    for login in ("town.woniushi.lead", "grid.woniushi.sunjiatun"):
        assert ticket_path(number) not in Phone(county, login).page("/field/")
        with (
            county.work(county.actor(login)) as work,
            pytest.raises(NotAllowedError, match="other_post"),
        ):
            tickets.accept(work, work.ticket(number))


def test_what_the_town_leaves_unsigned_climbs_to_its_leader_and_past_the_village(county):
    number = county.demand(f"{VILLAGE}停水了")
    county.forward(hours=26)

    [climb, *_] = county.events(number, Action.CLIMB)
    assert climb["data"]["to"] == "town"
    told = [
        facts["post"]
        for event in county.events(number, Action.REMIND)
        for facts in event["data"]["told"]
        if "post" in facts
    ]
    assert "town/woniushi/lead" in told
    assert not any(post.startswith("village/") for post in told)


def test_from_the_pilot_date_on_demands_go_to_the_grid(county):
    county.move(days=DAYS)
    number = county.demand(f"{VILLAGE}停水了")

    assert county.ticket(number).post == "grid/woniushi/sunjiatun"
