"""The operators' desk; supervisors may look in."""

from flask import Blueprint

from hotline.web.console import board, desk_intake, tickets

bp = Blueprint("console", __name__, url_prefix="/console")
for part in (board, desk_intake, tickets):
    bp.register_blueprint(part.bp)
