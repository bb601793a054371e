"""One function per command: it takes a `Work`, and returns rows or nothing."""
