"""Shaodao (哨到): the 12345 hotline ticket router."""
