"""Playing people from a program, and the carrier as a process of its own."""

import json
import re
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
import requests

from hotline.demo.carrier import client
from hotline.demo.carrier.people import live
from hotline.demo.carrier.server import FakeCarrier

CALLER = "+8613900000001"


def test_a_call_from_a_program_gives_what_is_heard(carrier, customer):
    customer.says(
        "/hooks/voice/incoming",
        "<Gather input='speech' action='/place'><Say>请讲</Say></Gather>",
    )
    customer.says("/place", "<Say>知道了</Say>")

    heard = list(client.call(carrier.url, CALLER, ["停水了"]))

    assert [(line.who, line.text) for line in heard if line.who != "note"] == [
        ("machine", "请讲"),
        (CALLER, "停水了"),
        ("machine", "知道了"),
    ]


def test_a_text_from_a_program_gives_the_replies(carrier, customer):
    customer.says("/hooks/messages/incoming", "<Message>已受理</Message><Message>再见</Message>")

    assert sorted(client.text(carrier.url, CALLER, "停水了")) == ["再见", "已受理"]
    customer.says("/hooks/messages/incoming", "")
    assert client.text(carrier.url, CALLER, "停水了", wait_s=0.5) == []


def test_the_clock_goes_forward_with_ours(carrier):
    before = carrier.pace.now()

    client.forward(carrier.url, timedelta(hours=3))

    assert carrier.pace.now() - before >= timedelta(hours=3)


def test_what_makes_no_sense_is_refused(carrier):
    def post(path, body):
        return requests.post(f"{carrier.url}{path}", json=body, timeout=5).status_code

    assert post("/demo/calls", {"from": CALLER, "to": "+8613900000009"}) == 404
    assert post(f"/demo/phones/{CALLER}/act", {"act": "say"}) == 409
    assert requests.get(f"{carrier.url}/demo/calls/CA1", timeout=5).status_code == 404
    assert requests.get(f"{carrier.url}/phones/+861", timeout=5).status_code == 404


def test_a_form_of_a_foreign_page_can_not_ring(carrier):
    answer = requests.post(f"{carrier.url}/demo/calls", data={"from": CALLER}, timeout=5)

    assert answer.status_code == 415
    assert carrier.calls == []


def test_one_telephone_can_not_dial_twice(customer):
    with FakeCarrier(app_url=customer.url, stranger=live()) as carrier:
        customer.says("/hooks/voice/incoming", "<Pause length='60'/>")
        url = f"{carrier.url}/demo/calls"
        first = requests.post(url, json={"from": CALLER}, timeout=5)
        second = requests.post(url, json={"from": CALLER}, timeout=5)

        assert (first.status_code, second.status_code) == (200, 409)
        assert len(carrier.calls) == 1


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_carrier_runs_as_a_process_and_ends_when_told(tmp_path, how):
    phones = tmp_path / "phones.json"
    phones.write_text(json.dumps([{"number": CALLER, "name": "来电人甲（虚构）"}]))
    templates = tmp_path / "templates.json"
    templates.write_text(json.dumps({"received": "您的工单{{number}}已受理"}))
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "hotline.demo.carrier", "--app-url", "http://127.0.0.1:9"),
            *("--profile", "mainland", "--speed", "10"),
            *("--phones", str(phones), "--templates", str(templates)),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found is not None
        page = requests.get(found[0], timeout=5).text
        process.send_signal(how)
        assert process.wait(timeout=10) == 0

    assert "来电人甲（虚构）" in page
