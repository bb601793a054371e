"""Promise a message or a call to whoever answers for a post, to a caller, to a service.

Only rows of the outbox are promised here; the worker hands them to the carrier after the commit.
Of a synthetic ticket nobody is told anything: its facts say so instead.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hotline.channels.notices import WEB
from hotline.channels.templates import TEMPLATES
from hotline.clock import COUNTY_ZONE
from hotline.domain.grid.model import GridMap
from hotline.domain.tickets import Role, Shield
from hotline.services.handling.timing import map_of
from hotline.store import tickets as ticket_rows
from hotline.store.models import Ticket
from hotline.store.rows import Promise
from hotline.work import Work

# How long a notice waits on somebody's own page to be read, before the next channel is taken.
PATIENCE: Final = timedelta(minutes=5)
NO_PLACE: Final = "地点待核实"
NO_CLASS: Final = "诉求待核实"


def promise(  # noqa: PLR0913  one row, named fields
    work: Work,
    *,
    ticket_id: UUID | None,
    cause: str,
    template: str,
    params: Mapping[str, str],
    audience: str,
    means: str = "message",
    staff_id: UUID | None = None,
    post: str | None = None,
    service: str | None = None,
    fell_back: bool = False,
    channel: str | None = None,
) -> Promise:
    """Promise one message, call or notice, checked against its template; return its row.

    A notice on the person's own page waits there for a while before the next channel is taken.
    """
    if means in {"message", "notice"}:
        TEMPLATES[template].format_map(params)
    row = Promise(
        ticket_id=ticket_id,
        cause=cause,
        means=means,
        template=template,
        params=dict(params),
        audience=audience,
        staff_id=staff_id,
        post=post,
        service=service,
        next_try_at=work.now + (PATIENCE if channel == WEB else timedelta()),
        created_at=work.now,
        changed_at=work.now,
        fell_back=fell_back,
        channel=channel,
    )
    work.promise([row])
    return row


def tell(  # noqa: PLR0913  whom, what, how
    work: Work,
    ticket: Ticket,
    posts: Sequence[str],
    template: str,
    params: Mapping[str, str],
    *,
    urgent: bool = False,
    fallback: bool = False,
) -> list[dict[str, object]]:
    """Promise a message to whoever answers for each of ``posts`` now: its holder or stand-in.

    Urgent matters ring as well, where the carrier lets a machine ring people. Whoever answers for
    several of the posts is told once. A ``fallback`` stands in for a message that failed, and does
    not itself fall back to yet another person.

    Returns:
        The facts for the ledger: who was found, or that nobody is on duty, by which means.
    """
    if ticket.synthetic:
        return [{"post": post, "synthetic": True} for post in posts]
    if not posts:
        return []
    every = facts_of(map_of(work, ticket), ticket) | dict(params)
    rings = urgent and work.kit.capabilities.alert_calls
    told: dict[UUID, dict[str, UUID]] = {}

    def of_post(post: str) -> dict[str, object]:
        duty = work.on_duty(map_of(work, ticket).post(post))
        if duty.staff_id is None:
            return {"post": post, "nobody_on_duty": True}
        first, channel = first_means(work, duty.channels)
        means = (first, "call") if rings else (first,)
        sent = told.get(duty.staff_id) or {
            each: promise(
                work,
                ticket_id=ticket.id,
                cause=template,
                template=template,
                params=every,
                audience="staff",
                means=each,
                staff_id=duty.staff_id,
                post=duty.post,
                # A call beside a message is its fallback.
                fell_back=fallback or (each == first and len(means) > 1),
                channel=channel if each == first else None,
            ).id
            for each in means
        }
        told[duty.staff_id] = sent
        facts: dict[str, object] = {"post": post, "person": duty.staff_id, "by": sent}
        facts |= {"how": duty.how} if duty.how != "holder" else {}
        return facts | ({"stand_in": duty.post} if duty.as_stand_in else {})

    return [of_post(post) for post in posts]


def first_means(work: Work, channels: Sequence[str]) -> tuple[str, str | None]:
    """Return how somebody is told first: by the first of their channels that the county has."""
    channel = next((one for one in channels if one in work.kit.notice_channels), None)
    return ("notice", channel) if channel else ("message", None)


def next_channel(work: Work, channels: Sequence[str], failed: str) -> tuple[str, str | None]:
    """Return how somebody is told after a channel has failed: by the next, at last a message."""
    after = channels[list(channels).index(failed) + 1 :] if failed in channels else ()
    return first_means(work, after)


def nobody(told: Sequence[Mapping[str, object]]) -> bool:
    """Whether `tell` found nobody on duty at any of the posts."""
    return all("nobody_on_duty" in facts for facts in told)


def notify(
    work: Work,
    staff_id: UUID,
    channels: Sequence[str],
    template: str,
    params: Mapping[str, str],
    *,
    ticket_id: UUID | None = None,
) -> Promise:
    """Promise a message to one person by their own first channel; return its row.

    Args:
        work: the command.
        staff_id: whom.
        channels: theirs, in their order.
        template: what is said, which is its cause as well.
        params: of the template.
        ticket_id: of the ticket that it is about, if any.
    """
    means, channel = first_means(work, channels)
    return promise(
        work,
        ticket_id=ticket_id,
        cause=template,
        template=template,
        params=params,
        audience="staff",
        means=means,
        staff_id=staff_id,
        channel=channel,
    )


def tell_role(
    work: Work, ticket: Ticket, role: Role, template: str, params: Mapping[str, str]
) -> list[dict[str, object]]:
    """Promise a message to everybody on duty in ``role``, and return the facts."""
    if ticket.synthetic:
        return [{"role": role, "synthetic": True}]
    told: list[dict[str, object]] = []
    for person in work.books.with_role(role, work.now):
        said = facts_of(map_of(work, ticket), ticket) | dict(params)
        row = notify(work, person.id, person.channels, template, said, ticket_id=ticket.id)
        told.append({"role": role, "person": person.id, "by": {row.means: row.id}})
    return told or [{"role": role, "nobody_on_duty": True}]


def alarm(work: Work, template: str, params: Mapping[str, str]) -> list[dict[str, object]]:
    """Promise a message to every supervisor on duty that is about no ticket; return the facts."""
    told: list[dict[str, object]] = []
    for person in work.books.with_role(Role.SUPERVISOR, work.now):
        row = notify(work, person.id, person.channels, template, params)
        told.append({"role": Role.SUPERVISOR, "person": person.id, "by": {row.means: row.id}})
    return told


def tell_person(
    work: Work, ticket: Ticket, staff_id: UUID, template: str, params: Mapping[str, str]
) -> dict[str, object]:
    """Promise a message to one person, and return the facts."""
    if ticket.synthetic:
        return {"person": staff_id, "synthetic": True}
    person = work.books.person(staff_id)
    said = facts_of(map_of(work, ticket), ticket) | dict(params)
    channels = person.channels if person else ()
    row = notify(work, staff_id, channels, template, said, ticket_id=ticket.id)
    return {"person": staff_id, "by": {row.means: row.id}}


def tell_caller(
    work: Work, ticket: Ticket, template: str, params: Mapping[str, str], *, means: str = "message"
) -> dict[str, object]:
    """Promise a message or a call to the ticket's caller, and return the facts.

    An anonymous caller can't be told anything: the status page says it.
    """
    if ticket.shield == Shield.ANONYMOUS:
        return {"unaskable": True}
    if ticket.synthetic:
        return {"synthetic": True}
    row = promise(
        work,
        ticket_id=ticket.id,
        cause=template,
        template=template,
        params={"number": ticket.number} | dict(params),
        audience="caller",
        means=means,
    )
    return {"caller": True, "by": {means: row.id}}


def tell_callers(
    work: Work, ticket: Ticket, template: str, params: Mapping[str, str]
) -> list[dict[str, object]]:
    """Promise a message to the ticket's caller, and to those of all that waits for it (并案)."""
    waiting = ticket_rows.still_merged(work.session, ticket.id) if ticket.members else []
    return [tell_caller(work, other, template, params) for other in (ticket, *waiting)]


def facts_of(grid_map: GridMap, ticket: Ticket) -> dict[str, str]:
    """Return what messages to staff may say of a ticket: number, place, class, limit."""
    place = NO_PLACE
    if ticket.grid is not None:
        place = f"{grid_map.town_of(ticket.grid).name}{grid_map.grid(ticket.grid).name}"
    elif ticket.town is not None:
        place = str(grid_map.unit(ticket.town).name)
    demand = NO_CLASS
    if ticket.class_code is not None:
        demand = str(grid_map.clazz(ticket.class_code).name)
    due = local(ticket.due_at) if ticket.due_at else ""
    return {"number": ticket.number, "place": place, "demand": demand, "due": due}


def local(instant: datetime) -> str:
    """Return an instant as people in the county read it."""
    there = instant.astimezone(COUNTY_ZONE)
    # Every message says one or two: `strftime` takes three times as long.
    return f"{there.month:02}-{there.day:02} {there.hour:02}:{there.minute:02}"
