"""Nobody is woken to be asked whether it was solved, unless it was urgent."""

from collections.abc import Iterator
from datetime import time, timedelta

import pytest

from hotline.clock import COUNTY_ZONE
from hotline.domain.closing import ResultKind
from hotline.map_file.reading import parse_grid, read_grid
from hotline.services.handling import closing, tickets
from hotline.store import policy
from tests.county import County, open_county
from tests.prepared import ROOT, map_without_nights


@pytest.fixture
def night(clean_database, tmp_path) -> Iterator[County]:
    """A county in which it is night from an hour ago until in two hours."""
    with open_county(clean_database, tmp_path) as today:
        now = today.now().astimezone(COUNTY_ZONE)
        begins, ends = (f"{now + timedelta(hours=hours):%H:%M}" for hours in (-1, 2))
        text = map_without_nights().read_text(encoding="utf-8")
        silence = "silence: {natural: 2d}"
        text = text.replace(silence, f'{silence}, quiet: ["{begins}", "{ends}"]')
        with today.engine.begin() as connection:
            policy.apply_map(connection, parse_grid(text).version, text)
    path = tmp_path / "map.yaml"
    path.write_text(text, encoding="utf-8")
    with open_county(clean_database, tmp_path, grid_map=path) as opened:
        yield opened


def explained(county: County, *, urgent: bool) -> str:
    """Let an officer submit a result for a new demand, and return its number."""
    number = county.demand()
    with county.work(county.officer_of(number)) as work:
        ticket = work.ticket(number)
        ticket.urgent = urgent
        tickets.accept(work, ticket)
        tickets.contact(work, ticket, "reached")
        closing.submit(work, ticket, closing.Result(ResultKind.EXPLAINED, "已当面说明情况"))
    return number


def asked(county: County, number: str) -> bool:
    return any(row.cause.startswith("ask") for row in county.messages(number))


def test_what_is_submitted_at_night_is_asked_about_in_the_morning_and_urgent_matters_at_once(night):
    usual, urgent = explained(night, urgent=False), explained(night, urgent=True)
    night.tick()
    assert not asked(night, usual)
    assert asked(night, urgent)

    night.forward(hours=2, minutes=1)

    assert asked(night, usual)


def test_the_sample_county_sleeps_from_nine_to_eight():
    assert read_grid(ROOT / "grid_map.yaml").limits.asking.quiet == (time(21), time(8))
