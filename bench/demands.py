"""Messages of callers as the carrier would bring them: signed forms, all different.

Each names a village of the map and a matter of the catalogue in words that people use, so that it
is really read, routed and dispatched, not waved through to triage.
"""

from collections.abc import Iterator
from itertools import count, islice, product
from random import Random
from typing import Final
from urllib.parse import urlencode, urlsplit

from hotline.channels.signatures import sign
from hotline.domain.grid.model import GridMap

PATH: Final = "/hooks/messages/incoming"
_ACCOUNT: Final = "ACdemo0000000000000000000000000000"
_OPENINGS: Final = ("", "你好，", "您好，我是", "反映一下，", "同志你好，我们", "我想问问，")
_WHERE: Final = ("", "东头", "西头", "小学旁边", "村委会后面", "老井那边", "三组", "五组")
_MATTERS: Final = (
    "停水了",
    "从昨天晚上就没水",
    "停电了，电也没人来看",
    "变压器老跳闸",
    "暖气不热，屋里才十四度",
    "路灯不亮，晚上看不见",
    "垃圾没人清，味道很大",
    "水管漏水，路上都结冰了",
)
_ENDINGS: Final = ("", "。家里有老人", "，啥时候能修", "，都三天了", "，麻烦快点", "。谢谢")


def texts(grid_map: GridMap, seed: int) -> Iterator[str]:
    """Yield texts without end, in an order that the seed decides."""
    places = [f"{grid_map.town_of(g.code).name}{g.name}" for g in grid_map.grids.values()]
    every = list(product(_OPENINGS, places, _WHERE, _MATTERS, _ENDINGS))
    dice = Random(seed)
    while True:
        dice.shuffle(every)
        for parts in every:
            yield "".join(parts)


def form(number: int, text: str) -> dict[str, str]:
    """Return the 20 fields that the carrier sends for the message of this number."""
    sid, sender = f"SM{number:032x}", f"+86138{number:08d}"
    far = dict.fromkeys(("FromCity", "FromState", "FromZip", "ToCity", "ToState", "ToZip"), "")
    return far | {
        "AccountSid": _ACCOUNT,
        "ApiVersion": "2010-04-01",
        "Body": text,
        "From": sender,
        "FromCountry": "CN",
        "MessageSid": sid,
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsMessageSid": sid,
        "SmsSid": sid,
        "SmsStatus": "received",
        "To": "12345",
        "ToCountry": "CN",
    }


def requests(
    url: str, token: str, grid_map: GridMap, *, first: int, size: int
) -> list[tuple[str, bytes]]:
    """Return HTTP requests ready to be written to a socket, each with its message's SID.

    Args:
        url: the public URL of `web`.
        token: the carrier's, to sign with.
        grid_map: whose places the texts name.
        first: the number of the first message; no two messages may share one.
        size: how many.
    """
    host = urlsplit(url).netloc
    made = []
    for number, text in zip(count(first), islice(texts(grid_map, first), size), strict=False):
        fields = form(number, text)
        body = urlencode(fields).encode()
        head = (
            f"POST {PATH} HTTP/1.1\r\nHost: {host}\r\n"
            "User-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n"
            f"X-Twilio-Signature: {sign(url + PATH, fields, token)}\r\n"
            "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        made.append((fields["MessageSid"], head.encode() + body))
    return made
