"""Backed up and restored into an empty server: everything is there, and the ledger proves it."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlmodel import Session, select

from config import Settings
from hotline import boot
from hotline.domain.errors import SetupError
from hotline.domain.tickets import Status
from hotline.embedded.provision import create_database
from hotline.services.proof import audit, identity
from hotline.services.upkeep import backups
from hotline.services.upkeep.backups import Places
from hotline.store import tickets as ticket_rows
from hotline.store.models import Media
from tests.county import CALLER, County, settings_for
from tests.prepared import ROOT
from tests.servers import Database
from tests.web import nights

NAME = f"hotline_restored_{os.getpid()}"


@pytest.fixture
def empty_database(server_urls, database):
    """A database as an administrator makes it: two roles, nothing in it."""
    with psycopg.connect(database.admin.at("postgres").conninfo(), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{NAME}"')
        create_database(server_urls.admin, NAME)
        yield Database(
            database.admin.at(NAME),
            database.owner.at(NAME),
            database.app.at(NAME),
            database.redis_url,
        )
        connection.execute(f'DROP DATABASE "{NAME}" WITH (FORCE)')


@pytest.fixture(autouse=True)
def no_seeds_of_the_tests_hidden(database):
    """The tests keep what a database begins with in a schema of its own, closed to the owner."""
    with psycopg.connect(database.admin.conninfo(), autocommit=True) as connection:
        connection.execute("GRANT USAGE ON SCHEMA seeds TO hotline_owner")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA seeds TO hotline_owner")


def places(settings: Settings) -> Places:
    keys = boot.build_keys(settings)
    url = settings.owner_database_url.get_secret_value()
    return Places(url, settings.media_dir, settings.roots_dir, keys.ring, keys.rings)


def verified(county: County) -> audit.Report:
    with Session(county.engine) as session:
        return audit.verify_all(session, county.settings.roots_dir, county.kit.keys.public_key)


def test_what_was_backed_up_is_restored_whole_and_the_hotline_goes_on(
    county, empty_database, tmp_path
):
    number = nights.a_night(county)
    audit.seal_and_export(county.work, county.settings.roots_dir)
    before = verified(county)
    folder = tmp_path / "backup"
    backups.back_up(places(county.settings), folder)

    settings = settings_for(empty_database, tmp_path / "elsewhere")
    note = backups.restore(places(settings), folder)
    boot.release(settings)
    engine = boot.build_engine(settings)
    boot.refuse_unsafe(settings, engine)
    there = County(settings, engine, boot.build_kit(settings, engine))

    assert verified(there) == before
    assert before.whole
    assert note.media >= 2
    assert there.ticket(number).status is Status.ARCHIVED
    with there.work(there.actor("operator1")) as work:
        ticket = ticket_rows.find(work.session, number)
        assert identity.view(work, ticket, "call_caller").number == CALLER
        photo = work.session.exec(select(Media).where(Media.purpose == "result")).first()
        assert work.kit.media.original(photo.sha256)
    there.demand()
    assert verified(there).tickets == before.tickets + 1
    engine.dispose()


def test_a_backup_is_refused_that_would_not_come_back_whole(county, empty_database, tmp_path):
    county.demand()
    folder, mine = tmp_path / "backup", places(county.settings)
    backups.back_up(mine, folder)
    target = replace(mine, owner_url=empty_database.owner_url)

    def reason(where: Places, what: Path) -> str:
        with pytest.raises(SetupError) as refused:
            backups.restore(where, what)
        return str(refused.value.facts["reason"])

    assert reason(mine, folder) == "database_not_empty"
    assert reason(replace(target, rings=frozenset({"other"})), folder) == "backup_under_other_keys"
    assert reason(target, tmp_path) == "no_backup"
    damaged = tmp_path / "damaged"
    shutil.copytree(folder, damaged)
    with (damaged / backups.DUMP).open("ab") as dump:
        dump.write(b"x")
    assert reason(target, damaged) == "backup_damaged"
    note = json.loads((folder / backups.NOTE).read_text())
    assert "demo" not in json.dumps(note)


def test_a_failing_program_says_why_and_never_the_password(county, tmp_path):
    mine = places(county.settings)
    wrong = replace(mine, owner_url=mine.owner_url.replace("hotline_owner", "nobody_here"))

    with pytest.raises(Exception, match="nobody_here") as said:
        backups.back_up(wrong, tmp_path / "backup")

    password = county.settings.owner_database_url.get_secret_value().split(":")[2].split("@")[0]
    assert password not in str(said.value)
    assert not (tmp_path / "backup" / backups.NOTE).exists()
    assert (ROOT / "docs" / "operations.md").exists()
