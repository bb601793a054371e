"""The map as policy: what another version changes, and bringing it into force."""
