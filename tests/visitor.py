"""Somebody with a browser, as far as HTTP goes: signs in, opens pages, sends forms."""

from uuid import uuid4

import requests

from hotline.demo.staff import PASSWORD


class Visitor:
    """One person's device on the running hotline."""

    def __init__(self, url: str, login: str = "") -> None:
        self.url = url
        self.session = requests.Session()
        if login:
            answer = self.send("/sign-in", login=login, password=PASSWORD)
            assert answer.status_code == 200, answer.text

    def page(self, path: str) -> str:
        """Open a page."""
        answer = self.session.get(self.url + path, timeout=30)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer.text

    def send(self, path: str, files=None, **fields: object) -> requests.Response:
        """Send a form and follow where it leads."""
        return self.session.post(self.url + path, data=fields, files=files, timeout=30)

    def command(self, path: str, files=None, **fields: object) -> requests.Response:
        """Send a command from the field, under a key of its own unless one is given."""
        values = {"command_id": str(uuid4())} | fields
        answer = self.send(path, files=files, **values)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer
