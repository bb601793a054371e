import pytest
import requests

from hotline.demo.carrier.server import FakeCarrier
from tests.carrier.customer import Customer


@pytest.fixture
def customer():
    with Customer() as customer:
        yield customer


@pytest.fixture
def carrier(customer):
    with FakeCarrier(app_url=customer.url, speed=50, live_speed=50) as carrier:
        yield carrier


@pytest.fixture
def api(carrier):
    """Speak to the carrier's REST interface without the client, to say what it never would."""

    def ask(method, path, params=None, auth=None, **form):
        return requests.request(
            method,
            f"{carrier.url}/2010-04-01/Accounts/{carrier.account}/{path}",
            params=params,
            data=form,
            auth=auth or (carrier.account, carrier.token),
            timeout=5,
        )

    return ask
