"""``make bench NAME=pages``: lists and search over a county that is full, and what a phone loads.

100,000 open tickets among 1,000,000: lists and searches are asked for over HTTP as the desks ask,
one at a time, and timed to the last byte. Queries are counted inside the same application. An
officer's first page is everything that a browser fetches with an empty cache, heads of answers
included; the next one is what it fetches then, for built files are kept for ever.
"""

import argparse
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from statistics import median, quantiles
from typing import Final
from urllib.parse import urljoin

import psycopg
import requests
import sqlalchemy as sa

from bench import crowd
from bench.stage import BenchError, Stage, last_line, machine, open_stage
from hotline import clock
from hotline.app import create_app
from hotline.demo.staff import PASSWORD, login_of
from hotline.domain import terms
from hotline.domain.grid.model import GridMap

_ROUNDS: Final = 20
# Each word is looked for so often, never twice in a row.
_SEARCH_ROUNDS: Final = 3
_HAN: Final = re.compile(r"^[\u4e00-\u9fff]{2}$")
# Words that nobody said, for a search that finds nothing asks every month.
_ABSENT: Final = ("火星", "麒麟", "琥珀", "翡翠", "鲸鱼")
_BROWSER: Final = {
    "User-Agent": "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/130 Mobile",
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate, br",
    "Accept-Language": "zh-CN,zh;q=0.9",
}
_ASSET: Final = re.compile(r'<(?:link|script)[^>]+(?:href|src)="(/static/[^"]+)"')
_IMAGE: Final = re.compile(r'<img[^>]+src="(/[^"]+)"')
_LATER: Final = re.compile(r'href="([^"]+)" rel="next"')


