"""A running hotline for the tests of a module: they use different callers."""

import itertools
from collections.abc import Iterator

import pytest

from hotline.demo.carrier.people import never_answers
from tests.live import Live, live, phone_of
from tests.servers import empty

_numbers = itertools.count(13900000001)


@pytest.fixture
def caller() -> str:
    """A telephone that never rang the hotline before."""
    return f"+86{next(_numbers)}"


@pytest.fixture(scope="module")
def night(database, tmp_path_factory) -> Iterator[Live]:
    """A running hotline at night: operators are on duty, but their telephones just ring."""
    empty(database)
    with live(database, tmp_path_factory.mktemp("night")) as running:
        for login in ("operator1", "operator2"):
            running.carrier.set_person(phone_of(running.county, login), never_answers())
        yield running
