"""Read a rehearsal's script as people write it: ``签收@9分钟``, ``acknowledge:utility/water@12m``.

After the act comes whom it is about: the unit that answers, by its id or any of its names; for a
whistle the kind and the units, ``吹哨:应急处置哨:自来水公司+供电公司@10分钟``. After ``@`` stands
how long after the call.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from hotline.domain.errors import InvalidError, NotFoundError
from hotline.domain.grid.model import GridMap
from hotline.domain.limits import parse_natural
from hotline.domain.tickets import Role
from hotline.services.law.scenes import Act, Answer
from hotline.services.staff.staff_list import Names

_ANSWER: Final = re.compile(r"^([^:@]+)((?::[^:@]+){0,2})@([^:@]+)$")
_WHISTLE_PARTS: Final = 2
_SAID: Final[Mapping[str, Act]] = {
    "签收": Act.ACCEPT,
    "联系": Act.REACH,
    "吹哨": Act.WHISTLE,
    "应答": Act.ACKNOWLEDGE,
    "报到": Act.ARRIVE,
    "到场": Act.ARRIVE,
    "完成": Act.FINISH,
    "拒绝": Act.REFUSE,
    "险情解除": Act.SAFE,
    "收哨": Act.END,
    **{act.value: act for act in Act},
}
_SPANS: Final = (("分钟", "m"), ("分", "m"), ("小时", "h"), ("天", "d"), ("秒", "s"))
# As a Chinese keyboard writes them.
_WIDE: Final = str.maketrans("：\uff20\uff0b、", ":@++")
_BETWEEN: Final = re.compile(r"[\s,，、;；]+")


def read_answer(grid_map: GridMap, text: str, start: datetime) -> Answer:
    """Return one answer of a script.

    Args:
        grid_map: whose units and whistles are named.
        text: as it was written.
        start: when the call comes.

    Raises:
        InvalidError: it is not written like that.
        NotFoundError: no such unit or kind of whistle.
    """
    found = _ANSWER.match(text.strip().translate(_WIDE))
    after = _span(found[3]) if found else None
    act = _SAID.get(found[1].strip().lower()) if found else None
    if found is None or after is None or act is None:
        raise InvalidError(fields=["answers"], answer=text)
    about = [part.strip() for part in found[2].split(":") if part]
    if act is not Act.WHISTLE:
        return Answer(start + after, act, _units(grid_map, about[0]) if about else "")
    if len(about) != _WHISTLE_PARTS:
        raise InvalidError(fields=["answers"], answer=text)
    return Answer(start + after, act, _units(grid_map, about[1]), _kind(grid_map, about[0]))


def read_script(grid_map: GridMap, text: str, start: datetime) -> tuple[Answer, ...]:
    """Return the answers of a script, one a line.

    Raises:
        InvalidError: a line is not written like one.
        NotFoundError: no such unit or kind of whistle.
    """
    return tuple(read_answer(grid_map, line, start) for line in text.splitlines() if line.strip())


def read_span(text: str) -> timedelta:
    """Return a stretch of time such as 30m, 24h, 2d or 30分钟.

    Raises:
        InvalidError: it is none.
    """
    found = _span(text)
    if found is None:
        raise InvalidError(fields=["until"], span=text)
    return found


def read_place(grid_map: GridMap, place: str | None) -> str | None:
    """Return the grid that is meant by its code, its name, or its town's and its name.

    Raises:
        NotFoundError: there is none, or several are called so.
    """
    place = (place or "").strip()
    if not place or place in grid_map.grids:
        return place or None
    found = [
        code
        for code, grid in grid_map.grids.items()
        if place
        in {
            grid.name.zh,
            grid.name.en,
            *grid.aliases,
            f"{grid_map.town_of(code).name.zh}{grid.name.zh}",
        }
    ]
    return _only(found, "grid", place, "place")


def read_posts(grid_map: GridMap, said: Iterable[str], field: str = "posts") -> tuple[str, ...]:
    """Return posts by their ids or titles; the roles of the hotline may be named as well.

    Args:
        grid_map: whose posts.
        said: one or more in each, with spaces or commas between.
        field: where they were written, for the refusal.

    Raises:
        NotFoundError: no such post, or several are called so.
    """
    names = Names(grid_map).posts
    roles = {"督办员": Role.SUPERVISOR.value, "话务员": Role.OPERATOR.value}
    known = {*roles.values()}
    return tuple(
        roles.get(word, word)
        if roles.get(word, word) in known
        else _only(names.get(word, ()), "post", word, field)
        for text in said
        for word in (_BETWEEN.split(text) if text not in names else [text])
        if word
    )


def _units(grid_map: GridMap, said: str) -> str:
    """Return units by their ids or names, joined as they were."""
    names = Names(grid_map).units
    return "+".join(
        _only(names.get(one.strip(), ()), "unit", one.strip(), "answers") for one in said.split("+")
    )


def _kind(grid_map: GridMap, said: str) -> str:
    found = [
        name
        for name, kind in grid_map.whistles.items()
        if said in {name, kind.title.zh, kind.title.en, kind.title.zh.removesuffix("哨")}
    ]
    return _only(found, "whistle", said, "answers")


def _only(found: Collection[str], what: str, key: str, field: str) -> str:
    if len(found) != 1:
        raise NotFoundError(what=what, key=key, found=len(found), fields=[field])
    return next(iter(found))


def _span(text: str) -> timedelta | None:
    said = text.strip().lower()
    for word, unit in _SPANS:
        if said.endswith(word):
            said = f"{said.removesuffix(word).strip()}{unit}"
    return parse_natural(said)


def example(grid_map: GridMap) -> str:
    """Return what somebody might say: a village and an example of the map's own."""
    villages = (code for code, grid in grid_map.grids.items() if grid.name.zh.endswith("村"))
    code = next(villages, next(iter(grid_map.grids)))
    said = next((c.examples[0] for c in grid_map.classes.values() if c.examples), "")
    return f"{grid_map.town_of(code).name.zh}{grid_map.grid(code).name.zh}{said}"
