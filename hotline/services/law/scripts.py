"""Read a rehearsal's script as people write it: ``accept@9m``, ``acknowledge:utility/water@12m``.

After the act comes whom it is about: the unit that answers; for a whistle the kind and the units,
``whistle:emergency:utility/water+utility/power@10m``. After ``@`` stands how long after the call.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from hotline.domain.errors import InvalidError, NotFoundError
from hotline.domain.grid.model import GridMap
from hotline.domain.limits import parse_natural
from hotline.domain.tickets import Role
from hotline.services.law.scenes import Act, Answer

_ANSWER: Final = re.compile(r"^(\w+)((?::[\w/+.-]+){0,2})@(\w+)$")
_WHISTLE_PARTS: Final = 2


def read_answer(text: str, start: datetime) -> Answer:
    """Return one answer of a script.

    Args:
        text: as it was written.
        start: when the call comes.

    Raises:
        InvalidError: it is not written like that.
    """
    found = _ANSWER.match(text.strip())
    after = parse_natural(found[3]) if found else None
    if found is None or after is None or found[1] not in set(Act):
        raise InvalidError(fields=["answers"], answer=text)
    act, about = Act(found[1]), [part for part in found[2].split(":") if part]
    if act is Act.WHISTLE:
        if len(about) != _WHISTLE_PARTS:
            raise InvalidError(fields=["answers"], answer=text)
        return Answer(start + after, act, about[1], about[0])
    return Answer(start + after, act, about[0] if about else "")


def read_script(text: str, start: datetime) -> tuple[Answer, ...]:
    """Return the answers of a script, one a line.

    Raises:
        InvalidError: a line is not written like one.
    """
    return tuple(read_answer(line, start) for line in text.splitlines() if line.strip())


def read_span(text: str) -> timedelta:
    """Return a stretch of time such as 30m, 24h or 2d.

    Raises:
        InvalidError: it is none.
    """
    found = parse_natural(text.strip())
    if found is None:
        raise InvalidError(fields=["until"], span=text)
    return found


def read_place(grid_map: GridMap, place: str | None) -> str | None:
    """Return the grid that is meant by its code, its name, or its town's and its name.

    Raises:
        NotFoundError: there is none, or several are called so.
    """
    if not place or place in grid_map.grids:
        return place or None
    found = [
        code
        for code, grid in grid_map.grids.items()
        if place in {grid.name.zh, f"{grid_map.town_of(code).name.zh}{grid.name.zh}"}
    ]
    if len(found) != 1:
        raise NotFoundError(what="grid", key=place, found=len(found))
    return found[0]


def guard_posts(grid_map: GridMap, posts: Iterable[str]) -> None:
    """Refuse posts that the map does not know; the roles of the hotline may be named as well.

    Raises:
        NotFoundError: no such post.
    """
    known = {*grid_map.posts, Role.SUPERVISOR.value, Role.OPERATOR.value}
    for post in posts:
        if post not in known:
            raise NotFoundError(what="post", key=post)


def example(grid_map: GridMap) -> str:
    """Return what somebody might say: a village and an example of the map's own."""
    villages = (code for code, grid in grid_map.grids.items() if grid.name.zh.endswith("村"))
    code = next(villages, next(iter(grid_map.grids)))
    said = next((c.examples[0] for c in grid_map.classes.values() if c.examples), "")
    return f"{grid_map.town_of(code).name.zh}{grid_map.grid(code).name.zh}{said}"
