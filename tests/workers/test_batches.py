"""What a clock decides for many at once is what it decides for each by itself."""

import json

import sqlalchemy as sa
from sqlmodel import Session, col, select
from structlog.testing import capture_logs

from hotline.services.handling import tickets
from hotline.services.proof import audit
from hotline.services.reception import merging
from hotline.services.whistles import whistle
from hotline.store import tickets as ticket_rows
from hotline.store.models import Attention, Ticket, Timer
from workers.clock import pass_over

GROUP = 12
# Beside what tells tickets apart (ids, numbers, hashes, instants), all of a row must agree.
ALIKE = ("status", "rung", "alert", "supervised", "version", "event_seq", "post", "officer_id")


def group(county) -> list[str]:
    """Return tickets of every kind: unsigned, in hand, with a whistle that nobody answers.

    Two of the first kind are one event: the limit of the merged one asks for the other ticket.
    """
    numbers = [county.demand() for _ in range(GROUP)]
    for nth, number in enumerate(numbers):
        if nth % 3:
            with county.work(county.officer_of(number)) as work:
                ticket = work.ticket(number)
                tickets.accept(work, ticket)
                if nth % 3 > 1:
                    whistle.blow(work, ticket, "emergency", ["utility/water"], "主管道爆裂")
    with county.work(county.actor("operator1")) as work:
        merging.merge(work, work.ticket(numbers[0]), numbers[3:4])
    return numbers


def soonest(county) -> float:
    """Return in how many seconds the next limit passes."""
    with Session(county.engine) as session:
        first = session.exec(
            select(sa.func.min(col(Timer.fire_at))).where(col(Timer.state) == "waiting")
        ).one()
    return (first - county.now()).total_seconds()


def story(county, number) -> tuple[object, ...]:
    """Return what became of a ticket, without what differs from ticket to ticket."""
    ticket = county.ticket(number)
    with Session(county.engine) as session:
        assert audit.verify_ticket(session, ticket.id).broken == ()
        events = [json.loads(row.body) for row in ticket_rows.events(session, ticket.id)]
        timers = session.exec(select(Timer).where(col(Timer.ticket_id) == ticket.id)).all()
        entries = session.exec(select(Attention.kind).where(col(Attention.ticket_id) == ticket.id))
        matters = sorted(entries)
    happened = [
        (one["action"], one["status"], sorted(one["data"]), len(one["data"].get("told", ())))
        for one in events
    ]
    limits = sorted((one.step, one.generation, one.state) for one in timers)
    sent = sorted((row.template, row.means, str(row.staff_id)) for row in county.messages(number))
    row = {name: getattr(ticket, name) for name in ALIKE}
    return row, happened, limits, sent, matters


def test_many_at_once_are_decided_as_each_by_itself(county):
    alone, together = group(county), group(county)
    with capture_logs() as log:
        for _ in range(6):
            county.move(seconds=max(soonest(county), 0) + 60)
            while due(county, alone):
                assert pass_over(county.engine, county.kit, batch=1) == 1
            assert pass_over(county.engine, county.kit, batch=200) >= GROUP // 3
    assert log == []  # no batch has failed and been carried out row by row

    for one, other in zip(alone, together, strict=True):
        assert story(county, one) == story(county, other)


def due(county, numbers) -> bool:
    """Say whether a limit of one of these tickets has passed."""
    with Session(county.engine) as session:
        found = session.exec(
            select(Timer.id)
            .join(Ticket, col(Ticket.id) == col(Timer.ticket_id))
            .where(
                col(Ticket.number).in_(numbers),
                col(Timer.state) == "waiting",
                col(Timer.fire_at) <= county.now(),
            )
            .limit(1)
        ).first()
    return found is not None
