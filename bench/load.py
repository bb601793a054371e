"""``python -m bench.load``: the callers of a bench, in a process of their own.

One loop over raw sockets, each with one request under way, because the machine is shared with
what is measured: the callers must cost little. Requests are made and signed before the start.
"""

import json
import selectors
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from bench import demands
from hotline.grid_file import read_grid

_HEAD_ENDS: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length:"


@dataclass(slots=True)
class Line:
    """One connection, and the request that is under way on it."""

    end: socket.socket
    sid: str = ""
    since: float = 0.0
    got: bytearray = field(default_factory=bytearray)

    def ask(self, sid: str, request: bytes) -> None:
        """Send the next request."""
        self.sid, self.since = sid, time.perf_counter()
        self.got.clear()
        self.end.sendall(request)

    def answer(self) -> tuple[int, bytes] | None:
        """Read what came; return status and body when the answer is whole.

        Raises:
            ConnectionError: the server hung up.
        """
        more = self.end.recv(65536)
        if not more:
            raise ConnectionError("the server closed a connection")
        self.got += more
        ends = self.got.find(_HEAD_ENDS)
        if ends < 0:
            return None
        head = bytes(self.got[:ends]).lower()
        start = head.index(_LENGTH) + len(_LENGTH)
        length = int(head[start:].split(b"\r\n", 1)[0])
        body = bytes(self.got[ends + len(_HEAD_ENDS) :])
        return (int(head[9:12]), body) if len(body) >= length else None


def run(
    url: str, requests: Iterator[tuple[str, bytes]], connections: int, seconds: float
) -> dict[str, object]:
    """Keep every connection busy for so long; return what was answered, and when.

    Returns:
        ``wall_s``; ``answers``: SID, HTTP status, seconds and body of each.
    """
    address = (urlsplit(url).hostname, urlsplit(url).port)
    selector = selectors.EpollSelector()
    for _ in range(connections):
        line = Line(socket.create_connection(address))
        line.end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(line.end, selectors.EVENT_READ, line)
    answers: list[tuple[str, int, float, str]] = []
    began = time.perf_counter()
    for key in list(selector.get_map().values()):
        key.data.ask(*next(requests))
    busy = connections
    while busy:
        for key, _ in selector.select():
            line = key.data
            answer = line.answer()
            if answer is None:
                continue
            now = time.perf_counter()
            answers.append((line.sid, answer[0], now - line.since, answer[1].decode()))
            following = next(requests, None) if now - began < seconds else None
            if following is None:
                busy -= 1
                selector.unregister(line.end)
                line.end.close()
            else:
                line.ask(*following)
    return {"wall_s": time.perf_counter() - began, "answers": answers}


def main() -> None:
    """Read the order from standard input, get ready, say so, run when told, write the result."""
    order = json.loads(sys.stdin.readline())
    made = demands.requests(
        order["url"],
        order["token"],
        read_grid(Path(order["grid_map"])),
        first=order["first"],
        size=order["size"],
    )
    print("ready", flush=True)
    sys.stdin.readline()
    found = run(order["url"], iter(made), order["connections"], order["seconds"])
    Path(order["result"]).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
