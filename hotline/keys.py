"""The keyring: seal identities, find them by a keyed hash, sign the ledger's roots.

Three keys for three purposes, so that one that leaks opens nothing else. Identity and look-up
keys are lists, newest first: the first seals, every one opens, and a look-up tries each hash
while a rotation is under way (`docs/operations.md`).
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one installation."""

    _seals: MultiFernet
    _lookups: tuple[bytes, ...]
    _signer: Ed25519PrivateKey

    @classmethod
    def build(
        cls, identity_keys: Sequence[str], lookup_keys: Sequence[str], ledger_key: str
    ) -> "Keys":
        """Return a keyring from secrets, newest first.

        Args:
            identity_keys: 32 bytes each, URL-safe base64 (`Fernet.generate_key`).
            lookup_keys: any secret text.
            ledger_key: any secret text; the Ed25519 key is its SHA-256.
        """
        return cls(
            MultiFernet([Fernet(key) for key in identity_keys]),
            tuple(key.encode() for key in lookup_keys),
            Ed25519PrivateKey.from_private_bytes(hashlib.sha256(ledger_key.encode()).digest()),
        )

    def seal(self, text: str) -> bytes:
        """Return ``text`` encrypted under the newest key."""
        return self._seals.encrypt(text.encode())

    def open(self, sealed: bytes) -> str:
        """Return what was sealed under any key of the ring.

        Raises:
            cryptography.fernet.InvalidToken: sealed under a key that is not on the ring.
        """
        return self._seals.decrypt(sealed).decode()

    def seal_bytes(self, content: bytes) -> bytes:
        """Return a file's ``content`` encrypted under the newest key."""
        return self._seals.encrypt(content)

    def open_bytes(self, sealed: bytes) -> bytes:
        """Return a file's content that was sealed under any key of the ring."""
        return self._seals.decrypt(sealed)

    def lookup(self, value: str) -> str:
        """Return the keyed hash under which ``value`` is stored from now on."""
        return _keyed(self._lookups[0], value)

    def lookups(self, value: str) -> list[str]:
        """Return every hash under which ``value`` may be stored."""
        return [_keyed(key, value) for key in self._lookups]

    def sign(self, text: str) -> str:
        """Return the Ed25519 signature of ``text``, in hexadecimal."""
        return self._signer.sign(text.encode()).hex()

    def signed(self, text: str, signature: str) -> bool:
        """Say whether ``signature`` is ours for ``text``."""
        return verifies(self.public_key, text, signature)

    @property
    def public_key(self) -> str:
        """The Ed25519 public key in hexadecimal: all that an auditor needs."""
        return self._signer.public_key().public_bytes_raw().hex()


def verifies(public_key: str, text: str, signature: str) -> bool:
    """Say whether ``signature`` over ``text`` was made by the owner of ``public_key``."""
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
    try:
        key.verify(bytes.fromhex(signature), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _keyed(key: bytes, value: str) -> str:
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()
