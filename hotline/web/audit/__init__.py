"""The supervisors' desk."""

from flask import Blueprint

from hotline.web.audit import attention, board, refusals, tickets, views

bp = Blueprint("audit", __name__, url_prefix="/audit")
for part in (board, attention, tickets, views, refusals):
    bp.register_blueprint(part.bp)
