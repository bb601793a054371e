"""The caller's one-time link: is it solved, how satisfied?"""

from flask import Blueprint

bp = Blueprint("citizen", __name__)
