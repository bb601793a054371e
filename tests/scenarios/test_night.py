from hotline.domain.tickets import Action, Status
from hotline.services import tickets, whistle
from tests.county import NO_WATER


def test_a_night_without_water_in_services(county):
    number = county.demand(NO_WATER)
    assert county.ticket(number).status is Status.DISPATCHED
    officer = county.officer_of(number)
    with county.work(officer) as work:
        tickets.accept(work, work.ticket(number))
    with county.work(officer) as work:
        whistle.blow(work, work.ticket(number), "emergency", ["utility/water"], "主管道爆裂")
    county.forward(minutes=5, seconds=1)
    county.forward(minutes=5)
    climbs = county.events(number, Action.CLIMB)
    assert [event["data"]["to"] for event in climbs] == ["town", "county_leader"]
