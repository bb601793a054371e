"""What another version of the map changes, for whom, in plain words."""
