"""The page on which one is the caller, or holds any other telephone of the demonstration."""

from pathlib import Path
from typing import Final

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from hotline.demo.carrier.exchange import Exchange

FOLDER: Final = Path(__file__).parent


def blueprint(exchange: Exchange, hotline: str) -> Blueprint:
    """Lay the page out."""
    site = Blueprint("page", __name__)

    def index() -> ResponseReturnValue:
        return redirect("/phones")

    site.add_url_rule("/", view_func=index)
    return site
