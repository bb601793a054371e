"""The supervisors' desk."""

from flask import Blueprint

from hotline.web.audit import board

bp = Blueprint("audit", __name__, url_prefix="/audit")
bp.register_blueprint(board.bp)
