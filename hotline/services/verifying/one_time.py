"""One-time links: what is stored of the secret in them."""

import hashlib


def token_hash(token: str) -> str:
    """Return what is stored of a one-time token."""
    return hashlib.sha256(token.encode()).hexdigest()
