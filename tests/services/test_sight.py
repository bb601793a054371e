"""Who may see a ticket, and where somebody says they stand."""

import pytest
from sqlmodel import select

from hotline.demo import staff
from hotline.domain.errors import NotFoundError
from hotline.domain.tickets import Action
from hotline.services.handling import sight, tickets
from hotline.services.handling.tickets import Position
from hotline.services.proof import identity
from hotline.services.whistles import whistle
from hotline.store import whistles
from hotline.store.models.proofs import IdentityView
from hotline.work import Actor
from tests.county import County

WATER = staff.login_of("utility/water/duty")
POWER = staff.login_of("utility/power/duty")


def whistled(county: County) -> tuple[str, Actor]:
    """Return a ticket for which the water company was whistled, and its officer."""
    number = county.demand()
    officer = county.officer_of(number)
    with county.work(officer) as work:
        tickets.accept(work, work.ticket(number))
    with county.work(officer) as work:
        whistle.blow(work, work.ticket(number), "emergency", ["utility/water"], "主管道爆裂")
    return number, officer


def sees(county: County, actor: Actor, number: str) -> bool:
    with county.work(actor) as work:
        return sight.may_see(work, county.ticket(number))


def test_an_officer_sees_their_own_tickets_and_nobody_elses(county: County):
    number, officer = whistled(county)
    other = county.actor(staff.login_of("grid/mengjia/mengjia"))

    assert sees(county, officer, number)
    assert not sees(county, other, number)
    with county.work(other) as work, pytest.raises(NotFoundError):
        sight.mine(work, number)


def test_a_unit_sees_what_a_whistle_called_it_for(county: County):
    number, _ = whistled(county)

    assert sees(county, county.actor(WATER), number)
    assert not sees(county, county.actor(POWER), number)


@pytest.mark.parametrize("login", ["operator1", "supervisor", "admin"])
def test_desks_see_every_ticket(county: County, login):
    assert sees(county, county.actor(login), county.demand())


def test_a_called_unit_does_not_learn_who_called(county: County):
    number, officer = whistled(county)

    with county.work(county.actor(WATER)) as work:
        assert not sight.may_identify(work, county.ticket(number))
    with county.work(officer) as work:
        assert sight.may_identify(work, county.ticket(number))


def test_looking_at_who_called_goes_on_record(county: County):
    number, officer = whistled(county)

    with county.work(officer) as work:
        seen = identity.view(work, county.ticket(number), "call_caller")
        assert seen.number == "+8613800001111"
    with county.work() as work:
        rows = work.session.exec(select(IdentityView)).all()
        assert [(row.what, row.staff_id) for row in rows] == [("call_caller", officer.staff_id)]


def test_a_check_in_without_a_position_keeps_the_words(county: County):
    number, officer = whistled(county)

    with county.work(officer) as work:
        tickets.check_in(work, work.ticket(number), None, place_note="村委会门前水井")
    with county.work(officer) as work:
        tickets.check_in(work, work.ticket(number), Position("42.5", "123.4", 12))

    first, second = (event["data"] for event in county.events(number, Action.CHECK_IN))
    assert first["position"] == "none"
    assert "text" in first
    assert (second["latitude"], second["accuracy_m"]) == ("42.5", 12)


def test_a_unit_is_shown_its_own_limit_not_that_of_the_rung_above(county: County):
    number, _ = whistled(county)
    [party] = county.parties(number)
    called_at = party.called_at
    county.forward(minutes=6)
    with county.work(county.actor(WATER)) as work:
        ticket = work.ticket(number)
        row = whistles.party(work.session, party.id)
        assert (row.due_at - called_at).seconds == 5 * 60
        whistle.acknowledge(work, ticket, row)
        assert (row.due_at - called_at).seconds == 30 * 60
        whistle.arrive(work, ticket, row, None, place_note="水厂门口")
        assert row.due_at is None
