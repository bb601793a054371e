"""Find tickets: by words, telephone number, ticket number, class, place, status, unit, line, day.

What tickets are found by is read by a worker moments after it was written (`index`), so that
taking a demand in pays nothing for it. A ticket may be found by its words a few seconds late, and
never by words that were redacted.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import phonenumbers

from hotline.domain import terms
from hotline.domain.errors import InvalidError
from hotline.domain.ledger import instant
from hotline.services.proof import identity
from hotline.store import search as rows
from hotline.store.models import Ticket
from hotline.store.paging import Page
from hotline.store.search import Span
from hotline.work import Work

# The codes that a search may be narrowed by: columns of a ticket.
CODES: Final = ("class_code", "grid", "town", "unit", "status", "line", "channel")
_DIGITS: Final = re.compile(r"^\+?[\d\s()-]+$")
_TICKET_DIGITS: Final = 12
_PHONE_DIGITS: Final = 10


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for: words or digits, codes by column, and the days of receipt."""

    text: str = ""
    codes: dict[str, str] = field(default_factory=dict)
    span: Span = field(default_factory=Span)

    @property
    def digits(self) -> str:
        """The digits, where the text is nothing but a number."""
        if not _DIGITS.match(self.text.strip()):
            return ""
        return "".join(mark for mark in self.text if mark.isdigit())

    @property
    def ticket_number(self) -> str | None:
        """The whole number of a ticket, where that is what was typed."""
        digits = self.digits
        return digits if len(digits) == _TICKET_DIGITS and not digits.startswith("0") else None


@dataclass(frozen=True, slots=True)
class Hit:
    """A ticket that was found, with what was said on it and where the words stand."""

    ticket: Ticket
    text: str
    spots: tuple[tuple[int, int], ...]


def find(work: Work, query: Query, *, at: str = "") -> Page[Hit]:
    """Return a page of what fits, the newest first; a look-up by telephone number goes on record.

    Args:
        work: of whoever may see every ticket.
        query: what is looked for.
        at: where the page begins (`hotline.store.paging`).

    Raises:
        InvalidError: too little to look for: a single character, or three digits.
    """
    wanted = [terms.code(name, value) for name, value in query.codes.items() if value]
    phone = telephone(query.text)
    if phone is not None:
        hashes = work.kit.keys.lookups(phone)
        page = rows.of_number(work.session, hashes, wanted, query.span, at=at)
        for ticket_id in page:
            identity.log_view(work, ticket_id, "search_number")
    else:
        page = rows.find(work.session, {*wanted, *_looked_for(query)}, query.span, at=at)
    return _shown(work, page, query)


def telephone(text: str) -> str | None:
    """Return what was typed as a telephone number in E.164, if it can be one."""
    digits = "".join(mark for mark in text if mark.isdigit())
    if not _DIGITS.match(text.strip()) or len(digits) < _PHONE_DIGITS:
        return None
    try:
        parsed = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:  # digits, but no telephone's
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def _looked_for(query: Query) -> set[int]:
    text = query.text.strip()
    if not text:
        return set()
    if query.digits:
        found = terms.tail(query.digits)
        looked_for = set() if found is None else {found}
    else:
        looked_for = terms.pairs(" ".join(terms.words(text)))
    if not looked_for:
        raise InvalidError(fields=["text"], reason="too_short_to_find")
    return looked_for


def _shown(work: Work, page: Page[UUID], query: Query) -> Page[Hit]:
    found = rows.tickets(work.session, list(page))
    said = rows.words_of(work.session, list(page))
    words = terms.words(query.text)
    hits = [
        _hit(ticket, said.get(ticket.id, []), words) for ticket in found if _fits(ticket, query)
    ]
    return Page(hits, page.earlier, page.later)


def _fits(ticket: Ticket, query: Query) -> bool:
    """Whether a ticket still has the codes: they may have changed since a worker read them.

    Two pairs may share a number, and a number's end is looked for by six digits at most.
    """
    if query.digits and telephone(query.text) is None and not ticket.number.endswith(query.digits):
        return False
    return all(str(getattr(ticket, name)) == value for name, value in query.codes.items() if value)


def _hit(ticket: Ticket, said: Sequence[str], words: Sequence[str]) -> Hit:
    """Return a hit with the text that has most of the words, else the first."""
    places = [terms.spots(text, words) for text in said]
    best = max(range(len(said)), key=lambda index: len(places[index]), default=None)
    if best is None:
        return Hit(ticket, "", ())
    return Hit(ticket, said[best], tuple(places[best]))


# --- the index ----------------------------------------------------------------------------------


def index(work: Work, limit: int) -> int:
    """Read what some tickets are found by anew, and return how many; safe to run side by side.

    They are taken in the transaction that writes them: whatever is killed, none is lost.
    """
    due = rows.take(work.session, limit)
    if due:
        found = rows.tickets(work.session, sorted(due))
        said = rows.words_of(work.session, due)
        made = [_row(work, ticket, said.get(ticket.id, [])) for ticket in found]
        rows.put(work.session, json.dumps(made))
    return len(due)


def _row(work: Work, ticket: Ticket, said: Sequence[str]) -> dict[str, object]:
    found = {terms.month(ticket.received_at)} | terms.tails(ticket.number)
    for text in (*said, *_names(work, ticket)):
        found |= terms.pairs(text)
    for name in CODES:
        value = getattr(ticket, name)
        if value is not None:
            found.add(terms.code(name, str(value)))
    return {
        "ticket_id": str(ticket.id),
        "received_at": instant(ticket.received_at),
        "terms": sorted(found),
    }


def _names(work: Work, ticket: Ticket) -> list[str]:
    """Return the names of a ticket's place and class, in the map that decided."""
    grid_map = work.kit.maps.get(work.session, ticket.map_version)
    found = []
    if ticket.grid is not None and ticket.grid in grid_map.grids:
        found.append(grid_map.town_of(ticket.grid).name.zh + grid_map.grid(ticket.grid).name.zh)
    elif ticket.town is not None and ticket.town in grid_map.units:
        found.append(grid_map.units[ticket.town].name.zh)
    if ticket.class_code is not None and ticket.class_code in grid_map.classes:
        found.append(grid_map.classes[ticket.class_code].name.zh)
    return found
