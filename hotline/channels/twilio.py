"""Twilio behind the port, by its own client; the fake carrier is reached by the same code."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import phonenumbers
from twilio.rest import Client

from hotline.channels.carrier import (
    PROFILES,
    CallRecord,
    Capabilities,
    CarrierRefusedError,
    MessageRecord,
    RecordingRecord,
    Sent,
    is_emergency,
    refuse_emergency,
)
from hotline.channels.twilio_http import MappedHttpClient, asked, code_in

NOT_NUMBER: Final = "21211"
NO_TEMPLATE: Final = "21655"


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """The account that pays: its SID, its token, and the number that people see."""

    sid: str
    token: str
    number: str


class TwilioCarrier:
    """The port `hotline.channels.carrier.Carrier`, spoken to Twilio.

    One instance belongs to one process: connections must not be shared over a fork.
    """

    def __init__(
        self,
        account: TwilioAccount,
        *,
        profile: str = "twilio",
        base_url: str | None = None,
        production: bool = False,
        timeout_s: float = 10.0,
    ) -> None:
        self._account = account
        self._production = production
        self._capabilities = PROFILES[profile]
        self._http = MappedHttpClient(base_url, timeout_s)
        # A mapping that is not empty: else the client reads TWILIO_EDGE from the environment.
        self._client = Client(
            account.sid, account.token, http_client=self._http, environment={"TWILIO_EDGE": ""}
        )
        self._content_sids: dict[str, str] = {}

    @property
    def capabilities(self) -> Capabilities:
        """What this carrier can do, by the profile of the settings."""
        return self._capabilities

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def send_message(
        self, to: str, template: str, text: str, params: Mapping[str, str], callback_url: str
    ) -> Sent:
        """Send words, or a template where only templates are carried."""
        refuse_emergency(to, production=self._production)
        content: dict[str, str] = {"body": text}
        if self._capabilities.templates_only:
            content = {
                "content_sid": self._content_sid(template),
                "content_variables": json.dumps(dict(params), ensure_ascii=False),
            }
        message = asked(
            lambda: self._client.messages.create(
                to=dialled(to), from_=self._account.number, status_callback=callback_url, **content
            )
        )
        return Sent(message.sid)

    def place_call(
        self, to: str, answer_url: str, status_url: str, *, timeout_s: int, machine_detection: bool
    ) -> Sent:
        """Ring a number; with ``machine_detection`` the answer URL is told who answered."""
        refuse_emergency(to, production=self._production)
        detection = {"machine_detection": "Enable"} if machine_detection else {}
        call = asked(
            lambda: self._client.calls.create(
                to=dialled(to),
                from_=self._account.number,
                url=answer_url,
                status_callback=status_url,
                status_callback_event=["initiated", "ringing", "answered", "completed"],
                timeout=timeout_s,
                **detection,
            )
        )
        return Sent(call.sid)

    def add_to_conference(self, room: str, to: str, status_url: str) -> Sent:
        """Ring a number into a conference, which goes on when that party leaves."""
        refuse_emergency(to, production=self._production)
        participant = asked(
            lambda: self._client.conferences(room).participants.create(
                from_=self._account.number,
                to=dialled(to),
                early_media=True,
                end_conference_on_exit=False,
                status_callback=status_url,
                status_callback_event=["initiated", "ringing", "answered", "completed"],
            )
        )
        return Sent(participant.call_sid)

    def redirect_call(self, call_sid: str, url: str) -> None:
        """Give a running call other instructions."""
        asked(lambda: self._client.calls(call_sid).update(url=url, method="POST"))

    def record_call(self, call_sid: str, status_url: str) -> Sent:
        """Record a running call until it ends."""
        recording = asked(
            lambda: self._client.calls(call_sid).recordings.create(
                recording_status_callback=status_url, recording_status_callback_event=["completed"]
            )
        )
        return Sent(recording.sid)

    def list_messages(self, since: datetime) -> Iterator[MessageRecord]:
        """All messages since an instant, of whole seconds as the carrier counts."""
        rows = asked(lambda: self._client.messages.list(date_sent_after=_utc(since)))
        return (_message(row) for row in rows)

    def list_calls(self, since: datetime) -> Iterator[CallRecord]:
        """All calls since an instant."""
        rows = asked(lambda: self._client.calls.list(start_time_after=_utc(since)))
        return (_call(row) for row in rows)

    def list_recordings(self, since: datetime) -> Iterator[RecordingRecord]:
        """All recordings since an instant."""
        rows = asked(lambda: self._client.recordings.list(date_created_after=_utc(since)))
        return (_recording(row) for row in rows)

    def find_message(
        self, to: str, text: str, since: datetime, *, known: Collection[str] = ()
    ) -> MessageRecord | None:
        """Look an outgoing message up again by its receiver and its words.

        The filter by date is not used: a message that waits at the carrier has no date yet,
        and a filter would hide exactly the one that must be found.
        """
        rows = asked(lambda: self._client.messages.list(to=e164(to), limit=1000))
        fitting = [
            record
            for record in map(_message, rows)
            if record.direction == "outbound"
            and record.sid not in known
            and record.created_at >= _utc(since)
            and _words(record.body) == _words(text)
        ]
        return min(fitting, key=lambda record: record.created_at, default=None)

    def find_call(
        self, to: str, since: datetime, *, known: Collection[str] = ()
    ) -> CallRecord | None:
        """Look an outgoing call up again by its receiver."""
        rows = asked(lambda: self._client.calls.list(to=e164(to), limit=1000))
        fitting = [
            record
            for record in map(_call, rows)
            if record.direction == "outbound"
            and record.sid not in known
            and record.created_at >= _utc(since)
        ]
        return min(fitting, key=lambda record: record.created_at, default=None)

    def fetch_recording(self, sid: str) -> bytes:
        """Bring the sound of a recording.

        Raises:
            CarrierRefusedError: there is none (yet), or it is larger than we take.
        """
        path = f"/2010-04-01/Accounts/{self._account.sid}/Recordings/{sid}.wav"
        auth = (self._account.sid, self._account.token)
        return asked(lambda: self._http.download(f"https://api.twilio.com{path}", auth))

    def register_templates(self, templates: Mapping[str, str]) -> None:
        """Hand in the templates that the carrier does not know yet, for its approval.

        ``templates`` maps our name to the words, parameters written ``{{name}}``. A template
        once registered is never changed: new words need a new name.
        """
        self._read_templates()
        for name in sorted(templates.keys() - self._content_sids.keys()):
            body = {
                "friendly_name": name,
                "language": "zh_CN",
                "variables": {},
                "types": {"twilio/text": {"body": templates[name]}},
            }
            answer = asked(
                lambda body=body: self._client.request(  # type: ignore[misc]
                    "POST",
                    "https://content.twilio.com/v1/Content",
                    data=body,
                    headers={"Content-Type": "application/json"},
                )
            )
            if not answer.ok:
                raise CarrierRefusedError(code_in(answer), permanent=True)
            self._content_sids[name] = json.loads(answer.text)["sid"]

    def _content_sid(self, template: str) -> str:
        if template not in self._content_sids:
            self._read_templates()
        if template not in self._content_sids:
            raise CarrierRefusedError(NO_TEMPLATE, permanent=True)
        return self._content_sids[template]

    def _read_templates(self) -> None:
        rows = asked(self._client.content.v1.contents.list)
        self._content_sids = {row.friendly_name: row.sid for row in rows}


def e164(number: str) -> str:
    """Write a number the way the carrier wants it: ``139 0000 0000`` is ``+8613900000000``.

    Raises:
        CarrierRefusedError: nobody can have such a number; nothing was sent.
    """
    try:
        parsed = phonenumbers.parse(number, "CN")
    except phonenumbers.NumberParseException as error:
        raise CarrierRefusedError(NOT_NUMBER, permanent=True) from error
    if not phonenumbers.is_possible_number(parsed):
        raise CarrierRefusedError(NOT_NUMBER, permanent=True)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def dialled(number: str) -> str:
    """Write a number for dialling: the four short ones, in production, as they are."""
    return number if is_emergency(number) else e164(number)


def _utc(instant: datetime) -> datetime:
    """Floor to a second of UTC: the client formats with a Z whatever the zone, and no fraction."""
    return instant.astimezone(UTC).replace(microsecond=0)


def _words(text: str) -> str:
    return " ".join(text.split())


def _direction(raw: str | None) -> str:
    return "inbound" if raw == "inbound" else "outbound"


def _message(row: Any) -> MessageRecord:  # noqa: ANN401
    return MessageRecord(
        sid=row.sid,
        from_=row.from_ or "",
        to=row.to or "",
        direction=_direction(row.direction),
        status=row.status or "",
        body=row.body or "",
        created_at=row.date_created,
        error_code=None if row.error_code is None else str(row.error_code),
    )


def _call(row: Any) -> CallRecord:  # noqa: ANN401
    return CallRecord(
        sid=row.sid,
        from_=row._from or "",  # noqa: SLF001 - the client has no other name for it
        to=row.to or "",
        direction=_direction(row.direction),
        status=row.status or "",
        created_at=row.date_created or row.start_time,
        duration_s=None if row.duration is None else int(row.duration),
        answered_by=row.answered_by,
    )


def _recording(row: Any) -> RecordingRecord:  # noqa: ANN401
    return RecordingRecord(
        sid=row.sid,
        call_sid=row.call_sid or "",
        status=row.status or "",
        created_at=row.date_created,
        # An unfinished recording has the duration -1.
        duration_s=int(row.duration) if row.duration and int(row.duration) >= 0 else None,
    )
