"""Whoever a climbing whistle was told to has a page for it, and acts there for their rung."""

from uuid import uuid4

from hotline.domain.tickets import Action
from tests.web import nights
from tests.web.desk import Desk

LEADER = "town.dagujiazi.lead"


def answer(desk: Desk, party, name: str, **fields: object):
    return desk.send(f"/field/whistles/{party.id}/{name}", command_id=str(uuid4()), **fields)


def test_a_town_leader_finds_the_whistle_that_climbed_to_them_and_takes_it_up(county):
    number = nights.whistled(county)
    [party] = county.parties(number)
    leader = Desk(county, LEADER)
    path = f"/field/whistles/{party.id}"
    page = leader.page("/field/whistles/")
    assert path in page
    assert "升到您这里" in page
    one = leader.page(path)
    assert f"{path}/acknowledge" in one
    assert f"{path}/refuse" not in one
    assert answer(leader, party, "refuse", text="不归我们管").status_code == 403
    assert answer(leader, party, "acknowledge").status_code == 303
    [taken] = county.events(number, Action.ACKNOWLEDGE)
    assert (taken["data"]["from_above"], taken["role"]) == (True, "unit")
    assert county.parties(number)[0].state == "acknowledged"


def test_the_leader_of_another_town_sees_nothing_of_it(county):
    number = nights.whistled(county)
    [party] = county.parties(number)

    other = Desk(county, "town.mengjia.lead")

    assert str(party.id) not in other.page("/field/whistles/")
    other.page(f"/field/whistles/{party.id}", 404)
