"""Lists are read page by page: every row once, in order, at the price of the page alone."""

from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, col

from hotline.domain.errors import InvalidError
from hotline.domain.tickets import Status
from hotline.store import paging
from hotline.store import tickets as ticket_rows
from hotline.store.models import Ticket
from hotline.store.paging import Order, Place, endless

BY_LIMIT = Order((endless(col(Ticket.due_at)), col(Ticket.id)))


@pytest.fixture
def many(county):
    """Twelve tickets in triage and handling, some with one limit, some without any."""
    for number in range(12):
        county.demand(f"家里没水了，第{number}次")
    with county.engine.begin() as connection:
        connection.execute(
            sa.text(
                "WITH n AS (SELECT id, row_number() OVER (ORDER BY number) AS i FROM ticket)"
                " UPDATE ticket SET due_at = CASE WHEN i % 4 > 0 THEN hotline_now()"
                " + (i % 3) * interval '1 hour' END,"
                " status = CASE WHEN i % 2 = 0 THEN 'triage' ELSE 'handling' END"
                " FROM n WHERE n.id = ticket.id"
            )
        )
    return county


def walk(session: Session, statuses, size: int) -> list[list[UUID]]:
    pages, at = [], ""
    while True:
        page = ticket_rows.waiting(session, statuses, at=at, size=size)
        pages.append([ticket.id for ticket in page])
        if page.later is None:
            return pages
        at = page.later


@pytest.mark.parametrize("size", [1, 4, 5, 12, 50])
def test_every_row_stands_on_one_page_and_in_order(many, size):
    statuses = [Status.TRIAGE, Status.HANDLING]
    with Session(many.engine) as session:
        [whole] = walk(session, statuses, 50)
        pages = walk(session, statuses, size)

    assert [one for page in pages for one in page] == whole
    assert len(whole) == 12
    assert max(map(len, pages)) <= size


def test_what_has_no_limit_stands_last(many):
    with Session(many.engine) as session:
        found = list(ticket_rows.waiting(session, [Status.TRIAGE, Status.HANDLING]))

    assert [ticket.due_at is None for ticket in found] == [False] * 9 + [True] * 3


def test_turning_back_leads_to_the_page_one_came_from(many):
    with Session(many.engine) as session:
        first = ticket_rows.recent(session, size=5)
        second = ticket_rows.recent(session, at=first.later, size=5)
        third = ticket_rows.recent(session, at=second.later, size=5)
        back = ticket_rows.recent(session, at=third.earlier, size=5)
        start = ticket_rows.recent(session, at=back.earlier, size=5)

    assert [one.id for one in back] == [one.id for one in second]
    assert [one.id for one in start] == [one.id for one in first]
    assert (first.earlier, start.earlier, third.later) == (None, None, None)
    assert (first.said, third.said) == ("5+", "2+")


def test_a_row_that_comes_in_front_moves_no_later_page(many):
    with Session(many.engine) as session:
        first = ticket_rows.recent(session, size=5)
        before = [one.id for one in ticket_rows.recent(session, at=first.later, size=5)]
        many.demand()
        after = [one.id for one in ticket_rows.recent(session, at=first.later, size=5)]

    assert before == after


def test_a_page_whose_rows_are_gone_still_leads_back(many):
    with Session(many.engine) as session:
        late = str(Place(("infinity", str(UUID(int=2**128 - 1)))))
        page = ticket_rows.waiting(session, [Status.TRIAGE], at=late)

    assert (list(page), page.later, bool(page.earlier)) == ([], None, True)


@given(st.text(max_size=80))
def test_a_made_up_place_is_refused(text):
    if not text:
        return
    with pytest.raises(InvalidError):
        paging.read_place(text, BY_LIMIT)


def test_a_place_of_another_list_is_refused():
    for key in (("x", str(uuid4())), ("infinity", "1"), ("infinity",)):
        with pytest.raises(InvalidError):
            paging.read_place(str(Place(key)), BY_LIMIT)


def test_a_place_says_the_key_of_a_row_and_nothing_else(many):
    with Session(many.engine) as session:
        page = ticket_rows.waiting(session, [Status.TRIAGE], size=2)

    place = paging.read_place(page.later, BY_LIMIT)
    assert place.key[1] == str(page.rows[-1].id)
    assert len(place.key) == 2
