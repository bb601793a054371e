"""A database that was away and came back is met by connections that still work."""

import pytest
import sqlalchemy as sa

from config import Settings
from hotline import boot
from hotline.embedded.processes import free_port
from hotline.store.alone import alone
from tests.servers import own_servers


def test_the_first_command_after_a_restart_of_the_database_succeeds():
    with own_servers() as servers:
        engine = boot.build_engine(Settings(_env_file=None, database_url=servers.app_url))
        opened = [engine.connect() for _ in range(5)]
        for connection in opened:
            assert connection.execute(sa.text("SELECT 1")).scalar_one() == 1
            connection.close()
        servers.kill("postgres")
        servers.restart("postgres")
        for _ in range(7):
            with engine.connect() as connection:
                assert connection.execute(sa.text("SELECT 1")).scalar_one() == 1
        engine.dispose()


def test_a_database_that_is_away_is_said_to_be_so_in_the_words_of_every_store():
    nowhere = sa.create_engine(f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/nothing")

    with pytest.raises(sa.exc.OperationalError), alone(nowhere):
        pass
