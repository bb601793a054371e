"""A call that comes in: operators first, then the machine; and never into the void.

Each function is one webhook of the call and returns the TwiML that answers it. The ticket is made
at the first words, so that a caller who hangs up afterwards has one already.
"""

from collections.abc import Mapping
from typing import Final

from hotline.channels import voice
from hotline.domain.errors import NotFoundError
from hotline.domain.intake import Danger, wants_person, yes_no
from hotline.domain.routing import Routing, TriageReason
from hotline.domain.tickets import Action, Role, Status
from hotline.domain.understanding.places import PlaceKind
from hotline.services.handling import tickets
from hotline.services.reception import additions, calling_off, codes, intake
from hotline.services.reception.danger import alarm
from hotline.services.telling import telling
from hotline.store import calls as rows
from hotline.store import people
from hotline.store import tickets as ticket_rows
from hotline.store.models import Call, Ticket
from hotline.work import Work

# How often the machine asks again before it leaves the rest to a person.
MOST_SILENCES: Final = 2
MOST_QUESTIONS: Final = 2
_OPTIONS: Final = 4


def incoming(work: Work, sid: str, number: str | None, base: str) -> str:
    """Answer a new call: it waits for an operator, or talks to the machine where there is none.

    An operator who rings the hotline is put through to the caller who has waited longest.

    Args:
        work: in the role of the citizen.
        sid: the carrier's name for the call.
        number: the caller's number in E.164; ``None`` when withheld.
        base: the public address of the voice webhooks.
    """
    keys = work.kit.keys
    if number is not None:
        person = people.by_number(work.session, keys.lookups(number))
        if person is not None and person.role is Role.OPERATOR and rows.waiting(work.session):
            return voice.pick_up(f"{base}/picked?operator={person.id}")
    operators = people.with_role(work.session, Role.OPERATOR, work.now)
    work.session.add(
        Call(
            sid=sid,
            number_sealed=keys.seal(number) if number else None,
            number_hash=keys.lookup(number) if number else None,
            state="queued" if operators else "machine",
            talk={},
            started_at=work.now,
            changed_at=work.now,
        )
    )
    if not operators:
        return _greet(work, None, base)
    if work.kit.capabilities.alert_calls:
        for person in operators:
            telling.promise(
                work,
                ticket_id=None,
                cause="ring_operator",
                template="ring_operator",
                params={"call": sid},
                audience="staff",
                means="call",
                staff_id=person.id,
            )
    lines = _spoken(work)
    keyed = any(line.key for line in work.kit.maps.current.lines)
    return voice.queue(
        voice.welcome(lines),
        f"{base}/wait",
        f"{base}/left",
        line_url=f"{base}/line" if keyed else None,
    )


def dialled(work: Work, sid: str, digits: str, base: str) -> str:
    """The caller pressed a key during the greeting: the call goes on on that line, or as it was."""
    call = _call(work, sid)
    line = work.kit.maps.current.line_by_key(digits)
    prompt = voice.welcome([])
    if line is not None:
        call.line, prompt = line.number, voice.WELCOME_TO_LINE.format(line=line.name)
    return voice.queue(prompt, f"{base}/wait", f"{base}/left")


def wait(work: Work, queue_seconds: int) -> str:
    """Keep a caller waiting, or let the machine have the call when the set time is over."""
    limit = work.kit.maps.current.limits.pick_up_wait.total_seconds()
    return voice.leave_queue() if queue_seconds >= limit else voice.keep_waiting()


def left(work: Work, sid: str, result: str, base: str) -> str:
    """The caller has left the queue: to an operator, to the machine, or by hanging up."""
    call = _call(work, sid)
    if result in {"bridged", "bridging-in-process"}:
        call.state = "person"
        return voice.say_and_hang_up(voice.GOODBYE)
    if result == "hangup":
        end(work, sid)
        return voice.connected()
    call.state = "machine"
    if call.talk.get("wants_person"):
        return voice.take_words(voice.LEAVE_WORDS, f"{base}/recorded")
    return _greet(work, call.line, base)


def picked(work: Work, sid: str, operator: str) -> str:
    """An operator and the caller are being connected."""
    call = _call(work, sid)
    person = next(
        (
            p
            for p in people.with_role(work.session, Role.OPERATOR, work.now)
            if str(p.id) == operator
        ),
        None,
    )
    call.state, call.changed_at = "person", work.now
    call.picked_by = person.id if person else None
    return voice.connected()


