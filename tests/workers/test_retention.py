"""What was kept long enough is erased, once, and counted; what is open keeps everything."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from hotline.domain.retention import DEFAULT_DAYS, Kind, periods
from hotline.domain.tickets import Action
from hotline.in_force import InForce
from hotline.services.proof import audit, identity
from hotline.services.upkeep import retention
from hotline.store.models import Media, TicketIdentity, TicketText
from hotline.store.models.proofs import Erasure
from tests.county import County
from tests.services.test_search import numbers, read_all
from tests.web import nights
from tests.web.desk import Desk
from workers.retention import run
from workers.runtime import Runtime


def erase(county: County, **days: int) -> dict[str, int]:
    """Let the worker erase what is due, by these periods."""
    return run(
        Runtime(county.settings, county.engine, InForce(county.engine, county.kit)), periods(days)
    )


def rows(county: County, model):
    with Session(county.engine) as session:
        return list(session.exec(select(model)))


def files(county: County) -> list[str]:
    return [path.name for path in county.settings.media_dir.rglob("*") if path.is_file()]


def whole(county: County, number: str) -> bool:
    with Session(county.engine) as session:
        return audit.verify_ticket(session, county.ticket(number).id).whole


def test_nothing_is_erased_before_its_time(county):
    number = nights.a_night(county)
    county.move(days=DEFAULT_DAYS[Kind.MESSAGES] - 1)

    erased = erase(county)

    assert {kind: count for kind, count in erased.items() if count} == {}
    assert whole(county, number)


def test_each_kind_goes_when_its_own_time_is_over_and_the_chain_proves(county):
    number = nights.a_night(county)
    read_all(county)
    assert len(files(county)) == 2

    county.move(days=2 * 365 + 1)
    assert erase(county)["identity"] > 0
    [caller] = rows(county, TicketIdentity)
    assert (caller.number_sealed, caller.number_hash, caller.name_sealed) == (None, None, None)
    assert len(files(county)) == 2

    county.move(days=365)
    assert erase(county)["files"] == 1
    assert files(county) == []

    county.move(days=2 * 365)
    assert erase(county)["words"] > 0
    assert {text.body for text in rows(county, TicketText)} == {""}
    assert numbers(county, "停水") == []
    kinds = [event["data"]["kind"] for event in county.events(number, Action.ERASE)]
    assert set(kinds) == {"identity", "photos", "words", "messages"}
    assert whole(county, number)


def test_erasing_twice_erases_once(county):
    number = nights.a_night(county)
    county.move(days=10 * 365)
    erase(county)
    events, noted = len(county.events(number)), len(rows(county, Erasure))

    assert set(erase(county).values()) == {0}

    assert (len(county.events(number)), len(rows(county, Erasure))) == (events, noted)


def test_an_open_or_disputed_ticket_keeps_everything(county):
    open_, disputed = nights.accepted(county), nights.returned(county)
    with county.engine.connect() as connection:
        before = connection.execute(sa.text("SELECT body FROM ticket_text ORDER BY id")).all()
    county.move(days=10 * 365)

    erase(county)

    with county.engine.connect() as connection:
        after = connection.execute(sa.text("SELECT body FROM ticket_text ORDER BY id")).all()
    assert after == before
    assert all(row.number_sealed for row in rows(county, TicketIdentity))
    assert not county.events(open_, Action.ERASE) + county.events(disputed, Action.ERASE)


def test_erased_media_are_shown_to_nobody_though_their_file_still_lies_there(county):
    number = nights.a_night(county)
    [media] = rows(county, Media)
    county.move(days=10 * 365)
    with county.work() as work:
        retention.erase(work, Kind.PHOTOS, timedelta(days=1), limit=10)

    assert len(files(county)) == 2
    desk = Desk(county, "supervisor")
    desk.page(f"/media/{media.id}/small", status=404)
    desk.page(f"/media/{media.id}/original", status=404)
    assert f"/media/{media.id}" not in desk.page(f"/audit/tickets/{number}")
    with county.work() as work:
        assert retention.remove_files(work, limit=10) == 1
    assert files(county) == []


def test_one_picture_on_two_tickets_stays_while_one_of_them_is_kept(county):
    nights.a_night(county)
    county.move(days=400)
    nights.submitted(county)
    assert len({media.sha256 for media in rows(county, Media)}) == 1

    erase(county, photos=390)

    assert [media.erased_at is None for media in rows(county, Media)].count(True) == 1
    assert len(files(county)) == 2


def test_many_tickets_of_one_instant_are_erased_in_small_batches_and_none_is_missed(county):
    made = [county.demand() for _ in range(7)]
    with county.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE ticket SET status = 'archived', closed_at = received_at")
        )
        connection.execute(
            sa.text(
                "UPDATE ticket SET closed_at = (SELECT min(closed_at) FROM ticket)"
                " WHERE number = ANY(:some)"
            ),
            {"some": made[:4]},
        )
    county.move(days=800)
    taken: list[int] = []
    while not taken or taken[-1]:
        with county.work() as work:
            taken.append(retention.erase(work, Kind.IDENTITY, timedelta(days=730), limit=2))

    assert all(row.number_sealed is None for row in rows(county, TicketIdentity))
    assert all(len(county.events(number, Action.ERASE)) == 1 for number in made)


def test_talks_attempts_and_webhooks_go_too(county):
    Desk(county, "operator1")
    nights.a_waiting_call(county)
    with county.engine.begin() as connection:
        connection.execute(sa.text("UPDATE call SET ended_at = started_at, state = 'ended'"))
        connection.execute(
            sa.text("INSERT INTO inbox VALUES ('SM1', 'in', 'h', 'a', hotline_now())")
        )
    county.move(days=400)

    erase(county)

    with county.engine.connect() as connection:
        counts = [
            connection.execute(sa.text(f"SELECT count(*) FROM {what}")).scalar_one()
            for what in (
                "inbox", "sign_in_attempt", "sign_in",
                "call WHERE number_sealed IS NOT NULL OR talk <> '{}'",
            )
        ]  # fmt: skip
    assert counts == [0, 0, 0, 0]


def test_whoever_asks_for_an_erased_identity_is_shown_nothing(county):
    number = nights.a_night(county)
    county.move(days=10 * 365)
    erase(county)

    with county.work(county.actor("operator1")) as work:
        found = identity.view(work, work.ticket(number), "call_caller")

    assert (found.number, found.name, found.found) == (None, None, ())
    assert numbers(county, "13800001111") == []


def test_supervisors_see_what_is_kept_and_what_was_erased(county):
    desk = Desk(county, "supervisor")
    assert "还没有清除过" in desk.page("/audit/retention/")
    nights.a_night(county)
    county.move(days=1000)
    assert "待清除的工单" in Desk(county, "supervisor").page("/audit/retention/")

    erase(county)

    assert "来电人身份" in Desk(county, "supervisor").page("/audit/retention/")


def test_what_was_erased_is_on_record_for_good(county):
    nights.a_night(county)
    county.move(days=1000)
    erase(county)

    with pytest.raises(sa.exc.ProgrammingError), county.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM erasure"))


def test_a_county_sets_its_own_periods_and_a_made_up_kind_is_refused():
    assert periods({"words": 30})[Kind.WORDS] == timedelta(days=30)
    assert periods({})[Kind.WORDS] == timedelta(days=DEFAULT_DAYS[Kind.WORDS])
    with pytest.raises(ValueError, match="gossip"):
        periods({"gossip": 1})
