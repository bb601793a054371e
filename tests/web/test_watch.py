"""The watch over the hotline: beats, test demands from outside, vital signs, the doctor."""

import json
import re
import time
from dataclasses import replace
from uuid import uuid4

import pytest
import redis
import sqlalchemy as sa
import yaml
from click.testing import CliRunner
from pydantic import SecretStr
from sqlmodel import Session

from config import DEMO_SECRET
from hotline import beating, boot
from hotline.channels import prober
from hotline.channels.prober import Post, Way
from hotline.cli.main import main
from hotline.domain.tickets import Status
from hotline.in_force import InForce
from hotline.services.reception import intake
from hotline.services.upkeep import doctor, watching
from hotline.store import attention, watch
from hotline.store.models import ProbeRun
from hotline.web.metrics import MEANINGS
from hotline.work import CITIZEN
from tests.county import NO_WATER, VILLAGE, County, open_county
from tests.prepared import ROOT
from tests.web.client import app_for, client_for, served
from tests.web.desk import queries
from workers import watch as jobs
from workers.runtime import Runtime

SECRET = "a-secret-of-the-prober"
SENDER = "+8619900009345"


@pytest.fixture
def watched(clean_database, tmp_path):
    """A county that takes test demands and shows its vital signs."""
    more: dict = {"probe_key": SecretStr(SECRET), "metrics_token": SecretStr("scraper")}
    more |= {"probe_doors": "web,message", "probe_number": SENDER}
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


def runs(county: County) -> list[ProbeRun]:
    """What is on record of test demands, the newest first."""
    with Session(county.engine) as session:
        return [sent.run for sent in watch.probes(session)]


def by_message(county: County, token: str) -> Post:
    """What a test message needs, signed with some token of the carrier's."""
    return Post(token, SENDER, county.settings.hotline_number, county.kit.public_url)


@pytest.mark.parametrize("way", Way)
def test_a_test_demand_from_outside_is_routed_and_comes_back_and_nobody_is_told(watched, way):
    post = by_message(watched, DEMO_SECRET) if way is Way.MESSAGE else None
    with served(ticking(watched)) as address:
        outcome = prober.probe(
            address, SECRET, where=VILLAGE, words=NO_WATER, limit_s=20, post=post
        )

    assert (outcome.ok, outcome.fault, outcome.routed_to) == (True, None, "dispatched")
    ticket = watched.ticket(outcome.number or "")
    assert (ticket.synthetic, ticket.status) == (True, Status.WITHDRAWN)
    assert watched.messages(ticket.number) == []
    [run] = runs(watched)
    assert (run.ok, run.way, run.ticket_id) == (True, way, ticket.id)
    assert run.back_at is not None
    assert (run.took_ms or 0) < run.limit_ms


def test_a_mark_by_another_secret_is_no_test_and_a_lost_one_alarms_the_supervisors(watched):
    with served(app_for(watched)) as address:
        forged = prober.probe(address, "another-secret-altogether", where=VILLAGE, limit_s=5)
        unsigned = prober.probe(address, SECRET, post=by_message(watched, "not-the-carriers"))
        away = jobs.probe_doors(of_worker(watched), f"{address}/nowhere")

    assert (forged.ok, forged.fault) == (False, "not_acknowledged")
    assert (unsigned.ok, unsigned.fault) == (False, "http_403")
    assert away == ["http_404", "http_404"]
    assert kinds(watched) == ["probe_lost", "probe_lost"]
    assert {run.way for run in runs(watched)} == set(Way)
    with Session(watched.engine) as session:
        made = session.execute(sa.text("SELECT synthetic FROM ticket")).scalars().all()
        told = session.execute(sa.text("SELECT DISTINCT cause FROM outbox")).scalars().all()
    assert made == [False]
    assert "probe_lost" in told


def test_a_test_demand_that_is_not_back_in_time_alarms_once_and_its_return_is_noted(watched):
    with watched.work(CITIZEN) as work:
        made, _ = intake.receive(work, intake.Demand("web", None, NO_WATER, synthetic=True))
        watching.expect_back(work, work.ticket(made.number), "web")
    for _ in range(2):
        watched.move(seconds=40)
        with watched.work() as work:
            watching.look(work)

    assert kinds(watched) == ["probe_lost"]
    [run] = runs(watched)
    assert (run.ok, run.fault, run.back_at) == (False, "not_back_in_time", None)
    watched.tick()
    [run] = runs(watched)
    assert (run.ok, kinds(watched)) == (False, ["probe_lost"])
    assert run.back_at is not None
    assert (run.took_ms or 0) >= 80_000


def of_worker(county: County) -> Runtime:
    return Runtime(county.settings, county.engine, InForce(county.engine, county.kit))


def expects(status: int, slow_s: float = 0.0):
    """A monitoring service that answers so, or so late."""

    def answer(_environ, start_response):
        time.sleep(slow_s)
        start_response(f"{status} said", [("Content-Length", "0")])
        return [b""]

    return answer


@pytest.mark.parametrize(
    ("service", "wrong"),
    [(expects(200), None), (expects(500), "http_500"), (expects(200, slow_s=0.6), "ReadTimeout")],
    ids=["well", "fails", "slow"],
)
def test_whoever_expects_us_outside_is_told_that_we_live_and_its_faults_harm_nothing(
    watched, service, wrong
):
    with served(service) as address:
        expected = watched.settings.model_copy(update={"heartbeat_url": f"{address}/secret"})
        parts = replace(of_worker(watched), settings=expected)
        assert jobs.beat_for(parts, (1.0, 0.2)) == wrong

    with Session(watched.engine) as session:
        beats = set(watch.beats(session))
    assert beats == ({"worker"} if wrong else {"worker", "outside"})


def test_a_service_outside_that_is_down_is_only_a_line_in_the_log(capsys):
    with served(expects(200)) as gone:
        pass

    # The servers of other tests say what they were asked for, and a slow one says it late.
    secret = uuid4().hex
    assert jobs.ping(f"{gone}/{secret}") == "ConnectionError"

    said = "".join(capsys.readouterr())
    assert secret not in said


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