def said(work: Work, sid: str, speech: str, digits: str, base: str) -> str:
    """The caller said something, pressed a key, or stayed silent."""
    call = _call(work, sid)
    talk = dict(call.talk)
    call.changed_at = work.now
    line = work.kit.maps.current.line_by_key(digits)
    if line is not None and call.ticket_id is None:
        call.line = line.number
        prompt = voice.GREETING_OF_LINE.format(line=line.name)
        return voice.listen(prompt, f"{base}/said?turn=l{digits}")
    if wants_person(speech, digits):
        return _person(work, call, talk, base)
    if (question := calling_off.offer(work, call, speech, base)) is not None:
        return question
    words = _chosen(talk, digits) or voice.KEY_WORDS.get(digits) or speech.strip()
    if not words:
        return _silence(work, call, talk, base)
    talk["turn"] = int(talk.get("turn", 0)) + 1
    ticket, routing = _take(work, call, words)
    call.talk = talk
    found = work.kit.maps.danger_words.danger(words)
    if found is not None and "danger" not in talk:
        return _alarm(work, call, ticket, found, base)
    return _go_on(work, call, ticket, routing, base)


def danger_answered(work: Work, sid: str, speech: str, digits: str, base: str) -> str:
    """Yes or silence calls the emergency service in; the ticket stays open. No goes on."""
    call = _call(work, sid)
    ticket = _ticket(work, call)
    if yes_no(speech, digits) is False:
        work.act(ticket, Action.ALARM, {"danger": "denied"})
        return _go_on(work, call, ticket, None, base)
    service = str(call.talk["danger"])
    row = telling.promise(
        work,
        ticket_id=ticket.id,
        cause="three_party",
        template="three_party",
        params={"room": sid},
        audience="service",
        means="conference",
        service=service,
    )
    heard = "yes" if yes_no(speech, digits) else "unclear" if speech.strip() else "silence"
    work.act(ticket, Action.ALARM, {"danger": heard, "service": service, "message": row.id})
    names = {found.number: str(found.name) for found in work.kit.maps.current.danger}
    prompt = voice.BRIDGING.format(
        service=f"{service}{names.get(service, '')}", number=voice.spoken_number(ticket.number)
    )
    return voice.join(sid, prompt, f"{base}/after")


def after(work: Work, sid: str) -> str:
    """The three-party call is over; the ticket is not."""
    return _read_back(_ticket(work, _call(work, sid)))


def recorded(work: Work, sid: str, duration_s: int) -> str:
    """The caller left a message, or hung up instead: a person will ring back."""
    call = _call(work, sid)
    if call.ticket_id is None:
        _ring_back(work, call)
    ticket = _ticket(work, call)
    work.act(ticket, Action.ADD, {"recording_s": duration_s})
    call.state = "ended"
    call.ended_at = work.now
    tell_number(work, call, ticket)
    return voice.say_and_hang_up(voice.RECORDED.format(number=voice.spoken_number(ticket.number)))


def note_recording(work: Work, sid: str, recording_sid: str) -> None:
    """Remember a recording of a call, for the worker that fetches it."""
    call = _call(work, sid)
    known = [str(one) for one in call.talk.get("recordings", [])]
    call.talk = dict(call.talk) | {"recordings": [*known, recording_sid]}


def end(work: Work, sid: str) -> Ticket | None:
    """The call is over. Whoever hung up without a ticket and without an operator is rung back.

    Returns:
        The ticket that says so, if one was made.
    """
    call = rows.lock(work.session, sid)
    if call is None or call.ended_at is not None:
        return None
    made = None
    if call.ticket_id is not None:
        tell_number(work, call, _ticket(work, call))
    elif call.state != "person":
        made = _ring_back(work, call)
    call.state, call.ended_at, call.changed_at = "ended", work.now, work.now
    return made


def tell_number(work: Work, call: Call, ticket: Ticket) -> None:
    """Write number and code to whoever called, so that the status page works for them as well.

    Once a call, when it is over and has its ticket. A withheld number can't be written to, nor one
    that the caller wanted kept nowhere.
    """
    if call.number_sealed is not None:
        telling.tell_caller(work, ticket, "kept", {"code": codes.FROM_KEY})


def open_missed(work: Work, sid: str, number: str | None) -> Ticket | None:
    """Open what the sweep found at the carrier and we had no row of; a call is opened once."""
    if rows.lock(work.session, sid) is not None:
        return None
    keys = work.kit.keys
    call = Call(
        sid=sid,
        number_sealed=keys.seal(number) if number else None,
        number_hash=keys.lookup(number) if number else None,
        state="ended",
        talk={"missed": True},
        started_at=work.now,
        changed_at=work.now,
        ended_at=work.now,
    )
    work.session.add(call)
    work.session.flush()
    return _ring_back(work, call)


def _greet(work: Work, line: str | None, base: str) -> str:
    prompt = voice.greeting([] if line else _spoken(work))
    return voice.listen(prompt, f"{base}/said?turn=1", record_to=f"{base}/recording")


def _spoken(work: Work) -> list[str]:
    """Return the few words in which the greeting offers the county's lines."""
    return [line.spoken for line in work.kit.maps.current.lines if line.key and line.spoken]


def _call(work: Work, sid: str) -> Call:
    call = rows.lock(work.session, sid)
    if call is None:
        raise NotFoundError(what="call", sid=sid)
    return call


