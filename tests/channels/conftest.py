import pytest

from hotline.channels.twilio import TwilioAccount, TwilioCarrier
from hotline.demo.carrier.server import FakeCarrier
from tests.carrier.customer import Customer


@pytest.fixture
def customer():
    with Customer() as customer:
        yield customer


@pytest.fixture
def carrier(customer):
    with FakeCarrier(app_url=customer.url, speed=50) as carrier:
        yield carrier


@pytest.fixture
def adapter(carrier):
    account = TwilioAccount(carrier.account, carrier.token, carrier.number)
    adapter = TwilioCarrier(account, base_url=carrier.url, timeout_s=5)
    yield adapter
    adapter.close()
