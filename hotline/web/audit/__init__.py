"""The supervisors' desk."""

from flask import Blueprint

from hotline.web.audit import (
    attention,
    board,
    catalogue,
    contests,
    flags,
    hearings,
    rates,
    ratings,
    refusals,
    retention,
    supervision,
    tickets,
    views,
)

bp = Blueprint("audit", __name__, url_prefix="/audit")
for part in (
    *(attention, board, catalogue, contests, flags, hearings, rates, ratings, refusals),
    *(retention, supervision, tickets, views),
):
    bp.register_blueprint(part.bp)