class Desk:
    """Somebody's browser: signed in, one connection, answers as they travel."""

    def __init__(self, url: str, login: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.headers.update(_BROWSER)
        answer = self.session.post(
            f"{url}/sign-in", data={"login": login, "password": PASSWORD}, allow_redirects=False
        )
        if answer.status_code != 303:
            raise BenchError(f"{login} can't sign in: {answer.status_code}")

    def get(self, path: str) -> tuple[float, str]:
        """Return how long a page took, in milliseconds, and the page."""
        began = time.perf_counter()
        answer = self.session.get(urljoin(self.url, path))
        return self._took(began, path, answer)

    def find(self, **fields: str) -> tuple[float, str]:
        """Return how long a search took, in milliseconds, and its page."""
        began = time.perf_counter()
        answer = self.session.post(f"{self.url}/search/", data=fields)
        return self._took(began, "/search/", answer)

    def travelled(self, path: str) -> tuple[int, str]:
        """Return how many bytes an answer is as it travels, its head included, and its text."""
        answer = self.session.get(urljoin(self.url, path), stream=True)
        body = answer.raw.read(decode_content=False)
        head = sum(len(name) + len(value) + 4 for name, value in answer.headers.items()) + 17
        return head + len(body), self.session.get(urljoin(self.url, path)).text

    @staticmethod
    def _took(began: float, path: str, answer: requests.Response) -> tuple[float, str]:
        text = answer.text
        took = (time.perf_counter() - began) * 1000
        if answer.status_code != 200:
            raise BenchError(f"{path}: {answer.status_code}")
        return took, text


def lists(operator: Desk, supervisor: Desk, officer: Desk) -> dict[str, float]:
    """Return the median of each list, in milliseconds: first pages, and one far behind."""
    pages = {
        "operators": (operator, "/console/"),
        "supervisors, all open": (supervisor, "/audit/"),
        "supervisors, handling": (supervisor, "/audit/?list=handling"),
        "supervisors, newest": (supervisor, "/audit/?list=recent"),
        "access log": (supervisor, "/audit/views/"),
        "officer's tasks": (officer, "/field/"),
    }
    found = {}
    far = "/audit/"
    for _ in range(20):
        far = _LATER.findall(supervisor.get(far)[1])[-1].replace("&amp;", "&")
    pages["supervisors, page 21"] = (supervisor, far)
    for name, (desk, path) in pages.items():
        desk.get(path)
        found[name] = median(desk.get(path)[0] for _ in range(_ROUNDS))
    return found


def words(grid_map: GridMap) -> list[str]:
    """Return words of two characters: what callers say, names of places, and what nobody says."""
    said = {
        word
        for one in grid_map.classes.values()
        for word, strength in one.keywords.items()
        if strength and _HAN.match(word)
    }
    places = {grid_map.grid(code).name.zh[:2] for code in sorted(grid_map.grids)[:40]}
    common = {"家里", "老人", "东头", "三组", "什么", "反映", "同志", "你好", "停水", "没水"}
    return sorted(said)[:120] + sorted(places) + sorted(common) + list(_ABSENT)


def searches(operator: Desk, wanted: list[str]) -> list[tuple[float, str]]:
    """Return how long each search took, in milliseconds, and its word."""
    operator.find(text=wanted[0])
    return [(operator.find(text=word)[0], word) for _ in range(_SEARCH_ROUNDS) for word in wanted]


def weight(desk: Desk, path: str) -> tuple[float, float]:
    """Return what a phone loads at first and then, in kB of 1,000 bytes, heads included."""
    page, text = desk.travelled(path)
    parts = dict.fromkeys([*_ASSET.findall(text), *_IMAGE.findall(text)])
    assets = sum(desk.travelled(part)[0] for part in parts)
    if not parts:
        raise BenchError("the page names no style and no script")
    return (page + assets) / 1000, page / 1000


def most_queries(stage: Stage, grid_map: GridMap) -> tuple[int, str]:
    """Return the most queries that any list asks, and which list."""
    app = create_app(stage.settings)
    engine = app.extensions["hotline"].engine
    grid = next(iter(grid_map.grids))
    asked: dict[str, int] = {}
    people = {
        "operator1": ("/console/",),
        "supervisor": ("/audit/", "/audit/?list=handling", "/audit/?list=recent", "/audit/views/"),
        login_of(grid_map.grid(grid).officer): ("/field/", "/field/whistles/"),
    }
    for login, paths in people.items():
        client = app.test_client()
        client.post("/sign-in", data={"login": login, "password": PASSWORD})
        for path in paths:
            asked[path] = _queries(engine, partial(client.get, path))
        if login == "operator1":
            for text in ("停水", "13800001111"):
                ask = partial(client.post, "/search/", data={"text": text})
                asked[f"search {text}"] = _queries(engine, ask)
    engine.dispose()
    most = max(asked, key=lambda path: asked[path])
    return asked[most], most


def _queries(engine: sa.Engine, ask: Callable[[], object]) -> int:
    ask()
    with _counted(engine) as sent:
        ask()
    return len(sent)


@contextmanager
def _counted(engine: sa.Engine) -> Iterator[list[str]]:
    sent: list[str] = []

    def remember(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    sa.event.listen(engine, "before_cursor_execute", remember)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", remember)


def main() -> None:
    """Measure and print; the last line is for programs."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", type=int, default=1_000_000)
    options.add_argument("--open", type=int, default=100_000)
    chosen = options.parse_args()
    print(f"Machine: {machine()}", flush=True)
    with open_stage() as stage, stage.parts() as (engine, kit):
        grid_map = kit.maps.current
        with engine.connect() as connection:
            now = clock.read(connection)
        began = time.monotonic()
        with psycopg.connect(
            stage.servers.owner_url.replace("+psycopg", ""), autocommit=True
        ) as owner:
            crowd.fill(owner, grid_map, now, chosen.size, chosen.open)
            hits = {
                word: owner.execute(
                    "SELECT count(*) FROM ticket_search WHERE terms @> %s::integer[]",
                    [sorted(terms.pairs(word))],
                ).fetchone()[0]
                for word in words(grid_map)
            }
        filled_s = time.monotonic() - began
        print(
            f"{chosen.size:,} tickets, {chosen.open:,} open: filled in {filled_s:.0f} s", flush=True
        )
        stage.start("web")
        stage.await_web()
        officer = Desk(stage.url, _busiest(grid_map))
        operator, supervisor = Desk(stage.url, "operator1"), Desk(stage.url, "supervisor")
        listed = lists(operator, supervisor, officer)
        found = searches(operator, words(grid_map))
        first_kb, next_kb = weight(officer, "/field/")
        queries, where = most_queries(stage, grid_map)
    _say(listed, found, hits)
    print(f"Most queries: {queries} ({where}).")
    took = [ms for ms, _ in found]
    print(
        last_line(
            {
                "list_p50_ms": max(listed.values()),
                "list_queries": float(queries),
                "search_p50_ms": median(took),
                "search_p95_ms": quantiles(took, n=20)[-1],
                "search_max_ms": max(took),
                "officer_first_kb": first_kb,
                "officer_next_kb": next_kb,
                "open": float(chosen.open),
                "size": float(chosen.size),
            }
        )
    )


def _busiest(grid_map: GridMap) -> str:
    """Return the login of an officer with a page full of tickets."""
    return login_of(grid_map.grid(next(iter(grid_map.grids))).officer)


def _say(listed: dict[str, float], found: list[tuple[float, str]], hits: dict[str, int]) -> None:
    for name, ms in listed.items():
        print(f"{name}: {ms:.1f} ms")
    slowest = sorted(found, reverse=True)[:5]
    common = sorted(hits, key=lambda word: -hits[word])[:5]
    print(
        "Slowest words: "
        + ", ".join(f"{word} {ms:.0f} ms ({hits[word]:,})" for ms, word in slowest)
    )
    by_word = {word: ms for ms, word in found}
    print("Most common: " + ", ".join(f"{w} {hits[w]:,} ({by_word[w]:.0f} ms)" for w in common))


if __name__ == "__main__":
    try:
        main()
    except BenchError as error:
        sys.exit(f"can't measure: {error}")
