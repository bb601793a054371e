"""Notices by the county's channels: what a provider really answered, and never a false success."""

import logging
import re
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from apprise import Apprise

from hotline.channels.notices import Notifier
from hotline.channels.templates import NOTICES, TEMPLATES, notice
from hotline.demo.carrier.notices import REFUSED, Reply
from hotline.demo.carrier.server import FakeCarrier
from hotline.domain.errors import SetupError
from hotline.embedded.processes import free_port

URLS = {
    "wecom": "wecombot://a-key/?gateway={at}",
    "dingtalk": "dingtalk://secret@token/{{address}}/?gateway={at}",
    "feishu": "feishu://a-token/?gateway={at}",
}


@pytest.fixture(scope="module")
def robots() -> Iterator[FakeCarrier]:
    """A server that plays the three robots."""
    with FakeCarrier() as carrier:
        yield carrier


def notifier(at: str, **more: str) -> Notifier:
    urls = {channel: url.format(at=at) for channel, url in URLS.items()}
    return Notifier(urls | more, timeout_s=0.5)


class Mailbox(socketserver.StreamRequestHandler):
    """Enough of an SMTP server: takes mail, or refuses the receiver."""

    server: "MailServer"

    def handle(self) -> None:
        self._say("220 here")
        in_data = False
        for raw in self.rfile:
            line = raw.decode().rstrip("\r\n")
            if in_data:
                self.server.lines.append(line)
                in_data = line != "."
                if not in_data:
                    self._say("250 taken")
                continue
            verb = line[:4].upper()
            if verb == "RCPT" and "nobody" in line:
                self._say("550 no such mailbox")
            elif verb == "DATA":
                in_data = True
                self._say("354 go on")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    """A mail server on loopback, and what it was given."""

    daemon_threads = True

    def __init__(self) -> None:
        self.lines: list[str] = []
        super().__init__(("127.0.0.1", 0), Mailbox)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("robot", list(URLS))
def test_a_robot_that_takes_a_notice_has_accepted_it(robots, robot):
    answer = notifier(robots.url).send(robot, "13800000000", "新工单")

    assert answer.state == "accepted"
    assert robots.notices.received[-1].robot == robot
    assert robots.notices.received[-1].text == "新工单"


def test_a_person_is_called_by_name_where_the_robot_can(robots):
    notifier(robots.url).send("dingtalk", "13800000000", "新工单")

    assert robots.notices.received[-1].mobiles == ("13800000000",)


@pytest.mark.parametrize("robot", list(URLS))
def test_a_refusal_that_comes_with_http_200_is_a_refusal(robots, robot):
    robots.notices.answer(robot, Reply(REFUSED[robot]))

    answer = notifier(robots.url).send(robot, "13800000000", "新工单")

    assert answer.state == "refused"
    assert re.search(r"(err)?code=\d+", answer.words)


def test_the_library_alone_takes_such_a_refusal_for_a_success(robots):
    """Why we read the answers ourselves; where this fails, apprise does it now."""
    robots.notices.answer("wecom", Reply(REFUSED["wecom"]))
    notifier(robots.url)
    library = Apprise.instantiate("wecombot://a-key/")
    setattr(library, "api_url", f"{robots.url}/cgi-bin/webhook/send?key=a-key")  # noqa: B010

    assert library.notify(body="新工单") is True


def test_an_answer_that_does_not_come_in_time_is_unknown_and_holds_nobody_up(robots):
    robots.notices.answer("wecom", Reply({}, delay_s=3))
    sender = notifier(robots.url)
    before = time.monotonic()

    answer = sender.send("wecom", "", "新工单")

    assert answer.state == "unknown"
    assert time.monotonic() - before < 2


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (Reply({}, status=500), "unknown"),
        (Reply({}, status=404), "refused"),
        (Reply("no answer"), "unknown"),
        (Reply({"other": 1}), "unknown"),
    ],
)
def test_what_a_robot_says_besides_is_read_with_care(robots, reply, state):
    robots.notices.answer("wecom", reply)

    assert notifier(robots.url).send("wecom", "", "新工单").state == state


def test_where_nobody_listens_the_notice_has_not_gone():
    answer = notifier(f"http://127.0.0.1:{free_port()}").send("wecom", "", "新工单")

    assert (answer.state, answer.words) == ("refused", "no_connection")


def test_mail_goes_to_a_persons_own_mailbox_and_a_refusal_says_no_address(capfd):
    with mail_server() as server:
        port = server.server_address[1]
        url = f"mailto://127.0.0.1:{port}/?from=12345@county.example&to={{address}}&mode=insecure"
        sender = notifier("http://127.0.0.1:9", mail=url)

        taken = sender.send("mail", "wang@county.example", "新工单")
        refused = sender.send("mail", "nobody@county.example", "新工单")

    assert taken.state == "accepted"
    assert any("wang@county.example" in line for line in server.lines)
    assert (refused.state, "nobody" in refused.words) == ("refused", False)
    assert not logging.getLogger("apprise").propagate
    assert "county.example" not in "".join(capfd.readouterr())
    assert sender.send("mail", "", "新工单").words == "no_address"


def test_an_address_that_is_none_is_found_at_the_start():
    with pytest.raises(SetupError, match="HOTLINE_NOTICE_WECOM"):
        Notifier({"wecom": "wecombot://?gateway=x"}, 1)


def test_a_notice_says_nothing_of_the_matter():
    assert set(NOTICES) <= set(TEMPLATES)
    text = notice("dispatched", "261122000001", "http://127.0.0.1/field/tickets/261122000001")

    assert "261122000001" in text
    assert not {"place", "demand"} & set(re.findall(r"\{(\w+)\}", "".join(NOTICES.values())))
