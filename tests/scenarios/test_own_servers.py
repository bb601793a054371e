"""On servers of one's own: another PostgreSQL by its URLs, and a database that dies in mid-call."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pytest

from hotline.demo.carrier.people import hang_up_when_asked, never_answers, say, wait
from hotline.domain.tickets import Status
from tests.county import CALLER
from tests.embedded.test_servers import second_postgres
from tests.live import Live, live, phone_of
from tests.scenarios.lookup import one_ticket, tickets_of
from tests.servers import own_servers


class Urls(NamedTuple):
    """Servers as settings name them."""

    app_url: str
    owner_url: str
    redis_url: str


@contextmanager
def hotline_on(servers, folder) -> Iterator[Live]:
    """Run the hotline on servers that it is told of by their URLs."""
    with live(Urls(servers.app_url, servers.owner_url, servers.redis_url), folder) as running:
        for login in ("operator1", "operator2"):
            running.carrier.set_person(phone_of(running.county, login), never_answers())
        yield running


def test_the_same_processes_run_on_another_postgresql_given_by_urls(tmp_path):
    with (
        own_servers(postgres_bin=second_postgres()) as servers,
        hotline_on(servers, tmp_path) as night,
    ):
        night.call(CALLER, say("大孤家子镇拉马桥村停水了"))

        ticket = one_ticket(night, CALLER)
        assert ticket.status is Status.DISPATCHED
        night.wait_until(
            lambda: {"delivered"} <= {row.state for row in night.county.messages(ticket.number)}
        )


@pytest.mark.parametrize("words", ["大孤家子镇拉马桥村停水了"])
def test_a_database_that_dies_in_mid_call_costs_the_caller_nothing(tmp_path, words):
    with own_servers() as servers, hotline_on(servers, tmp_path) as night:
        call = night.carrier.call(CALLER, wait(30), say(words), say(words), hang_up_when_asked())
        night.wait_until(lambda: night.carrier.heard(call))

        servers.kill("postgres")
        night.carrier.finished(call)
        assert any("暂时无法受理" in text for text in night.carrier.heard(call))
        servers.restart("postgres")

        night.wait_until(night.answers)
        night.forward(minutes=2)
        [ticket] = night.wait_until(lambda: tickets_of(night, CALLER))
        assert ticket.status is Status.TRIAGE
