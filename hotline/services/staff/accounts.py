"""Sign in and out: argon2id, locks by account and by address, tokens that expire."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hotline.domain.errors import InvalidError, NotFoundError, SignInError, SlowDownError
from hotline.keys import token_hash
from hotline.store import people
from hotline.store.models import PasswordLink, SignIn, SignInAttempt, Staff
from hotline.work import Actor, Work

ACCOUNT_TRIES: Final = 5
ADDRESS_TRIES: Final = 30
LOCKED_FOR: Final = timedelta(minutes=15)
# A device that nobody used for so long signs itself out.
IDLE: Final = timedelta(hours=4)
LINK_LASTS: Final = timedelta(days=14)
LEAST_PASSWORD: Final = 10
NO_PASSWORD: Final = "!"  # noqa: S105  what no password fits, until one is set
_HASHER: Final = PasswordHasher()


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in, in which capacity they act, and the instant at which that was so."""

    staff: Staff
    actor: Actor
    at: datetime


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password."""
    return _HASHER.hash(password)


def sign_in(work: Work, login: str, password: str, address: str, lasts: timedelta) -> str | None:
    """Return a new device's token, or ``None`` when login and password do not belong together.

    The attempt is counted either way, so the caller commits in both cases. An unknown login
    costs as much time as a wrong password.

    Raises:
        SlowDownError: this account or this address failed too often lately.
    """
    keys = work.kit.keys
    account_hash, address_hash = keys.lookup(f"login:{login}"), keys.lookup(f"at:{address}")
    account, from_address = people.failures(
        work.session,
        work.now - LOCKED_FOR,
        account_hash=account_hash,
        address_hash=address_hash,
    )
    if account >= ACCOUNT_TRIES or from_address >= ADDRESS_TRIES:
        raise SlowDownError(retry_after_s=int(LOCKED_FOR.total_seconds()))
    person = people.by_login(work.session, login)
    fits = _fits(person.password_hash if person else _nobody(), password) and person is not None
    work.session.add(
        SignInAttempt(
            account_hash=account_hash, address_hash=address_hash, at=work.now, succeeded=fits
        )
    )
    if person is None or not fits:
        return None
    token = secrets.token_urlsafe(32)
    work.session.add(
        SignIn(
            token_hash=token_hash(token),
            staff_id=person.id,
            created_at=work.now,
            seen_at=work.now,
            expires_at=work.now + lasts,
        )
    )
    return token


def resume(work: Work, token: str) -> SignedIn:
    """Return who a device's token belongs to.

    Raises:
        SignInError: signed out, expired, idle for too long, or the account was closed.
    """
    device = people.device(work.session, token_hash(token))
    if device is None:
        raise SignInError(reason="expired")
    row, person, posts, now = device
    work.begin_at(now)
    if row.expires_at <= now or row.seen_at + IDLE <= now:
        raise SignInError(reason="expired")
    if not person.active:
        raise SignInError(reason="closed")
    if now - row.seen_at > timedelta(minutes=1):
        row.seen_at = now
    return SignedIn(person, _actor(person, posts), now)


def staff_device(work: Work, token: str) -> UUID | None:
    """Return whose account is signed in on a device, idle or not; ``None``: it is nobody's."""
    row = people.sign_in(work.session, token_hash(token)) if token else None
    return row.staff_id if row is not None and row.expires_at > work.now else None


def actor_of(work: Work, person: Staff) -> Actor:
    """Return a person in their capacity: role, unit, and the posts they hold now."""
    return _actor(person, people.posts_of(work.session, person.id, work.now))


def _actor(person: Staff, posts: frozenset[str]) -> Actor:
    return Actor(
        role=person.role,
        ref=str(person.id),
        staff_id=person.id,
        unit=person.unit,
        posts=posts,
    )


def sign_out(work: Work, token: str) -> None:
    """Forget a device."""
    row = people.sign_in(work.session, token_hash(token))
    if row is not None:
        work.session.delete(row)


def make_link(work: Work, person: Staff) -> str:
    """Return a token with which a person sets a password of their own, once.

    Earlier ones stop working. It is shown to whoever asked for it and kept nowhere.
    """
    people.drop_links(work.session, person.id)
    token = secrets.token_urlsafe(12)
    work.session.add(
        PasswordLink(
            token_hash=token_hash(token),
            staff_id=person.id,
            created_at=work.now,
            expires_at=work.now + LINK_LASTS,
        )
    )
    return token


def owner_of_link(work: Work, token: str) -> Staff:
    """Return whose password a token sets.

    Raises:
        NotFoundError: used, expired, or never given.
    """
    row = people.link(work.session, token_hash(token))
    if row is None or row.used_at is not None or row.expires_at <= work.now:
        raise NotFoundError(link="password")
    person = people.get(work.session, row.staff_id)
    if person is None or not person.active:
        raise NotFoundError(link="password")
    return person


def set_password(work: Work, token: str, password: str) -> Staff:
    """Set the password of a token's owner; every device of theirs is signed out.

    Raises:
        NotFoundError: the token is used, expired, or never given.
        InvalidError: the password is shorter than `LEAST_PASSWORD`.
    """
    if len(password) < LEAST_PASSWORD:
        raise InvalidError(fields=["password"], least=LEAST_PASSWORD)
    row = people.link(work.session, token_hash(token), lock=True)
    person = owner_of_link(work, token)
    if row is not None:
        row.used_at = work.now
    person.password_hash = hash_password(password)
    people.drop_sign_ins(work.session, person.id)
    return person


def _fits(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """A hash that no password fits, made once."""
    return hash_password(secrets.token_hex(16))
