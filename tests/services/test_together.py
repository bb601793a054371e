"""Messages of one moment are taken in together: each durable before its answer, none for another.

What the carrier did not hear an answer to, it sends again: so a process is killed at both sides
of the one commit, and everything is sent again.
"""

import os
import signal

import pytest
from sqlmodel import Session

from hotline import boot
from hotline.domain.tickets import Status
from hotline.services.proof import audit
from hotline.services.reception import groups, messages
from hotline.services.reception.messages import Message
from hotline.store import tickets as ticket_rows
from hotline.work import CITIZEN, open_work
from tests.county import NO_WATER, VILLAGE, County

MANY = 12
DANGER = f"{VILLAGE}有人煤气中毒"


def message(county: County, nth: int, words: str = NO_WATER, sender: int | None = None):
    """Return the nth message, each of a sender of its own."""
    number = f"+861380001{nth if sender is None else sender:04d}"
    return messages.read(county.kit, f"SM{nth}", number, words, {"Body": words})


def take_together(county: County, group, *late) -> list[str | None]:
    """Take a group in, and those who come while it is looked up, and so on."""
    waiting = iter(late)
    with county.work(CITIZEN) as work:
        return groups.together(work, group, lambda: next(waiting, ()))


def take_alone(county: County, one) -> str:
    with county.work(CITIZEN) as work:
        return messages.incoming(work, one)


def open_tickets(county: County, one) -> list[str]:
    """Return the numbers of the tickets of a message's sender."""
    with Session(county.engine) as session:
        return [row.number for row in ticket_rows.open_of_number(session, one.hashes)]


def test_many_of_one_moment_have_each_a_dispatched_ticket_with_a_whole_chain(county):
    group = [message(county, nth) for nth in range(MANY)]

    answers = take_together(county, group)

    numbers = [open_tickets(county, one) for one in group]
    assert [len(of_one) for of_one in numbers] == [1] * MANY
    for [number], answer in zip(numbers, answers, strict=True):
        assert number in answer
        ticket = county.ticket(number)
        assert ticket.status is Status.DISPATCHED
        assert {row.template for row in county.messages(number)} == {"dispatched"}
        with Session(county.engine) as session:
            assert audit.verify_ticket(session, ticket.id).broken == ()
    assert [take_alone(county, one) for one in group] == answers


def test_who_comes_while_a_group_is_looked_up_is_written_with_it(county):
    everyone = [message(county, nth) for nth in range(6)]
    again = message(county, 6, "还没来水", sender=1)  # of one of the group, not written yet

    answers = take_together(county, everyone[:3], everyone[3:5], [everyone[5], again])

    assert answers.pop() is None
    for one, answer in zip(everyone, answers, strict=True):
        [number] = open_tickets(county, one)
        assert number in answer
    assert len(set(answers)) == len(answers)


def test_those_who_need_more_than_a_new_ticket_are_left_to_themselves(county):
    take_alone(county, message(county, 0, sender=1))
    group = [
        message(county, 0, sender=1),  # a repeat
        message(county, 1, "还没来水", sender=1),  # of somebody who has a ticket
        message(county, 2, DANGER),
        message(county, 3, "我的工单到哪了"),
        message(county, 4),
        message(county, 5, "什么时候来水", sender=4),  # who writes for the second time
    ]

    answers = take_together(county, group)

    assert [answer is None for answer in answers] == [True, True, True, False, False, True]
    for one, answer in zip(group, answers, strict=True):
        if answer is None:
            take_alone(county, one)
    assert [len(open_tickets(county, one)) for one in group] == [1, 1, 1, 0, 1, 1]


def test_one_whose_twin_was_quicker_harms_none_of_its_neighbours(county):
    """The group fails as a whole, and leaves nothing; then each is served by itself."""
    group = [message(county, nth) for nth in range(3)]
    twice = [*group, message(county, 1, sender=9)]

    with pytest.raises(Exception, match="duplicate key"):
        take_together(county, twice)

    assert [open_tickets(county, one) for one in group] == [[], [], []]
    for one in group:
        take_alone(county, one)
    assert [len(open_tickets(county, one)) for one in group] == [1, 1, 1]


@pytest.mark.parametrize("committed", [False, True])
def test_who_was_taken_in_when_the_process_was_killed_has_one_ticket_in_the_end(county, committed):
    group = [message(county, nth) for nth in range(4)]

    assert killed(county, group, committed=committed) == signal.SIGKILL

    assert [len(open_tickets(county, one)) for one in group] == [int(committed)] * 4
    answers = [take_alone(county, one) for one in group]
    for one, answer in zip(group, answers, strict=True):
        [number] = open_tickets(county, one)
        assert number in answer


def dies() -> list[Message]:
    os.kill(os.getpid(), signal.SIGKILL)
    return []


def killed(county: County, group, *, committed: bool) -> int:
    """Take a group in, in a process killed before or after the commit; return the signal."""
    child = os.fork()
    if child == 0:
        try:
            engine = boot.build_engine(county.settings)
            with open_work(engine, county.kit, CITIZEN) as work:
                # Everybody is looked up by the time it asks who else has come; nothing is written.
                groups.together(work, group, tuple if committed else dies)
                dies()
        finally:
            os._exit(1)
    return os.WTERMSIG(os.waitpid(child, 0)[1])
