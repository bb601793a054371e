"""Take a matter at a window (窗口): what could not be got done (办不成事), or a fault (找茬)."""

from dataclasses import dataclass

from hotline.domain.errors import InvalidError
from hotline.domain.tickets import Action, Shield
from hotline.services.reception import intake
from hotline.services.reception.web_demand import joined
from hotline.work import Work


@dataclass(frozen=True, slots=True)
class Matter:
    """What somebody says in person.

    Attributes:
        window: the window's id in the map.
        words: what happened.
        service: the service that could not be got done.
        by_whom: the desk or unit at which it was not.
        number: the telephone at which to be reached, in E.164; ``None``: none was given.
        name: how to call them.
        shield: confidential or anonymous, if they wish so.
    """

    window: str
    words: str
    service: str = ""
    by_whom: str = ""
    number: str | None = None
    name: str | None = None
    shield: Shield | None = None
    line: str | None = None


def take(work: Work, matter: Matter) -> str:
    """Make a ticket and return its number; the window's own clock starts.

    Raises:
        InvalidError: no such window.
    """
    if matter.window not in work.kit.maps.current.windows:
        raise InvalidError(fields=["window"])
    ticket, _ = intake.receive(
        work,
        intake.Demand(
            "counter",
            matter.number,
            matter.words,
            name=matter.name,
            shield=matter.shield,
            window=matter.window,
            line=matter.line,
        ),
    )
    facts = joined(
        f"没办成的事项：{matter.service}" if matter.service else None,
        f"办理的窗口或单位：{matter.by_whom}" if matter.by_whom else None,
    )
    if facts:
        made = work.ticket(ticket.number)
        work.act(made, Action.ADD, work.write(made, "addition", facts))
    return ticket.number
