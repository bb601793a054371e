"""Tickets are found by words, numbers and codes; a moment late, and never by what was redacted."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotline.domain.errors import InvalidError, NotFoundError
from hotline.services.handling import tickets
from hotline.services.proof import identity, search
from hotline.services.proof.search import Query
from hotline.services.reception import additions
from hotline.store.search import Span
from tests.county import CALLER, County
from tests.web import nights
from tests.web.desk import Desk, queries

OTHER = "+8613900002222"


def read_all(county: County) -> int:
    """Let the worker read everything that is due."""
    total = 0
    while True:
        with county.work() as work:
            taken = search.index(work, 100)
        if not taken:
            return total
        total += taken


def found(county: County, text: str = "", *, at: str = "", span: Span | None = None, **codes: str):
    with county.work(county.actor("operator1")) as work:
        return search.find(work, Query(text, codes, span or Span()), at=at)


def numbers(county: County, text: str = "", **more) -> list[str]:
    return [hit.ticket.number for hit in found(county, text, **more)]


@pytest.fixture
def some(county):
    """No water in one village, rubbish in another, a lamp in a third."""
    made = {
        "water": county.demand(),
        "rubbish": county.demand("孟家镇桃山村垃圾没人收", number=OTHER),
        "lamp": county.demand("双台子乡砖山子村路灯不亮", number=OTHER),
    }
    read_all(county)
    return made


def test_words_of_two_characters_find_what_was_said(county, some):
    assert numbers(county, "停水") == [some["water"]]
    assert numbers(county, "垃圾") == [some["rubbish"]]
    assert numbers(county, "停电") == []


def test_several_words_are_all_wanted(county, some):
    assert numbers(county, "砖山子 路灯") == [some["lamp"]]
    assert numbers(county, "砖山子 垃圾") == []


def test_the_place_is_found_by_its_name_though_nobody_said_it(county):
    number = county.demand("拉马桥停水了")
    read_all(county)

    assert numbers(county, "大孤家子镇") == [number]


def test_a_telephone_number_finds_its_callers_tickets_and_goes_on_record(county, some):
    assert numbers(county, "139 0000 2222") == [some["lamp"], some["rubbish"]]
    assert numbers(county, CALLER) == [some["water"]]

    with county.work() as work:
        [seen] = identity.views_of(work, county.ticket(some["water"]).id)
    assert seen.what == "search_number"


def test_a_number_is_found_while_keys_rotate(county, some):
    keys = county.kit.keys
    object.__setattr__(keys, "_lookups", (b"a new key", *keys._lookups))  # noqa: SLF001
    fresh = county.demand(number=OTHER)

    assert numbers(county, OTHER) == [fresh, some["lamp"], some["rubbish"]]


def test_the_end_of_a_ticket_number_finds_it(county, some):
    number = some["lamp"]

    for length in (4, 5, 6, 8, 12):
        assert number in numbers(county, number[-length:])
    assert number not in numbers(county, f"9{number[-4:]}")


def test_codes_narrow_what_is_found(county, some):
    ticket = county.ticket(some["lamp"])
    for name in ("class_code", "town", "unit", "grid", "status", "line", "channel"):
        value = str(getattr(ticket, name))
        assert some["lamp"] in numbers(county, **{name: value}), name
        assert numbers(county, **{name: f"{value}x"}) == [], name
    assert numbers(county, town=ticket.town) == [some["lamp"]]


def test_days_narrow_what_is_found(county, some):
    at = county.ticket(some["rubbish"]).received_at
    county.move(days=40)
    later = county.demand("孟家镇桃山村垃圾又没人收")
    read_all(county)

    assert numbers(county, "垃圾") == [later, some["rubbish"]]
    assert numbers(county, "垃圾", span=Span(since=at + timedelta(days=1))) == [later]
    assert numbers(county, "垃圾", span=Span(until=at + timedelta(days=1))) == [some["rubbish"]]
    assert numbers(county, "垃圾", span=Span(until=at)) == []


def test_pages_of_hits_follow_on_across_months_and_back(county):
    made = []
    for _ in range(4):
        made += [county.demand(f"停水了，第{n}次") for n in range(30)]
        county.move(days=31)
    read_all(county)

    first = found(county, "停水")
    second = found(county, "停水", at=first.later)
    third = found(county, "停水", at=second.later)
    back = found(county, "停水", at=third.earlier)

    shown = [hit.ticket.number for page in (first, second, third) for hit in page]
    assert shown == made[::-1]
    assert (first.earlier, third.later) == (None, None)
    assert [hit.ticket.number for hit in back] == [hit.ticket.number for hit in second]
    assert found(county, "停水", at=back.earlier).rows[0].ticket.number == made[-1]


def test_what_was_said_later_and_where_it_went_is_found_as_well(county):
    [number] = nights.in_triage(county)
    read_all(county)
    with county.work(county.actor("operator1")) as work:
        additions.say_more(work, work.ticket(number), "井房的水泵坏了")
    assert numbers(county, "水泵") == []

    read_all(county)

    assert numbers(county, "水泵") == [number]


def test_a_status_that_changed_a_moment_ago_shows_no_wrong_ticket(county, some):
    with county.work(county.officer_of(some["lamp"])) as work:
        tickets.accept(work, work.ticket(some["lamp"]))

    assert some["lamp"] not in numbers(county, status="dispatched")
    read_all(county)
    assert some["lamp"] in numbers(county, status="handling")


def test_nothing_due_is_lost_by_a_worker_that_dies(county):
    county.demand()

    def dies() -> None:
        with county.work() as work:
            search.index(work, 10)
            work.ticket("none")

    with pytest.raises(NotFoundError):
        dies()

    assert read_all(county) == 1
    assert read_all(county) == 0


def test_two_workers_at_once_read_every_ticket_once(county):
    for _ in range(6):
        county.demand()

    with county.work() as one, county.work() as other:
        counts = [search.index(one, 4), search.index(other, 4), search.index(one, 4)]

    assert sum(counts) == 6
    assert len(numbers(county, "停水")) == 6


@pytest.mark.parametrize("text", ["水", "12", "，。", "a"])
def test_too_little_to_look_for_is_refused_in_words(county, text):
    with pytest.raises(InvalidError):
        found(county, text)

    assert "至少要两个字" in Desk(county, "operator1").client.post(
        "/search/", data={"text": text}
    ).get_data(as_text=True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.text(max_size=30))
def test_whatever_is_typed_finds_something_or_nothing_or_is_refused(county, text):
    reason = "too_short_to_find"
    try:
        found(county, text)
    except InvalidError as error:
        reason = str(error.facts["reason"])

    assert reason == "too_short_to_find"


def test_words_stand_in_no_address_and_are_marked_on_the_page(county, some):
    desk = Desk(county, "operator1")

    page = desk.client.post("/search/", data={"text": "停水"}).get_data(as_text=True)

    assert "<mark>停水</mark>" in page
    assert f"/console/tickets/{some['water']}" in page
    assert "停水" not in "".join(part for part in page.split('"') if part.startswith("/"))
    assert "?text" not in page


def test_supervisors_are_led_to_their_own_pages(county, some):
    desk = Desk(county, "supervisor")

    page = desk.client.post("/search/", data={"text": "垃圾"}).get_data(as_text=True)
    answer = desk.client.post("/search/", data={"text": some["lamp"]})

    assert f"/audit/tickets/{some['rubbish']}" in page
    assert answer.headers["Location"] == f"/audit/tickets/{some['lamp']}"
    assert "没有找到工单" in desk.client.post("/search/", data={"text": "停电"}).get_data(
        as_text=True
    )


def test_a_search_asks_the_database_six_times_however_much_is_found(county, some):
    desk = Desk(county, "operator1")
    desk.client.post("/search/", data={"text": "垃圾"})
    counts = []
    for text in ("停电", "停水", OTHER):
        with queries(county) as sent:
            desk.client.post("/search/", data={"text": text})
        counts.append(len(sent))

    assert max(counts) <= 6
