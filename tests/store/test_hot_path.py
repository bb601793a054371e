"""What the hot path of intake promises beside its speed (docs/performance.md)."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg
import sqlalchemy as sa

from hotline.store import intake, rows, search
from hotline.store.models import Ticket

NOW = datetime(2026, 1, 21, tzinfo=UTC)
GROWING = ("ticket", "ticket_identity", "inbox")


def test_a_look_at_a_message_reads_no_whole_table_though_planned_while_they_are_empty(
    county, clean_database
):
    with psycopg.connect(clean_database.admin.conninfo()) as admin:
        for table in GROWING:  # as on the first day: an empty table that was vacuumed costs nothing
            admin.execute("SELECT pg_clear_relation_stats('public', %s)", (table,))
    names = ("hashes", "sids", "classes", "step", "posts")
    asked = intake.GLANCE % {name: f"${at}" for at, name in enumerate(names, start=1)}
    with county.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN (GENERIC_PLAN) {asked}").scalars().all()

    scans = [line for line in plan for table in GROWING if f"Seq Scan on {table} " in line]
    assert scans == []


def test_a_search_asks_the_index_over_terms_alone_even_in_a_plan_that_is_kept(county):
    casts = {"limit": "bigint", "step": "integer", "at": "timestamptz", "low": "timestamptz"}
    casts["high"] = "timestamptz"
    asked = search.FIND.format(compare="<", way="DESC")
    for at, name in enumerate(("first", "last", "terms", "id", *casts), start=1):
        kind = f"::{casts[name]}" if name in casts else ""
        asked = re.sub(rf"(?<!:):{name}\b", f"${at}{kind}", asked)
    with county.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = connection.exec_driver_sql(f"EXPLAIN (GENERIC_PLAN) {asked}").scalars().all()

    scans = [line for line in plan if "Index" in line and " on ticket_search_" in line]
    assert len(scans) == 1
    assert "ticket_search_terms" in scans[0]


def test_a_new_ticket_has_the_fields_and_defaults_of_its_model():
    values: dict[str, Any] = {
        "id": uuid4(),
        "number": "261121000001",
        "status": "triage",
        "channel": "message",
        "line": "12345",
        "routing": {},
        "map_version": "v",
        "received_at": NOW,
        "head_hash": "0",
        "last_event_at": NOW,
    }
    made = rows.new_ticket(**values)

    assert vars(made) == dict(Ticket(**values))
    assert set(vars(made)) == {column.name for column in sa.inspect(Ticket).columns}
