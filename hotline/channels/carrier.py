"""The carrier as a port: what the hotline asks of a telephone company, and what may go wrong.

A carrier *declares* what it can do, because the two kinds that a county meets differ in more
than an address. Twilio abroad carries texts both ways, links and machine calls to anybody.
A carrier in mainland China carries approved templates one way, without links, so many a day
to one number, and no alert calls: officers acknowledge in the mobile web there.

Numbers in this module are strings as a person would dial them; adapters make them E.164.
All instants are aware datetimes **by the carrier's own clock**. A sweep that lists since a
watermark therefore keeps the newest ``created_at`` it has seen, never the database's time.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from hotline.domain.errors import HotlineError


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a carrier can do; journeys ask this instead of asking which carrier it is."""

    two_way_messages: bool
    """People can text the hotline, and it can answer in free words."""
    links: bool
    """A message may hold an address of a web page."""
    alert_calls: bool
    """The machine may ring somebody who never rang the hotline."""
    conference: bool
    """A third party can be called into a running call."""
    templates_only: bool
    """Messages are an approved template and its parameters."""
    max_messages_per_number_per_day: int | None
    """The carrier's own cap for one receiver; None where there is none."""


TWILIO: Final = Capabilities(
    two_way_messages=True,
    links=True,
    alert_calls=True,
    conference=True,
    templates_only=False,
    max_messages_per_number_per_day=None,
)
MAINLAND: Final = Capabilities(
    two_way_messages=False,
    links=False,
    alert_calls=False,
    conference=True,
    templates_only=True,
    max_messages_per_number_per_day=10,
)
PROFILES: Final[Mapping[str, Capabilities]] = {"twilio": TWILIO, "mainland": MAINLAND}
"""The values of ``HOTLINE_CARRIER_PROFILE``."""


class CarrierError(HotlineError):
    """The carrier did not do what it was asked."""

    code = "carrier_error"
    http_status = 502


class CarrierRefusedError(CarrierError):
    """The carrier said no: the request was not carried out.

    ``carrier_code`` is the carrier's own number for the reason (21211: not a number that can be
    dialled). ``permanent`` says that asking again is useless: take the next channel or person.
    """

    code = "carrier_refused"

    def __init__(self, carrier_code: str, *, permanent: bool) -> None:
        super().__init__(carrier_code=carrier_code, permanent=permanent)
        self.carrier_code = carrier_code
        self.permanent = permanent


class CarrierBusyError(CarrierError):
    """The request was certainly not carried out; ask again after ``retry_after_s`` seconds."""

    code = "carrier_busy"

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(retry_after_s=retry_after_s)
        self.retry_after_s = retry_after_s


class CarrierUnknownError(CarrierError):
    """The answer was lost: the request may or may not have been carried out. Look it up."""

    code = "carrier_unknown"


class UnknownHostError(CarrierError):
    """The client wanted to talk to a host that is not the carrier's."""

    code = "carrier_unknown_host"
    http_status = 500


class EmergencyNumberError(HotlineError):
    """Outside production nobody dials 110, 119, 120 or 122."""

    code = "emergency_number"
    http_status = 403


@dataclass(frozen=True, slots=True)
class Sent:
    """The carrier took it: ``sid`` is the carrier's name for the message or call."""

    sid: str


@dataclass(frozen=True, slots=True)
class MessageRecord:
    """A message as the carrier remembers it; ``direction`` is inbound or outbound."""

    sid: str
    from_: str
    to: str
    direction: str
    status: str
    body: str
    created_at: datetime
    error_code: str | None


@dataclass(frozen=True, slots=True)
class CallRecord:
    """A call as the carrier remembers it; ``duration_s`` is None until the call has ended."""

    sid: str
    from_: str
    to: str
    direction: str
    status: str
    created_at: datetime
    duration_s: int | None
    answered_by: str | None


@dataclass(frozen=True, slots=True)
class RecordingRecord:
    """A recording as the carrier remembers it; ``duration_s`` is None until it is complete."""

    sid: str
    call_sid: str
    status: str
    created_at: datetime
    duration_s: int | None


class Carrier(Protocol):
    """What the hotline asks of a carrier.

    Every method raises `CarrierBusyError` (not done, try later), `CarrierRefusedError` (not
    done) or `CarrierUnknownError` (perhaps done). Methods that dial raise
    `EmergencyNumberError` outside production.
    """

    @property
    def capabilities(self) -> Capabilities:
        """What this carrier can do."""

    def send_message(
        self, to: str, template: str, text: str, params: Mapping[str, str], callback_url: str
    ) -> Sent:
        """Send ``text``, or ``template`` with ``params`` where only templates are carried.

        Both are always given, and must say the same: `find_message` recognises a message by
        its words, because no carrier hands back a key of ours.
        """

    def place_call(
        self, to: str, answer_url: str, status_url: str, *, timeout_s: int, machine_detection: bool
    ) -> Sent:
        """Ring ``to`` for ``timeout_s`` seconds; ``answer_url`` says what the machine does then."""

    def add_to_conference(self, room: str, to: str, status_url: str) -> Sent:
        """Ring ``to`` and let them join the conference named ``room``, which need not exist yet."""

    def redirect_call(self, call_sid: str, url: str) -> None:
        """Take a running call out of what it is doing, and do what ``url`` says."""

    def list_messages(self, since: datetime) -> Iterator[MessageRecord]:
        """All messages of both directions since an instant, newest first."""

    def list_calls(self, since: datetime) -> Iterator[CallRecord]:
        """All calls of both directions since an instant, newest first."""

    def list_recordings(self, since: datetime) -> Iterator[RecordingRecord]:
        """All recordings since an instant, newest first."""

    def find_message(
        self, to: str, text: str, since: datetime, *, known: Collection[str] = ()
    ) -> MessageRecord | None:
        """Find the oldest outgoing message of these words to ``to`` since then, if there is one.

        ``known`` are SIDs that already belong to other rows of the outbox: two equal messages
        to one number are told apart by what is left over.
        """

    def find_call(
        self, to: str, since: datetime, *, known: Collection[str] = ()
    ) -> CallRecord | None:
        """Find the oldest outgoing call to ``to`` since then that is not among ``known``."""

    def fetch_recording(self, sid: str) -> bytes:
        """Bring the sound of a recording as a WAV file."""


# An optional country code, an optional area code, one of the four numbers. 12110, 12119,
# 12120 and 12122 ring the same desks, so being caught by this is right too.
_EMERGENCY: Final = re.compile(r"(?:00)?(?:86)?(?:0?[1-9]\d{0,2})?(?:110|119|120|122)")


def is_emergency(number: str) -> bool:
    """Whether dialling ``number`` could ring police, fire, ambulance or traffic police.

    Formatting does not matter: spaces, dashes, full-width digits, ``tel:`` and ``sip:``
    addresses, a country code, an area code before it and digits dialled after it.
    """
    plain = unicodedata.normalize("NFKC", number)
    dialled = re.split(r"[;,@wWpP#*]|ext", plain.partition(":")[2] or plain, maxsplit=1)[0]
    digits = "".join(str(unicodedata.digit(sign)) for sign in dialled if sign.isdigit())
    return _EMERGENCY.fullmatch(digits) is not None


def refuse_emergency(number: str, *, production: bool) -> None:
    """Guard whatever dials, the TwiML builder included.

    Raises:
        EmergencyNumberError: the number is one of the four and this is not production.
    """
    if not production and is_emergency(number):
        raise EmergencyNumberError
