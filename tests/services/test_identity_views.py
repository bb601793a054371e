"""Who looked at who a caller is: on record, for supervisors to watch and for the caller to see."""

import pytest
import sqlalchemy as sa

from hotline.domain import ledger
from hotline.domain.errors import InvalidError
from hotline.domain.ledger import View
from hotline.domain.tickets import Role
from hotline.services.proof import identity
from tests.county import County
from tests.web import nights
from tests.web.desk import Desk, queries


def look(county: County, number: str, what: str = "call_caller", reason: str | None = None):
    actor = county.actor("operator1")
    with county.work(actor) as work:
        return identity.view(work, county.ticket(number), what, reason)


def test_a_caller_is_told_when_in_which_role_and_for_what_but_not_by_whom(county):
    number = nights.accepted(county)
    look(county, number, reason="contact")

    with county.work() as work:
        [seen] = identity.views_of(work, county.ticket(number).id)

    assert (seen.role, seen.what, seen.reason) == (Role.OPERATOR, "call_caller", "contact")
    assert seen.unit == county.actor("operator1").unit
    assert {"at", "role", "unit", "what", "reason"} == set(seen.__slots__)


def test_a_made_up_reason_is_refused_and_shows_nothing(county):
    number = county.demand()

    with pytest.raises(InvalidError):
        look(county, number, reason="王五让我看的")

    with county.work() as work:
        assert identity.views_of(work, county.ticket(number).id) == ()


def test_why_somebody_looked_cannot_be_changed_unseen(county):
    at = county.now()
    with_reason = View("a", "b", "c", "call_caller", at, "contact")

    hashes = {
        ledger.viewed(ledger.GENESIS, [view])
        for view in (with_reason, with_reason._replace(reason="danger"), with_reason[:5])
        for view in [View(*view)]
    }

    assert len(hashes) == 3


def test_supervisors_read_the_log_by_person_kind_ticket_and_day(county):
    first, second = nights.accepted(county), county.demand()
    look(county, first, reason="danger")
    look(county, second, "recording")
    desk = Desk(county, "supervisor")
    staff_id = county.actor("operator1").staff_id

    whole = desk.page("/audit/views/")
    assert first in whole
    assert second in whole
    assert "紧急情况" in whole
    for query, wanted, other in (
        (f"number={first}", first, second),
        ("what=recording", second, first),
    ):
        page = desk.page(f"/audit/views/?{query}&staff={staff_id}&since=2020-01-01")
        assert f"/audit/tickets/{wanted}" in page
        assert f"/audit/tickets/{other}" not in page
    assert "没有这样的查看记录" in desk.page("/audit/views/?until=2020-01-01")
    desk.page("/audit/views/?staff=nobody", status=422)


def test_the_log_asks_the_database_as_often_for_many_looks_as_for_none(county):
    desk = Desk(county, "supervisor")
    desk.page("/audit/views/")
    with queries(county) as empty:
        desk.page("/audit/views/")
    number = county.demand()
    for _ in range(60):
        look(county, number)

    with queries(county) as full:
        page = desk.page("/audit/views/")

    assert len(empty) == len(full) <= 6
    assert 'rel="next"' in page


def test_operators_do_not_read_the_log(county):
    Desk(county, "operator1").page("/audit/views/", status=403)


def test_the_log_cannot_be_rewritten_by_the_application(county):
    number = county.demand()
    look(county, number)

    with pytest.raises(sa.exc.ProgrammingError), county.engine.begin() as connection:
        connection.execute(sa.text("UPDATE identity_view SET reason = 'danger'"))
