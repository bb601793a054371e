"""``hotline``: run, check, audit and demonstrate from a shell."""
