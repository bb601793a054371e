"""The only SQL: rows and queries."""
