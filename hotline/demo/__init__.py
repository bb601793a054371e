"""What stands in for the world in a demonstration: the fake carrier, sample staff."""
