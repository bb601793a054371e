"""Ratings (好差评): a grade belongs to whoever called, and to nobody else.

A grade comes from the number that called (a message, a keyed call), through a one-time link sent
to that number, or with number and code. It stays on the scale of the ticket's own map. Every grade
that reaches a door is counted, whether it is kept or not; one from a staff member's number or
device is refused, with a code and on record, and the record says of nobody who it was.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hotline.domain.errors import InvalidError, NotFoundError, RefusedError
from hotline.domain.intake import clean, mask_numbers
from hotline.domain.ratings import FOUR, NoRating, is_grade
from hotline.domain.tickets import Action, Role, Shield, Status
from hotline.keys import token_hash
from hotline.services.handling import timing
from hotline.services.telling import telling
from hotline.services.verifying import bad_ratings
from hotline.store import people
from hotline.store import ratings as rows
from hotline.store import tickets as ticket_rows
from hotline.store.models import Rating, RatingAttempt, RatingInvite, Ticket
from hotline.work import SYSTEM, Work

# How often somebody may have a new link or call sent to change a grade.
MOST_CHANGES: Final = 3
LONGEST_COMMENT: Final = 500
_CHANGES_WITHIN: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a grade that arrived.

    Attributes:
        data: what the ledger's event says of it.
        rating: its row; ``None``: it was refused.
        refused: why, as a code.
    """

    data: Mapping[str, object] = field(default_factory=dict)
    rating: Rating | None = None
    refused: NoRating | None = None


def scale_of(work: Work, ticket: Ticket) -> int:
    """Return on how many grades this ticket is rated, by its own map."""
    return timing.map_of(work, ticket).ratings.scale


def weigh(  # noqa: PLR0913  one grade, named fields
    work: Work,
    ticket: Ticket,
    grade: int | None,
    *,
    by: str,
    round_: int,
    comment: str = "",
    of_fix: bool = False,
) -> Kept:
    """Keep a grade as the ticket's newest version, or refuse it; either way on record.

    Whoever calls puts ``data`` into the event of the caller's answer, and then calls `follow`.

    Raises:
        InvalidError: the ticket's scale has no such grade.
    """
    if grade is None:
        return Kept({"grade": None})
    scale = scale_of(work, ticket)
    if not is_grade(grade, scale):
        raise InvalidError(fields=["grade"])
    refused = _refusal(work, ticket)
    attempt(work, by, ticket=ticket, grade=grade, refused=refused)
    if refused is not None:
        why = {"refused": refused, "by": by}
        work.record(ticket, Action.REFUSE_GRADE, why, actor=SYSTEM)
        return Kept({"grade": None}, refused=refused)
    data: dict[str, object] = {"grade": grade, "scale": scale}
    if comment.strip():
        # Numbers in it belong to identity, which the hotline has already: they are not kept.
        words, _numbers = mask_numbers(clean(comment))
        data |= work.write(ticket, "comment", words[:LONGEST_COMMENT])
        # The grade points at its words.
        work.session.flush()
    before = rows.versions(work.session, ticket.id)
    rating = Rating(
        ticket_id=ticket.id,
        version=len(before) + 1,
        round=round_,
        scale=scale,
        grade=grade,
        by=by,
        of_fix=of_fix,
        text_id=UUID(str(data["text"])) if "text" in data else None,
        at=work.now,
    )
    work.session.add(rating)
    work.session.flush()
    return Kept(data | {"version": rating.version}, rating)


def follow(work: Work, ticket: Ticket, kept: Kept) -> None:
    """Let a grade that was kept have its effects: a bad one starts its clock."""
    if kept.rating is not None:
        rows.close_invites(work.session, ticket.id, work.now)
        bad_ratings.rated(work, ticket, kept.rating)


