"""Ratings (好差评): the grade is the caller's; a bad one has a clock, and low ones do arrive."""

import re
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, select

from hotline.domain.closing import ResultKind
from hotline.domain.errors import NotAllowedError, NotFoundError, RefusedError
from hotline.domain.ratings import NoRating, Outcome
from hotline.domain.tickets import Action, Status
from hotline.services.handling import closing, photos, tickets
from hotline.services.verifying import mending, ratings, verification
from hotline.services.verifying.mending import Call
from hotline.store import ratings as rows
from hotline.store.models import BadRating, Rating, RatingAttempt
from hotline.work import CITIZEN
from tests.county import NO_WATER, County
from tests.photos import jpeg


def claim(county: County, number: str) -> None:
    """Let the officer submit a result."""
    with county.work(county.officer_of(number)) as work:
        ticket = work.ticket(number)
        kept = photos.keep(work, ticket, "result", [jpeg()], at_most=6)
        closing.submit(work, ticket, closing.Result(ResultKind.ACTED, "主管道已抢修", kept))


def submitted(county: County, **more: str) -> str:
    """Return a ticket whose caller is being asked."""
    number = county.demand(**more)
    with county.work(county.officer_of(number)) as work:
        tickets.accept(work, work.ticket(number))
    claim(county, number)
    return number


def rated(county: County, grade: int, words: str = NO_WATER) -> str:
    """Return a ticket that its caller confirmed by telephone, with a grade."""
    number = submitted(county, words=words)
    with county.work(CITIZEN) as work:
        verification.answer(work, work.ticket(number), solved=True, by="call", grade=grade)
    return number


def bad_of(county: County, number: str) -> list[BadRating]:
    with Session(county.engine) as session:
        return rows.bad_of(session, county.ticket(number).id)


def link_of(county: County, number: str) -> str:
    """Return the token of the last link that was sent."""
    [*_, message] = [row for row in county.messages(number) if row.template == "rate_link"]
    return re.sub(r"^.*/c/r/", "", message.params["link"])


def by_link(county: County, token: str, grade: int, comment: str = "") -> NoRating | None:
    with county.work(CITIZEN) as work:
        return ratings.rate_by_link(work, token, grade, comment)


def call(county: County, number: str, outcome: Call = Call.REACHED) -> None:
    [*_, bad] = bad_of(county, number)
    with county.work(county.actor("operator1")) as work:
        mending.call(work, work.ticket(number), bad.id, outcome, "水管修了，路面没有恢复")


def mend(county: County, number: str) -> None:
    [*_, bad] = bad_of(county, number)
    with county.work(county.officer_of(number)) as work:
        mending.mend(work, work.ticket(number), bad.id, "路面已经恢复")


@pytest.fixture
def texted(county) -> str:
    """A ticket of somebody who writes: where the carrier takes links they get one."""
    return submitted(county, channel="message")


def test_a_bad_rating_is_rung_put_right_and_rated_again_by_the_caller(county, texted):
    with county.work(CITIZEN) as work:
        verification.answer(
            work,
            work.ticket(texted),
            solved=True,
            by="link",
            grade=1,
            comment="路面没恢复，打13800001111找我",
        )
    started = county.timers(texted)
    assert {"bad_call", "bad_fix"} <= set(started)
    assert any(row.template == "bad_rating" for row in county.messages(texted))

    call(county, texted)
    assert "bad_call" not in county.timers(texted)
    mend(county, texted)
    token = link_of(county, texted)
    assert by_link(county, token, 4) is None

    [bad] = bad_of(county, texted)
    assert bad.outcome == Outcome.BETTER
    assert county.timers(texted) == {}
    actions = [event["action"] for event in county.events(texted)]
    order = ["confirm", "bad_rating", "call_back", "mend", "invite", "rate", "end_bad"]
    assert [action for action in actions if action in order] == order
    with Session(county.engine) as session:
        versions = rows.versions(session, county.ticket(texted).id)
    assert [(one.version, one.grade, one.of_fix) for one in versions] == [
        (1, 1, False),
        (2, 4, True),
    ]
    assert "13800001111" not in str(county.events(texted))


def test_a_fix_that_is_rated_badly_starts_another_clock_and_supervisors_are_told(county, texted):
    with county.work(CITIZEN) as work:
        verification.answer(work, work.ticket(texted), solved=True, by="link", grade=2)
    call(county, texted)
    mend(county, texted)

    by_link(county, link_of(county, texted), 1)

    first, second = bad_of(county, texted)
    assert (first.outcome, second.ended_at, second.number) == (Outcome.STILL_BAD, None, 2)
    assert any(row.template == "bad_again" for row in county.messages(texted))


def test_nobody_rings_and_nothing_is_put_right_so_supervisors_are_told_again_and_again(county):
    number = rated(county, 1, "双台子乡转山子村村路坏了")

    for _ in range(3):
        county.forward(days=14)

    late = [event["data"] for event in county.events(number, Action.REMIND)]
    steps = [data["step"] for data in late if data["step"].startswith("bad_")]
    assert steps.count("bad_call") >= 2
    assert steps.count("bad_fix") >= 2
    kinds = {"late_bad_call", "late_bad_fix"}
    with county.engine.connect() as connection:
        raised = connection.execute(sa.text("SELECT kind FROM attention"))
        assert kinds <= {kind for (kind,) in raised}


