"""Photos and recordings of tickets, for whoever may see the ticket."""

from flask import Blueprint

bp = Blueprint("media", __name__, url_prefix="/media")
