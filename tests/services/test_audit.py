"""Whoever changes the ledger is found out: each way of tampering, done as the tables' owner."""

import json

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from hotline.domain import ledger
from hotline.keys import Keys
from hotline.services.handling import tickets
from hotline.services.proof import audit, identity, redaction
from hotline.services.proof.audit import Fault
from hotline.services.whistles import whistle
from hotline.store import tickets as ticket_rows
from tests.county import NO_WATER, County

_LEDGER = ("ticket_event", "ledger_root", "ledger_head", "ledger_view", "identity_view")


def tamper(county: County, sql: str, **values: object) -> None:
    """Do what only the tables' owner can do: switch the guards off, and change history."""
    engine = sa.create_engine(county.settings.owner_database_url.get_secret_value())
    with engine.begin() as connection:
        for table in _LEDGER:
            connection.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER append_only"))
        changed = connection.execute(sa.text(sql), values).rowcount
        for table in _LEDGER:
            connection.execute(sa.text(f"ALTER TABLE {table} ENABLE TRIGGER append_only"))
    engine.dispose()
    assert changed, "nothing was tampered with"


def seal(county: County) -> list[int]:
    made = audit.seal_and_export(county.work, county.settings.roots_dir)
    return [root.number for root in made]


def verify(county: County) -> audit.Report:
    with Session(county.engine) as session:
        return audit.verify_all(session, county.settings.roots_dir, county.kit.keys.public_key)


def broken(county: County, number: str) -> list[tuple[int, str]]:
    with Session(county.engine) as session:
        return list(audit.verify_ticket(session, county.ticket(number).id).broken)


@pytest.fixture
def number(county: County) -> str:
    """A ticket with a history: received, dispatched, accepted, whistled for, and climbed."""
    number = county.demand(NO_WATER)
    officer = county.officer_of(number)
    with county.work(officer) as work:
        tickets.accept(work, work.ticket(number))
    with county.work(officer) as work:
        whistle.blow(work, work.ticket(number), "emergency", ["utility/water"], "主管道爆裂")
    county.forward(minutes=5, seconds=1)
    return number


def test_a_history_that_nobody_touched_is_whole(county, number):
    other = county.demand("路灯不亮")
    assert seal(county) == [1]

    report = verify(county)

    assert report.whole
    assert report.tickets == 2
    assert report.events == len(county.events(number)) + len(county.events(other))
    assert broken(county, number) == []


def test_a_changed_body_is_found(county, number):
    tamper(
        county,
        "UPDATE ticket_event SET body = replace(body, '\"officer\"', '\"unit\"') WHERE seq = 3",
    )

    assert (3, "hash") in broken(county, number)
    assert Fault(number, 3, "hash") in verify(county).faults


def test_a_deleted_event_is_found(county, number):
    tamper(county, "DELETE FROM ticket_event WHERE seq = 2")

    assert broken(county, number) == [(2, "missing")]


def test_a_tail_that_was_cut_off_is_found(county, number):
    last = len(county.events(number))
    tamper(county, "DELETE FROM ticket_event WHERE seq = :last", last=last)

    assert broken(county, number) == [(last, "tail")]


def test_a_tail_cut_off_together_with_the_tickets_head_is_found_by_the_exported_root(
    county, number
):
    seal(county)
    last = len(county.events(number))
    tamper(county, "DELETE FROM ticket_event WHERE seq = :last", last=last)
    tamper(
        county,
        "UPDATE ticket t SET event_seq = e.seq, head_hash = e.hash FROM ticket_event e"
        " WHERE e.ticket_id = t.id AND e.seq = :seq",
        seq=last - 1,
    )

    assert broken(county, number) == [(last, "root")]
    assert verify(county).faults == (Fault(number, last, "root"),)


def test_a_chain_that_was_rebuilt_after_the_export_is_found(county, number):
    seal(county)
    rebuild(county, number, lambda body: body | {"actor": "somebody-else"})

    report = verify(county)

    assert [(fault.where, fault.what) for fault in report.faults] == [(number, "root")]


