"""Ringing the customer: a call from the outside to one of its numbers."""

import time
from functools import partial

from hotline.demo.carrier.exchange import Exchange
from hotline.demo.carrier.interpreter import Interpreter
from hotline.demo.carrier.legs import LeftError, Leg
from hotline.demo.carrier.people import Person
from hotline.demo.carrier.records import Call, new_sid
from hotline.demo.carrier.twiml import Goto


def call_in(exchange: Exchange, from_: str, person: Person, to: str) -> Leg:
    """Let a person ring a number of the customer; returns while it rings."""
    number = exchange.numbers[to]
    call = Call(
        sid=new_sid("CA"),
        from_=from_,
        to=to,
        direction="inbound",
        created_at=exchange.pace.now(),
        started=time.monotonic(),
        status="ringing",
        status_callback=number.status_callback,
    )
    leg = exchange.new_call(call, person)
    leg.note(f"拨打 · dialling: {to}")
    exchange.start(partial(_carry, exchange, leg), f"call-{call.sid}")
    return leg


def _carry(exchange: Exchange, leg: Leg) -> None:
    number = exchange.numbers[leg.call.to]
    try:
        Interpreter(exchange, leg, number.voice_fallback_url).run(Goto(number.voice_url, {}))
    except LeftError:
        pass  # how calls end
    finally:
        exchange.end(leg)
