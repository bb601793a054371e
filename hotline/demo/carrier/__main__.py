"""``python -m hotline.demo.carrier``: the carrier as a process of its own."""

import json
import signal
import sys
import threading
from pathlib import Path

import click

from hotline.demo.carrier.faults import Faults
from hotline.demo.carrier.people import live
from hotline.demo.carrier.profiles import PROFILES
from hotline.demo.carrier.server import FakeCarrier


@click.command()
@click.option("--port", type=int, default=0, help="0 takes any that is free.")
@click.option("--app-url", required=True, help="Where the hotline's webhooks are.")
@click.option("--account", default="AC" + "0" * 32, show_default=True)
@click.option("--token", default="demo-carrier-token", show_default=True)
@click.option("--profile", type=click.Choice(sorted(PROFILES)), default="twilio")
@click.option(
    "--speed", type=float, default=1.0, help="50 makes scripted people fifty times as quick."
)
@click.option("--live-speed", type=float, default=1.0, help="The same for those at the page.")
@click.option("--number", default="12345", show_default=True, help="The hotline's number.")
@click.option(
    "--phones",
    type=click.Path(path_type=Path, exists=True),
    help="A JSON list of {number, name, name_en, role}: telephones that the page shows.",
)
@click.option(
    "--templates",
    type=click.Path(path_type=Path, exists=True),
    help="A JSON object of template names and texts, approved from the start.",
)
@click.option(
    "--fallback",
    type=click.Path(path_type=Path, exists=True),
    help="A TwiML file that this carrier hosts and uses when the webhooks fail.",
)
@click.option("--faults", default="{}", help='As JSON: {"seed": 7, "repeat": 0.5}.')
def main(  # noqa: PLR0913 - one parameter for each option
    *,
    port: int,
    app_url: str,
    account: str,
    token: str,
    profile: str,
    speed: float,
    live_speed: float,
    number: str,
    phones: Path | None,
    templates: Path | None,
    fallback: Path | None,
    faults: str,
) -> None:
    """Run a telephone company on a loopback port until it is told to stop."""
    carrier = FakeCarrier(
        app_url=app_url,
        account=account,
        token=token,
        profile=profile,
        speed=speed,
        live_speed=live_speed,
        port=port,
        number=number,
        # Nobody here is a script: whoever is rung is played on the page, or lets it ring.
        stranger=live(),
        fallback_twiml=fallback.read_text(encoding="utf-8") if fallback else "",
        faults=Faults(**json.loads(faults)),
    )
    if templates:
        carrier.add_templates(json.loads(templates.read_text(encoding="utf-8")))
    if phones:
        carrier.add_phones(json.loads(phones.read_text(encoding="utf-8")))
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    with carrier:
        print(f"carrier {carrier.url}", flush=True)
        stop.wait()
    sys.exit(0)


if __name__ == "__main__":
    main()
