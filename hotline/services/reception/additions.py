"""The caller says more (补充): kept with the first words; it may settle where a ticket belongs."""

from dataclasses import dataclass
from typing import Final

from hotline.clock import COUNTY_ZONE
from hotline.domain.intake import clean
from hotline.domain.routing import Routing, known_place, route
from hotline.domain.tickets import Action, Status
from hotline.domain.understanding.class_reading import known_class
from hotline.services.handling import tickets, timing
from hotline.services.reception import apart, intake
from hotline.services.telling import telling
from hotline.store import tickets as ticket_rows
from hotline.store.models import Ticket
from hotline.work import Work


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a caller picked among the places and classes that they were offered."""

    grid: str | None = None
    class_code: str | None = None


NOTHING: Final = Chosen()


def say_more(
    work: Work, ticket: Ticket, words: str, *, town: str | None = None, chosen: Chosen = NOTHING
) -> Routing | None:
    """The caller says more; a ticket that waited for its place or class may now be routed.

    Args:
        work: in the role of the citizen.
        ticket: locked and open.
        words: what was said; numbers in it move to identity.
        town: the town's unit id, when an earlier answer settled it.
        chosen: what the caller picked among what was offered.

    Returns:
        The new routing of a ticket in triage; ``None`` for any other.
    """
    masked = apart.take_out(work, ticket, clean(words))
    data = work.write(ticket, "addition", masked)
    work.act(ticket, Action.ADD, data)
    if ticket.status is not Status.TRIAGE:
        officer = tickets.officer_of(work, ticket)
        if officer is not None:
            telling.tell_person(work, ticket, officer, "addition", {})
        return None
    routing = _read_again(work, ticket, masked, town, chosen)
    work.act(ticket, Action.LOCATE, {"routing": routing.as_json()})
    was_urgent = ticket.urgent
    intake.apply(ticket, routing)
    if routing.triage is None:
        intake.dispatch(work, ticket)
    else:
        ticket.triage_reason = routing.triage.value
        if ticket.urgent and not was_urgent:
            timing.hasten(work, ticket)
    return routing


def _read_again(
    work: Work, ticket: Ticket, words: str, town: str | None, chosen: Chosen
) -> Routing:
    """Read the new words beside what is known: what was settled before stays settled."""
    router = work.kit.maps.router_of(work.session, ticket.map_version)
    day = work.now.astimezone(COUNTY_ZONE).date()
    fresh = router.route(words, day, town or ticket.town)
    first = " ".join(ticket_rows.first_words(work.session, [ticket.id]).values())
    grid, class_code = ticket.grid or chosen.grid, ticket.class_code or chosen.class_code
    place = known_place(router.map, grid) if grid else fresh.place
    clazz = fresh.clazz
    if class_code is not None:
        clazz = known_class(router.map, class_code, f"{first} {words}")
    routing = route(place, clazz, router.map, day)
    return intake.decide(work, routing, f"{first} {words}", router.map)
