"""Commands of an administrator that go through all open tickets are killed halfway, and go on.

Each ticket is a transaction of its own. Somebody holds one of them, so that the command stands
still there when it is killed; whoever goes on does the rest, and nothing twice.
"""

import os
import signal
from datetime import date, datetime

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from hotline.cli.main import main
from hotline.domain.tickets import Action
from hotline.embedded.processes import wait_until
from hotline.in_force import InForce
from hotline.kit import Maps
from hotline.services.handling import tickets
from tests.county import County
from tests.services.test_calendar import NOTICE, YEAR
from tests.services.test_policy import SLOWER, apply
from tests.test_policy_shell import shell  # noqa: F401  the fixture
from workers.calendar import recount_with
from workers.runtime import Runtime

MANY, BEFORE = 4, 2


def killed_halfway(county: County, numbers: list[str], action: Action, *words: str) -> None:
    """Type a command in a process that is killed when it waits for the third of its tickets."""
    order = sorted(numbers, key=lambda number: county.ticket(number).id)
    with county.engine.begin() as connection:
        connection.execute(
            sa.text("SELECT FROM ticket WHERE number = :number FOR UPDATE"),
            {"number": order[BEFORE]},
        )
        child = os.fork()
        if child == 0:
            try:
                CliRunner().invoke(main, words)
            finally:
                os._exit(1)
        assert wait_until(lambda: done(county, numbers, action).count(1) == BEFORE, 30)
        os.kill(child, signal.SIGKILL)
        assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert sorted(done(county, numbers, action)) == [0] * (MANY - BEFORE) + [1] * BEFORE


def done(county: County, numbers: list[str], action: Action) -> list[int]:
    return [len(county.events(number, action)) for number in numbers]


def limits(county: County, numbers: list[str], step: str) -> list[datetime]:
    return [county.timers(number)[step] for number in numbers]


def kept(county: County, numbers: list[str], action: Action, step: str):
    """Return both values of a limit, before and after, as each ticket's chain keeps them."""
    said = [county.events(number, action)[0]["data"]["recounted"] for number in numbers]
    found = [next(one for one in each if one["step"] == step) for each in said]
    return [tuple(map(datetime.fromisoformat, (one["was_due"], one["due"]))) for one in found]


def test_a_move_of_tickets_that_is_killed_goes_on_where_it_was_killed(county, shell):  # noqa: F811
    numbers = [county.demand(number=None) for _ in range(MANY)]
    old, new = county.kit.maps.current, apply(county, SLOWER)
    Maps(SLOWER)  # read here, so that the process that is killed need not
    was = limits(county, numbers, "sign")
    typed = ["policy", "move-tickets", "--from", old.version, "--to", new.version]
    typed += ["--apply", "--by", "supervisor", "--why", "一并放宽"]

    killed_halfway(county, numbers, Action.MOVE, *typed)
    again = shell(*typed)

    assert f"已转 {MANY - BEFORE} 件" in again.output
    assert done(county, numbers, Action.MOVE) == [1] * MANY
    now = limits(county, numbers, "sign")
    assert kept(county, numbers, Action.MOVE, "sign") == list(zip(was, now, strict=True))
    assert {county.ticket(number).map_version for number in numbers} == {new.version}
    assert "已转 0 件" in shell(*typed).output


@pytest.fixture
def notice(tmp_path) -> str:
    path = tmp_path / "notice.csv"
    path.write_text(NOTICE, encoding="utf-8")
    return str(path)


def test_a_recount_that_is_killed_is_gone_on_with_by_a_worker(county, shell, notice):  # noqa: F811
    county.move(days=(date(YEAR - 1, 12, 29) - county.now().date()).days)
    numbers = [county.demand("双台子乡砖山子村村路坏了", number=None) for _ in range(MANY)]
    for number in numbers:
        with county.work(county.officer_of(number)) as work:
            tickets.accept(work, work.ticket(number))
    was = limits(county, numbers, "handle")
    typed = ("calendar", "import", notice, "--source", "2026年第8号", "--by", "管理员")

    killed_halfway(county, numbers, Action.RECOUNT, *typed)
    worker = Runtime(county.settings, county.engine, InForce(county.engine, county.kit))
    worker.in_force.refresh()
    assert recount_with(worker) == MANY - BEFORE

    assert done(county, numbers, Action.RECOUNT) == [1] * MANY
    now = limits(county, numbers, "handle")
    assert kept(county, numbers, Action.RECOUNT, "handle") == list(zip(was, now, strict=True))
    assert recount_with(worker) == 0
    assert "没有变化" in shell(*typed).output
