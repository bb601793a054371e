"""The supervisors' desk."""

from flask import Blueprint

from hotline.web.audit import (
    attention,
    board,
    calendar,
    catalogue,
    checks,
    contests,
    events,
    flags,
    hearings,
    map_graph,
    policy,
    rates,
    ratings,
    refusals,
    replay,
    retention,
    sampling,
    simulator,
    supervision,
    tickets,
    views,
    wall,
    watching,
    whistles,
)

bp = Blueprint("audit", __name__, url_prefix="/audit")
for part in (
    *(attention, board, calendar, catalogue, checks, contests, events, flags, hearings, rates),
    *(ratings, map_graph, policy, replay, simulator, wall, watching, whistles),
    *(refusals, retention, sampling, supervision, tickets, views),
):
    bp.register_blueprint(part.bp)
