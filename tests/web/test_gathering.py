"""Requests of one moment are served together, and none can harm its neighbours."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from hotline.web.gathering import Gathering


class Desk:
    """Serves what it is given; the first group waits until ``open``."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.began, self.open = threading.Event(), threading.Event()
        self.takes_along = False

    def serve(self, items: Sequence[int], more: Callable[[], Sequence[int]]) -> list[str | None]:
        self.groups.append(list(items))
        self.began.set()
        assert self.open.wait(10)
        if self.takes_along:
            items = [*items, *more()]
        if -1 in items:
            raise ValueError("one of them is bad")
        return [f"answer to {item}" if item % 10 else None for item in items]


def gather(gathering: Gathering[int, str], desk: Desk, items: Sequence[int]) -> list[str | None]:
    """Let one item be served, and the others come meanwhile; return the answers in order."""
    with ThreadPoolExecutor(len(items)) as pool:
        asked = [pool.submit(gathering.join, items[0])]
        assert desk.began.wait(10)
        asked += [pool.submit(gathering.join, item) for item in items[1:]]
        while gathering.waiting < len(items) - 1:
            pass
        desk.open.set()
        return [answer.result(10) for answer in asked]


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def gathering(desk) -> Gathering[int, str]:
    return Gathering(desk.serve)


def test_who_comes_alone_is_served_at_once_and_who_comes_meanwhile_together(gathering, desk):
    answers = gather(gathering, desk, [1, 2, 3, 4, 5])

    assert answers == [f"answer to {item}" for item in (1, 2, 3, 4, 5)]
    assert [sorted(group) for group in desk.groups] == [[1], [2, 3, 4, 5]]


def test_what_cannot_be_done_together_is_left_to_its_own_request(gathering, desk):
    assert gather(gathering, desk, [1, 20, 3]) == ["answer to 1", None, "answer to 3"]


def test_a_group_that_fails_leaves_each_to_itself_and_whoever_comes_next_is_served(gathering, desk):
    assert gather(gathering, desk, [1, 2, -1, 4]) == ["answer to 1", None, None, None]

    assert gathering.join(7) == "answer to 7"


def test_whoever_fails_alone_hands_over_to_those_who_wait(gathering, desk):
    assert gather(gathering, desk, [-1, 2, 3]) == [None, "answer to 2", "answer to 3"]


def test_a_group_may_take_those_along_who_come_while_it_is_served(gathering, desk):
    desk.takes_along = True

    answers = gather(gathering, desk, [1, 2, 3])

    assert answers == ["answer to 1", "answer to 2", "answer to 3"]
    assert desk.groups == [[1]]


def test_who_was_taken_along_by_a_group_that_fails_goes_alone(gathering, desk):
    desk.takes_along = True

    assert gather(gathering, desk, [1, -1, 3]) == [None, None, None]
    assert gathering.join(4) == "answer to 4"