def rate(
    work: Work, ticket: Ticket, grade: int, *, by: str, comment: str = "", fix: bool = False
) -> NoRating | None:
    """Take a grade after the answer, or another one instead of it; each version stays.

    Args:
        work: in the role of the citizen.
        ticket: locked.
        grade: on the ticket's own scale.
        by: the way it came.
        comment: the caller's words with it, if any.
        fix: whether it came by the way that asks how the fix was.

    Returns:
        Why it was not kept; ``None``: it was.

    Raises:
        InvalidError: the ticket's scale has no such grade.
        RefusedError: nothing was answered yet, or the time for a change is over.
    """
    question = ticket_rows.open_ask(work.session, ticket.id)
    answered = question is not None and question.answered_at is not None
    since = question.answered_at if question is not None else ticket.closed_at
    if not answered and ticket.status is not Status.ANSWERED:
        raise RefusedError(reason="not_asked", ticket=ticket.number)
    if not fix and not _may_change(work, ticket, since):
        raise RefusedError(reason="rating_too_late", ticket=ticket.number)
    round_ = question.round if question is not None else 0
    kept = weigh(work, ticket, grade, by=by, round_=round_, comment=comment, of_fix=fix)
    if kept.refused is not None:
        return kept.refused
    before = question.grade if question is not None else None
    if question is not None:
        question.grade = grade
    data = {"round": round_, "by": by} | ({"grade_before": before} if before is not None else {})
    work.act(ticket, Action.RATE, {**data, **kept.data, **({"of_fix": True} if fix else {})})
    follow(work, ticket, kept)
    return None


def may_rate(work: Work, ticket: Ticket) -> bool:
    """Whether a grade may be given or changed now, without a question that is still open."""
    question = ticket_rows.open_ask(work.session, ticket.id)
    if question is None:
        return ticket.status is Status.ANSWERED and _may_change(work, ticket, ticket.closed_at)
    return question.answered_at is not None and _may_change(work, ticket, question.answered_at)


def _may_change(work: Work, ticket: Ticket, since: datetime | None) -> bool:
    if since is None:
        return False
    limit = timing.map_of(work, ticket).ratings.change
    return work.now <= timing.deadline(work, since, limit).at


def invite(work: Work, ticket: Ticket, purpose: str) -> str | None:
    """Give the number that called a one-time way to rate; earlier ways end.

    A link where the carrier takes links, else a question to be answered by a word or number, else
    a call in which a key is pressed. An anonymous caller, or one without a number, finds the
    question on the status page.

    Args:
        work: the command.
        ticket: locked.
        purpose: ``rate``, ``change``, ``fix``, or ``probe``, which is sent to nobody.

    Returns:
        The token of the link, where there is one.
    """
    rows.close_invites(work.session, ticket.id, work.now)
    limit = timing.map_of(work, ticket).ratings.link
    means = "probe" if purpose == "probe" else _means(work, ticket)
    token = secrets.token_urlsafe(16) if means in {"link", "probe"} else None
    row = RatingInvite(
        ticket_id=ticket.id,
        purpose=purpose,
        token_hash=token_hash(token) if token is not None else None,
        made_at=work.now,
        expires_at=timing.deadline(work, work.now, limit).at,
    )
    work.session.add(row)
    told = _send(work, ticket, means, token)
    data = {"invite": row.id, "purpose": purpose, "valid_until": row.expires_at}
    work.act(ticket, Action.INVITE, data | told, actor=SYSTEM)
    return token


def _means(work: Work, ticket: Ticket) -> str:
    identity = ticket_rows.identity(work.session, ticket.id)
    if ticket.shield == Shield.ANONYMOUS or identity is None or identity.number_sealed is None:
        return "page"
    capable = work.kit.capabilities
    if ticket.channel not in {"message", "web"}:
        return "call"
    if capable.links:
        return "link"
    return "message" if capable.two_way_messages else "call"


def _send(work: Work, ticket: Ticket, means: str, token: str | None) -> dict[str, object]:
    if means in {"page", "probe"}:
        return {"unaskable": True}
    if means == "link":
        params = {"link": f"{work.kit.public_url}/c/r/{token}"}
        return telling.tell_caller(work, ticket, "rate_link", params)
    template = "rate_four" if scale_of(work, ticket) == FOUR else "rate"
    return telling.tell_caller(work, ticket, template, {}, means=means)


