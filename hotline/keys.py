"""The keyring: seal identities, find them by a keyed hash, sign the ledger's roots.

Three keys for three purposes, so that one that leaks opens nothing else. Identity and look-up
keys are lists, newest first: the first seals, every one opens, and a look-up tries each hash
while a rotation is under way (`docs/operations.md`).
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one installation.

    The ciphers are made when first used: they weigh 6 MiB, and a clock seals and signs nothing.
    """

    _seals: tuple[str, ...] = field(repr=False)
    _lookups: tuple[bytes, ...] = field(repr=False)
    _seed: bytes = field(repr=False)

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
            tuple(identity_keys),
            tuple(key.encode() for key in lookup_keys),
            hashlib.sha256(ledger_key.encode()).digest(),
        )

    def seal(self, text: str) -> bytes:
        """Return ``text`` encrypted under the newest key."""
        return _ring(self._seals).encrypt(text.encode())

    def open(self, sealed: bytes) -> str:
        """Return what was sealed under any key of the ring.

        Raises:
            cryptography.fernet.InvalidToken: sealed under a key that is not on the ring.
        """
        return _ring(self._seals).decrypt(sealed).decode()

    def seal_bytes(self, content: bytes) -> bytes:
        """Return a file's ``content`` encrypted under the newest key."""
        return _ring(self._seals).encrypt(content)

    def open_bytes(self, sealed: bytes) -> bytes:
        """Return a file's content that was sealed under any key of the ring."""
        return _ring(self._seals).decrypt(sealed)

    def reseal(self, sealed: bytes) -> bytes:
        """Return what was sealed under any key of the ring, sealed under the newest.

        Raises:
            cryptography.fernet.InvalidToken: sealed under a key that is not on the ring.
        """
        return _ring(self._seals).rotate(sealed)

    def is_fresh(self, sealed: bytes) -> bool:
        """Say whether something is sealed under the newest key."""
        from cryptography.fernet import InvalidToken  # noqa: PLC0415

        try:
            _ring(self._seals[:1]).decrypt(sealed)
        except InvalidToken:
            return False
        return True

    @property
    def ring(self) -> str:
        """A name of the newest keys that tells nothing of them: a rotation knows its own by it."""
        return _ring_name(self._seals[0], self._lookups[0])

    @property
    def rings(self) -> frozenset[str]:
        """The names of every pair of keys that can be opened and found with."""
        return frozenset(
            _ring_name(seal, lookup) for seal in self._seals for lookup in self._lookups
        )

    def lookup(self, value: str) -> str:
        """Return the keyed hash under which ``value`` is stored from now on."""
        return _keyed(self._lookups[0], value)

    def lookups(self, value: str) -> list[str]:
        """Return every hash under which ``value`` may be stored."""
        return [_keyed(key, value) for key in self._lookups]

    def sign(self, text: str) -> str:
        """Return the Ed25519 signature of ``text``, in hexadecimal."""
        return _signer(self._seed).sign(text.encode()).hex()

    def signed(self, text: str, signature: str) -> bool:
        """Say whether ``signature`` is ours for ``text``."""
        return verifies(self.public_key, text, signature)

    @property
    def public_key(self) -> str:
        """The Ed25519 public key in hexadecimal: all that an auditor needs."""
        return _signer(self._seed).public_key().public_bytes_raw().hex()


def token_hash(token: str) -> str:
    """Return what is stored of a secret that a link or a device holds: random, so not keyed."""
    return hashlib.sha256(token.encode()).hexdigest()


def verifies(public_key: str, text: str, signature: str) -> bool:
    """Say whether ``signature`` over ``text`` was made by the owner of ``public_key``."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
        Ed25519PublicKey,
    )

    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
    try:
        key.verify(bytes.fromhex(signature), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


@cache
def _ring(keys: tuple[str, ...]) -> "MultiFernet":
    from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415

    return MultiFernet([Fernet(key) for key in keys])


@cache
def _signer(seed: bytes) -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
        Ed25519PrivateKey,
    )

    return Ed25519PrivateKey.from_private_bytes(seed)


def _ring_name(seal: str, lookup: bytes) -> str:
    return hashlib.sha256(b"hotline ring\n" + seal.encode() + b"\n" + lookup).hexdigest()[:16]


def _keyed(key: bytes, value: str) -> str:
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()
