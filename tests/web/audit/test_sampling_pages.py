"""Sampling from the desks: who was chosen, the draw made again, the ledger searched."""

import csv
from io import StringIO

from hotline.domain.tickets import Status
from hotline.store import sampling as rows
from hotline.store.models import Staff
from tests.services.test_sampling import COMPLAINT, calls, claimed, many, tomorrow
from tests.suspects import parts
from tests.web import nights
from tests.web.desk import Desk, queries
from workers import ledger as ledger_worker


def chosen(county, number: str) -> str:
    """The login of whoever was chosen to ask about a ticket."""
    with county.work() as work:
        return work.session.get_one(Staff, calls(county)[number].verifier).login


def test_the_chosen_one_rings_and_writes_down_what_the_caller_says(county):
    number = claimed(county, COMPLAINT)
    tomorrow(county)
    login = chosen(county, number)
    desk = Desk(county, login)

    assert number[-4:] in desk.page("/verifying/")
    asked = desk.send(f"/verifying/{number}").get_data(as_text=True)
    assert "13800001111" in asked
    landed = desk.done(f"/verifying/{number}/answer", outcome="unsolved", text="水还是浑的")

    assert "没有抽到您来问的" in landed
    assert county.ticket(number).status is Status.HANDLING
    others = {"operator1", "operator2", "observer"} - {login}
    for other in others:
        assert Desk(county, other).send(f"/verifying/{number}").status_code == 403


def test_a_supervisor_sees_the_draw_made_again_and_who_was_chosen(county):
    numbers = many(county, COMPLAINT, 3)
    tomorrow(county)
    desk = Desk(county, "supervisor")

    overview, draw = desk.page("/audit/sampling/"), desk.page("/audit/sampling/1")

    assert "样本 n=0，不足30件，不下结论" in overview
    assert "完全相同" in draw
    with county.work() as work:
        assert rows.get_draw(work.session, 1).seed in draw
    assert all(number[-4:] in draw for number in numbers)
    assert desk.page("/audit/rates/").count("样本 n=0，不足30件，不下结论") == 2
    desk.page("/audit/sampling/99", 404)


def test_supervisors_pages_take_a_fixed_number_of_queries(county):
    many(county, COMPLAINT, 2)
    tomorrow(county)
    desk = Desk(county, "observer")

    for path in ("sampling/", "sampling/1", "events/", "checks/"):
        with queries(county) as seen:
            desk.page(f"/audit/{path}")

        assert len(seen) <= 6, path


def test_the_ledger_is_searched_by_person_unit_act_kind_and_ticket(county):
    number = nights.submitted(county)
    other = claimed(county, COMPLAINT)
    desk = Desk(county, "supervisor")
    login = nights.WATER

    by_person = desk.page(f"/audit/events/?who={login}")
    assert "应哨" in by_person
    assert other[-4:] not in by_person
    assert other[-4:] not in desk.page("/audit/events/?unit=utility/water")
    only = desk.page(f"/audit/events/?matter=complaint&action=submit&number={other}")
    assert other[-4:] in only
    assert number[-4:] not in only
    nothing = desk.page(f"/audit/events/?number={number}&since=2020-01-01&until=2020-01-02")
    assert "没有这样的记录" in nothing
    assert desk.client.get("/audit/events/?everybody=true&since=2020-01-01").status_code == 422


def test_what_was_found_in_the_ledger_goes_into_a_file(county):
    number = nights.submitted(county)
    desk = Desk(county, "supervisor")

    answer = desk.client.get(f"/audit/events/export.csv?number={number}&everybody=true")
    lines = list(csv.reader(StringIO(answer.get_data().decode("utf-8-sig"))))

    assert len(lines) == 1 + len(county.events(number))
    assert {line[6] for line in lines[1:]} == {number}
    assert desk.client.get("/audit/events/export.xlsx").status_code == 200


def test_a_supervisor_has_the_whole_ledger_verified(county):
    county.demand()
    desk = Desk(county, "supervisor")

    assert "正在校验" in desk.done("/audit/checks/")
    ledger_worker.check_pieces(parts(county))

    assert "完整，没有改动" in desk.page("/audit/checks/")
    assert Desk(county, "observer").send("/audit/checks/").status_code == 403
