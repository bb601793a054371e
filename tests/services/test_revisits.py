"""Callers whom a person asks: who is on the list and why, and who may take an answer down."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from hotline.domain.errors import NotAllowedError, RefusedError
from hotline.domain.tickets import Action, Role, Status
from hotline.services.verifying import revisits, verification
from hotline.services.verifying.revisits import Why
from hotline.store.models import Ticket
from hotline.work import CITIZEN
from tests.web import nights

MOST = 60
# Tickets like one that waits for its caller; the machine has given up every tenth.
MANY = sa.text("""
WITH made AS (INSERT INTO ticket SELECT (jsonb_populate_record(t, jsonb_build_object(
  'id', gen_random_uuid(), 'number', '9' || lpad(i::text, 11, '0'), 'redos', 1))).*
  FROM ticket t, generate_series(1, :most) i WHERE t.id = :like RETURNING id, number)
INSERT INTO ask SELECT (jsonb_populate_record(a, jsonb_build_object('id', gen_random_uuid(),
  'ticket_id', made.id, 'token_hash', NULL,
  'tries', CASE WHEN made.number LIKE '%0' THEN 9 ELSE 1 END))).*
  FROM ask a, made WHERE a.ticket_id = :like
""")


def waiting(county, login: str = "operator1") -> dict[str, Why]:
    """Who is on somebody's list, and why."""
    with county.work(county.actor(login)) as work:
        return {row.row.ticket.number: row.why for row in revisits.waiting(work)}


def hear(county, number: str, actor, *, solved: bool = True) -> None:
    """Let somebody take an answer down."""
    with county.work(actor) as work:
        revisits.heard(work, work.ticket(number), solved=solved, grade=None)


def test_a_caller_whom_the_machine_gave_up_is_asked_by_a_person(county):
    number = nights.submitted(county)
    assert waiting(county) == {}

    for _ in range(3):
        county.forward(days=1)

    assert waiting(county) == {number: Why.UNREACHED}


def test_who_was_not_satisfied_before_is_asked_by_a_person(county):
    number = nights.submitted(county)
    with Session(county.engine) as session, session.begin():
        session.get_one(Ticket, county.ticket(number).id).redos = 1

    assert waiting(county) == {number: Why.REDONE}


def test_an_answer_to_a_person_is_the_callers_and_may_reopen(county):
    number = nights.submitted(county)

    hear(county, number, county.actor("operator1"), solved=False)

    [denied] = county.events(number, Action.DENY)
    assert denied["role"] == "citizen"
    assert county.ticket(number).status is Status.HANDLING


def test_whoever_had_a_part_in_the_handling_asks_nobody(county):
    number = nights.submitted(county)
    operator = county.actor("operator1")
    submitter = replace(operator, staff_id=county.ticket(number).submitted_by)
    colleague = replace(operator, unit=county.ticket(number).unit)

    for actor in (submitter, colleague, replace(operator, role=Role.OFFICER)):
        with pytest.raises(NotAllowedError):
            hear(county, number, actor)
    assert county.ticket(number).status is Status.REVISIT


def test_nobody_is_asked_twice(county):
    number = nights.submitted(county)
    with county.work(CITIZEN) as work:
        verification.answer(work, work.ticket(number), solved=True, by="call")

    with county.work(county.actor("operator1")) as work, pytest.raises(RefusedError):
        revisits.not_reached(work, work.ticket(number))


def test_the_list_of_callers_to_ask_can_be_turned_over_to_its_end(county):
    like = county.ticket(nights.submitted(county)).id
    with county.engine.begin() as connection:
        connection.execute(MANY, {"like": like, "most": MOST})

    with county.work(county.actor("operator1")) as work:
        first = revisits.waiting(work)
        second = revisits.waiting(work, at=first.later)
        back = revisits.waiting(work, at=second.earlier)

    pages = [[row.row.ticket.number for row in page] for page in (first, second)]
    assert [len(page) for page in pages] == [50, MOST - 50]
    assert len({*pages[0], *pages[1]}) == MOST
    assert second.later is None
    assert [row.why for row in first][:7] == [Why.UNREACHED] * 6 + [Why.REDONE]
    assert [row.row.ticket.number for row in back] == pages[0]
