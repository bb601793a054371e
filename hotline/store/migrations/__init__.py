"""Migrations of the schema, one line of numbers (Alembic)."""
