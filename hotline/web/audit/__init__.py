"""The supervisors' desk."""

from flask import Blueprint

from hotline.web.audit import attention, board, rates, refusals, tickets, views

bp = Blueprint("audit", __name__, url_prefix="/audit")
for part in (board, attention, rates, tickets, views, refusals):
    bp.register_blueprint(part.bp)
