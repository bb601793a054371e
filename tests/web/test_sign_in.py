"""Signing in: locks by account and by address, tokens that expire, devices that forget."""

import itertools

import pytest
import sqlalchemy as sa

from hotline.demo.staff import PASSWORD
from hotline.services.staff.accounts import ACCOUNT_TRIES, ADDRESS_TRIES
from tests.web.client import client_for, sign_in


def attempt(client, login="operator1", password="wrong", **more):
    return client.post("/sign-in", data={"login": login, "password": password}, **more)


def test_a_right_password_leads_to_ones_own_desk(county):
    client = client_for(county)
    assert attempt(client, password=PASSWORD).headers["Location"] == "/"

    assert client.get("/").headers["Location"] == "/console/"


def test_a_wrong_password_and_an_unknown_account_are_told_the_same(county):
    client = client_for(county)

    wrong, unknown = attempt(client), attempt(client, login="nobody")

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.get_data() == unknown.get_data()


def test_an_account_is_locked_after_so_many_wrong_passwords_and_opens_again(county):
    client = client_for(county)
    for _ in range(ACCOUNT_TRIES):
        assert attempt(client).status_code == 401

    locked = attempt(client, password=PASSWORD)
    assert locked.status_code == 429
    assert int(locked.headers["Retry-After"]) > 0
    assert attempt(client, login="operator2", password=PASSWORD).status_code == 303

    county.move(minutes=15, seconds=1)
    assert attempt(client, password=PASSWORD).status_code == 303


def test_a_success_starts_the_count_again(county):
    client = client_for(county)
    for _ in range(ACCOUNT_TRIES - 1):
        attempt(client)
    attempt(client, password=PASSWORD)
    county.move(seconds=1)

    for _ in range(ACCOUNT_TRIES - 1):
        assert attempt(client).status_code == 401
    assert attempt(client, password=PASSWORD).status_code == 303


def test_an_address_is_locked_whatever_the_account(county):
    client = client_for(county)
    with county.engine.connect() as connection:
        everybody = connection.execute(sa.text("SELECT login FROM staff ORDER BY login")).scalars()
        logins = list(itertools.islice(everybody, ADDRESS_TRIES))
    for login in logins:
        assert attempt(client, login=login).status_code == 401

    assert attempt(client, password=PASSWORD).status_code == 429
    elsewhere = {"REMOTE_ADDR": "10.9.8.7"}
    assert attempt(client, password=PASSWORD, environ_overrides=elsewhere).status_code == 303


def test_a_device_that_nobody_used_signs_itself_out(county):
    client = sign_in(client_for(county), "operator1")
    county.move(hours=3, minutes=59)
    assert client.get("/console/").status_code == 200

    county.move(hours=4, seconds=1)

    assert client.get("/console/", headers={"Accept": "text/html"}).status_code == 302


def test_a_token_ends_however_busy_its_device_is(county):
    client = sign_in(client_for(county), "operator1")
    for _ in range(3):
        county.move(hours=3, minutes=55)
        assert client.get("/console/").status_code == 200

    county.move(hours=1)

    assert client.get("/console/", headers={"Accept": "text/html"}).status_code == 302


def test_signing_out_forgets_the_device_at_the_server(county):
    client = sign_in(client_for(county), "operator1")
    token = client.get_cookie("hotline_session").value
    client.post("/sign-out")
    client.set_cookie("hotline_session", token)

    assert client.get("/console/", headers={"Accept": "text/html"}).status_code == 302


def test_a_closed_account_is_out_at_once(county):
    client = sign_in(client_for(county), "operator1")
    with county.engine.begin() as connection:
        connection.execute(sa.text("UPDATE staff SET active = false WHERE login = 'operator1'"))

    assert client.get("/console/", headers={"Accept": "text/html"}).status_code == 302
    assert attempt(client_for(county), password=PASSWORD).status_code == 401


@pytest.mark.parametrize("elsewhere", ["//evil.example", "/\\evil.example", "https://evil.example"])
def test_signing_in_never_leads_away(county, elsewhere):
    answer = client_for(county).post(
        "/sign-in", data={"login": "operator1", "password": PASSWORD, "next": elsewhere}
    )

    assert answer.headers["Location"] == "/"


def test_only_hashes_of_tokens_and_passwords_are_kept(county):
    client = sign_in(client_for(county), "operator1")
    token = client.get_cookie("hotline_session").value
    with county.engine.connect() as connection:
        stored = connection.execute(sa.text("SELECT token_hash FROM sign_in")).scalars().all()
        password = connection.execute(sa.text("SELECT password_hash FROM staff LIMIT 1")).scalar()

    assert token not in stored
    assert password.startswith("$argon2id$")


@pytest.mark.parametrize("fields", [{}, {"login": "operator1"}, {"login": "", "password": ""}])
def test_a_form_with_nothing_in_it_is_refused_in_words(county, fields):
    assert client_for(county).post("/sign-in", data=fields).status_code == 422


def test_a_part_of_a_page_that_refreshes_itself_never_becomes_the_form_to_sign_in(county):
    client = client_for(county)

    assert client.get("/console/", headers={"Accept": "text/html"}).status_code == 302
    part = client.get("/console/", headers={"Accept": "text/html", "HX-Request": "true"})
    assert part.status_code == 401
