"""Another site's page can send nothing in our user's name."""

import pytest

from tests.web.client import client_for, sign_in

FORM = {"words": "孟家镇桃山村路灯不亮", "command_id": "6f1c2b9e-3f3b-4f6c-9c55-111111111111"}


@pytest.fixture
def operator(county):
    return sign_in(client_for(county), "operator1")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Origin": "http://elsewhere.example"},
        {"Origin": "http://localhost.elsewhere.example"},
        {"Origin": "http://localhost:81"},
        {"Origin": "null"},
    ],
)
def test_a_form_sent_from_another_site_is_refused(county, operator, headers):
    answer = operator.post("/console/new/", data=FORM, headers=headers)

    assert answer.status_code == 403
    assert county.engine is not None
    assert operator.get("/console/").get_data(as_text=True).count("data-row") == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://localhost"},
        {},
    ],
)
def test_a_form_of_our_own_is_taken(operator, headers):
    assert operator.post("/console/new/", data=FORM, headers=headers).status_code == 303


def test_reading_from_another_site_is_no_command(operator):
    assert operator.get("/console/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_the_carriers_webhooks_are_judged_by_their_signature_alone(county):
    answer = client_for(county).post("/hooks/voice/", headers={"Sec-Fetch-Site": "cross-site"})

    # Refused all the same, for want of a signature, or because there is no such hook.
    assert "foreign" not in answer.get_data(as_text=True)
    assert answer.status_code in {403, 404}


def test_the_device_token_is_kept_from_scripts_and_from_other_sites(county):
    client = client_for(county)
    answer = client.post("/sign-in", data={"login": "operator1", "password": "shaodao-demo"})

    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize("path", ["/sign-in", "/healthz", "/nowhere"])
def test_every_answer_forbids_inline_scripts_and_frames(county, path):
    policy = client_for(county).get(path).headers["Content-Security-Policy"]

    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
