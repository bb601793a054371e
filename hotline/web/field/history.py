"""What happened to a ticket, in words, for a phone: who, what, when, and no more."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session

from hotline.domain.grid.model import GridMap
from hotline.domain.ratings import FIVE
from hotline.domain.tickets import Action, Role
from hotline.store import people
from hotline.store import tickets as ticket_rows
from hotline.store.models import Ticket, TicketEvent, TicketText
from hotline.web.i18n import gettext as _
from hotline.web.i18n import listed
from hotline.web.words.map import kind_words, rung_words, unit_words
from hotline.web.words.rating import GRADES_BY
from hotline.web.words.shared import ACTIONS, REASONS, RESULT_KINDS, ROLES

# What the machinery notes for supervisors would only be noise on a phone.
_LEFT_OUT: Final = frozenset({Action.DELIVER, Action.RECORD})
_TONES: Final = {
    Action.CLIMB: "late",
    Action.CONFIRM: "ok",
    Action.DENY: "late",
    Action.RAISE: "late",
    Action.REFUSE: "warn",
    Action.REMIND: "late",
    Action.WHISTLE: "warn",
}


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of a ticket's history."""

    at: datetime
    what: str
    who: str
    details: list[str]
    tone: str | None


def history(
    session: Session, ticket: Ticket, grid_map: GridMap, texts: list[TicketText]
) -> list[Happened]:
    """Return what happened, the newest first: that is what a phone shows without scrolling."""
    events = [
        event for event in ticket_rows.events(session, ticket.id) if event.action not in _LEFT_OUT
    ]
    ids = {UUID(event.actor) for event in events if event.role not in {Role.CITIZEN, Role.SYSTEM}}
    names = {str(key): person.name for key, person in people.named(session, ids).items()}
    bodies = {str(text.id): text.body for text in texts}
    return [
        Happened(
            at=event.at,
            what=str(ACTIONS[event.action]),
            who=names.get(event.actor, str(ROLES[event.role])),
            details=_details(event, ticket, grid_map, bodies),
            tone=_TONES.get(event.action),
        )
        for event in reversed(events)
    ]


def _details(
    event: TicketEvent, ticket: Ticket, grid_map: GridMap, bodies: Mapping[str, str]
) -> list[str]:
    data: dict[str, Any] = json.loads(event.body)["data"]
    say: dict[str, Callable[[Any], str]] = {
        "unit": lambda unit: unit_words(grid_map, unit),
        "kind": lambda kind: _kind(event.action, kind, grid_map),
        "parties": lambda called: listed(unit_words(grid_map, p["unit"]) for p in called),
        "outcome": lambda outcome: _("已联系上") if outcome == "reached" else _("没有联系上"),
        "position": lambda _none: _("没有定位"),
        "accuracy_m": lambda metres: _("有定位，误差约 %(metres)s 米", metres=metres),
        "to": lambda rung: _("告知：%(rung)s", rung=rung_words(grid_map, ticket, rung)),
        "why": lambda why: str(REASONS.get(why, why)),
        "promised_on": lambda day: _("承诺日期：%(day)s", day=day),
        "grade": lambda grade: str(GRADES_BY[data.get("scale", FIVE)].get(grade, "")),
        "text": lambda text: bodies.get(text, ""),
    }
    said = [words(data[key]) for key, words in say.items() if data.get(key) is not None]
    return [words for words in said if words]


def _kind(action: Action, kind: str, grid_map: GridMap) -> str:
    if action is Action.SUBMIT:
        return next((str(words) for known, words in RESULT_KINDS.items() if known == kind), kind)
    return kind_words(grid_map, kind)
