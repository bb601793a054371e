"""Reading TwiML: what the verbs and their attributes are comes from the installed client."""

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

from twilio.twiml.messaging_response import (
    Message,
    MessagingResponse,
)
from twilio.twiml.voice_response import (
    Dial,
    Gather,
    Start,
    VoiceResponse,
)

XML_TYPES: Final = frozenset({"text/xml", "application/xml", "text/html"})


# Voices are named by language and country (cmn-CN, zh-CN); the recogniser's names for the same
# languages also hold a script (cmn-Hans-CN), which no voice has.
SPOKEN: Final = re.compile(r"[a-z]{2,3}(?:-[A-Z]{2}|-\d{3})?")


class BrokenError(Exception):
    """The document can't be carried out; ``code`` is what the real debugger shows."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.why = why


@dataclass(frozen=True, slots=True)
class Goto:
    """Fetch instructions from there, with these fields beside the usual ones."""

    url: str
    fields: dict[str, str]
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Document:
    """A document and where it came from, so that relative addresses can be resolved."""

    root: ET.Element
    url: str

    def link(self, element: ET.Element, attribute: str = "action") -> str:
        """Return the absolute address in an attribute; empty when there is none."""
        target = element.get(attribute, "")
        return urljoin(self.url, target) if target else ""

    def goto(self, element: ET.Element, fields: dict[str, str]) -> Goto:
        """Go to the ``action``, which is this same document when none is given."""
        return Goto(self.link(element) or self.url, fields, element.get("method", "POST").upper())


def read(text: str, content_type: str, url: str) -> Document:
    """Parse an answer.

    Raises:
        BrokenError: it is no XML (12100), of a wrong type (12300), or no Response (12102).
    """
    if content_type not in XML_TYPES:
        raise BrokenError(12300, f"Content-Type {content_type or 'missing'}")
    try:
        root = ET.fromstring(text)  # noqa: S314 - the document is our own product's
    except ET.ParseError as error:
        raise BrokenError(12100, str(error)) from error
    if root.tag != "Response":
        raise BrokenError(12102, f"<{root.tag}> in place of <Response>")
    return Document(root, url)


def _camel(name: str) -> str:
    head, *rest = name.rstrip("_").split("_")
    return head + "".join(word.capitalize() for word in rest)


def _attributes(method: Callable[..., Any]) -> frozenset[str]:
    named = inspect.signature(method).parameters
    return frozenset(_camel(name) for name in named) - {"self", "kwargs"}


VERBS: Final[dict[str, frozenset[str]]] = {
    "Dial": _attributes(VoiceResponse.dial),
    "Enqueue": _attributes(VoiceResponse.enqueue),
    "Gather": _attributes(VoiceResponse.gather),
    "Hangup": _attributes(VoiceResponse.hangup),
    "Leave": _attributes(VoiceResponse.leave),
    "Pause": _attributes(VoiceResponse.pause),
    "Play": _attributes(VoiceResponse.play),
    "Record": _attributes(VoiceResponse.record),
    "Redirect": _attributes(VoiceResponse.redirect),
    "Reject": _attributes(VoiceResponse.reject),
    "Say": _attributes(VoiceResponse.say),
    "Start": _attributes(VoiceResponse.start),
}
NOUNS: Final[dict[str, dict[str, frozenset[str]]]] = {
    "Dial": {
        "Conference": _attributes(Dial.conference),
        "Number": _attributes(Dial.number),
        "Queue": _attributes(Dial.queue),
    },
    "Gather": {
        "Pause": _attributes(Gather.pause),
        "Play": _attributes(Gather.play),
        "Say": _attributes(Gather.say),
    },
    "Start": {"Recording": _attributes(Start.recording)},
}
MESSAGE_VERBS: Final[dict[str, frozenset[str]]] = {
    "Message": _attributes(MessagingResponse.message),
    "Redirect": _attributes(MessagingResponse.redirect),
}
MESSAGE_NOUNS: Final[dict[str, dict[str, frozenset[str]]]] = {
    "Message": {"Body": _attributes(Message.body), "Media": _attributes(Message.media)}
}


def faults_of_voice(document: Document) -> Iterator[str]:
    """Name what a voice document says that no carrier would understand."""
    yield from _faults(document, VERBS, NOUNS)
    for say in document.root.iter("Say"):
        language = say.get("language", "en-US")
        if not SPOKEN.fullmatch(language):
            yield f"<Say> speaks no {language}"


def faults_of_messages(document: Document) -> Iterator[str]:
    """Name what a messaging document says that no carrier would understand."""
    return _faults(document, MESSAGE_VERBS, MESSAGE_NOUNS)


def _faults(
    document: Document,
    verbs: dict[str, frozenset[str]],
    nouns: dict[str, dict[str, frozenset[str]]],
) -> Iterator[str]:
    for verb in document.root:
        if verb.tag not in verbs:
            yield f"<{verb.tag}> is no verb"
            continue
        yield from _strange(verb, verbs[verb.tag])
        allowed = nouns.get(verb.tag, {})
        for noun in verb:
            if noun.tag in allowed:
                yield from _strange(noun, allowed[noun.tag])
            elif verb.tag != "Say":  # Say holds SSML
                yield f"<{noun.tag}> does not belong into <{verb.tag}>"


def _strange(element: ET.Element, accepted: frozenset[str]) -> Iterator[str]:
    for name in sorted(element.attrib.keys() - accepted):
        yield f"<{element.tag}> has no attribute {name}"


def words_of(element: ET.Element) -> str:
    """Return the words in an element, SSML taken out."""
    return " ".join("".join(element.itertext()).split())
