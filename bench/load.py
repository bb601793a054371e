"""``python -m bench.load``: the callers of a bench, in a process of their own.

One loop over raw sockets, each with one request under way, because the machine is shared with
what is measured: the callers must cost little. Requests are made and signed before the start.
"""

import json
import math
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
from hotline.map_file.reading import read_grid

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
    url: str,
    requests: Iterator[tuple[str, bytes]],
    connections: int,
    seconds: float,
    per_s: float = math.inf,
) -> dict[str, object]:
    """Ask for so long, at most ``per_s`` a second; return what was answered, and when.

    Without a rate every connection is kept busy.

    Returns:
        ``wall_s``; ``answers``: SID, HTTP status, seconds and body of each.
    """
    address = (urlsplit(url).hostname, urlsplit(url).port)
    selector = selectors.EpollSelector()
    free = []
    for _ in range(connections):
        line = Line(socket.create_connection(address))
        line.end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(line.end, selectors.EVENT_READ, line)
        free.append(line)
    answers: list[tuple[str, int, float, str]] = []
    began = now = time.perf_counter()
    asked = 0
    while now - began < seconds or len(free) < connections:
        while free and now - began < seconds and now - began >= asked / per_s:
            free.pop().ask(*next(requests))
            asked += 1
        until = began + (asked / per_s if free and now - began < seconds else math.inf)
        for key, _ in selector.select(None if math.isinf(until) else max(0.0, until - now)):
            line = key.data
            answer = line.answer()
            if answer is not None:
                took = time.perf_counter() - line.since
                answers.append((line.sid, answer[0], took, answer[1].decode()))
                free.append(line)
        now = time.perf_counter()
    for line in free:
        line.end.close()
    return {"wall_s": now - began, "answers": answers}


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
    found = run(order["url"], iter(made), order["connections"], order["seconds"], order["per_s"])
    Path(order["result"]).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
