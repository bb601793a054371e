"""The operators' desk; supervisors may look in."""

from flask import Blueprint

from hotline.web.console import (
    bad_ratings,
    board,
    callers,
    counter,
    desk_intake,
    doors,
    duplicates,
    pulse,
    ring_backs,
    shift,
    tickets,
)

bp = Blueprint("console", __name__, url_prefix="/console")
for part in (
    *(
        bad_ratings,
        board,
        callers,
        counter,
        desk_intake,
        doors,
        duplicates,
        pulse,
        ring_backs,
        shift,
    ),
    tickets,
):
    bp.register_blueprint(part.bp)
