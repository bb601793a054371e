"""Whistle and report in (吹哨报到)."""
