"""Take a demand down at the desk: what the operator chose, told and answered, in one command.

The machine's reading goes on record with the receipt, and the operator's choice beside it: who
decided what can be told apart afterwards.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from hotline.clock import COUNTY_ZONE
from hotline.domain.closing import ReplyKind
from hotline.domain.errors import InvalidError, NotFoundError, RefusedError
from hotline.domain.grid.model import Particular
from hotline.domain.intake import clean
from hotline.domain.missing import missing
from hotline.domain.routing import Routing, known_place, route
from hotline.domain.tickets import Action, Shield, Status
from hotline.domain.understanding.class_reading import known_class
from hotline.services.handling import timing
from hotline.services.reception import additions, calls, intake
from hotline.store import calls as call_rows
from hotline.store import tickets as ticket_rows
from hotline.store.models import Call, Inbox, Ticket
from hotline.work import Work

# A demand that the operator routes or answers while the caller is still on the line.
AT_THE_DESK: Final = "at_the_desk"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the operator settled: ``None`` leaves it to the machine's reading."""

    grid: str | None = None
    class_code: str | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer on the spot: of which kind, in which words."""

    kind: ReplyKind
    text: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What the form of the desk holds.

    Attributes:
        demand: what the caller wants.
        choice: where the operator sends it.
        told: whether the caller was told all that is missing, together.
        reply: the answer that ends it at once, if it was answered.
        call: the call during which it was taken down, if there was one.
    """

    demand: intake.Demand
    choice: Choice
    told: bool = False
    reply: Reply | None = None
    call: Call | None = None


def reading(work: Work, words: str, choice: Choice) -> Routing:
    """Return where a demand would go now: the machine's reading with the operator's choice.

    Raises:
        InvalidError: the map has no such grid or class.
    """
    router = work.kit.maps.router
    day = work.now.astimezone(COUNTY_ZONE).date()
    read = router.route(clean(words), day)
    return _decided(work, read, choice, words)


def wanted(
    work: Work, routing: Routing, words: str, *, has_contact: bool
) -> tuple[Particular, ...]:
    """Return everything that the caller should be asked, now and together."""
    grid_map = work.kit.maps.current
    clazz = grid_map.clazz(routing.class_code) if routing.class_code else None
    has_place = routing.grid_code is not None
    return missing(clazz, clean(words), has_place=has_place, has_contact=has_contact)


def take(
    work: Work, taken: Taken, beside: Callable[[str], Sequence[Inbox]] = lambda _number: ()
) -> Ticket:
    """Make a ticket of what the operator wrote down, and do with it what they decided.

    Args:
        work: in the role of an operator.
        taken: the form.
        beside: gives, by the ticket's number, the rows that must stand or fall with it.

    Raises:
        InvalidError: the map has no such grid or class, or the answer has no words.
    """
    read = reading(work, taken.demand.words, Choice())
    routing = _decided(work, read, taken.choice, taken.demand.words)
    differs = (routing.grid_code, routing.class_code) != (read.grid_code, read.class_code)
    settles = taken.reply is not None or differs or (taken.choice.urgent and not read.urgent)
    demand = replace(taken.demand, waits=AT_THE_DESK) if settles else taken.demand
    made, _ = intake.receive(work, demand, lambda ticket, _routing: beside(ticket.number))
    ticket = work.ticket_by_id(made.id)
    if taken.call is not None:
        _belongs(work, taken.call, ticket)
    asked = wanted(work, routing, taken.demand.words, has_contact=_can_be_reached(demand))
    if taken.told and asked:
        inform(work, ticket, asked)
    if settles:
        settle(work, ticket, routing, urgent=taken.choice.urgent, send=taken.reply is None)
    if taken.reply is not None:
        intake.answer_on_the_spot(work, ticket, taken.reply.text, taken.reply.kind)
    return ticket


def _belongs(work: Work, call: Call, ticket: Ticket) -> None:
    """Tie a call to its ticket; of a caller who stays unknown no number is kept there either."""
    call.ticket_id = ticket.id
    if ticket.shield == Shield.ANONYMOUS:
        call.number_sealed, call.number_hash = None, None
    if call.ended_at is not None:
        calls.tell_number(work, call, ticket)


