"""Built files: their own names for ever, compressed beforehand, and nothing else served."""

import gzip
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hotline.domain.errors import SetupError
from hotline.web import headers, static_files


@pytest.fixture
def client() -> FlaskClient:
    app = Flask("hotline", static_folder=None)
    static_files.init_app(app)
    headers.init_app(app)
    return app.test_client()


@pytest.fixture
def address(client: FlaskClient) -> str:
    return "/static/" + static_files.read_assets()["site.css"].name


def test_a_built_file_may_be_kept_for_ever(client: FlaskClient, address: str):
    answer = client.get(address)

    assert answer.content_type == "text/css; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("accepted", "sent"), [("br, gzip", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip")]
)
def test_the_smallest_twin_that_the_browser_reads_is_sent(
    client: FlaskClient, address: str, accepted: str, sent: str
):
    answer = client.get(address, headers={"Accept-Encoding": accepted})

    assert answer.headers["Content-Encoding"] == sent
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_the_compressed_twin_is_the_same_file(client: FlaskClient, address: str):
    plain = client.get(address).data
    packed = client.get(address, headers={"Accept-Encoding": "gzip"}).data

    assert gzip.decompress(packed) == plain


@pytest.mark.parametrize(
    "name", ["manifest.json", "../static_files.py", "site.css", "..%2fi18n.py", ""]
)
def test_nothing_else_is_served(client: FlaskClient, name: str):
    assert client.get(f"/static/{name}").status_code == 404


def test_an_unchanged_file_is_not_sent_again(client: FlaskClient, address: str):
    tag = client.get(address).headers["ETag"]

    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304


def test_an_app_without_its_files_does_not_start(tmp_path: Path):
    with pytest.raises(SetupError, match="assets_not_built"):
        static_files.read_assets(tmp_path)


def test_pages_may_load_nothing_inline_and_nothing_from_elsewhere(client: FlaskClient):
    policy = client.get("/nothing").headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "http" not in policy
    assert "frame-ancestors 'none'" in policy
