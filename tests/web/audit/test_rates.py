"""The supervisors' rates: each number with its two numbers, its interval and its tickets."""

import csv
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from tests.services.test_counting import count_all
from tests.web import nights
from tests.web.client import client_for, sign_in
from tests.web.desk import queries


@pytest.fixture
def supervisor(county):
    return sign_in(client_for(county), "supervisor")


@pytest.fixture
def operator(county):
    return sign_in(client_for(county), "operator1")


@pytest.fixture
def shown(county):
    night = nights.a_night(county)
    nights.whistled(county)
    count_all(county)
    return night


def test_a_rate_is_shown_with_its_numerator_its_denominator_and_its_interval(supervisor, shown):
    page = supervisor.get("/audit/rates/")

    assert "50.0%" in page.text
    assert "1/2" in page.text
    assert "9.5%–90.5%" in page.text  # Wilson's interval of 1 of 2


def test_a_number_opens_to_its_tickets(supervisor, shown):
    numerator = supervisor.get(
        "/audit/rates/tickets?by=town&key=town/dagujiazi&measure=confirmed&met=true"
    )
    rest = supervisor.get(
        "/audit/rates/tickets?by=town&key=town/dagujiazi&measure=confirmed&met=false"
    )

    assert f"/audit/tickets/{shown}" in numerator.text
    assert f"/audit/tickets/{shown}" not in rest.text
    assert "/audit/tickets/" in rest.text


def test_few_tickets_are_never_compared(supervisor, shown):
    page = supervisor.get("/audit/rates/?by=town")

    assert "<br>高于全县" not in page.text
    assert "<br>低于全县" not in page.text


@pytest.mark.parametrize("by", ["county", "grid", "post", "class", "line"])
def test_every_breakdown_has_a_page(supervisor, shown, by):
    assert supervisor.get(f"/audit/rates/?by={by}").status_code == 200


def test_what_is_seen_can_be_taken_away_as_a_table(supervisor, shown):
    text = supervisor.get("/audit/rates/export.csv?by=town").data.decode("utf-8-sig")
    [head, line] = list(csv.reader(StringIO(text)))
    book = load_workbook(BytesIO(supervisor.get("/audit/rates/export.xlsx?by=town").data))

    claimed = head.index("办结（声称）")
    assert line[claimed : claimed + 3] == ["0.5", "1", "2"]
    assert [cell.value for cell in book.active[1]] == head
    assert book.active.max_row == 2


def test_a_period_that_ends_before_it_begins_is_refused(supervisor):
    assert supervisor.get("/audit/rates/?since=2026-11-02&until=2026-11-01").status_code == 422


def test_operators_see_no_rates(operator):
    assert operator.get("/audit/rates/").status_code == 403


def test_the_rates_take_a_fixed_number_of_queries(county, supervisor, shown):
    with queries(county) as seen:
        supervisor.get("/audit/rates/?by=grid")
    assert len(seen) <= 6

    with queries(county) as seen:
        supervisor.get("/audit/rates/tickets?by=county&key=*&measure=claimed")
    assert len(seen) <= 6
