"""The REST interface: the part of Twilio's that the hotline uses, as strict as the real one."""

import hmac
import re
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from hotline.demo.carrier import parameters
from hotline.demo.carrier.exchange import EMERGENCY, Exchange, conference_sid
from hotline.demo.carrier.interpreter import Interpreter
from hotline.demo.carrier.legs import Leg
from hotline.demo.carrier.messages import NotCarriedError, PostOffice
from hotline.demo.carrier.records import API, Call, Json, Recording, Template, new_sid
from hotline.demo.carrier.rooms import converse
from hotline.demo.carrier.sound import tone
from hotline.demo.carrier.twiml import Goto

E164: Final = re.compile(r"\+[1-9]\d{6,14}|[1-9]\d{2,5}")
DEFAULT_PAGE: Final = 50
LARGEST_PAGE: Final = 1000


class ApiError(Exception):
    """An answer of the API that says no."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class Rest:
    """The resources, over one exchange."""

    def __init__(self, exchange: Exchange, post: PostOffice) -> None:
        self.exchange = exchange
        self.post = post
        self.busy_next = 0
        """So many of the next requests are answered 429."""
        self.lose_next = 0
        """So many of the next changes are carried out, but their answers lost."""

    def guard(self) -> None:
        """Let only the account in, and have a bad day when faults say so."""
        faults = self.exchange.webhooks.faults
        if self.busy_next or faults.hits(faults.busy):
            self.busy_next = max(0, self.busy_next - 1)
            raise ApiError(429, 20429, "Too Many Requests")
        config, given = self.exchange.config, request.authorization
        tokens = (config.token, *config.more_tokens)
        if given is None or given.username != config.account:
            raise ApiError(401, 20003, "Authenticate")
        password = (given.password or "").encode()
        if not any(hmac.compare_digest(password, token.encode()) for token in tokens):
            raise ApiError(401, 20003, "Authenticate")
        if request.method == "POST" and self.lose_next:
            self.lose_next -= 1
            request.environ["carrier.lose_answer"] = True

    def create_message(self) -> tuple[Response, int]:
        """Take a message."""
        form = self._form(parameters.NEW_MESSAGE)
        self._check_numbers(form, bad_from=21606)
        try:
            text = self.post.accept(form)
        except NotCarriedError as error:
            raise ApiError(error.status, error.code, error.why) from error
        return jsonify(text.json(self.exchange.account)), 201

    def create_call(self) -> tuple[Response, int]:
        """Take the order to ring somebody."""
        form = self._form(parameters.NEW_CALL)
        self._check_numbers(form, bad_from=21210)
        if not form.get("Url") and not form.get("Twiml"):
            raise ApiError(400, 21205, "Url parameter is required.")
        self._check_stranger(form["To"])
        leg = self._outgoing(form)
        work = partial(self._instructed, form)
        detect = form.get("MachineDetection", "") in {"Enable", "DetectMessageEnd"}
        timeout = float(form.get("Timeout", "60"))
        self.exchange.start(
            partial(self.exchange.ring, leg, timeout, work, detect=detect), f"call-{leg.call.sid}"
        )
        return jsonify(leg.call.json(self.exchange.account)), 201

    def update_call(self, sid: str) -> Response:
        """Redirect or end a running call."""
        form = self._form(parameters.CHANGED_CALL)
        call, leg = self._call(sid), self.exchange.legs.get(sid)
        if leg is None or call.over:
            raise ApiError(400, 21220, "Call is not in-progress. Cannot redirect.")
        if form.get("Status") in {"completed", "canceled"}:
            leg.hang_up_from_outside()
        elif form.get("Url"):
            leg.send_elsewhere(form["Url"])
        else:
            raise ApiError(400, 21205, "Url parameter is required.")
        return jsonify(call.json(self.exchange.account))

    def create_recording(self, sid: str) -> tuple[Response, int]:
        """Record a running call from now on."""
        form = self._form(parameters.NEW_RECORDING)
        call = self._call(sid)
        if call.status != "in-progress":
            raise ApiError(400, 21220, "Requested resource is not eligible for recording")
        callback = form.get("RecordingStatusCallback", "")
        made = self.exchange.record(call, "StartCallRecordingAPI", callback)
        return jsonify(made.json(self.exchange.account)), 201

    def create_participant(self, name: str) -> tuple[Response, int]:
        """Ring somebody into a conference."""
        form = self._form(parameters.NEW_PARTICIPANT)
        self._check_numbers(form, bad_from=21210)
        leg = self._outgoing(form)
        work = partial(self._joined, name, form.get("EndConferenceOnExit") == "true")
        timeout = float(form.get("Timeout", "60"))
        self.exchange.start(partial(self.exchange.ring, leg, timeout, work), f"call-{leg.call.sid}")
        return jsonify(self._participant(name, leg)), 201

    def create_template(self) -> tuple[Response, int]:
        """Register a text; approved at once, which no real carrier does."""
        body = request.get_json()
        text = body["types"]["twilio/text"]["body"]
        template = Template(new_sid("HX"), body["friendly_name"], text)
        with self.exchange.changed:
            self.exchange.templates[template.sid] = template
        return jsonify(self._template(template)), 201

    def list_templates(self) -> Response:
        """List the registered texts on one page."""
        rows = [self._template(template) for template in self.exchange.templates.values()]
        return jsonify(contents=rows, meta={"key": "contents", "next_page_url": None, "page": 0})

    def list_messages(self) -> Response:
        """List messages, newest first."""
        wanted = self._query(parameters.MESSAGE_FILTERS)
        rows = [
            text
            for text in reversed(list(self.exchange.messages.values()))
            if wanted.get("To") in {None, text.to}
            and wanted.get("From") in {None, text.from_}
            and _in_time(text.sent_at, wanted, "DateSent")
        ]
        return self._page("messages", rows, wanted)

    def list_calls(self) -> Response:
        """List calls, newest first."""
        wanted = self._query(parameters.CALL_FILTERS)
        rows = [
            call
            for call in reversed(list(self.exchange.calls.values()))
            if wanted.get("To") in {None, call.to}
            and wanted.get("From") in {None, call.from_}
            and wanted.get("Status") in {None, call.status}
            and wanted.get("ParentCallSid") in {None, call.parent_sid}
            and _in_time(call.created_at, wanted, "StartTime")
            and _in_time(call.ended_at, wanted, "EndTime")
        ]
        return self._page("calls", rows, wanted)

    def list_recordings(self, call_sid: str | None = None) -> Response:
        """List recordings, newest first."""
        wanted = self._query(parameters.RECORDING_FILTERS)
        call_sid = call_sid or wanted.get("CallSid")
        rows = [
            made
            for made in reversed(list(self.exchange.recordings.values()))
            if call_sid in {None, made.call_sid}
            and _in_time(made.created_at, wanted, "DateCreated")
        ]
        return self._page("recordings", rows, wanted)

    def show_message(self, sid: str) -> Response:
        """Show one message."""
        text = self.exchange.messages.get(sid)
        if text is None:
            raise ApiError(404, 20404, f"The requested resource {request.path} was not found")
        return jsonify(text.json(self.exchange.account))

    def show_call(self, sid: str) -> Response:
        """Show one call."""
        return jsonify(self._call(sid).json(self.exchange.account))

    def sound(self, sid: str) -> Response:
        """Bring the sound of a recording; not there until it is complete."""
        made = self.exchange.recordings.get(sid)
        if made is None or made.status != "completed":
            raise ApiError(404, 20404, f"The requested resource {request.path} was not found")
        return Response(tone(made.duration_s), mimetype="audio/x-wav")

    # What the above is made of.

    def _form(self, known: frozenset[str]) -> dict[str, str]:
        form = {name: " ".join(values) for name, values in request.form.lists()}
        for name in sorted(form.keys() - known):
            self.exchange.webhooks.trouble(20001, f"{request.path}: unknown parameter {name}")
            raise ApiError(400, 20001, f"Unknown parameter {name}")
        for name in sorted(form.keys() & parameters.NOT_PLAYED):
            self.exchange.webhooks.trouble(0, f"{request.path}: {name} is not played here")
        return form

    def _query(self, known: frozenset[str]) -> dict[str, str]:
        for name in sorted(request.args.keys() - known):
            raise ApiError(400, 20001, f"Unknown parameter {name}")
        return request.args.to_dict()

    def _check_numbers(self, form: dict[str, str], *, bad_from: int) -> None:
        if not E164.fullmatch(form.get("To", "")):
            raise ApiError(400, 21211, f"Invalid 'To' Phone Number: {form.get('To', '')}")
        if form["To"].removeprefix("+86") in EMERGENCY:
            self.exchange.webhooks.trouble(21216, "an emergency number was dialled")
            raise ApiError(400, 21216, "Account not allowed to call emergency numbers")
        if form.get("From", "") not in self.exchange.numbers:
            raise ApiError(400, bad_from, "'From' is not a number of this account")

    def _check_stranger(self, to: str) -> None:
        if self.exchange.profile.calls_to_strangers:
            return
        calls = list(self.exchange.calls.values())
        if not any(call.direction == "inbound" and call.from_ == to for call in calls):
            raise ApiError(400, 21215, "Account not authorized to call this number")

    def _outgoing(self, form: dict[str, str]) -> Leg:
        call = Call(
            sid=new_sid("CA"),
            from_=form["From"],
            to=form["To"],
            direction="outbound-api",
            created_at=self.exchange.pace.now(),
            started=time.monotonic(),
            status_callback=form.get("StatusCallback", ""),
            status_events=frozenset(form.get("StatusCallbackEvent", "completed").split()),
        )
        return self.exchange.new_call(call, self.exchange.person_at(form["To"]))

    def _instructed(self, form: dict[str, str], leg: Leg) -> None:
        if form.get("Record") == "true":
            callback = form.get("RecordingStatusCallback", "")
            self.exchange.record(leg.call, "OutboundAPI", callback)
        interpreter = Interpreter(self.exchange, leg, form.get("FallbackUrl", ""))
        if form.get("Twiml"):
            interpreter.run_text(form["Twiml"])
        else:
            interpreter.run(Goto(form["Url"], {}, form.get("Method", "POST")))

    def _joined(self, name: str, ends_it: bool, leg: Leg) -> None:  # noqa: FBT001 - partial()
        room = self.exchange.conference(name)
        room.join(leg, ends_it=ends_it)
        converse(leg, room)

    def _call(self, sid: str) -> Call:
        call = self.exchange.calls.get(sid)
        if call is None:
            raise ApiError(404, 20404, f"The requested resource {request.path} was not found")
        return call

    def _participant(self, name: str, leg: Leg) -> Json:
        return {
            "account_sid": self.exchange.account,
            "call_sid": leg.call.sid,
            "coaching": False,
            "conference_sid": conference_sid(name),
            "end_conference_on_exit": False,
            "hold": False,
            "label": None,
            "muted": False,
            "start_conference_on_enter": True,
            "status": "queued",
        }

    def _template(self, template: Template) -> Json:
        return {
            "account_sid": self.exchange.account,
            "friendly_name": template.name,
            "language": "zh_CN",
            "links": {},
            "sid": template.sid,
            "types": {"twilio/text": {"body": template.body}},
            "variables": {},
        }

    def _page(
        self,
        key: str,
        rows: "Iterable[Call] | Iterable[Recording] | Iterable[object]",
        wanted: dict[str, str],
    ) -> Response:
        everything = list(rows)
        size = min(int(wanted.get("PageSize", DEFAULT_PAGE)), LARGEST_PAGE)
        page = int(wanted.get("Page", "0"))
        shown = everything[page * size : (page + 1) * size]
        more = (page + 1) * size < len(everything)
        following = urlencode(wanted | {"Page": str(page + 1), "PageSize": str(size)})
        body = {
            key: [row.json(self.exchange.account) for row in shown],  # type: ignore[attr-defined]
            "end": page * size + max(len(shown) - 1, 0),
            "first_page_uri": f"{request.path}?{urlencode(wanted | {'Page': '0'})}",
            "next_page_uri": f"{request.path}?{following}" if more else None,
            "page": page,
            "page_size": size,
            "previous_page_uri": None,
            "start": page * size,
            "uri": request.full_path,
        }
        return jsonify(body)


def _in_time(at: datetime | None, wanted: dict[str, str], name: str) -> bool:
    """Whether an instant, cut to its second, lies within the filters; both ends count."""
    asked = {sign: wanted.get(name + sign) for sign in ("", "<", ">")}
    if not any(asked.values()):
        return True
    if at is None:
        return False
    moment = at.replace(microsecond=0)
    exact, before, after = (
        _instant(value) if value else None for value in (asked[""], asked["<"], asked[">"])
    )
    return (
        (exact is None or moment.date() == exact.date())
        and (before is None or moment <= before)
        and (after is None or moment >= after)
    )


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError as error:
        raise ApiError(400, 20001, f"{text} is no date") from error


def _refused(error: ApiError) -> tuple[Response, int]:
    body = {
        "code": error.code,
        "message": error.message,
        "more_info": f"https://www.twilio.com/docs/errors/{error.code}",
        "status": error.status,
    }
    return jsonify(body), error.status


def blueprint(rest: Rest) -> Blueprint:
    """Lay the resources out under the paths of the real API."""
    api = Blueprint("rest", __name__)
    api.before_request(rest.guard)
    api.register_error_handler(ApiError, _refused)
    base = f"/{API}/Accounts/{rest.exchange.account}"
    rules: list[tuple[str, str, Callable[..., ResponseReturnValue]]] = [
        ("POST", f"{base}/Messages.json", rest.create_message),
        ("GET", f"{base}/Messages.json", rest.list_messages),
        ("GET", f"{base}/Messages/<sid>.json", rest.show_message),
        ("POST", f"{base}/Calls.json", rest.create_call),
        ("GET", f"{base}/Calls.json", rest.list_calls),
        ("GET", f"{base}/Calls/<sid>.json", rest.show_call),
        ("POST", f"{base}/Calls/<sid>.json", rest.update_call),
        ("POST", f"{base}/Calls/<sid>/Recordings.json", rest.create_recording),
        ("GET", f"{base}/Calls/<call_sid>/Recordings.json", rest.list_recordings),
        ("POST", f"{base}/Conferences/<name>/Participants.json", rest.create_participant),
        ("GET", f"{base}/Recordings.json", rest.list_recordings),
        ("GET", f"{base}/Recordings/<sid>.wav", rest.sound),
        ("GET", f"{base}/Recordings/<sid>", rest.sound),
        ("POST", "/v1/Content", rest.create_template),
        ("GET", "/v1/Content", rest.list_templates),
    ]
    for method, rule, view in rules:
        api.add_url_rule(rule, f"{method}-{rule}".replace(".", "-"), view, methods=[method])
    return api