def _can_be_reached(demand: intake.Demand) -> bool:
    return demand.number is not None and demand.shield != Shield.ANONYMOUS


def complete(work: Work, ticket: Ticket, words: str, choice: Choice, *, told: bool = False) -> None:
    """Write down what a caller says who was rung back, and settle where it belongs.

    Args:
        work: in the role of an operator.
        ticket: locked; mostly it waits in triage with few words or none.
        words: what the caller said.
        choice: where the operator sends it.
        told: whether the caller was told all that is missing, together.

    Raises:
        InvalidError: the map has no such grid or class.
    """
    if ticket.status is Status.TRIAGE and (choice.grid or choice.class_code):
        settle(work, ticket, reading(work, words, choice), urgent=choice.urgent)
    additions.say_more(work, ticket, words)
    asked = asked_of(work, ticket, clean(words))
    if told and asked:
        inform(work, ticket, asked)


def settle(
    work: Work, ticket: Ticket, routing: Routing, *, urgent: bool, send: bool = True
) -> None:
    """Put an operator's choice of place and class on record, and dispatch what is complete.

    Args:
        work: in the role of an operator.
        ticket: locked, in triage.
        routing: the choice; it may still lack the place or the class.
        urgent: whether the operator says so; the class's own rule counts besides.
        send: whether it is dispatched as soon as it is complete.
    """
    intake.apply(ticket, routing)
    ticket.urgent = ticket.urgent or urgent
    ticket.triage_reason = routing.triage.value if routing.triage else ticket.triage_reason
    work.act(ticket, Action.LOCATE, {"routing": routing.as_json(), "urgent": ticket.urgent})
    if send and routing.grid_code is not None and routing.class_code is not None:
        intake.dispatch(work, ticket)


def inform(work: Work, ticket: Ticket, asked: Sequence[Particular]) -> None:
    """Put on record that the caller was told everything that is missing, together (一次性告知).

    Raises:
        RefusedError: the caller was told before: never piecemeal.
    """
    told = [e for e in ticket_rows.events(work.session, ticket.id) if e.action is Action.INFORM]
    if told:
        raise RefusedError(reason="told_before", ticket=ticket.number)
    work.act(ticket, Action.INFORM, {"asked": list(asked)})


def asked_of(work: Work, ticket: Ticket, words: str) -> tuple[Particular, ...]:
    """Return what is missing of a ticket in triage, as far as its row and its words tell."""
    if ticket.status is not Status.TRIAGE:
        return ()
    grid_map = timing.map_of(work, ticket)
    clazz = grid_map.clazz(ticket.class_code) if ticket.class_code else None
    row = ticket_rows.identity(work.session, ticket.id)
    return missing(
        clazz,
        words,
        has_place=ticket.grid is not None,
        has_contact=row is not None and row.number_sealed is not None,
    )


def picked_up(work: Work, sid: str) -> Call:
    """Return the call that this operator has picked up, under its lock.

    Raises:
        NotFoundError: no such call, or somebody else's.
    """
    call = call_rows.lock(work.session, sid)
    if call is None or call.picked_by != work.actor.staff_id:
        raise NotFoundError(what="call", sid=sid)
    return call


def on_the_line(work: Work, sid: str) -> Call:
    """Return the call that this operator is taking down, under its lock.

    Raises:
        NotFoundError: no such call, or somebody else's.
        RefusedError: it has its ticket already.
    """
    call = picked_up(work, sid)
    if call.ticket_id is not None:
        raise RefusedError(reason="call_has_ticket")
    return call


def _decided(work: Work, read: Routing, choice: Choice, words: str) -> Routing:
    chosen = _chosen(work, read, choice, words)
    return intake.decide(work, chosen, words, work.kit.maps.current)


def _chosen(work: Work, read: Routing, choice: Choice, words: str) -> Routing:
    if choice.grid is None and choice.class_code is None:
        return read
    grid_map = work.kit.maps.current
    try:
        place = known_place(grid_map, choice.grid) if choice.grid else read.place
        clazz = known_class(grid_map, choice.class_code, words) if choice.class_code else read.clazz
    except NotFoundError as error:
        raise InvalidError(fields=["grid", "class"]) from error
    return route(place, clazz, grid_map, work.now.astimezone(COUNTY_ZONE).date())
