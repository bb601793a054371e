"""Logs hold no words of people, not even where an exception quotes them."""

import io
import logging
from contextlib import redirect_stderr
from uuid import uuid4

import pytest
import redis
import structlog
from rq import SimpleWorker
from rq.serializers import JSONSerializer
from sqlmodel import Session

from hotline import log
from hotline.domain.errors import InvalidError
from hotline.jobs import queue
from hotline.store.models import TicketText
from workers.__main__ import TellingJob

NAME, NUMBER = "示例人甲", "13800001111"


def rendered(error: BaseException) -> str:
    """What the log has of an exception that was logged with its traceback."""
    log.configure(as_json=True)
    event = {"event": "step_failed", "exc_info": error}
    for processor in structlog.get_config()["processors"]:
        event = processor(None, "error", event)
    return str(event)


def raised(act) -> BaseException:
    """The exception that something ends with, with its traceback."""
    try:
        act()
    except Exception as error:  # noqa: BLE001  whatever it is
        return error
    raise AssertionError("nothing was raised")


def test_a_row_that_the_database_refuses_is_not_quoted(county):
    def write() -> None:
        with Session(county.engine) as session:
            session.add(
                TicketText(ticket_id=uuid4(), kind="words", salt="", body=NAME, at=county.now())
            )
            session.commit()

    told = rendered(raised(write))

    assert NAME not in told
    assert "sqlstate=23503" in told
    assert "table_name=ticket_text" in told


@pytest.mark.parametrize(
    "act", [lambda: int(f"+{NUMBER}x"), lambda: dict[str, str]()[NAME]], ids=["value", "key"]
)
def test_of_a_foreign_exception_only_its_kind_and_its_places_are_logged(act):
    told = rendered(raised(act))

    assert NUMBER not in told
    assert NAME not in told
    assert "test_log.py" in told
    assert "Error" in told


def test_of_a_refusal_of_ours_the_facts_are_logged_and_what_it_came_from(county):
    def refuse() -> None:
        try:
            int(NUMBER + "x")
        except ValueError as error:
            raise InvalidError(fields=["number"]) from error

    told = rendered(raised(refuse))

    assert "fields=['number']" in told
    assert "ValueError" in told
    assert NUMBER not in told


@pytest.mark.parametrize(
    "typed", [NUMBER, f"+86{NUMBER}", "02487654321", "862487654321", NAME, "13800 示例"]
)
def test_what_somebody_typed_into_an_address_is_not_logged(typed):
    assert log.shown(typed) == "(hidden)"


@pytest.mark.parametrize(
    "code",
    ["261122000001", "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "['text']", "utilities/water", "7"],
)
def test_codes_and_ids_are(code):
    assert log.shown(code) == code


def test_what_libraries_log_goes_by_the_same_rule(capsys):
    log.configure(as_json=True)
    try:
        int(NUMBER + "x")
    except ValueError:
        logging.getLogger("hotline.web").exception("Exception on /demand/ [POST]")
    said = capsys.readouterr().err

    assert "Exception on /demand/ [POST]" in said
    assert "builtins.ValueError" in said
    assert NUMBER not in said


def test_who_redirects_what_is_logged_takes_nobodys_log_away(capsys):
    speaker = structlog.get_logger()
    with io.StringIO() as elsewhere, redirect_stderr(elsewhere):
        log.configure(as_json=True)
        speaker.info("clock_started")
        assert "clock_started" in elsewhere.getvalue()

    speaker.info("clock_stopped")

    assert "clock_stopped" in capsys.readouterr().err


def test_a_job_that_fails_leaves_no_words_in_the_queue(database):
    with redis.Redis.from_url(database.redis_url) as connection:
        waiting = queue(connection)
        job = waiting.enqueue("builtins.int", NUMBER + "x", failure_ttl=60)
        worker = SimpleWorker(
            [waiting], connection=connection, serializer=JSONSerializer, job_class=TellingJob
        )
        worker.work(burst=True, logging_level="CRITICAL")
        kept = [result.exc_string for result in job.results()]

    assert len(kept) == 1
    assert "JobFailedError" in kept[0]
    assert NUMBER not in kept[0]
