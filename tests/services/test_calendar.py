"""Notices of days off: limits beyond the last one are provisional, and move when it comes."""

import itertools
from datetime import date, datetime

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from hotline.calendar_file import parse_notice
from hotline.clock import COUNTY_ZONE, midnight, of_this_machine
from hotline.domain.calendar_notices import NoticeStatus
from hotline.domain.errors import RefusedError
from hotline.domain.tickets import Action
from hotline.in_force import InForce
from hotline.services.handling import tickets
from hotline.services.law import calendar
from hotline.store import calendar as rows
from tests.county import County
from workers.calendar import recount_with
from workers.runtime import Runtime

FRIDAY = 4
ROAD = "双台子乡转山子村村路坏了"
# The next year whose first day is a Friday and of which nobody knows a notice yet: 2027, then 2038.
# The Sunday after it is worked instead of the Monday before.
YEAR = next(
    year
    for year in itertools.count(2027)
    if date(year, 1, 1).weekday() == FRIDAY
    and midnight(date(year - 1, 12, 28)) > of_this_machine(COUNTY_ZONE)
)
NOTICE = f"""day,kind,name,windows
{YEAR}-01-01,holiday,元旦,
{YEAR}-01-04,holiday,元旦,
{YEAR}-01-10,make_up,调休,08:30-11:30
"""
MORE = f"{NOTICE}{YEAR}-01-05,holiday,元旦,\n"


@pytest.fixture
def ticket(county) -> str:
    """A matter of the last days of a year that runs on into a year without a notice."""
    now = county.now()
    county.move(days=(date(YEAR - 1, 12, 29) - now.date()).days)
    number = county.demand(ROAD)
    with county.work(county.officer_of(number)) as work:
        tickets.accept(work, work.ticket(number))
    return number


def take(county: County, text: str, status: NoticeStatus = NoticeStatus.PUBLISHED):
    """Bring a notice in, and let this process take the calendar up, as each does in a second."""
    with county.work() as work:
        row = calendar.take(
            work.session,
            parse_notice(text),
            status=status,
            source="国办发明电2026年第8号",
            by_whom="test",
            at=work.now,
        )
    in_force = InForce(county.engine, county.kit)
    in_force.refresh()
    county.kit = in_force.kit
    return row


def recount(county: County) -> int:
    return recount_with(Runtime(county.settings, county.engine, InForce(county.engine, county.kit)))


def test_a_limit_in_a_year_without_a_notice_is_marked_and_counted_anew_when_it_comes(
    county, ticket
):
    before = county.ticket(ticket)
    running = county.timers(ticket)
    assert before.due_provisional

    take(county, NOTICE)
    assert recount(county) == 1

    after = county.ticket(ticket)
    assert not after.due_provisional
    assert after.due_at > before.due_at
    assert county.timers(ticket)["handle"] == after.due_at
    [event] = county.events(ticket, Action.RECOUNT)
    [said] = [one for one in event["data"]["recounted"] if one["step"] == "handle"]
    assert datetime.fromisoformat(said["was_due"]) == running["handle"] == before.due_at
    assert datetime.fromisoformat(said["due"]) == after.due_at
    assert (event["role"], event["data"]["was_provisional"]) == ("system", True)
    # The citizen's clock runs from the first call, whatever becomes of the calendar.
    assert after.received_at == before.received_at


def test_counting_anew_twice_changes_nothing_and_the_old_limit_fires_no_more(county, ticket):
    take(county, NOTICE)
    recount(county)
    seq = county.ticket(ticket).event_seq

    assert recount(county) == 0
    assert county.ticket(ticket).event_seq == seq
    with county.engine.connect() as connection:
        waiting = connection.execute(
            sa.text("SELECT count(*) FROM timer WHERE step = 'handle' AND state = 'waiting'")
        )
        assert waiting.scalar_one() == 1


def test_expected_days_move_limits_that_stay_provisional_and_give_way_to_the_notice(county, ticket):
    take(county, MORE, NoticeStatus.PROVISIONAL)
    recount(county)
    expected = county.ticket(ticket)
    assert expected.due_provisional

    take(county, NOTICE)
    recount(county)

    assert county.ticket(ticket).due_at < expected.due_at
    assert len(county.events(ticket, Action.RECOUNT)) == 2
    with pytest.raises(RefusedError, match="notice_published"):
        take(county, MORE, NoticeStatus.PROVISIONAL)


def test_the_same_notice_twice_changes_nothing_and_a_correction_is_another_one(county, ticket):
    first = take(county, NOTICE)
    assert take(county, NOTICE) is None

    second = take(county, MORE)

    assert second.number == first.number + 1
    with Session(county.engine) as session:
        assert [row.sha256 for row in rows.all_notices(session)[:2]] == [
            second.sha256,
            first.sha256,
        ]
        assert len(rows.days_of(session, YEAR)) == 4


def test_a_look_says_what_a_notice_would_move_and_moves_nothing(county, ticket):
    before = county.ticket(ticket)
    with county.work() as work:
        looked = calendar.look(work, parse_notice(NOTICE), NoticeStatus.PUBLISHED)

    assert (looked.seen, looked.tickets) == (1, 1)
    assert "handle" in {step for _, step, _, _ in looked.shown}
    assert county.ticket(ticket).due_at == before.due_at
    with Session(county.engine) as session:
        assert YEAR not in rows.of_years(session)


def test_more_time_is_counted_on_from_the_first_start(county, ticket):
    with county.work(county.officer_of(ticket)) as work:
        tickets.ask_for_time(work, work.ticket(ticket), "材料未到")
    with county.work(county.actor("supervisor")) as work:
        tickets.rule_extension(work, work.ticket(ticket), granted=True, reason="属实")
    before = county.ticket(ticket)

    take(county, NOTICE)
    recount(county)

    dispatched = before.dispatched_at
    with county.engine.connect() as connection:
        counted = connection.execute(
            sa.text(
                "SELECT counted_from, limit_code FROM timer WHERE step = 'handle'"
                " AND state = 'waiting'"
            )
        ).one()
    assert counted.counted_from == dispatched
    assert county.ticket(ticket).due_at > before.due_at


def test_the_notices_of_the_release_are_kept_with_their_source(county):
    with Session(county.engine) as session:
        known = rows.of_years(session)

    assert set(known) >= {2025, 2026}
    assert {row.status for row in known.values()} == {"published"}
    assert county.kit.calendar.known_until == date(2026, 12, 31)


def test_notices_are_never_changed_in_place(county):
    with pytest.raises(sa.exc.ProgrammingError), county.engine.begin() as connection:
        connection.execute(sa.text("UPDATE calendar_notice SET source = 'x'"))
