"""The schema that migrations make is the one that the code believes in."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from hotline.store import migrate, models
from hotline.store.models import every_table

# Tables without a row class: the time's shift is read by the database's own `hotline_now()`.
# What is due to be read for the search has neither key nor index (`hotline.store.search`).
WITHOUT_MODEL = {"alembic_version", "time_shift", "search_due"}
TABLES = every_table().tables


@pytest.fixture
def inspector(database):
    """What the migrated database really holds."""
    engine = sa.create_engine(database.owner_url)
    yield sa.inspect(engine)
    engine.dispose()


def test_rows_that_every_process_loads_point_only_to_each_other():
    tables = {getattr(getattr(models, name), "__table__", None) for name in models.__all__}

    assert len(tables) > 40
    for table in tables - {None}:
        assert {key.column.table for key in table.foreign_keys} <= tables


def test_every_table_has_a_model_and_every_model_a_table(inspector):
    assert set(inspector.get_table_names()) - WITHOUT_MODEL == set(TABLES)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_model_knows_every_column_and_whether_it_may_be_empty(inspector, name):
    real = {column["name"]: column["nullable"] for column in inspector.get_columns(name)}
    believed = {column.name: column.nullable for column in TABLES[name].columns}

    assert believed == real


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_model_knows_the_type_of_every_column(inspector, name):
    real = {column["name"]: _family(column["type"]) for column in inspector.get_columns(name)}
    believed = {column.name: _family(column.type) for column in TABLES[name].columns}

    assert believed == real


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_model_knows_the_keys_of_its_table(inspector, name):
    table = TABLES[name]
    unique = {tuple(key["column_names"]) for key in inspector.get_unique_constraints(name)}

    assert [column.name for column in table.primary_key] == inspector.get_pk_constraint(name)[
        "constrained_columns"
    ]
    assert {(column.name,) for column in table.columns if column.unique} <= unique


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_model_knows_what_its_rows_point_to(inspector, name):
    real = {
        (key["constrained_columns"][0], key["referred_table"])
        for key in inspector.get_foreign_keys(name)
    }
    believed = {(key.parent.name, key.column.table.name) for key in TABLES[name].foreign_keys}

    assert believed == real


def test_every_instant_is_stored_with_its_zone(inspector):
    for name in inspector.get_table_names():
        for column in inspector.get_columns(name):
            if isinstance(column["type"], sa.DateTime):
                assert column["type"].timezone, f"{name}.{column['name']}"


def test_upgrading_twice_changes_nothing(clean_database):
    before = _rights(clean_database)

    migrate.upgrade(clean_database.owner_url, may_shift_time=True)
    migrate.upgrade(clean_database.owner_url, may_shift_time=True)

    assert _rights(clean_database) == before


def test_the_time_may_be_moved_only_where_the_release_says_so(clean_database):
    try:
        migrate.upgrade(clean_database.owner_url, may_shift_time=False)

        assert ("time_shift", "UPDATE") not in _rights(clean_database)
    finally:
        migrate.upgrade(clean_database.owner_url, may_shift_time=True)


def test_the_app_role_reads_and_adds_to_the_ledger_and_no_more(clean_database):
    rights = _rights(clean_database)

    for table in migrate.APPEND_ONLY:
        assert {right for name, right in rights if name == table} == {"INSERT", "SELECT"}


def test_migrations_are_one_line_of_numbers():
    script = ScriptDirectory(str(Path(migrate.__file__).parent / "migrations"))
    revisions = [revision.revision for revision in script.walk_revisions()]

    assert revisions == sorted(revisions, reverse=True)
    assert len(script.get_heads()) == 1


def _family(column_type: sa.types.TypeEngine[object]) -> str:
    """Return what a column holds, whatever each side calls it."""
    if isinstance(column_type, sa.types.TypeDecorator):
        return _family(column_type.impl_instance)
    families = {
        "text": (sa.String,),
        "whole": (sa.Integer,),
        "instant": (sa.DateTime,),
        "day": (sa.Date,),
        "yes or no": (sa.Boolean,),
        "bytes": (sa.LargeBinary,),
        "id": (sa.Uuid,),
        "json": (sa.JSON,),
        "list": (sa.ARRAY,),
    }
    return next(name for name, types in families.items() if isinstance(column_type, types))


def _rights(database) -> set[tuple[str, str]]:
    engine = sa.create_engine(database.owner_url)
    try:
        with engine.connect() as connection:
            rows = connection.execute(
                sa.text(
                    "SELECT table_name, privilege_type FROM information_schema.table_privileges"
                    " WHERE grantee = 'hotline_app' AND table_schema = 'public'"
                )
            )
            return {(str(row[0]), str(row[1])) for row in rows}
    finally:
        engine.dispose()
