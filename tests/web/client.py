"""The application as a browser sees it: a client for a county, and signing in."""

from flask import Flask
from flask.testing import FlaskClient

from hotline.app import create_app
from hotline.demo.staff import PASSWORD
from tests.county import County


def app_for(county: County) -> Flask:
    """Return the application on a county's database; it reports faults as a server would."""
    return create_app(county.settings)


def client_for(county: County) -> FlaskClient:
    """Return a fresh visitor of a county's pages: nobody is signed in."""
    return app_for(county).test_client()


def sign_in(client: FlaskClient, login: str) -> FlaskClient:
    """Sign a demo person in, through the form, and return the client."""
    answer = client.post("/sign-in", data={"login": login, "password": PASSWORD})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return client
