"""Alembic's entry: runs migrations over the connection that `hotline.store.migrate` gives."""

from alembic import context

from hotline.store.models import every_table

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=every_table(), transaction_per_migration=True
)
with context.begin_transaction():
    context.run_migrations()
