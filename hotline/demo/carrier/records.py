"""What the carrier remembers, and how it tells it: the JSON of the real API."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final, Literal
from uuid import uuid4

API: Final = "2010-04-01"
ENDED: Final = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})

Json = dict[str, object]


def new_sid(prefix: str) -> str:
    """Return a fresh SID; never seeded, because a database outlives this process."""
    return prefix + uuid4().hex


def rfc2822(at: datetime | None) -> str | None:
    """Write an instant the way the API does, in whole seconds of UTC."""
    return None if at is None else format_datetime(at.astimezone(UTC))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what could be heard on a telephone.

    ``who`` is ``machine``, ``note`` (ringing, recorded, hung up) or a number.
    """

    who: str
    text: str
    at: datetime


@dataclass(eq=False, slots=True)
class Message:
    """A text message, of either direction."""

    sid: str
    from_: str
    to: str
    body: str
    direction: Literal["inbound", "outbound-api", "outbound-reply"]
    created_at: datetime
    status: str = "queued"
    error_code: int | None = None
    sent_at: datetime | None = None
    status_callback: str = ""
    content_sid: str = ""
    params: dict[str, str] = field(default_factory=dict)
    expected: bool = False

    def json(self, account: str) -> Json:
        """Return the resource as the API shows it."""
        return {
            "account_sid": account,
            "api_version": API,
            "body": self.body,
            "date_created": rfc2822(self.created_at),
            "date_sent": rfc2822(self.sent_at),
            "date_updated": rfc2822(self.sent_at or self.created_at),
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": "Unreachable" if self.error_code else None,
            "from": self.from_,
            "messaging_service_sid": None,
            "num_media": "0",
            "num_segments": str(1 + len(self.body) // 70),
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {},
            "to": self.to,
            "uri": f"/{API}/Accounts/{account}/Messages/{self.sid}.json",
        }


@dataclass(eq=False, slots=True)
class Call:
    """One call between the hotline's number and one other.

    Somebody put through to somebody else makes a second call.
    """

    sid: str
    from_: str
    to: str
    direction: Literal["inbound", "outbound-api", "outbound-dial"]
    created_at: datetime
    started: float
    """The reading of `time.monotonic` at which it began."""
    parent_sid: str | None = None
    status: str = "queued"
    answered: float | None = None
    ended_at: datetime | None = None
    duration_s: int | None = None
    answered_by: str | None = None
    status_callback: str = ""
    status_events: frozenset[str] = frozenset({"completed"})
    callbacks_made: int = 0
    transcript: list[Line] = field(default_factory=list)
    expected: bool = False

    @property
    def over(self) -> bool:
        """Whether the call has ended, however it did."""
        return self.status in ENDED

    @property
    def person(self) -> str:
        """The number at the other end from the hotline."""
        return self.from_ if self.direction == "inbound" else self.to

    def json(self, account: str) -> Json:
        """Return the resource as the API shows it."""
        return {
            "account_sid": account,
            "annotation": None,
            "answered_by": self.answered_by,
            "api_version": API,
            "caller_name": None,
            "date_created": rfc2822(self.created_at),
            "date_updated": rfc2822(self.ended_at or self.created_at),
            "direction": self.direction,
            "duration": None if self.duration_s is None else str(self.duration_s),
            "end_time": rfc2822(self.ended_at),
            "forwarded_from": None,
            "from": self.from_,
            "from_formatted": self.from_,
            "group_sid": None,
            "parent_call_sid": self.parent_sid,
            "phone_number_sid": None,
            "price": None,
            "price_unit": "USD",
            "queue_time": "0",
            "sid": self.sid,
            "start_time": rfc2822(self.created_at),
            "status": self.status,
            "subresource_uris": {},
            "to": self.to,
            "to_formatted": self.to,
            "trunk_sid": None,
            "uri": f"/{API}/Accounts/{account}/Calls/{self.sid}.json",
        }


@dataclass(eq=False, slots=True)
class Recording:
    """A recording; ``words`` is what was said in it, for tests and for the page."""

    sid: str
    call_sid: str
    source: str
    created_at: datetime
    status: str = "in-progress"
    duration_s: int = -1
    words: str = ""
    callback: str = ""

    def json(self, account: str) -> Json:
        """Return the resource as the API shows it."""
        uri = f"/{API}/Accounts/{account}/Recordings/{self.sid}"
        return {
            "account_sid": account,
            "api_version": API,
            "call_sid": self.call_sid,
            "channels": 1,
            "conference_sid": None,
            "date_created": rfc2822(self.created_at),
            "date_updated": rfc2822(self.created_at),
            "duration": str(self.duration_s),
            "encryption_details": None,
            "error_code": None,
            "media_url": f"https://api.twilio.com{uri}",
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "source": self.source,
            "start_time": rfc2822(self.created_at),
            "status": self.status,
            "subresource_uris": {},
            "uri": f"{uri}.json",
        }


@dataclass(frozen=True, slots=True)
class Template:
    """A registered text, with parameters written ``{{name}}``."""

    sid: str
    name: str
    body: str

    def fill(self, params: dict[str, str]) -> str:
        """Return the words with their parameters; a parameter left out stays visible."""
        words = self.body
        for name, value in params.items():
            words = words.replace("{{" + name + "}}", value)
        return words


@dataclass(frozen=True, slots=True)
class Webhook:
    """One request that the carrier made, and what became of it: a status, or why there is none."""

    kind: str
    url: str
    params: dict[str, str]
    outcome: str
    at: datetime
    body: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What the carrier's debugger would show: code, and what it was about."""

    code: int
    what: str
