"""The robots of WeCom, DingTalk and Feishu as their customers see them, and what they were given.

They answer as the real ones do: HTTP 200 to everything, and the refusal in the body. A test says
how the next notices are answered (`answer`); the demonstration shows what arrived at ``/notices``.
"""

import threading
from collections import deque
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

_MOST: Final = 200
# What each robot answers when it takes a notice, and when its key is not known.
_TAKEN: Final = {
    "wecom": {"errcode": 0, "errmsg": "ok"},
    "dingtalk": {"errcode": 0, "errmsg": "ok"},
    "feishu": {"code": 0, "msg": "success", "data": {}},
}
REFUSED: Final = {
    "wecom": {"errcode": 93000, "errmsg": "invalid webhook url"},
    "dingtalk": {"errcode": 300005, "errmsg": "token is not exist"},
    "feishu": {"code": 19001, "msg": "param invalid: incoming webhook access token invalid"},
}


@dataclass(frozen=True, slots=True)
class Received:
    """A notice that a robot was given."""

    robot: str
    text: str
    mobiles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """How a robot answers the next notice; ``delay_s`` is real time."""

    body: object
    status: int = 200
    delay_s: float = 0


class NoticeBoard:
    """What the robots were given, and how they answer."""

    def __init__(self) -> None:
        self.received: deque[Received] = deque(maxlen=_MOST)
        self._replies: dict[str, deque[Reply]] = {}
        self._over = threading.Event()

    def answer(self, robot: str, *replies: Reply) -> None:
        """Say how a robot answers its next notices; after them it takes everything again."""
        self._replies[robot] = deque(replies)

    def close(self) -> None:
        """Let nobody wait any more."""
        self._over.set()

    def take(self, robot: str, text: str, mobiles: tuple[str, ...] = ()) -> ResponseReturnValue:
        """Take a notice, and answer as told."""
        waiting = self._replies.get(robot)
        reply = waiting.popleft() if waiting else Reply(_TAKEN[robot])
        if reply.delay_s:
            self._over.wait(reply.delay_s)
        if reply.status == 200 and reply.body == _TAKEN[robot]:  # noqa: PLR2004
            self.received.append(Received(robot, text, mobiles))
        return jsonify(reply.body), reply.status


def blueprint(board: NoticeBoard) -> Blueprint:
    """Lay the robots' addresses and the page out."""
    site = Blueprint("notices", __name__)

    def wecom() -> ResponseReturnValue:
        return board.take("wecom", request.get_json()["text"]["content"])

    def dingtalk() -> ResponseReturnValue:
        sent = request.get_json()
        mobiles = tuple(sent.get("at", {}).get("atMobiles", ()))
        return board.take("dingtalk", sent["text"]["content"], mobiles)

    def feishu(token: str) -> ResponseReturnValue:
        del token
        return board.take("feishu", request.get_json()["content"]["text"])

    def show() -> Response:
        page = render_template("notices.html", received=list(reversed(board.received)))
        return Response(page, headers={"Cache-Control": "no-store"})

    site.add_url_rule("/cgi-bin/webhook/send", view_func=wecom, methods=["POST"])
    site.add_url_rule("/robot/send", view_func=dingtalk, methods=["POST"])
    site.add_url_rule("/open-apis/bot/v2/hook/<token>", view_func=feishu, methods=["POST"])
    site.add_url_rule("/notices", view_func=show)
    return site
