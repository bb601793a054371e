"""Somebody at a desk in tests: opens pages and sends forms as a browser would."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import sqlalchemy as sa
from werkzeug.test import TestResponse

from hotline.store.models import Staff
from tests.county import County
from tests.web.client import app_for, client_for, sign_in


class Desk:
    """A desk's computer, signed in."""

    def __init__(self, county: County, login: str) -> None:
        self.county = county
        self.client = sign_in(client_for(county), login)

    def page(self, path: str, status: int = 200) -> str:
        """Return a page's text."""
        answer = self.client.get(path)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)

    def send(self, path: str, **fields: object) -> TestResponse:
        """Send a command under a key of its own, unless one is given."""
        return self.client.post(path, data={"command_id": str(uuid4())} | fields)

    def done(self, path: str, **fields: object) -> str:
        """Send a command that must go through, and return the page it leads to."""
        answer = self.send(path, **fields)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return self.page(answer.headers["Location"])


def login_of(county: County, number: str) -> str:
    """Return the account of the officer who answers for a ticket."""
    with county.work() as work:
        return work.session.get_one(Staff, county.officer_of(number).staff_id).login


@contextmanager
def queries(county: County) -> Iterator[list[str]]:
    """Collect the statements that the county's application sends to the database."""
    engine = app_for(county).extensions["hotline"].engine
    sent: list[str] = []

    def remember(_connection, _cursor, statement, *_rest) -> None:
        sent.append(statement)

    sa.event.listen(engine, "before_cursor_execute", remember)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", remember)
