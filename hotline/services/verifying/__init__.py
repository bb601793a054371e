"""Whether it is true (回访, 好差评): asking callers, samples, ratings and what follows them."""
