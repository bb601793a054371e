"""Text messages: on their way to people, and from people to the customer."""

import json
from functools import partial
from typing import Final
from xml.etree.ElementTree import Element

import requests

from hotline.demo.carrier import params, twiml
from hotline.demo.carrier.exchange import Exchange
from hotline.demo.carrier.people import Person
from hotline.demo.carrier.profiles import has_link
from hotline.demo.carrier.records import Message, new_sid
from hotline.demo.carrier.twiml import BrokenError, Goto

UNDELIVERED: Final = 30003
THINKING_S: Final = 2.0


class NotCarriedError(Exception):
    """The carrier does not take this message; code and HTTP status of the real API."""

    def __init__(self, code: int, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.code = code
        self.why = why
        self.status = status


class PostOffice:
    """Takes messages, delivers them, lets people answer, and reports what became of them."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def accept(self, form: dict[str, str]) -> Message:
        """Take a message of the customer.

        Raises:
            NotCarriedError: the profile does not carry it.
        """
        words, values = self._content(form)
        self._check_cap(form["To"])
        return self._send(
            Message(
                sid=new_sid("SM"),
                from_=form["From"],
                to=form["To"],
                body=words,
                direction="outbound-api",
                created_at=self._exchange.pace.now(),
                status_callback=form.get("StatusCallback", ""),
                content_sid=form.get("ContentSid", ""),
                params=values,
            )
        )

    def text_in(self, from_: str, body: str, to: str) -> Message:
        """Let a person send a text to one of the customer's numbers."""
        exchange = self._exchange
        text = Message(
            new_sid("SM"), from_, to, body, "inbound", exchange.pace.now(), status="received"
        )
        text.sent_at = text.created_at
        carried = exchange.profile.inbound_messages
        with exchange.changed:
            if not carried:
                text.status = "undelivered"
            exchange.messages[text.sid] = text
            exchange.changed.notify_all()
        if carried:
            exchange.start(partial(self._bring, text), f"text-{text.sid}")
        return text

    def _content(self, form: dict[str, str]) -> tuple[str, dict[str, str]]:
        profile = self._exchange.profile
        sid = form.get("ContentSid")
        if not sid:
            if profile.templates_only:
                raise NotCarriedError(21654, "ContentSid Required")
            if not form.get("Body"):
                raise NotCarriedError(21602, "Message body is required.")
            return form["Body"], {}
        template = self._exchange.templates.get(sid)
        if template is None:
            raise NotCarriedError(21655, "The ContentSid is Invalid")
        try:
            values = json.loads(form.get("ContentVariables", "{}"))
        except ValueError as error:
            raise NotCarriedError(21656, "The ContentVariables are Invalid") from error
        if not isinstance(values, dict) or not all(isinstance(v, str) for v in values.values()):
            raise NotCarriedError(21656, "The ContentVariables are Invalid")
        words = template.fill(values)
        if "{{" in words or (not profile.links and has_link(words)):
            raise NotCarriedError(21656, "The ContentVariables are Invalid")
        return words, values

    def _check_cap(self, to: str) -> None:
        cap = self._exchange.profile.messages_per_number_per_day
        if cap is None:
            return
        today = self._exchange.pace.now().date()
        sent = [
            text
            for text in list(self._exchange.messages.values())
            if text.to == to and text.direction != "inbound" and text.created_at.date() == today
        ]
        if len(sent) >= cap:
            raise NotCarriedError(63038, "Daily message limit for this number", 429)

    def _send(self, text: Message) -> Message:
        exchange = self._exchange
        with exchange.changed:
            exchange.messages[text.sid] = text
            exchange.changed.notify_all()
        exchange.start(partial(self._deliver, text), f"message-{text.sid}")
        return text

    def _deliver(self, text: Message) -> None:
        exchange = self._exchange
        person = exchange.texter_at(text.to)
        self._status(text, "sent")
        faults = exchange.webhooks.faults
        if person.delivery == "lost":
            return
        if person.delivery == "undelivered" or faults.hits(faults.undelivered):
            text.error_code = person.error_code
            self._status(text, "undelivered")
            return
        self._status(text, "delivered")
        self._answer(text, person)

    def _answer(self, text: Message, person: Person) -> None:
        for holds, reply in person.replies:
            if holds in text.body:
                self.text_in(text.to, reply, text.from_)
                return

    def _status(self, text: Message, status: str) -> None:
        exchange = self._exchange
        with exchange.changed:
            text.status = status
            text.sent_at = text.sent_at or exchange.pace.now()
            exchange.changed.notify_all()
        form = params.delivery(exchange.account, text, status)
        exchange.webhooks.tell(text.sid, "message-status", text.status_callback, form)

    def _bring(self, text: Message) -> None:
        """Hand a person's text to the customer, and send what the customer answers."""
        number = self._exchange.numbers[text.to]
        form = params.message(self._exchange.account, text)
        following: Goto | None = Goto(number.message_url, {})
        while following is not None:
            following = self._ask_or_fall_back(text, following, form, number.message_fallback_url)

    def _ask_or_fall_back(
        self, text: Message, goto: Goto, form: dict[str, str], fallback: str
    ) -> Goto | None:
        try:
            return self._ask(text, goto, form)
        except (requests.RequestException, BrokenError) as error:
            code = error.code if isinstance(error, BrokenError) else 11200
            self._exchange.webhooks.trouble(code, f"{goto.url}: {error}")
        if not fallback or goto.url == fallback:
            return None
        return Goto(fallback, {"ErrorCode": str(code), "ErrorUrl": goto.url})

    def _ask(self, text: Message, goto: Goto, form: dict[str, str]) -> Goto | None:
        webhooks = self._exchange.webhooks
        answer = webhooks.ask("message-incoming", goto.url, form | goto.fields)
        if not answer.ok:
            raise BrokenError(11200, "HTTP error")
        if not answer.text.strip():
            return None  # 204, or an empty answer: nothing to say
        document = twiml.read(answer.text, answer.content_type, answer.url)
        for fault in twiml.faults_of_messages(document):
            webhooks.trouble(12200, fault)
        for verb in document.root:
            if verb.tag == "Redirect":
                return document.goto(Element("Redirect", action=twiml.words_of(verb)), {})
            if verb.tag == "Message":
                self._send(
                    Message(
                        sid=new_sid("SM"),
                        from_=text.to,
                        to=verb.get("to", text.from_),
                        body=twiml.words_of(verb),
                        direction="outbound-reply",
                        created_at=self._exchange.pace.now(),
                        status_callback=document.link(verb, "statusCallback"),
                    )
                )
        return None
