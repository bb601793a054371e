"""Keeping it running: release, doctor, heartbeats, prober, backups, keys, retention."""
