"""``python -m hotline.demo.telephones PORT``: the fake carrier with the demo staff's telephones."""

import os
import signal
import sys
import threading

from sqlmodel import Session

from config import read_settings
from hotline import boot, clock
from hotline.channels.templates import for_carrier
from hotline.channels.voice import fallback
from hotline.demo import staff
from hotline.demo.carrier.people import live
from hotline.demo.carrier.server import FakeCarrier
from hotline.demo.up import STAND_INS

# People on the page read faster than a machine speaks.
_SPEED = 3.0
CALLERS = (("+8613800000001", "示例来电人", "Sample caller"),)


def main(port: int) -> None:
    """Run until told to stop."""
    settings = read_settings()
    engine = boot.build_engine(settings)
    keys = boot.build_keys(settings)
    with Session(engine) as session:
        people = staff.phones(session, keys)
        ahead = clock.shifted_by(session.connection())
    engine.dispose()
    public_url = str(settings.public_url).rstrip("/")
    carrier = FakeCarrier(
        app_url=public_url,
        account=settings.carrier_account,
        token=settings.carrier_tokens[0].get_secret_value(),
        profile=settings.carrier_profile,
        speed=float(os.environ.get("HOTLINE_DEMO_SPEED", _SPEED)),
        port=port,
        number=settings.hotline_number,
        stranger=live(),
        fallback_twiml=fallback(f"{public_url}/hooks/voice/thanks"),
    )
    carrier.add_templates(for_carrier())
    carrier.add_phones(_phones(people))
    carrier.forward(ahead)
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    with carrier:
        stop.wait()


def _phones(people: dict[str, str]) -> list[dict[str, str]]:
    callers = [
        {"number": number, "name": name, "name_en": english, "role": "caller"}
        for number, name, english in CALLERS
    ]
    officers = [
        {"number": number, "name": name, "name_en": name, "role": "staff"}
        for number, name in people.items()
    ]
    services = [
        {
            "number": number,
            "name": f"示例{short}",
            "name_en": f"Stand-in {short}",
            "role": "service",
        }
        for short, number in STAND_INS.items()
    ]
    return callers + officers + services


if __name__ == "__main__":
    main(int(sys.argv[1]))
