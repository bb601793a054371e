"""The whole ledger verified for a page, piece by piece: the same verdict as in one go."""

import sqlalchemy as sa

from hotline.services.proof import audit, checking
from hotline.store.models.proofs import LedgerCheck
from tests.county import County
from tests.suspects import parts
from workers import ledger as worker


def seal(county: County) -> None:
    audit.seal_and_export(county.work, county.settings.roots_dir)


def checked(county: County, pieces: int = 50) -> LedgerCheck:
    """Ask for a check and let a worker that is killed after every piece carry it out."""
    with county.work(county.actor("supervisor")) as work:
        checking.ask(work)
    for _ in range(pieces):
        if not worker.check_pieces(parts(county), 1):
            break
    with county.work() as work:
        return checking.last(work)[0]


def test_a_whole_ledger_is_whole_in_pieces(county):
    for _ in range(3):
        county.demand()
    seal(county)
    county.demand()
    seal(county)

    found = checked(county)

    assert found.ended_at is not None
    assert (found.tickets, found.roots, found.faults) == (4, 2, [])
    assert found.events >= 8


def test_what_was_tampered_with_is_found_and_said_once(county):
    number = county.demand()
    seal(county)
    owner = sa.create_engine(county.settings.owner_database_url.get_secret_value())
    with owner.begin() as connection:
        connection.execute(sa.text("ALTER TABLE ticket_event DISABLE TRIGGER append_only"))
        connection.execute(sa.text("UPDATE ticket_event SET body = body || ' ' WHERE seq = 2"))
        connection.execute(sa.text("ALTER TABLE ticket_event ENABLE TRIGGER append_only"))
    owner.dispose()
    audit.path_of(county.settings.roots_dir, 1).unlink()

    found = checked(county)

    assert [number, 2, "hash"] in found.faults
    assert ["root 1", None, "not_exported"] in found.faults
    assert len(found.faults) == len({tuple(fault) for fault in found.faults})


def test_whoever_asks_while_one_is_under_way_gets_that_one(county):
    county.demand()
    with county.work(county.actor("supervisor")) as work:
        first = checking.ask(work).id
    with county.work(county.actor("admin")) as work:
        assert checking.ask(work).id == first
