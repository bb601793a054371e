"""What the carrier never tells again is found in its lists: nobody waits for a lost report."""

from datetime import timedelta

import pytest
import redis
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from hotline.channels.carrier import CallRecord, MessageRecord
from hotline.domain.tickets import Action
from hotline.jobs import TIMEOUT_S, Job, queue, wake
from hotline.services.reception import calls
from hotline.services.telling import outbox, reconcile
from hotline.store.outbox import LEASE
from hotline.work import CITIZEN
from tests.county import CALLER

SID = "CA" + "1" * 32


def call_record(county) -> CallRecord:
    return CallRecord(
        sid=SID,
        from_=CALLER,
        to="12345",
        direction="inbound",
        status="completed",
        created_at=county.now(),
        duration_s=5,
        answered_by=None,
    )


def ring(county) -> None:
    with county.work(CITIZEN) as work:
        calls.incoming(work, SID, CALLER, "http://x/hooks/voice")


def test_a_call_whose_end_was_never_reported_is_rung_back_once(county):
    ring(county)
    record = call_record(county)
    with county.work() as work:
        assert reconcile.open_calls(work, [record]) == [record]
    with county.work(CITIZEN) as work:
        ticket = reconcile.open_call(work, record)
    assert ticket is not None
    assert ticket.triage_reason == "ring_back"
    with county.work() as work:
        assert reconcile.open_calls(work, [record]) == []
    with county.work(CITIZEN) as work:
        assert reconcile.open_call(work, record) is None


@pytest.fixture
def promised(county):
    """A message that the carrier took; its promise's ticket and id."""
    number = county.demand("大孤家子镇拉马桥村路灯不亮")
    [row] = county.messages(number)
    with county.work() as work:
        outbox.take(work, 10)
    with county.work() as work:
        outbox.record(work, row.id, "SM1")
    return number, row.id


@pytest.mark.parametrize(
    ("status", "state"), [("delivered", "delivered"), ("undelivered", "failed")]
)
def test_a_message_whose_report_never_came_is_settled_from_the_list(
    county, promised, status, state
):
    number, promise = promised
    record = MessageRecord("SM1", "12345", "+861", "outbound", status, "…", county.now(), None)
    for _ in range(2):
        with county.work(CITIZEN) as work:
            for found in reconcile.open_messages(work, [record]):
                reconcile.follow(work, found)
    assert next(row for row in county.messages(number) if row.id == promise).state == state
    assert len(county.events(number, Action.DELIVER)) == 1


def test_an_alert_that_nobody_reacted_to_has_failed(county):
    number = county.demand()  # urgent: it rings as well
    call = next(row for row in county.messages(number) if row.means == "call")
    with county.work() as work:
        outbox.take(work, 10)
    with county.work(CITIZEN) as work:
        outbox.followed(work, call.id, "CA2", "in-progress", None)
        outbox.followed(work, call.id, "CA2", "completed", None)
    row = next(row for row in county.messages(number) if row.id == call.id)
    assert (row.state, row.fault) == ("failed", outbox.UNHEARD)


def test_what_a_slow_worker_holds_too_long_goes_out_once(county):
    county.demand("大孤家子镇拉马桥村路灯不亮")
    with county.work() as work:
        [slow] = outbox.take(work, 10)
    county.move(seconds=LEASE.total_seconds() + 1)
    with county.work() as work:
        [quick] = outbox.take(work, 10)

    with county.work() as work:
        assert not outbox.still_ours(work, slow)
    with county.work() as work:
        assert outbox.still_ours(work, quick)
    assert quick.lookup


def test_a_job_that_died_with_its_worker_keeps_nobody_waiting(clean_database):
    with redis.Redis.from_url(clean_database.redis_url) as connection:
        assert wake(connection, Job.DELIVER)
        assert not wake(connection, Job.DELIVER)  # one is waiting already
        worker = SimpleWorker([queue(connection)], connection=connection, serializer=JSONSerializer)
        taken = worker.dequeue_job_and_maintain_ttl(timeout=1)
        assert taken is not None
        worker.prepare_execution(taken[0])  # and here it is killed
        assert wake(connection, Job.DELIVER)
        assert queue(connection).count == 1


def test_the_lease_of_a_promise_outlasts_the_job_that_sends_it():
    assert timedelta(seconds=TIMEOUT_S) <= LEASE
