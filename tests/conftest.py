"""Servers, and a county to act in. Facts of the hotline read as sentences with these."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.browser_tools import (  # noqa: F401  one browser for a process, so imported once
    browser,
    desk_page,
    phone_page,
)
from tests.county import County, open_county
from tests.servers import (  # noqa: F401  fixtures and hooks that pytest finds here
    clean_database,
    database,
    pytest_configure,
    pytest_configure_node,
    server_urls,
)


@pytest.fixture
def county(clean_database, tmp_path) -> Iterator[County]:  # noqa: F811
    """The sample county with its invented staff, on a database of its own."""
    with open_county(clean_database, tmp_path) as opened:
        yield opened


@pytest.fixture
def engine(county) -> sa.Engine:
    """The app role's engine on the county's database."""
    return county.engine
