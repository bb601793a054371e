"""Pages travel compressed where the browser takes it, and as they are where it does not."""

import gzip

from tests.web import nights
from tests.web.desk import Desk


def test_a_page_is_compressed_for_whoever_takes_it(county):
    nights.in_triage(county, 30)
    desk = Desk(county, "operator1")
    plain = desk.client.get("/console/")
    packed = desk.client.get("/console/", headers={"Accept-Encoding": "gzip, br"})

    assert plain.content_encoding is None
    assert packed.content_encoding == "gzip"
    assert "Accept-Encoding" in packed.vary
    assert "Accept-Encoding" in plain.vary
    assert len(packed.get_data()) * 4 < len(plain.get_data())
    assert packed.content_length == len(packed.get_data())
    unpacked = gzip.decompress(packed.get_data()).decode()
    assert unpacked.count("data-row") == plain.get_data(as_text=True).count("data-row") == 30


def test_whoever_refuses_gzip_gets_the_page_as_it_is(county):
    answer = Desk(county, "operator1").client.get(
        "/console/", headers={"Accept-Encoding": "gzip;q=0, identity"}
    )

    assert answer.content_encoding is None


def test_built_files_and_short_answers_are_left_alone(county):
    client = Desk(county, "operator1").client

    assert client.get("/healthz", headers={"Accept-Encoding": "gzip"}).content_encoding is None
    page = client.get("/console/").get_data(as_text=True)
    style = next(part for part in page.split('"') if part.endswith(".css"))
    assert client.get(style, headers={"Accept-Encoding": "gzip"}).content_encoding == "gzip"
