"""A citizen with a telephone's browser: tells what happened, keeps number and code, looks again."""

import re
from uuid import uuid4

from flask.testing import FlaskClient

from tests.county import County
from tests.web.client import client_for

NUMBER = "13900001111"


class Citizen:
    """One device of somebody without an account."""

    def __init__(self, county: County, address: str = "10.0.0.1") -> None:
        self.county = county
        self.client: FlaskClient = client_for(county)
        self.address = {"REMOTE_ADDR": address}
        self.number = self.code = ""

    def page(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path, environ_base=self.address)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)

    def post(self, path: str, status: int, **fields: object) -> str:
        """Post a form under a key of its own, unless one is given."""
        sent = {"key": str(uuid4())} | fields
        answer = self.client.post(path, data=sent, environ_base=self.address)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)

    def tells(self, words: str = "大孤家子镇拉马桥村停水了", **fields: object) -> str:
        """Send the web form; remember and return the ticket's number."""
        page = self.post("/demand/", 200, **({"words": words, "number": NUMBER} | fields))
        values = re.findall(r'figure__value">([\d ]+)<', page)
        self.number, self.code = (value.replace(" ", "") for value in values[:2])
        return page

    def opens(self, number: str = "", code: str = "") -> str:
        """Enter number and code on this device, and return the status page."""
        self.post("/case/", 303, number=number or self.number, code=code or self.code)
        return self.page("/case/")

    def does(self, action: str, **fields: object) -> str:
        """Do something on the status page that must go through; return the page."""
        self.post(f"/case/{action}", 303, **fields)
        return self.page("/case/")
