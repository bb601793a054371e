"""A running hotline for the tests of a module: they use different callers."""

import itertools
import os
from collections.abc import Iterator

import pytest

from hotline.demo.carrier.people import never_answers
from tests.live import KeptHotline, Live, phone_of
from tests.servers import new_database

_numbers = itertools.count(13900000001)
_VALKEYS_OF_WORKERS = 8
"""Numbers of Valkey's databases that workers' own tests use; the running hotlines' come after."""


@pytest.fixture
def caller() -> str:
    """A telephone that never rang the hotline before."""
    return f"+86{next(_numbers)}"


@pytest.fixture(scope="session")
def hotline(server_urls, tmp_path_factory) -> Iterator[KeptHotline]:
    """This worker's running hotline, on a database that no other tests write to."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    number = _VALKEYS_OF_WORKERS + int(worker.removeprefix("gw"))
    database = new_database(server_urls, f"{worker}_live", number)
    kept = KeptHotline(database, lambda: tmp_path_factory.mktemp("hotline"))
    yield kept
    kept.close()


@pytest.fixture(scope="module")
def night(hotline) -> Iterator[Live]:
    """A running hotline at night: operators are on duty, but their telephones just ring."""
    with hotline.day() as running:
        let_operators_ring(running)
        yield running


def let_operators_ring(running: Live) -> None:
    """Let the telephones of the operators on duty ring without end."""
    for login in ("operator1", "operator2"):
        running.carrier.set_person(phone_of(running.county, login), never_answers())
