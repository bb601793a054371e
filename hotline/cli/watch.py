"""``hotline doctor`` and ``hotline probe``: is all well, seen from inside and from outside."""

import json
import os

import click

from hotline import boot
from hotline.channels import prober
from hotline.channels.prober import Post, Way
from hotline.cli.staff import settings_of_shell
from hotline.domain.errors import SetupError
from hotline.services.upkeep import doctor
from hotline.services.upkeep.doctor import Level, Patient

_MARKS = {Level.OK: "ok  ", Level.WARN: "warn", Level.FAIL: "FAIL"}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
def doctor_command(*, as_json: bool) -> None:
    """Look at everything that must be well. Exits with 1 on a failure, with 2 on a warning."""
    patient = _patient()
    try:
        found = doctor.examine(patient)
    finally:
        patient.engine.dispose()
    if as_json:
        click.echo(json.dumps([one.as_json() for one in found], ensure_ascii=False, indent=1))
    for one in () if as_json else found:
        advice = f"  → {one.do}" if one.do else ""
        click.echo(f"{_MARKS[one.level]}  {one.name:<18} {one.what}{advice}")
    levels = {one.level for one in found}
    raise SystemExit(1 if Level.FAIL in levels else 2 if Level.WARN in levels else 0)


def _patient() -> Patient:
    settings = settings_of_shell()
    return Patient(
        engine=boot.build_engine(settings),
        queue=lambda: boot.build_redis(settings),
        keys=boot.build_keys(settings),
        media_dir=settings.media_dir,
        roots_dir=settings.roots_dir,
        backups_dir=settings.backups_dir,
        production=settings.env == "production",
        carrier={
            "HOTLINE_EMERGENCY_NUMBERS": bool(settings.emergency_numbers),
            "HOTLINE_CARRIER_URL or a real account": settings.carrier_url is not None
            or settings.env == "production",
        },
    )


@click.command("probe")
@click.option("--url", required=True, help="The public address of the hotline.")
@click.option("--where", default="", help="A place of the county, to have it routed.")
@click.option("--door", default="web", show_default=True, type=click.Choice(list(Way)))
@click.option("--number", default="", help="The telephone that a test message comes from, +86….")
@click.option("--limit", "limit_s", default=60.0, show_default=True, help="Seconds it may take.")
def probe_command(url: str, where: str, door: str, number: str, limit_s: float) -> None:
    """Send a test demand as a citizen would, and wait until it has come back.

    Needs HOTLINE_PROBE_KEY, and nothing else of the hotline: run it on a machine outside. A
    message needs HOTLINE_CARRIER_TOKENS as well: it is signed as the carrier signs. Prints one
    line of JSON, and exits with 1 where the demand did not come back in time.
    """
    secret, post = _needed("HOTLINE_PROBE_KEY"), None
    if door == Way.MESSAGE:
        if not number:
            raise click.UsageError("a message needs --number")
        token, *_older = _needed("HOTLINE_CARRIER_TOKENS").split(",")
        to = os.environ.get("HOTLINE_HOTLINE_NUMBER", "12345")
        post = Post(token.strip(), number, to)
    outcome = prober.probe(url, secret, where=where, limit_s=limit_s, post=post)
    click.echo(json.dumps(outcome.as_json()))
    raise SystemExit(0 if outcome.ok else 1)


def _needed(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise SetupError(setting=name, reason="not_set")
    return value
