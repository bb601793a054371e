"""What callers are and say stands in no log, in no queue and in no address, whoever did what."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote_plus
from uuid import uuid4

import redis

from hotline.demo.carrier.people import say
from tests.live import Live
from tests.scenarios.lookup import one_ticket
from tests.visitor import Visitor

OFFICER = "grid.dagujiazi.lamaqiao"
NAME, WORDS, INSIDE = "示例人乙", "主管道漏得厉害", "13712345678"
_LINKS = re.compile(r'(?:href|action|src|hx-get|hx-post)="([^"]*)"')
_END = "the end of what was overheard"


@contextmanager
def overheard(url: str) -> Iterator[list[str]]:
    """Listen to every command that the queue's server is sent meanwhile."""
    heard: list[str] = []
    with redis.Redis.from_url(url) as connection, connection.monitor() as monitor:

        def listen() -> None:
            for one in monitor.listen():
                heard.append(one["command"])
                if _END in one["command"]:
                    return

        ear = threading.Thread(target=listen)
        ear.start()
        try:
            yield heard
        finally:
            with redis.Redis.from_url(url) as other:
                other.execute_command("ECHO", _END)
            ear.join(10)


class Seen:
    """Every address that a visitor asked for, was sent to, or was shown."""

    def __init__(self) -> None:
        self.addresses: list[str] = []

    def watch(self, visitor: Visitor) -> Visitor:
        visitor.session.hooks["response"].append(self._note)
        return visitor

    def _note(self, answer, *_args, **_more) -> None:
        self.addresses += [answer.url, answer.headers.get("Location", "")]
        self.addresses += _LINKS.findall(answer.text)


def a_day_of(night: Live, caller: str, seen: Seen) -> None:
    """Let a caller ring, write and fill the form in, and staff do what quotes them."""
    night.call(caller, say(f"大孤家子镇拉马桥村停水了，{WORDS}，我叫{NAME}，电话{INSIDE}"))
    number = one_ticket(night, caller).number
    night.carrier.text(caller, f"还没人来，{WORDS}，打{INSIDE}找{NAME}")
    citizen = seen.watch(Visitor(night.url))
    form = {"words": f"大孤家子镇拉马桥村{WORDS}", "number": INSIDE, "name": NAME}
    assert citizen.send("/demand/", key=str(uuid4()), **form).status_code == 200
    seen.watch(Visitor(night.url)).send("/sign-in", login=NAME, password=WORDS)
    operator = seen.watch(Visitor(night.url, "operator1"))
    for text in (WORDS, caller, NAME):
        operator.send("/search/", text=text)
    operator.page(f"/console/tickets/{number}")
    officer = seen.watch(Visitor(night.url, OFFICER))
    officer.command(f"/field/tickets/{number}/accept")
    # What no text can hold: the database refuses it, and quotes nothing of it.
    refused = officer.send(
        f"/field/tickets/{number}/note",
        command_id=str(uuid4()),
        text=f"{NAME}\0{WORDS}{caller}",
    )
    assert refused.status_code == 422
    night.carrier.settle()


def test_no_log_no_queue_and_no_address_names_a_caller_or_quotes_them(night, caller):
    seen = Seen()
    with overheard(night.county.settings.redis_url.get_secret_value()) as commands:
        a_day_of(night, caller, seen)

    log = night.log.read_text(encoding="utf-8")
    marks = (NAME, WORDS, INSIDE, caller.removeprefix("+86"))
    assert "unfit_data" in log
    assert any("workers." in command for command in commands)
    for mark in marks:
        assert mark not in log
        assert mark not in "\n".join(commands)
        assert [one for one in seen.addresses if mark in unquote_plus(one)] == []