def test_a_rebuilt_chain_whose_covered_heads_were_rewritten_too_is_found_by_its_file(
    county, number
):
    seal(county)
    rebuild(county, number, lambda body: body | {"actor": "somebody-else"})
    tamper(
        county,
        "UPDATE ledger_head h SET hash = t.head_hash FROM ticket t WHERE t.id = h.ticket_id",
    )

    found = {(fault.where, fault.what) for fault in verify(county).faults}

    assert ("root 1", "unsigned") in found
    assert (number, "root") in found


def rebuild(county: County, number: str, change) -> None:
    """Rewrite the second event and hash everything behind it again, as an owner could."""
    ticket = county.ticket(number)
    previous = ledger.GENESIS
    for body in county.events(number):
        changed = change(body) if body["seq"] == 2 else body
        text = json.dumps(changed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        hash_ = ledger.chained(previous, text)
        tamper(
            county,
            "UPDATE ticket_event SET body = :body, previous = :previous, hash = :hash,"
            " actor = :actor WHERE ticket_id = :ticket AND seq = :seq",
            body=text,
            previous=previous,
            hash=hash_,
            actor=changed["actor"],
            ticket=ticket.id,
            seq=changed["seq"],
        )
        previous = hash_
    tamper(
        county, "UPDATE ticket SET head_hash = :head WHERE id = :id", head=previous, id=ticket.id
    )


def test_swapped_events_are_found(county, number):
    tamper(
        county,
        "UPDATE ticket_event e SET body = o.body, hash = o.hash, previous = o.previous,"
        " action = o.action, status = o.status, role = o.role, actor = o.actor, at = o.at"
        " FROM ticket_event o WHERE o.ticket_id = e.ticket_id AND e.seq IN (2, 3)"
        " AND o.seq = 5 - e.seq",
    )

    assert {(2, "order"), (2, "column"), (3, "order")} <= set(broken(county, number))


@pytest.mark.parametrize(
    "change",
    ["actor = 'somebody'", "role = 'admin'", "at = at - interval '1 hour'", "action = 'note'"],
)
def test_a_changed_column_is_found(county, number, change):
    tamper(county, f"UPDATE ticket_event SET {change} WHERE seq = 3")

    assert broken(county, number) == [(3, "column")]


def test_changed_words_are_found_but_redacted_ones_are_not_a_fault(county, number):
    with county.work() as work:
        [text, *_] = ticket_rows.texts(work.session, county.ticket(number).id)
    tamper(county, "UPDATE ticket_text SET body = '没有停水' WHERE kind = 'words'")
    assert broken(county, number) == [(1, "text")]

    with county.work(county.actor("supervisor")) as work:
        redaction.redact(work, work.ticket(number), text.id, "来电人要求")
    assert broken(county, number) == []


def test_a_ticket_that_vanished_altogether_is_found(county):
    number = county.demand("路灯不亮")
    ticket = county.ticket(number)
    seal(county)
    for table in (
        "ticket_event",
        "ledger_head",
        "ticket_text",
        "ticket_identity",
        "timer",
        "outbox",
    ):
        tamper_any(county, f"DELETE FROM {table} WHERE ticket_id = :id", id=ticket.id)
    tamper(county, "DELETE FROM ticket WHERE id = :id", id=ticket.id)

    found = {(fault.where, fault.what) for fault in verify(county).faults}

    assert (str(ticket.id), "gone") in found


def tamper_any(county: County, sql: str, **values: object) -> None:
    """Tamper where there may be nothing to tamper with."""
    try:
        tamper(county, sql, **values)
    except AssertionError:
        return


def test_a_root_that_was_taken_out_is_found(county, number):
    seal(county)
    county.demand("路灯不亮")
    assert seal(county) == [2]
    tamper(county, "DELETE FROM ledger_head WHERE root = 1")
    tamper(county, "DELETE FROM ledger_root WHERE number = 1")

    found = {(fault.where, fault.what) for fault in verify(county).faults}

    assert {("root 1", "missing"), ("root 2", "previous")} <= found


def test_a_file_signed_by_somebody_else_is_found(county, number):
    seal(county)
    path = audit.path_of(county.settings.roots_dir, 1)
    document = json.loads(path.read_text())
    forger = Keys.build(["c2hhb2Rhby1kZW1vLWtleS1ub3Qtc2VjcmV0LTAwMDA="], ["x"], "forger")
    document |= {"signature": forger.sign(document["root"]), "public_key": forger.public_key}
    path.write_text(json.dumps(document))

    assert verify(county).faults == (Fault("root 1", None, "unsigned"),)


@pytest.mark.parametrize("content", ["", "{}", '{"number": 1, "heads": [1]}', "[]", "\x00"])
def test_a_file_that_cannot_be_read_is_said_and_does_not_stop_the_rest(county, number, content):
    seal(county)
    path = audit.path_of(county.settings.roots_dir, 1)
    path.write_text(content)

    found = {(fault.where, fault.what) for fault in verify(county).faults}

    assert found == {(path.name, "unreadable"), ("root 1", "not_exported")}


def test_a_crash_between_a_root_and_its_file_is_healed_by_the_next_seal(county, number):
    with county.work() as work:
        audit.seal(work)
    assert verify(county).faults == (Fault("root 1", None, "not_exported"),)

    assert seal(county) == []

    assert verify(county).whole


def test_a_seal_covers_only_what_is_new(county, number):
    seal(county)
    assert seal(county) == []
    other = county.demand("路灯不亮")

    assert seal(county) == [2]

    document = json.loads(audit.path_of(county.settings.roots_dir, 2).read_text())
    assert [head[0] for head in document["heads"]] == [str(county.ticket(other).id)]
    assert (
        document["previous"]
        == json.loads(audit.path_of(county.settings.roots_dir, 1).read_text())["root"]
    )


def test_two_seals_at_once_make_one_root(county, number):
    with county.work() as first:
        audit.seal(first)
        first.flush()
        with pytest.raises(sa.exc.OperationalError), county.work() as second:
            second.session.execute(sa.text("SET LOCAL lock_timeout = '50ms'"))
            audit.seal(second)
    assert seal(county) == []


def test_a_ticket_that_somebody_works_on_waits_for_the_next_root(county, number):
    with county.work() as busy:
        busy.ticket(number)
        assert seal(county) == []
    assert seal(county) == [1]


def test_who_looked_at_an_identity_cannot_be_changed_unseen(county, number):
    with county.work(county.officer_of(number)) as work:
        identity.view(work, work.ticket(number), "call_caller")
    seal(county)
    report = verify(county)
    assert (report.whole, report.views) == (True, 1)

    tamper(county, "UPDATE identity_view SET what = 'nothing'")

    assert verify(county).faults == (Fault("root 1", None, "views"),)


@pytest.mark.parametrize("table", _LEDGER)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {}"])
def test_the_app_role_cannot_take_anything_out_of_the_ledger(county, table, statement):
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):  # noqa: SIM117
        with county.engine.begin() as connection:
            connection.execute(sa.text(statement.format(table)))


def test_the_app_role_cannot_change_an_event(county, number):
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):  # noqa: SIM117
        with county.engine.begin() as connection:
            connection.execute(sa.text("UPDATE ticket_event SET actor = 'x'"))


@pytest.mark.parametrize("table", _LEDGER)
def test_not_even_the_owner_changes_the_ledger_by_accident(county, number, table):
    seal(county)
    engine = sa.create_engine(county.settings.owner_database_url.get_secret_value())
    try:
        with pytest.raises(sa.exc.ProgrammingError, match="append-only"):  # noqa: SIM117
            with engine.begin() as connection:
                connection.execute(sa.text(f"DELETE FROM {table}"))
    finally:
        engine.dispose()


def test_everything_is_verified_as_of_one_moment_while_the_hotline_goes_on(county, number):
    with Session(county.engine) as session:
        audit.verify_all(session, county.settings.roots_dir, county.kit.keys.public_key)
        with county.work(county.officer_of(number)) as work:
            tickets.note(work, work.ticket(number), "还在现场")

        isolation = session.connection().get_isolation_level()
        seen = session.execute(sa.text("SELECT count(*) FROM ticket_event")).scalar_one()

    assert isolation == "REPEATABLE READ"
    assert seen == len(county.events(number)) - 1
