"""What is rehearsed: scenes and the answers of a script; and what comes out of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hotline.clock import COUNTY_ZONE
from hotline.domain.grid.model import GridMap
from hotline.services.law.moments import Moment
from hotline.store.models import Ticket
from hotline.store.rows import NewTimer


class Act(StrEnum):
    """What somebody in the script does."""

    ACCEPT = "accept"
    REACH = "reach"  # the caller is spoken with
    WHISTLE = "whistle"
    ACKNOWLEDGE = "acknowledge"
    ARRIVE = "arrive"
    FINISH = "finish"
    REFUSE = "refuse"
    SAFE = "safe"  # the danger is recorded as gone
    END = "end"


@dataclass(frozen=True, slots=True)
class Answer:
    """Somebody acts at an instant.

    Attributes:
        at: when.
        act: what they do.
        unit: the unit that is called, or that answers; empty for the officer's own acts.
        kind: of a whistle.
    """

    at: datetime
    act: Act
    unit: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is rehearsed.

    Attributes:
        words: what the caller says.
        at: when, an aware instant.
        until: how far ahead it is looked.
        channel: how the demand comes in.
        line: the line's number; ``None``: the one that everybody rings.
        grid: the grid's code where it is given and not read out of the words.
        class_code: the class where it is given and not read out of the words.
        answers: the script.
        unreachable: posts whose telephones are off: what is sent there fails.
    """

    words: str
    at: datetime
    until: datetime
    channel: str = "voice"
    line: str | None = None
    grid: str | None = None
    class_code: str | None = None
    answers: tuple[Answer, ...] = ()
    unreachable: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What would happen, and how it stands at the end.

    Attributes:
        scene: what was rehearsed.
        map: the version that decided.
        ticket: as it stands at the end; on paper.
        moments: in order.
        running: the limits that still run, the next one first.
        entries: what stands before a supervisor, by kind.
        highest: the highest rung that was told; ``None``: only the post itself.
        provisional: whether days are counted that no published notice covers.
        town: the town that was understood, where the village was not.
    """

    scene: Scene
    map: GridMap
    ticket: Ticket
    moments: tuple[Moment, ...]
    running: tuple[NewTimer, ...]
    entries: tuple[str, ...]
    highest: str | None
    provisional: bool
    town: str | None


def plain(rehearsal: Rehearsal) -> dict[str, object]:
    """Return a rehearsal as plain values, times in the county's zone."""
    ticket = rehearsal.ticket
    return {
        "at": local(rehearsal.scene.at),
        "until": local(rehearsal.scene.until),
        "map": rehearsal.map.version,
        "grid": ticket.grid,
        "class": ticket.class_code,
        "unit": ticket.unit,
        "post": ticket.post,
        "urgent": ticket.urgent,
        "waits": ticket.triage_reason,
        "moments": [
            {
                "at": local(moment.at),
                "act": moment.act,
                "status": moment.status,
                "data": moment.data,
                "told": [
                    {
                        "post": told.post,
                        "role": told.role,
                        "found": told.found,
                        "by": told.by,
                        "text": told.text,
                    }
                    for told in moment.told
                ],
            }
            for moment in rehearsal.moments
        ],
        "status": ticket.status,
        "highest": rehearsal.highest,
        "provisional": rehearsal.provisional,
        "entries": rehearsal.entries,
        "running": [
            {"step": timer.step, "due": local(timer.due_at)} for timer in rehearsal.running
        ],
    }


def local(at: datetime) -> str:
    """Return an instant in the county's zone, to the second."""
    return at.astimezone(COUNTY_ZONE).isoformat(timespec="seconds")
