"""Invented staff for the sample county: one person for each post, obviously so by name.

Every account's password is `PASSWORD`; numbers begin with 199 0000. Nothing of this is loaded in
production.
"""

from collections.abc import Iterable
from functools import cache
from typing import Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hotline import clock
from hotline.domain.grid.model import GridMap, Post, UnitKind
from hotline.domain.tickets import Role
from hotline.keys import Keys
from hotline.kit import Kit
from hotline.services.staff.accounts import hash_password
from hotline.store.models import PostHolding, Staff

PASSWORD: Final = "shaodao-demo"  # noqa: S105  known to everybody, by design
OPERATORS: Final = ("operator1", "operator2")
# People who hold no post of the map: login, name, role. They are the county's own.
_DESKS: Final = (
    ("operator1", "示例话务员甲", Role.OPERATOR),
    ("operator2", "示例话务员乙", Role.OPERATOR),
    ("supervisor", "示例督办员", Role.SUPERVISOR),
    ("admin", "示例管理员", Role.ADMIN),
    ("observer", "示例监督员", Role.OBSERVER),
)
# One desk is told by the county's robots first, for the demonstration's page of notices.
_CHANNELS: Final = {"department.housing.duty": ("wecom", "dingtalk")}
_SUPERVISING: Final = frozenset({UnitKind.PANEL, UnitKind.COUNTY})


def load(engine: sa.Engine, kit: Kit) -> int:
    """Add the demo's staff unless staff is there already; return how many were added."""
    with Session(engine) as session, session.begin():
        if session.execute(sa.select(sa.func.count()).select_from(Staff)).scalar_one():
            return 0
        now = clock.read(session.connection())
        people, holdings = [], []
        for number, (login, name, role, unit, post) in enumerate(_everybody(kit), start=1):
            phone = phone_of(number)
            person = {"id": uuid4(), "login": login, "name": name, "role": role, "unit": unit}
            person |= {"number_sealed": kit.keys.seal(phone), "active": True, "created_at": now}
            person |= {"number_hash": kit.keys.lookup(phone), "password_hash": _password_hash()}
            person["channels"] = list(_CHANNELS.get(login, ()))
            people.append(person)
            if post is not None:
                holding = {"id": uuid4(), "staff_id": person["id"], "post": post.id}
                holdings.append(holding | {"from_at": now})
        session.execute(sa.insert(Staff), people)
        session.execute(sa.insert(PostHolding), holdings)
    return len(people)


def login_of(post_id: str) -> str:
    """Return the login of whoever holds a post in the demo."""
    return post_id.replace("/", ".")


def phone_of(number: int) -> str:
    """Return the invented telephone number of the demo's person of this number."""
    return f"+861990000{number:04d}"


def by_login(session: Session, login: str) -> Staff:
    """Return a demo person.

    Raises:
        sqlalchemy.exc.NoResultFound: no such person.
    """
    return session.exec(select(Staff).where(col(Staff.login) == login)).one()


def phones(session: Session, keys: Keys) -> dict[str, str]:
    """Return every demo person's name by telephone number, for the fake carrier's page."""
    return {
        keys.open(person.number_sealed): person.name
        for person in session.exec(select(Staff).order_by(col(Staff.login)))
        if person.number_sealed is not None
    }


def _everybody(kit: Kit) -> Iterable[tuple[str, str, Role, str, Post | None]]:
    grid_map = kit.maps.current
    county = next(unit for unit in grid_map.units.values() if unit.kind is UnitKind.COUNTY)
    for login, name, role in _DESKS:
        yield login, name, role, county.id, None
    for post in grid_map.posts.values():
        yield login_of(post.id), f"示例·{post.title.zh}", _role(grid_map, post), post.unit, post


def _role(grid_map: GridMap, post: Post) -> Role:
    if post.rung == grid_map.ladder[0]:
        return Role.OFFICER
    kind = grid_map.unit(post.unit).kind
    return Role.SUPERVISOR if kind in _SUPERVISING else Role.UNIT


@cache
def _password_hash() -> str:
    """One hash for all: the demo's people share a password, and argon2 is slow on purpose."""
    return hash_password(PASSWORD)


def by_id(session: Session, staff_id: UUID) -> Staff:
    """Return a demo person by id."""
    return session.get_one(Staff, staff_id)
