"""Take a demand in (受理): a durable, numbered ticket, routed in the same transaction."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from hotline.clock import COUNTY_ZONE
from hotline.domain import ledger
from hotline.domain.closing import ReplyKind
from hotline.domain.errors import InvalidError, NotFoundError
from hotline.domain.grid.model import GridMap, Post
from hotline.domain.intake import FoundNumber, clean, mask_numbers
from hotline.domain.routing import Routing, known_place, route
from hotline.domain.rulings import overlay, receiver
from hotline.domain.tickets import (
    Action,
    Role,
    Shield,
    Status,
    Step,
    Supervision,
    ticket_number,
)
from hotline.domain.understanding.class_reading import ClassReading, known_class
from hotline.domain.understanding.places import PlaceReading
from hotline.kit import Kit
from hotline.services.handling import attention, tickets, timing
from hotline.services.handling.climbing import NOBODY, climb
from hotline.services.reception import apart, merging
from hotline.services.telling import telling
from hotline.store import rows
from hotline.store import tickets as ticket_rows
from hotline.store.models import Attention, Ticket, TicketIdentity, TicketText
from hotline.work import CITIZEN, SYSTEM, Actor, Work

# Waits for a person for another reason than its place or class.
# Channels at which somebody of the hotline writes down what a citizen says.
_BY_STAFF: Final = frozenset({"desk", "counter"})


@dataclass(frozen=True, slots=True)
class Demand:
    """What somebody wants, as it came in.

    Attributes:
        channel: ``voice``, ``message``, ``desk``, ``web`` or ``counter``.
        number: the telephone that it came from, in E.164; ``None`` when withheld.
        words: what was said or written; empty when somebody only asks to be rung back.
        waits: why a person must look at it whatever the words say, if so.
        name: the caller's name, where it was given.
        shield: ``confidential``: nobody but the hotline sees who it is; ``anonymous``: no number
            and no name is kept, whatever was given.
        window: the counter's window that takes it.
        line: the number of the line that it came in on; ``None``: the one that everybody rings.
        synthetic: a test demand of our own; nobody is told of it and it counts for nothing.
    """

    channel: str
    number: str | None
    words: str
    waits: str | None = None
    name: str | None = None
    shield: str | None = None
    window: str | None = None
    line: str | None = None
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """What was made out of a demand's words before any row was looked at.

    Attributes:
        words: cleaned, as they may be kept: numbers in them have moved to ``found``.
        found: the numbers, which belong to identity.
        place: the reading of the place.
        clazz: the reading of the class.
    """

    words: str
    found: tuple[FoundNumber, ...]
    place: PlaceReading
    clazz: ClassReading

    def posts(self, grid_map: GridMap) -> list[Post]:
        """Return the post that the demand will be sent to, if its place is known.

        And that of its village, which is told at once where nobody is on duty at the first.
        """
        if self.place.grid_code is None:
            return []
        grid = grid_map.grid(self.place.grid_code)
        return [grid_map.post(grid.officer), grid_map.post(grid_map.unit(grid.unit).duty)]


def hear(kit: Kit, words: str) -> Heard:
    """Read the cleaned words of a new demand; needs no rows, so it may come before any look."""
    masked, found = mask_numbers(words)
    return Heard(masked, found, *kit.maps.router.read(masked))


# The rows that must stand or fall with a ticket (the carrier's key).
Beside = Callable[[Ticket, Routing], Sequence[rows.AnyRow]]


def receive(work: Work, demand: Demand, beside: Beside | None = None) -> tuple[Ticket, Routing]:
    """Make a ticket of a demand, route it, and write everything in one statement.

    Numbers inside the words move to identity. What can't be routed waits in triage with its
    reason and a limit.

    Args:
        work: in the role of the citizen, or of the operator who takes it down.
        demand: what came in.
        beside: gives what must stand or fall with the ticket.

    Returns:
        The ticket as it was written, not in the session, and where it goes and why.
    """
    sequence = ticket_rows.next_sequence(work.session)
    heard = hear(work.kit, clean(demand.words))
    ticket, routing, made = prepare(work, demand, heard, sequence, beside)
    rows.insert(work.session, made)
    return ticket, routing


def prepare(
    work: Work, demand: Demand, heard: Heard, sequence: int, beside: Beside | None = None
) -> tuple[Ticket, Routing, list[rows.AnyRow]]:
    """Do all of `receive` but the writing; whoever calls this writes the rows.

    Args:
        work: as for `receive`.
        demand: what came in.
        heard: its words, as `hear` made them out.
        sequence: the ticket's number of the day.
        beside: as for `receive`.
    """
    day = work.now.astimezone(COUNTY_ZONE)
    routing = route(heard.place, heard.clazz, work.kit.maps.current, day.date())
    routing = decide(work, routing, heard.words, work.kit.maps.current)
    ticket = _ticket(work, demand, routing, ticket_number(day.strftime("%y%m%d"), sequence))
    text, salt = uuid4(), secrets.token_hex(8)
    work.record(
        ticket,
        Action.RECEIVE,
        {
            "channel": ticket.channel,
            "line": ticket.line,
            "supervised": ticket.supervised,
            "text": text,
            "text_hash": ledger.salted(salt, heard.words),
            "routing": ticket.routing,
            "waits": ticket.triage_reason,
            **_door(ticket),
        },
        actor=work.actor if demand.channel in _BY_STAFF else CITIZEN,
    )
    in_hand = _begin(work, ticket)
    said = {"id": text, "ticket_id": ticket.id, "kind": "words", "salt": salt, "at": work.now}
    made: list[rows.AnyRow] = [
        ticket,
        (TicketIdentity, _identity(work, ticket.id, demand, heard.found)),
        (TicketText, said | {"body": heard.words}),
        *(beside(ticket, routing) if beside else ()),
        *work.take_rows(),
    ]
    if not in_hand:
        made.append((Attention, attention.row(work, *_nobody(ticket))))
    return ticket, routing, made


def decide(work: Work, routing: Routing, words: str, grid_map: GridMap) -> Routing:
    """Return where a demand goes when what rulings have settled is heeded as well as the map."""
    entries = work.entries(routing.class_code)
    return overlay(routing, entries, words, grid_map) if entries else routing


def _ticket(work: Work, demand: Demand, routing: Routing, number: str) -> Ticket:
    waits = demand.waits or (routing.triage.value if routing.triage else None)
    line = work.kit.maps.current.line(demand.line)
    return rows.new_ticket(
        number=number,
        status=Status.TRIAGE,
        channel=demand.channel,
        line=line.number,
        supervised=line.supervision,
        class_code=routing.class_code,
        grid=routing.grid_code,
        town=routing.town,
        unit=routing.unit,
        post=None if waits else routing.post,
        urgent=routing.urgent,
        triage_reason=waits,
        routing=routing.as_json(),
        map_version=routing.map_version,
        received_at=work.now,
        head_hash=ledger.GENESIS,
        last_event_at=work.now,
        shield=demand.shield,
        window_id=demand.window,
        first_asked=work.actor.staff_id,
        synthetic=demand.synthetic,
    )


def _door(ticket: Ticket) -> dict[str, object]:
    """Return what the ledger holds of the way in, where there is anything to say."""
    found = {"shield": ticket.shield, "window": ticket.window_id, "first_asked": ticket.first_asked}
    said: dict[str, object] = {name: each for name, each in found.items() if each is not None}
    return said | ({"synthetic": True} if ticket.synthetic else {})


def _begin(work: Work, ticket: Ticket) -> bool:
    """Start the first limits of a new ticket; tell the officer if it has one.

    Returns:
        Whether somebody has it in hand; in triage the operators do.
    """
    if ticket.window_id is not None:
        window = timing.map_of(work, ticket).windows[ticket.window_id]
        react_by = timing.deadline(work, work.now, window.react)
        timing.start_timer(work, ticket, Step.REACT, react_by, generation=0)
    if ticket.supervised >= Supervision.FROM_THE_START:
        _tell_supervisors(work, ticket)
    if ticket.triage_reason is None:
        return _send(work, ticket, generation=0)
    due = timing.deadline(work, work.now, timing.limit_of(work, ticket, "triage"))
    ticket.due_at, ticket.due_provisional = due.at, due.provisional
    timing.start_timer(work, ticket, Step.TRIAGE, due, generation=0)
    return True


def _tell_supervisors(work: Work, ticket: Ticket) -> None:
    line = str(timing.map_of(work, ticket).line(ticket.line).name)
    told = telling.tell_role(work, ticket, Role.SUPERVISOR, "supervised", {"line": line})
    work.act(ticket, Action.REMIND, {"rule": "lines.supervision", "told": told}, actor=SYSTEM)


def send_to(work: Work, ticket: Ticket, unit: str, helpers: Sequence[str] = ()) -> None:
    """Dispatch a ticket in triage to a unit that somebody named for it, instead of the map."""
    ticket.unit = unit
    ticket.post = receiver(timing.map_of(work, ticket), ticket.grid, unit)
    named = {"unit": unit, "post": ticket.post, "helpers": list(helpers), "entry": None}
    ticket.routing = ticket.routing | named
    dispatch(work, ticket)


def dispatch(work: Work, ticket: Ticket) -> None:
    """Send a locked ticket with a grid, a class and a post on its way (派单).

    Where nobody is on duty at the post nor its stand-in's, that is put on record and the next
    rung of the ladder is told at once, and has the ticket in hand; it keeps its limit.
    """
    if not _send(work, ticket, generation=None):
        attention.raise_(work, *_nobody(ticket))


def _send(work: Work, ticket: Ticket, generation: int | None) -> bool:
    """Send a ticket on its way; a new one (``generation`` 0) has no row yet."""
    ticket.dispatched_at = work.now
    ticket.rung = _rung(work, ticket)
    due = _start_signing(work, ticket, generation)
    limit = timing.limit_of(work, ticket, "handle")
    handle_by = timing.deadline(work, work.now, limit)
    ticket.due_at, ticket.due_provisional = due, handle_by.provisional
    post = ticket.post or ""
    told = telling.tell(
        work, ticket, [post], "dispatched", {"due": telling.local(due)}, urgent=ticket.urgent
    )
    helpers = list((ticket.routing.get("entry") or ticket.routing).get("helpers", ()))
    data: dict[str, object] = {
        "post": post,
        "unit": ticket.unit,
        "grid": ticket.grid,
        "class": ticket.class_code,
        "rung": ticket.rung,
    }
    data |= {"sign_by": due, "handle_by": handle_by.at, "limit": str(limit)}
    nobody = telling.nobody(told)
    if helpers:
        units = timing.map_of(work, ticket).units
        told += telling.tell(work, ticket, [units[one].duty for one in helpers], "helping", {})
        data |= {"helpers": helpers}
    work.act(ticket, Action.DISPATCH, data | {"told": told}, actor=_dispatcher(work))
    ticket.triage_reason = None
    return _climb_at_once(work, ticket) if nobody else True


def _start_signing(work: Work, ticket: Ticket, generation: int | None) -> datetime:
    """Start the limits for signing and for the first contact with the caller."""
    if generation is None:
        work.cancel_timers(ticket.id, {Step.TRIAGE, Step.SIGN, Step.CONTACT})
    sign = timing.deadline(work, work.now, timing.limit_of(work, ticket, "sign"))
    timing.start_timer(work, ticket, Step.SIGN, sign, generation=generation)
    if ticket.contacted_at is None and ticket.shield != Shield.ANONYMOUS:
        contact = timing.deadline(work, work.now, timing.limit_of(work, ticket, "contact"))
        timing.start_timer(work, ticket, Step.CONTACT, contact, generation=generation)
    return sign.at


def _rung(work: Work, ticket: Ticket) -> str:
    """Return the rung from which it climbs: where it begins, or where it climbed to before."""
    order = timing.map_of(work, ticket).ladder
    begins = timing.first_rung(work, ticket, ticket.unit or "")
    known = [rung for rung in (begins, ticket.rung) if rung in order]
    return max(known, key=order.index, default=begins)


def _climb_at_once(work: Work, ticket: Ticket) -> bool:
    """Nobody answers for the post: the ticket goes up to where somebody of the place is.

    Returns:
        Whether somebody of the village or the town has it; else a supervisor must see to it.
    """
    empty = ticket.post
    data = {"why": NOBODY, "due": work.now, "rule": "posts.stand_in"}
    climb(work, ticket, Action.CLIMB, "overdue", {"step": "岗位无人在岗"}, data)
    return ticket.post != empty


def _nobody(ticket: Ticket) -> tuple[str, str, dict[str, object], UUID]:
    return "nobody", f"nobody:{ticket.id}", {"post": ticket.post}, ticket.id


def _dispatcher(work: Work) -> Actor:
    return work.actor if work.actor.role is Role.OPERATOR else SYSTEM


def _identity(
    work: Work, ticket_id: UUID, demand: Demand, found: Sequence[FoundNumber]
) -> dict[str, object]:
    if demand.shield == Shield.ANONYMOUS:
        return {"ticket_id": ticket_id}
    keys = work.kit.keys
    return apart.identity_row(keys, ticket_id, found, number=demand.number, name=demand.name)


def locate(
    work: Work, ticket: Ticket, *, grid_code: str, class_code: str, urgent: bool | None = None
) -> None:
    """An operator names place and class of a ticket in triage, and it is dispatched.

    Raises:
        InvalidError: the map has no such grid or class.
    """
    router = work.kit.maps.router_of(work.session, ticket.map_version)
    words = " ".join(ticket_rows.first_words(work.session, [ticket.id]).values())
    try:
        place = known_place(router.map, grid_code)
        clazz = known_class(router.map, class_code, words)
    except NotFoundError as error:
        raise InvalidError(fields=["grid", "class"]) from error
    routing = route(place, clazz, router.map, work.now.astimezone(COUNTY_ZONE).date())
    routing = decide(work, routing, words, router.map)
    apply(ticket, routing)
    if urgent is not None:
        ticket.urgent = urgent
    data = {"routing": routing.as_json(), "urgent": ticket.urgent}
    work.act(ticket, Action.LOCATE, data)
    dispatch(work, ticket)


def apply(ticket: Ticket, routing: Routing) -> None:
    """Write a routing onto a ticket; what was urgent before stays urgent."""
    ticket.class_code, ticket.grid, ticket.town = (
        routing.class_code,
        routing.grid_code,
        routing.town,
    )
    ticket.unit, ticket.post = routing.unit, routing.post
    ticket.urgent = ticket.urgent or routing.urgent
    ticket.routing = routing.as_json()


def answer_on_the_spot(
    work: Work, ticket: Ticket, text: str, kind: ReplyKind = ReplyKind.OTHER
) -> None:
    """An operator answers a demand that needs nobody else; that ends it, and what it leads."""
    reply = tickets.words(text)
    data: dict[str, object] = {"kind": kind}
    work.act(ticket, Action.ANSWER, data | work.write(ticket, "reply", reply))
    timing.enter(work, ticket)
    merging.answer_all(work, ticket, data, reply)
