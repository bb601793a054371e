"""Test demands of our own: they take everybody's way, and trouble and count for nobody."""

import sqlalchemy as sa
from sqlmodel import Session, col

from hotline.domain.tickets import Action, Status
from hotline.services.reckoning import counting
from hotline.store import search
from hotline.store import tickets as ticket_rows
from hotline.store.models import Attention
from tests.county import NO_WATER, VILLAGE
from tests.web.desk import Desk


def test_a_test_demand_is_routed_and_troubles_and_counts_for_nobody(county):
    real = county.demand(f"{VILLAGE}垃圾没人收")
    test = county.demand(NO_WATER, synthetic=True, number="+8613800009999")
    waiting = county.demand("家里没水了", synthetic=True, number="+8613800009998")
    county.forward(days=20)

    ticket = county.ticket(test)
    assert (ticket.status, ticket.post is not None) == (Status.DISPATCHED, True)
    assert county.events(test)[0]["data"]["synthetic"] is True
    assert county.messages(test) == county.messages(waiting) == []
    assert county.events(test, Action.CLIMB) == county.events(test, Action.REMIND) == []
    with county.work() as work:
        counting.count(work)
    with Session(county.engine) as session:
        about = session.execute(sa.select(col(Attention.ticket_id))).scalars().all()
        assert not {ticket.id, county.ticket(waiting).id} & set(about)
        assert sum(ticket_rows.figures(session, county.now()).counts.values()) == 1
        assert session.execute(sa.text("SELECT count(*) FROM ticket_fact")).scalar_one() == 1
        due = search.take(session, 10)
    assert due == {county.ticket(real).id}
    desk, supervisor = Desk(county, "operator1"), Desk(county, "supervisor")
    for page in (desk.page("/console/"), supervisor.page("/audit/")):
        assert waiting[-6:] not in page
        assert test[-6:] not in page