def test_whoever_does_not_rate_the_fix_is_silent_and_not_satisfied(county):
    number = rated(county, 1)
    call(county, number)
    mend(county, number)

    county.forward(days=3)

    [bad] = bad_of(county, number)
    assert bad.outcome == Outcome.SILENT


def test_who_handled_it_does_not_ring_the_caller(county):
    number = rated(county, 1)
    [bad] = bad_of(county, number)
    handler = replace(county.actor("supervisor"), unit=county.ticket(number).unit)

    with county.work(handler) as work, pytest.raises(NotAllowedError):
        mending.call(work, work.ticket(number), bad.id, Call.REACHED)


def test_another_unit_does_not_learn_of_a_bad_rating(county):
    number = rated(county, 1)
    [bad] = bad_of(county, number)

    with county.work(county.actor("utility.power.duty")) as work, pytest.raises(NotFoundError):
        mending.mine(work, bad.id)


def test_a_redo_is_the_fix_and_the_answer_to_it_its_rating(county):
    number = submitted(county)
    with county.work(CITIZEN) as work:
        verification.answer(work, work.ticket(number), solved=False, by="call", grade=1)
    [bad] = bad_of(county, number)
    with county.work(county.officer_of(number)) as work, pytest.raises(RefusedError):
        mending.mend(work, work.ticket(number), bad.id, "已办")

    claim(county, number)
    with county.work(CITIZEN) as work:
        verification.answer(work, work.ticket(number), solved=True, by="call", grade=5)

    [bad] = bad_of(county, number)
    assert (bad.outcome, bad.fixed_at is not None) == (Outcome.BETTER, True)


def test_a_link_works_once_and_a_wrong_one_never(county, texted):
    with county.work(CITIZEN) as work:
        verification.answer(work, work.ticket(texted), solved=True, by="message")
        ratings.invite(work, work.ticket(texted), "rate")
    token = link_of(county, texted)

    assert by_link(county, "no-such-link", 5) is NoRating.LINK_UNKNOWN
    assert by_link(county, token, 3) is None
    assert by_link(county, token, 5) is NoRating.LINK_USED

    with Session(county.engine) as session:
        tried = session.exec(select(RatingAttempt).order_by(col(RatingAttempt.id))).all()
    assert [(row.grade, row.refused) for row in tried] == [
        (None, "link_unknown"),
        (3, None),
        (5, "link_used"),
    ]


def test_a_staff_members_number_rates_nothing_though_its_answer_counts(county):
    login, phone = "operator1", "+8613800009999"
    staff_id = county.actor(login).staff_id
    with county.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE staff SET number_hash = :hash WHERE id = :id"),
            {"hash": county.kit.keys.lookup(phone), "id": staff_id},
        )
    number = submitted(county, number=phone)

    with county.work(CITIZEN) as work:
        refused = verification.answer(work, work.ticket(number), solved=True, by="call", grade=5)

    assert refused is NoRating.STAFF_NUMBER
    assert county.ticket(number).status is Status.ARCHIVED
    [event] = county.events(number, Action.REFUSE_GRADE)
    assert event["data"]["refused"] == "staff_number"
    assert str(staff_id) not in str(event)
    [confirmed] = county.events(number, Action.CONFIRM)
    assert confirmed["data"]["grade"] is None


def test_a_device_on_which_staff_is_signed_in_rates_nothing_and_uses_up_no_link(county, texted):
    with county.work(CITIZEN) as work:
        verification.answer(work, work.ticket(texted), solved=True, by="message")
        ratings.invite(work, work.ticket(texted), "rate")
    token = link_of(county, texted)
    device = replace(CITIZEN, staff_id=county.actor("operator1").staff_id)

    with county.work(device) as work:
        assert ratings.rate_by_link(work, token, 5) is NoRating.STAFF_DEVICE

    assert by_link(county, token, 2) is None


def test_a_changed_grade_is_another_version_until_the_time_for_it_is_over(county):
    number = rated(county, 1)
    county.move(days=20)
    with county.work(CITIZEN) as work:
        ratings.rate(work, work.ticket(number), 4, by="web", comment="后来好了")
    county.move(days=11)
    with county.work(CITIZEN) as work, pytest.raises(RefusedError, match="rating_too_late"):
        ratings.rate(work, work.ticket(number), 5, by="web")

    with Session(county.engine) as session:
        versions = rows.versions(session, county.ticket(number).id)
    assert [one.grade for one in versions] == [1, 4]
    assert versions[0].at < versions[1].at
    [event] = county.events(number, Action.RATE)
    assert (event["data"]["grade_before"], event["data"]["grade"]) == (1, 4)
    # Talked into another grade or not: what was bad is still to be put right.
    [bad] = bad_of(county, number)
    assert bad.ended_at is None


def test_grades_are_never_changed_in_place(county):
    rated(county, 1)

    with pytest.raises(sa.exc.ProgrammingError), county.engine.begin() as connection:
        connection.execute(sa.update(Rating).values(grade=5))
