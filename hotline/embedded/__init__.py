"""PostgreSQL and Valkey from wheels, for trial, development and CI."""
