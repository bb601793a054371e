"""Alembic's entry: runs migrations over the connection that `hotline.store.migrate` gives."""

from alembic import context
from sqlmodel import SQLModel

import hotline.store.models  # noqa: F401  fills the metadata that `alembic check` compares

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=SQLModel.metadata, transaction_per_migration=True
)
with context.begin_transaction():
    context.run_migrations()
