"""The outside: carriers and signatures."""
