"""Demands come in (受理): by call, message, form and window; merged, refused, withdrawn."""
