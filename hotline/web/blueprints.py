"""Every door of the hotline, each with its guard beside it."""

from flask import Flask

from hotline.domain.tickets import Role
from hotline.web import (
    audit,
    citizen,
    console,
    doors,
    duty,
    field,
    health,
    hooks,
    media,
    metrics,
    password,
    people,
    plans,
    search,
    sign_in,
    staffing,
    verifying,
)
from hotline.web.parts import only, public, register_guarded

_STAFF = (
    Role.OPERATOR,
    Role.OFFICER,
    Role.UNIT,
    Role.SUPERVISOR,
    Role.ADMIN,
    Role.OBSERVER,
)


def register(app: Flask) -> None:
    """Register every blueprint behind its guard."""
    for blueprint, guard in (
        (sign_in.bp, public),
        (health.bp, public),
        (metrics.bp, metrics.guarded),
        (citizen.bp, public),
        (doors.bp, public),
        (hooks.bp, hooks.signed),
        (console.bp, only(Role.OPERATOR, Role.SUPERVISOR)),
        (field.bp, only(Role.OFFICER, Role.UNIT)),
        (duty.bp, only(Role.OFFICER, Role.UNIT)),
        (duty.feed, public),
        (plans.bp, only(Role.OFFICER, Role.UNIT, Role.SUPERVISOR)),
        (audit.bp, only(Role.SUPERVISOR, Role.ADMIN, readers=(Role.OBSERVER,))),
        (search.bp, only(Role.OPERATOR, Role.SUPERVISOR, Role.ADMIN)),
        (media.bp, only(*_STAFF)),
        (password.bp, public),
        (people.bp, only(Role.UNIT, Role.SUPERVISOR, Role.ADMIN)),
        (staffing.bp, only(Role.ADMIN)),
        (verifying.bp, only(Role.OPERATOR, Role.OBSERVER)),
    ):
        register_guarded(app, blueprint, guard)
