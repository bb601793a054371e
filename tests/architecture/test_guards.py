"""No door without its guard; each role at its own desks only."""

import re
from inspect import getclosurevars

import pytest
from flask import Flask

from hotline.domain.tickets import Role
from hotline.web.hooks.parts import signed
from hotline.web.metrics import guarded
from hotline.web.parts import only, public
from tests.web import nights
from tests.web.client import app_for, client_for, sign_in

# What anybody may open: a page to sign in, files, health, a caller's one-time link, the doors.
OPEN_TO_ALL = {"duty_feed", "sign_in", "health", "citizen", "doors", "static", "password"}
LOGINS = {
    Role.OPERATOR: "operator1",
    Role.OFFICER: "grid.dagujiazi.lamaqiao",
    Role.UNIT: nights.WATER,
    Role.SUPERVISOR: "supervisor",
    Role.ADMIN: "admin",
    Role.OBSERVER: "observer",
}


def guards(app, endpoint: str) -> list:
    """The guards that stand before a route: those of its blueprint and of the ones around it."""
    names = endpoint.split(".")[:-1]
    around = [".".join(names[: depth + 1]) for depth in range(len(names))]
    return [guard for name in around for guard in app.before_request_funcs.get(name, [])]


def roles_of(guard, method: str = "POST") -> frozenset[Role]:
    """The roles that a guard lets in with a method; none for any other function."""
    if guard.__qualname__ != only.__qualname__ + ".<locals>.guard":
        return frozenset()
    within = getclosurevars(guard).nonlocals
    return frozenset(within["roles"]) | frozenset(within["readers"] if method == "GET" else ())


def is_guard(function) -> bool:
    return function in (public, signed, guarded) or bool(roles_of(function))


def test_every_route_has_a_guard(county):
    app = app_for(county)

    unguarded = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        and not any(is_guard(guard) for guard in guards(app, rule.endpoint))
    ]

    assert unguarded == []


def test_only_what_is_meant_to_be_public_is_public(county):
    app = app_for(county)

    open_doors = {
        rule.endpoint.split(".")[0]
        for rule in app.url_map.iter_rules()
        if public in guards(app, rule.endpoint)
    }

    assert open_doors <= OPEN_TO_ALL


def test_the_check_finds_a_route_without_a_guard(county):
    app = Flask("bare")
    app.add_url_rule("/open", "somewhere.show", lambda: "")

    assert not any(is_guard(guard) for guard in guards(app, "somewhere.show"))


@pytest.mark.parametrize("role", list(LOGINS))
def test_each_role_is_refused_at_the_others_desks(county, role):
    app = app_for(county)
    client = sign_in(client_for(county), LOGINS[role])

    wrong, tried = [], 0
    for rule in app.url_map.iter_rules():
        method = "GET" if "GET" in rule.methods else "POST"
        allowed = {r for guard in guards(app, rule.endpoint) for r in roles_of(guard, method)}
        if not allowed:
            continue
        path = re.sub(r"<[^>]*uuid[^>]*>", "00000000-0000-0000-0000-000000000000", rule.rule)
        path = re.sub(r"<[^>]+>", "000000000000", path)
        tried += 1
        status = client.open(path, method=method).status_code
        if (status == 403) != (role not in allowed):
            wrong.append((rule.endpoint, method, status))

    assert wrong == []
    assert tried > 30


@pytest.mark.parametrize("path", ["/console/", "/audit/", "/field/", "/field/whistles/"])
def test_whoever_is_not_signed_in_is_led_to_do_so_and_back(county, path):
    answer = client_for(county).get(path, headers={"Accept": "text/html"})

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/sign-in?next={path}"


def test_a_command_of_somebody_who_is_not_signed_in_is_refused(county):
    assert client_for(county).post("/console/new/").status_code == 401
