"""The page on which one is the caller, or holds any other telephone of the demonstration."""

from pathlib import Path
from typing import Final

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.demo.carrier.control import call_json, message_json
from hotline.demo.carrier.exchange import Exchange, Phone
from hotline.demo.carrier.records import Call, Json
from hotline.demo.carrier.words import PHRASES, ROLES, WORDS

FOLDER: Final = Path(__file__).parent
CALLERS: Final = (
    Phone("+8613900000001", "来电人甲（虚构）", "Caller A (invented)"),
    Phone("+8613900000002", "来电人乙（虚构）", "Caller B (invented)"),
)
# Nothing of the page comes from elsewhere, and no script stands in it.
POLICY: Final = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"


class Page:
    """The telephones of the demonstration, as pages."""

    def __init__(self, exchange: Exchange, hotline: str) -> None:
        self._exchange = exchange
        self._hotline = hotline

    def phones(self) -> list[Phone]:
        """List the known telephones, and every other that the hotline has had to do with."""
        known = {phone.number: phone for phone in self._exchange.phones or CALLERS}
        calls = [call.person for call in list(self._exchange.calls.values())]
        texts = [
            text.from_ if text.direction == "inbound" else text.to
            for text in list(self._exchange.messages.values())
        ]
        for number in (*calls, *texts):
            if number not in self._exchange.numbers:
                known.setdefault(number, Phone(number, number, number, "other"))
        return list(known.values())

    def index(self) -> ResponseReturnValue:
        """Go to the first telephone."""
        first = self.phones()[0].number
        return redirect(url_for("page.show", number=first, lang=request.args.get("lang")))

    def show(self, number: str) -> ResponseReturnValue:
        """Show one telephone, with the others beside it."""
        phones = self.phones()
        mine = next((phone for phone in phones if phone.number == number), None)
        if mine is None:
            abort(404)
        lang = request.args.get("lang", "zh")
        return render_template(
            "phone.html",
            hotline=self._hotline,
            lang="en" if lang == "en" else "zh",
            mine=mine,
            phones=phones,
            phrases=PHRASES,
            profile=self._exchange.profile,
            roles=ROLES,
            words=WORDS["en" if lang == "en" else "zh"],
        )

    def state(self, number: str) -> Response:
        """Tell what is going on at a telephone since the asker last looked."""
        call = self._latest_call(number)
        shown = None
        if call is not None:
            seen = request.args.get("call") == call.sid
            shown = call_json(call, request.args.get("after", 0, int) if seen else 0)
            shown |= {"over": call.sid not in self._exchange.legs, "rings": self._rings(call)}
        texts = [
            message_json(text)
            for text in list(self._exchange.messages.values())
            if number in {text.from_, text.to} and text.status != "queued"
        ]
        others = [self._summary(phone) for phone in self.phones()]
        return jsonify(call=shown, messages=texts, phones=others)

    def _latest_call(self, number: str) -> Call | None:
        leg = self._exchange.leg_of(number)
        if leg is not None:
            return leg.call
        calls = list(self._exchange.calls.values())
        return next((call for call in reversed(calls) if call.person == number), None)

    def _rings(self, call: Call) -> bool:
        leg = self._exchange.legs.get(call.sid)
        waits = call.direction != "inbound" and call.status == "ringing"
        return leg is not None and leg.is_live and waits and not leg.accepted

    def _summary(self, phone: Phone) -> Json:
        leg = self._exchange.leg_of(phone.number)
        received = [
            text
            for text in list(self._exchange.messages.values())
            if text.to == phone.number and text.status == "delivered"
        ]
        return {
            "number": phone.number,
            "received": len(received),
            "rings": leg is not None and self._rings(leg.call),
            "talks": leg is not None and not self._rings(leg.call),
        }


def _protect(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def blueprint(exchange: Exchange, hotline: str) -> Blueprint:
    """Lay the page out."""
    page = Page(exchange, hotline)
    site = Blueprint("page", __name__)
    site.after_request(_protect)
    site.add_url_rule("/", view_func=page.index)
    site.add_url_rule("/phones", "phones", view_func=page.index)
    site.add_url_rule("/phones/<number>", "show", view_func=page.show)
    site.add_url_rule("/demo/phones/<number>", "state", view_func=page.state)
    return site
