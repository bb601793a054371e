"""The watch over the hotline: beats, test demands from outside, vital signs, the doctor."""

import json
import re

import pytest
import redis
import sqlalchemy as sa
import yaml
from click.testing import CliRunner
from pydantic import SecretStr
from sqlmodel import Session

from hotline import beating, boot
from hotline.channels import prober
from hotline.cli.main import main
from hotline.domain.tickets import Status
from hotline.in_force import InForce
from hotline.services.upkeep import doctor
from hotline.store import attention, watch
from hotline.web.metrics import MEANINGS
from tests.county import NO_WATER, VILLAGE, County, open_county
from tests.prepared import ROOT
from tests.web.client import app_for, client_for, served
from tests.web.desk import queries
from workers import watch as jobs
from workers.runtime import Runtime

SECRET = "a-secret-of-the-prober"


@pytest.fixture
def watched(clean_database, tmp_path):
    """A county that takes test demands and shows its vital signs."""
    more = {"probe_key": SecretStr(SECRET), "metrics_token": SecretStr("scraper")}
    with open_county(clean_database, tmp_path, **more) as county:
        yield county


def kinds(county: County) -> list[str]:
    with Session(county.engine) as session:
        return [entry.attention.kind for entry in attention.open_entries(session)]


def aged(county: County, seconds: int) -> None:
    """Make every beat older, as if nobody had beaten since."""
    with county.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE heartbeat SET at = at - make_interval(secs => :s)"), {"s": seconds}
        )


def ticking(county: County):
    """The application with a clock that carries out what is due after every request."""
    app = app_for(county)

    def answer(environ, start_response):
        yield from app(environ, start_response)
        county.tick()

    return answer


def test_a_test_demand_from_outside_is_routed_and_comes_back_and_nobody_is_told(watched):
    with served(ticking(watched)) as address:
        outcome = prober.probe(address, SECRET, where=VILLAGE, words=NO_WATER, limit_s=20)

    assert (outcome.ok, outcome.fault, outcome.routed_to) == (True, None, "dispatched")
    ticket = watched.ticket(outcome.number or "")
    assert (ticket.synthetic, ticket.status) == (True, Status.WITHDRAWN)
    assert watched.messages(ticket.number) == []
    with Session(watched.engine) as session:
        assert [run.ok for run in watch.probes(session, limit=5)] == [True]


def test_a_mark_by_another_secret_is_no_test_and_a_lost_one_alarms_the_supervisors(watched):
    with served(app_for(watched)) as address:
        forged = prober.probe(address, "another-secret-altogether", where=VILLAGE, limit_s=5)
        parts = Runtime(watched.settings, watched.engine, InForce(watched.engine, watched.kit))
        away = jobs.probe_door(parts, f"{address}/nowhere")

    assert (forged.ok, forged.fault) == (False, "not_acknowledged")
    assert away == "http_404"
    assert kinds(watched) == ["probe_lost"]
    with Session(watched.engine) as session:
        made = session.execute(sa.text("SELECT synthetic FROM ticket")).scalars().all()
        told = session.execute(sa.text("SELECT DISTINCT cause FROM outbox")).scalars().all()
    assert made == [False]
    assert "probe_lost" in told


def test_whoever_falls_silent_is_noticed_once_by_the_others(watched):
    with Session(watched.engine) as session, session.begin():
        watch.beat(session, "clock", "one")
        watch.beat(session, "worker", "one")
    in_force = InForce(watched.engine, watched.kit)
    asked = []

    def queue() -> redis.Redis:
        asked.append(1)
        return boot.build_redis(watched.settings)

    def look() -> None:
        beating.once(watched.engine, in_force, queue)

    look()
    assert (kinds(watched), asked) == ([], [])
    aged(watched, 90)
    look()
    look()

    assert sorted(kinds(watched)) == ["silent_clock", "silent_worker"]
    assert len(asked) == 2


def away() -> redis.Redis:
    """A queue that does not answer."""
    return redis.Redis(host="127.0.0.1", port=1, socket_connect_timeout=0.1)


def test_vital_signs_are_numbers_for_whoever_has_the_token(watched, county):
    watched.demand(NO_WATER)
    with Session(watched.engine) as session, session.begin():
        watch.beat(session, "clock", "one")
    client = client_for(watched)
    assert client.get("/metrics").status_code == 403

    with queries(watched) as sent:
        answer = client.get("/metrics", headers={"Authorization": "Bearer scraper"})
    text = answer.get_data(as_text=True)

    assert answer.status_code == 200
    assert "hotline_timers_due 0.0" in text
    assert 'hotline_heartbeat_age_s{process="clock"}' in text
    assert len(sent) <= 2
    assert client_for(county).get("/metrics").status_code == 404


def test_the_documented_alerts_ask_for_figures_that_the_page_has():
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    rules = yaml.safe_load(re.search(r"```yaml\n(groups:.*?)```", text, re.DOTALL)[1])
    known = {f"hotline_{name}" for name in MEANINGS} | {"hotline_heartbeat_age_s"}

    asked = {rule["expr"].split()[0] for group in rules["groups"] for rule in group["rules"]}

    assert asked <= known
    assert len(asked) >= 8


def test_the_doctor_says_each_finding_in_a_line_with_what_to_do(watched, tmp_path):
    patient = doctor.Patient(
        engine=watched.engine,
        queue=away,
        keys=watched.kit.keys,
        media_dir=tmp_path,
        roots_dir=tmp_path,
        backups_dir=tmp_path,
        production=False,
        carrier={"HOTLINE_EMERGENCY_NUMBERS": False},
    )
    watched.demand(NO_WATER)

    found = {one.name: one for one in doctor.examine(patient)}

    for name in ("database", "migrations", "role", "ledger_trigger", "trigrams", "keys", "disk"):
        assert found[name].level == "ok" or name == "disk", found[name]
    assert found["redis"].level == found["backup"].level == "fail"
    assert found["heartbeat_clock"].level == "fail"
    assert all(one.do for one in found.values() if one.level != "ok")


def test_the_doctor_exits_with_a_code_and_speaks_json(county, monkeypatch):
    settings = county.settings
    monkeypatch.setenv("HOTLINE_ENV", "test")
    for name in ("database_url", "redis_url"):
        monkeypatch.setenv(f"HOTLINE_{name.upper()}", getattr(settings, name).get_secret_value())

    answer = CliRunner().invoke(main, ["doctor", "--json"])

    assert answer.exit_code == 1
    assert {"ok", "fail"} <= {one["level"] for one in json.loads(answer.output)}