def invite_change(work: Work, ticket: Ticket) -> bool:
    """Send the number that called another way to rate, because somebody wants to change a grade.

    Returns:
        Whether one was sent: not too often, and only while a change is allowed.
    """
    if not may_rate(work, ticket) or _means(work, ticket) == "page":
        return False
    since = work.now - _CHANGES_WITHIN
    if rows.invites_since(work.session, ticket.id, "change", since) >= MOST_CHANGES:
        return False
    invite(work, ticket, "change")
    return True


def open_link(work: Work, token: str) -> tuple[RatingInvite, Ticket]:
    """Return the way to rate that a link stands for, used or not, and its ticket, both locked.

    Raises:
        NotFoundError: there never was such a link.
    """
    found = rows.invite_by_token(work.session, token_hash(token))
    if found is None:
        raise NotFoundError(what="link")
    # The ticket first, as every command locks.
    ticket = work.ticket_by_id(found.ticket_id)
    locked = rows.invite_by_token(work.session, token_hash(token), lock=True)
    return locked or found, ticket


def unusable(work: Work, row: RatingInvite) -> NoRating | None:
    """Return why a link can't be used any more; ``None``: it can."""
    if row.used_at is not None:
        return NoRating.LINK_USED
    return NoRating.LINK_EXPIRED if row.expires_at <= work.now else None


def rate_by_link(work: Work, token: str, grade: int, comment: str = "") -> NoRating | None:
    """Take a grade by a one-time link, once; whatever becomes of it is on record.

    Returns:
        Why it was not kept, as a code; the caller commits in any case. ``None``: it was kept.

    Raises:
        InvalidError: the ticket's scale has no such grade.
    """
    try:
        row, ticket = open_link(work, token)
    except NotFoundError:
        attempt(work, "link", grade=None, refused=NoRating.LINK_UNKNOWN)
        return NoRating.LINK_UNKNOWN
    fault = unusable(work, row)
    if fault is not None:
        attempt(work, "link", ticket=ticket, grade=grade, refused=fault)
        return fault
    fix = row.purpose == "fix"
    try:
        refused = rate(work, ticket, grade, by="link", comment=comment, fix=fix)
    except RefusedError as error:
        refused = NoRating(str(error.facts["reason"]))
        attempt(work, "link", ticket=ticket, grade=grade, refused=refused)
        return refused
    # A refused device does not use up the caller's own link.
    if refused is None:
        row.used_at = work.now
    return refused


def from_number(
    work: Work, ticket: Ticket, grade: int, *, by: str, comment: str = ""
) -> NoRating | None:
    """Take a grade from the number that called or with number and code: a word, a key, a form."""
    way = rows.open_invite(work.session, ticket.id, work.now)
    fix = way is not None and way.purpose == "fix"
    return rate(work, ticket, grade, by=by, comment=comment, fix=fix)


def attempt(
    work: Work,
    by: str,
    *,
    grade: int | None,
    ticket: Ticket | None = None,
    refused: NoRating | None = None,
) -> None:
    """Count a grade that reached a door."""
    work.session.add(
        RatingAttempt(
            ticket_id=ticket.id if ticket is not None else None,
            by=by,
            grade=grade,
            scale=scale_of(work, ticket) if ticket is not None else None,
            refused=refused,
            synthetic=ticket is not None and ticket.synthetic,
            at=work.now,
        )
    )


def _refusal(work: Work, ticket: Ticket) -> NoRating | None:
    """Return why whoever rates may not: staff, by device or by number."""
    who = work.actor
    if who.role is Role.CITIZEN and who.staff_id is not None:
        return NoRating.STAFF_DEVICE
    identity = ticket_rows.identity(work.session, ticket.id)
    if identity is None or identity.number_sealed is None:
        return None
    # Both were hashed with the keys of their day: compare under every key that is known now.
    hashes = work.kit.keys.lookups(work.kit.keys.open(identity.number_sealed))
    return NoRating.STAFF_NUMBER if people.by_number(work.session, hashes) else None
