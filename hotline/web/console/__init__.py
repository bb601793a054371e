"""The operators' desk; supervisors may look in."""

from flask import Blueprint

from hotline.web.console import board

bp = Blueprint("console", __name__, url_prefix="/console")
bp.register_blueprint(board.bp)