def _ticket(work: Work, call: Call) -> Ticket:
    if call.ticket_id is None:
        raise NotFoundError(what="ticket", call=call.sid)
    return work.ticket_by_id(call.ticket_id)


def _person(work: Work, call: Call, talk: dict[str, object], base: str) -> str:
    """Connect with a person; who already waited in vain leaves words to be rung back."""
    waited, talk["wants_person"] = "wants_person" in talk, True
    call.talk = talk
    operators = people.with_role(work.session, Role.OPERATOR, work.now)
    if operators and not waited:
        call.state = "queued"
        return voice.queue(voice.welcome([]), f"{base}/wait", f"{base}/left?again=1")
    return voice.take_words(voice.LEAVE_WORDS, f"{base}/recorded")


def _silence(work: Work, call: Call, talk: dict[str, object], base: str) -> str:
    silences = int(str(talk.get("silences", 0))) + 1
    talk["silences"] = silences
    call.talk = talk
    if call.ticket_id is not None and silences >= MOST_SILENCES:
        return _read_back(_ticket(work, call))
    if silences > MOST_SILENCES:
        return voice.take_words(voice.LEAVE_WORDS, f"{base}/recorded")
    return voice.listen(voice.AGAIN, f"{base}/said?turn=s{silences}")


def _take(work: Work, call: Call, words: str) -> tuple[Ticket, Routing | None]:
    """Make a ticket of the first words; add later ones to it."""
    if call.ticket_id is not None:
        ticket = _ticket(work, call)
        if ticket.status is not Status.TRIAGE:
            additions.say_more(work, ticket, words)
            return ticket, None
        return ticket, additions.say_more(work, ticket, words)
    number = _number_of(work, call)
    made, routing = intake.receive(work, intake.Demand("voice", number, words, line=call.line))
    call.ticket_id = made.id
    return work.ticket_by_id(made.id), routing


def _chosen(talk: Mapping[str, object], digits: str) -> str | None:
    options = talk.get("options")
    if isinstance(options, list) and digits.isdigit() and 1 <= int(digits) <= len(options):
        return str(options[int(digits) - 1])
    return None


def _alarm(work: Work, call: Call, ticket: Ticket, danger: Danger, base: str) -> str:
    """Alarm the operators and ask the one question; silence will count as yes."""
    call.talk = dict(call.talk) | {"danger": danger.number}
    alarm(work, ticket, danger)
    return voice.listen(voice.DANGER, f"{base}/danger")


def _go_on(work: Work, call: Call, ticket: Ticket, routing: Routing | None, base: str) -> str:
    """Ask for what is missing, at most twice; else read the number back."""
    talk = dict(call.talk)
    asked = int(talk.get("asked", 0))
    if ticket.status is not Status.TRIAGE or asked >= MOST_QUESTIONS:
        return _read_back(ticket)
    question = _question(work, ticket, routing, talk)
    if question is None:
        return _read_back(ticket)
    talk["asked"] = asked + 1
    call.talk = talk
    return voice.listen(question, f"{base}/said?turn=q{asked + 1}")


def _question(
    work: Work, ticket: Ticket, routing: Routing | None, talk: dict[str, object]
) -> str | None:
    """Return what the machine asks for a ticket in triage; ``None``: a person must look."""
    talk.pop("options", None)
    reason = ticket.triage_reason
    if reason == TriageReason.PLACE_AMBIGUOUS and routing is not None:
        names = [candidate.name for candidate in routing.place.candidates[:_OPTIONS]]
        talk["options"] = names
        return voice.options(names)
    if reason in {TriageReason.PLACE_MISSING, TriageReason.PLACE_AMBIGUOUS}:
        if routing is not None and routing.place.kind is PlaceKind.TOWN_ONLY and routing.town:
            town = work.kit.maps.current.unit(routing.town)
            return voice.WHICH_VILLAGE.format(town=town.name)
        return voice.WHICH_PLACE
    if reason in {TriageReason.CLASS_UNKNOWN, TriageReason.CLASS_AMBIGUOUS}:
        return voice.WHAT_MATTER
    return None


def _read_back(ticket: Ticket) -> str:
    text = voice.NOTED if ticket.status is Status.TRIAGE else voice.READ_BACK
    return voice.say_and_hang_up(text.format(number=voice.spoken_number(ticket.number)))


def _ring_back(work: Work, call: Call) -> Ticket:
    """Record that the caller must be rung back, as a ticket in triage."""
    number = _number_of(work, call)
    demand = intake.Demand("voice", number, "", waits=tickets.RING_BACK, line=call.line)
    made, _ = intake.receive(work, demand)
    call.ticket_id = made.id
    ticket = ticket_rows.find(work.session, made.number)
    if ticket is None:
        raise NotFoundError(ticket=made.number)
    return ticket


def _number_of(work: Work, call: Call) -> str | None:
    return work.kit.keys.open(call.number_sealed) if call.number_sealed else None
