"""Photos that are too many, too large, broken or no photos: a clear error, nothing half done."""

import zlib
from io import BytesIO
from pathlib import Path

from PIL import Image
from sqlmodel import Session

from hotline.domain.tickets import Status
from hotline.store import tickets as ticket_rows
from tests.county import County
from tests.web.field.field import OFFICER, Phone, accepted, photo, ticket_path

MEGABYTE = 2**20


def claiming(size: int) -> bytes:
    """Return a small JPEG whose header claims ``size`` × ``size`` pixels."""
    content = bytearray(photo()[0].getvalue())
    at = content.index(b"\xff\xc0")  # start of frame: length, precision, height, width
    content[at + 5 : at + 9] = size.to_bytes(2, "big") * 2
    return bytes(content)


def png_bomb() -> bytes:
    """Return a PNG whose header claims a picture that would unpack to gigabytes."""
    picture = BytesIO()
    Image.new("1", (1, 1)).save(picture, "PNG")
    content = bytearray(picture.getvalue())
    content[16:24] = (60_000).to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(bytes(content[12:29])).to_bytes(4, "big")
    return bytes(content)


def cut_short() -> bytes:
    """Return the first half of a real photo."""
    picture = BytesIO()
    Image.effect_noise((400, 300), 90).convert("RGB").save(picture, "JPEG")
    return picture.getvalue()[: len(picture.getvalue()) // 2]


def kept(county: County, number: str) -> int:
    """Return how many photos stand on a ticket."""
    with Session(county.engine) as session:
        return len(ticket_rows.media(session, county.ticket(number).id))


def files(county: County) -> list[Path]:
    return [path for path in county.settings.media_dir.rglob("*") if path.is_file()]


BAD = {
    "no photo of 10 MB": (b"\0" * 10 * MEGABYTE, 422, "不是能识别的照片"),
    "13 MiB": (b"\xff\xd8" + b"\0" * 13 * MEGABYTE, 413, "每张照片不超过 12 MB"),
    "60,000 × 60,000 JPEG": (claiming(60_000), 413, "照片的像素太多，最多 60 百万"),
    "60,000 × 60,000 PNG": (png_bomb(), 413, "照片的像素太多"),
    "cut short": (cut_short(), 422, "不是能识别的照片"),
    "a web page": (b"<html><script>alert(1)</script>", 422, "不是能识别的照片"),
    "an SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', 422, "不是能识别的照片"),
    "a GIF": (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", 422, "不是能识别的照片"),
    "empty": (b"", 422, "不是能识别的照片"),
}


def test_what_is_no_fit_photo_is_refused_in_words(county: County):
    phone = Phone(county, OFFICER)
    number = accepted(county, phone)

    for name, (content, status, words) in BAD.items():
        answer = phone.press(
            ticket_path(number, "submit"),
            kind="acted",
            text="水已恢复",
            photos=(BytesIO(content), "现场.jpg"),
        )

        page = answer.get_data(as_text=True)
        assert (name, answer.status_code) == (name, status)
        assert words in page
        assert "水已恢复" in page
    assert county.ticket(number).status is Status.HANDLING
    assert kept(county, number) == 0
    assert files(county) == []


def test_too_many_photos_are_refused(county: County):
    phone = Phone(county, OFFICER)
    number = accepted(county, phone)

    answer = phone.press(
        ticket_path(number, "submit"), kind="acted", text="好了", photos=[photo() for _ in range(7)]
    )

    assert answer.status_code == 422
    assert "最多 6 张照片" in answer.get_data(as_text=True)
    assert kept(county, number) == 0


def test_one_bad_photo_among_good_ones_keeps_none_on_the_ticket(county: County):
    phone = Phone(county, OFFICER)
    number = accepted(county, phone)

    answer = phone.press(
        ticket_path(number, "submit"),
        kind="acted",
        text="好了",
        photos=[photo(), (BytesIO(b"no photo"), "b.jpg")],
    )

    assert answer.status_code == 422
    assert kept(county, number) == 0
    assert county.ticket(number).status is Status.HANDLING


def test_a_request_larger_than_all_photos_together_is_refused_unread(county: County):
    phone = Phone(county, OFFICER)
    number = accepted(county, phone)

    answer = phone.press(
        ticket_path(number, "submit"),
        kind="acted",
        text="好了",
        photos=(BytesIO(b"\0" * 73 * MEGABYTE), "a.jpg"),
    )

    assert answer.status_code == 413
    assert "内容太大" in answer.get_data(as_text=True)


def test_a_name_says_nothing_about_what_a_file_is(county: County):
    phone = Phone(county, OFFICER)
    number = accepted(county, phone)
    content, _ = photo()

    phone.done(
        ticket_path(number, "submit"),
        kind="acted",
        text="好了",
        photos=(content, "../../etc/passwd.html"),
    )

    with Session(county.engine) as session:
        [row] = ticket_rows.media(session, county.ticket(number).id)
    assert (row.kind, row.purpose, row.width, row.height) == ("image/jpeg", "result", 64, 48)
    assert all(path.name.startswith(row.sha256) for path in files(county))
