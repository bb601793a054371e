"""The citizen's web form: one form, one ticket, however often it is sent; and nothing is lost.

The ticket is made at once, as on the telephone; what is missing is asked on the next page. Photos
that cannot be kept cost nobody their demand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from hotline.domain.errors import InvalidError, SlowDownError
from hotline.domain.grid.model import Line
from hotline.domain.intake import Danger, clean
from hotline.domain.tickets import Action
from hotline.services.handling import photos
from hotline.services.reception import inbox, intake
from hotline.services.reception.danger import alarm
from hotline.services.upkeep import watching
from hotline.store import doors as rows
from hotline.store.models import DoorTry
from hotline.work import Work

MOST_FROM_ADDRESS: Final = 30
MOST_FROM_NUMBER: Final = 6
WITHIN: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a form: the ticket, whether it had been sent before, photos not kept."""

    number: str
    repeated: bool = False
    refused_photos: int = 0
    danger: Danger | None = None


def take(  # noqa: PLR0913  one form, named parts
    work: Work,
    key: str,
    demand: intake.Demand,
    sent: Mapping[str, str],
    pictures: Sequence[bytes],
    *,
    address: str,
    at_most: int,
) -> Taken:
    """Make a ticket of a form; the same form again gets the first answer.

    Other words under the same key are another demand: somebody went back and wrote anew.

    Args:
        work: in the role of the citizen.
        key: the form's own key.
        demand: what it says.
        sent: everything sent, to know a repeat by.
        pictures: photos.
        address: where it comes from.
        at_most: how many photos are kept.

    Raises:
        SlowDownError: too many demands from this address or number; nothing was stored.
        sqlalchemy.exc.IntegrityError: its twin was quicker; run again, it finds the twin's answer.
    """
    step = f"web:{inbox.body_hash(sent)[:16]}"
    before = inbox.before(work, key, step, sent)
    danger = work.kit.maps.danger_words.danger(clean(demand.words))
    if before is not None:
        return Taken(before, repeated=True, danger=danger)
    if not demand.synthetic:
        _limit(work, demand.number, address)
    ticket, _ = intake.receive(
        work, demand, lambda made, _routing: [inbox.row(work, key, step, sent, made.number)]
    )
    if demand.synthetic:
        watching.expect_back(work, work.ticket(ticket.number), "web")
    refused = _keep(work, ticket.number, pictures, at_most) if pictures else 0
    if danger is not None:
        alarm(work, work.ticket(ticket.number), danger)
    return Taken(ticket.number, refused_photos=refused, danger=danger)


def _limit(work: Work, number: str | None, address: str) -> None:
    keys, since = work.kit.keys, work.now - WITHIN
    where = keys.lookups(f"at:{address}")
    many = rows.tries(work.session, "demand", since, address_hashes=where) >= MOST_FROM_ADDRESS
    if number is not None and not many:
        mine = keys.lookups(number)
        by_number = rows.tries_for(work.session, "demand", since, subject_hashes=mine)
        many = by_number >= MOST_FROM_NUMBER
    if many:
        raise SlowDownError(retry_after_s=int(WITHIN.total_seconds()))
    work.session.add(
        DoorTry(
            door="demand",
            address_hash=keys.lookup(f"at:{address}"),
            subject_hash=keys.lookup(number) if number is not None else None,
            at=work.now,
        )
    )


def _keep(work: Work, number: str, pictures: Sequence[bytes], at_most: int) -> int:
    """Keep what are photos, and return how many were not."""
    ticket = work.ticket(number)
    kept = []
    for picture in pictures[:at_most]:
        try:
            kept += photos.keep(work, ticket, "demand", [picture], at_most=1)
        except InvalidError:
            continue
    if kept:
        work.act(ticket, Action.ADD, {"photos": [str(photo) for photo in kept]})
    return len(pictures) - len(kept)


def for_whom(line: Line) -> str:
    """Return in a few words for whom a line is: those that its greeting says (困难求助)."""
    said, _, _ = (line.spoken or "").partition("请按")
    return said or line.name.zh


def joined(*parts: str | None) -> str:
    """Return what was written in several fields as one breath, the way people say it."""
    return "，".join(part for part in parts if part)
