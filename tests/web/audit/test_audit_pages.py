"""The supervisors' desk: the night on one page, proved; what needs somebody; rulings."""

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from hotline.services import audit
from hotline.store import attention
from tests.services.test_audit import seal, tamper
from tests.web import nights
from tests.web.client import client_for, sign_in
from tests.web.desk import Desk, queries


@pytest.fixture
def desk(county) -> Desk:
    return Desk(county, "supervisor")


def test_the_night_is_on_one_page_with_its_proof(county, desk):
    number = nights.a_night(county)
    seal(county)

    page = desk.page(f"/audit/tickets/{number}")

    assert "链条完整" in page
    assert "第 1 号签名根" in page
