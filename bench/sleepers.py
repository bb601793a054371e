"""Fill a county with clocks that run for days yet, set-wise, for a bench of the few that are due.

Each ticket in handling has four of them. Nothing reads their tickets, so they have no words and no
chains; `bench.filling` makes the whole ones that are due.
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import psycopg

from hotline.domain.grid.model import GridMap
from hotline.domain.tickets import Step

STEPS: Final = (Step.HANDLE, Step.CONTACT, Step.EARLY, Step.YELLOW)
_GRIDS: Final = "CREATE TEMP TABLE place (i integer PRIMARY KEY, grid text, town text, post text)"
_TICKETS: Final = """
INSERT INTO ticket (id, number, status, channel, line, class_code, grid, town, unit, post,
  officer_id, rung, routing, map_version, received_at, dispatched_at, due_at, event_seq, head_hash,
  last_event_at)
SELECT gen_random_uuid(), '99' || lpad(g::text, 10, '0'), 'handling', 'voice', '12345',
  'utilities/water', p.grid, p.town, p.town, p.post, %(officer)s, 'grid', '{}', %(version)s,
  %(now)s, %(now)s, %(now)s + interval '1 day' + g * interval '1 second', 0, repeat('0', 64),
  %(now)s
FROM generate_series(1, %(tickets)s) g JOIN place p ON p.i = g %% %(grids)s
"""
_TIMERS: Final = """
INSERT INTO timer (id, ticket_id, subject_id, step, generation, due_at, fire_at)
SELECT gen_random_uuid(), t.id, t.id, s.step, 0, t.due_at, t.due_at
FROM ticket t CROSS JOIN unnest(%(steps)s::text[]) AS s(step) WHERE t.number LIKE '99%%'
"""


def fill(
    admin: psycopg.Connection[Any], grid_map: GridMap, now: datetime, size: int, officer: UUID
) -> None:
    """Make ``size`` clocks that run out from tomorrow on.

    Args:
        admin: as the superuser, who may leave out what checks each row.
        grid_map: whose places are named.
        now: the hotline's time.
        size: how many; a multiple of four.
        officer: who handles all of them.
    """
    codes = sorted(grid_map.grids)
    values = {"officer": officer, "version": grid_map.version, "now": now, "grids": len(codes)}
    with admin.transaction(), admin.cursor() as cursor:
        # Foreign keys hold by the way the rows are made; a million look-ups would only show that.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute(_GRIDS)
        with cursor.copy("COPY place FROM STDIN") as copy:
            for i, code in enumerate(codes):
                post = grid_map.grid(code).officer
                copy.write_row((i, code, grid_map.town_of(code).id, post))
        cursor.execute(_TICKETS, values | {"tickets": size // len(STEPS)})
        cursor.execute(_TIMERS, {"steps": [str(step) for step in STEPS]})
    admin.execute("VACUUM ANALYZE ticket, timer")
