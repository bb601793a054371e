"""The control interface: playing people from outside, for the page and for ``hotline demo``.

All of it is JSON. A form of a foreign page can't send that without being asked first by the
browser, so nobody's other tabs can ring the hotline.
"""

from collections import deque
from collections.abc import Iterable
from datetime import timedelta

from flask import Blueprint, Response, abort, jsonify, request

from hotline.demo.carrier.calling import call_in
from hotline.demo.carrier.exchange import Exchange
from hotline.demo.carrier.faults import Faults
from hotline.demo.carrier.legs import Leg
from hotline.demo.carrier.messages import PostOffice
from hotline.demo.carrier.people import Person, Step, live, steps_of
from hotline.demo.carrier.records import Call, Json, Line, Message

ACTS = frozenset({"say", "press", "silent", "hang_up", "typing"})


def manners(people: Iterable[Person]) -> deque[Person]:
    """Return how somebody behaves, call after call; whoever has no manners is played live."""
    return deque(people) or deque([live()])


def line_json(line: Line) -> Json:
    """Show one line of a call."""
    return {"at": line.at.isoformat(), "text": line.text, "who": line.who}


def call_json(call: Call, after: int = 0) -> Json:
    """Show a call, with the lines that the asker has not seen."""
    return {
        "direction": call.direction,
        "from": call.from_,
        "lines": [line_json(line) for line in call.transcript[after:]],
        "next": max(after, len(call.transcript)),
        "over": call.over,
        "sid": call.sid,
        "status": call.status,
        "to": call.to,
    }


def message_json(text: Message) -> Json:
    """Show a message."""
    return {
        "at": text.created_at.isoformat(),
        "body": text.body,
        "from": text.from_,
        "incoming": text.direction == "inbound",
        "sid": text.sid,
        "status": text.status,
        "to": text.to,
    }


class Control:
    """What can be done from outside."""

    def __init__(self, exchange: Exchange, post: PostOffice) -> None:
        self.exchange = exchange
        self.post = post

    def begin_call(self) -> Response:
        """Ring the hotline: by a script of utterances, or played live."""
        body = request.get_json()
        utterances = body.get("utterances")
        person = live() if utterances is None else Person(steps=steps_of(utterances))
        number = self._known(body.get("to") or next(iter(self.exchange.numbers)))
        if utterances is None and self.exchange.leg_of(body["from"]) is not None:
            abort(409)
        leg = call_in(self.exchange, body["from"], person, number)
        return jsonify(call_json(leg.call))

    def show_call(self, sid: str) -> Response:
        """Show a call from a line on; with ``wait`` set, answer when there is something new."""
        call = self.exchange.calls.get(sid)
        if call is None:
            abort(404)
        after = request.args.get("after", 0, int)
        wait_s = min(request.args.get("wait", 0.0, float), 20.0)
        with self.exchange.changed:
            self.exchange.changed.wait_for(
                lambda: len(call.transcript) > after or sid not in self.exchange.legs, wait_s
            )
            shown = call_json(call, after) | {"over": sid not in self.exchange.legs}
        return jsonify(shown)

    def act(self, number: str) -> Response:
        """Let the person at a number say, press, be silent, type, hang up, answer or decline."""
        body = request.get_json()
        leg = self._leg(number)
        kind = body.get("act")
        if kind == "answer":
            self._answer(leg)
        elif kind == "decline":
            self._decline(leg)
        elif kind in ACTS:
            leg.act(Step(kind, text=str(body.get("text", ""))))
        else:
            abort(400)
        return jsonify(call_json(leg.call))

    def begin_message(self) -> Response:
        """Text the hotline."""
        body = request.get_json()
        number = self._known(body.get("to") or next(iter(self.exchange.numbers)))
        return jsonify(message_json(self.post.text_in(body["from"], body["body"], number)))

    def list_messages(self) -> Response:
        """List the messages from and to a number, oldest first."""
        number = request.args["number"]
        texts = list(self.exchange.messages.values())
        return jsonify([message_json(text) for text in texts if number in {text.from_, text.to}])

    def set_faults(self) -> Response:
        """Let things go wrong from now on."""
        self.exchange.webhooks.faults = Faults(**request.get_json())
        return jsonify({})

    def set_clock(self) -> Response:
        """Set the clock this many seconds ahead of the wall's."""
        self.exchange.pace.clock.offset = timedelta(seconds=float(request.get_json()["offset_s"]))
        return jsonify({})

    def set_bin(self, name: str) -> Response:
        """Host a document, as carriers do for their customers."""
        self.exchange.bins[name] = request.get_data(as_text=True)
        return jsonify({"url": f"{request.host_url}bins/{name}"})

    def show_bin(self, name: str) -> Response:
        """Serve a hosted document."""
        if name not in self.exchange.bins:
            abort(404)
        return Response(self.exchange.bins[name], mimetype="text/xml")

    def _known(self, number: str) -> str:
        if number not in self.exchange.numbers:
            abort(404)
        return number

    def _leg(self, number: str) -> Leg:
        leg = self.exchange.leg_of(number)
        if leg is None:
            abort(409)
        return leg

    def _answer(self, leg: Leg) -> None:
        with self.exchange.changed:
            leg.accepted = True
            self.exchange.changed.notify_all()

    def _decline(self, leg: Leg) -> None:
        with self.exchange.changed:
            leg.declined = True
            leg.gone = True
            self.exchange.changed.notify_all()


def blueprint(exchange: Exchange, post: PostOffice) -> Blueprint:
    """Lay the control interface out under ``/demo``."""
    what = Control(exchange, post)
    site = Blueprint("control", __name__)
    site.add_url_rule("/demo/calls", view_func=what.begin_call, methods=["POST"])
    site.add_url_rule("/demo/calls/<sid>", view_func=what.show_call)
    site.add_url_rule("/demo/phones/<number>/act", view_func=what.act, methods=["POST"])
    site.add_url_rule("/demo/messages", view_func=what.begin_message, methods=["POST"])
    site.add_url_rule("/demo/messages", "list_messages", view_func=what.list_messages)
    site.add_url_rule("/demo/faults", view_func=what.set_faults, methods=["POST"])
    site.add_url_rule("/demo/clock", view_func=what.set_clock, methods=["POST"])
    site.add_url_rule("/demo/bins/<name>", view_func=what.set_bin, methods=["PUT"])
    site.add_url_rule("/bins/<name>", view_func=what.show_bin, methods=["GET", "POST"])
    return site
