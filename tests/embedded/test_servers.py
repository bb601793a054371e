"""The embedded servers."""

import psycopg
import pytest
import redis

from tests.servers import empty


def test_the_app_role_owns_nothing(clean_database):
    with psycopg.connect(clean_database.app.conninfo()) as connection:
        owned = connection.execute(
            "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = 'hotline_app'"
        ).fetchone()
        connection.execute(
            "INSERT INTO attention (id, kind, key, facts, raised_at) VALUES (gen_random_uuid(), 'a', 'b', '{}', now())"
        )

    assert owned == (0,)


def test_a_clean_database_has_only_what_the_migrations_made(clean_database):
    with psycopg.connect(clean_database.app.conninfo()) as connection:
        assert connection.execute("SELECT count(*) FROM attention").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM time_shift").fetchone() == (1,)
        assert connection.execute("SELECT nextval('ticket_number_seq')").fetchone() == (1,)
