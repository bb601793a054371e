"""The officer's and the unit's pages, for a phone in one hand: ``/field/``."""

from flask import Blueprint

from hotline.web.field import (
    blown,
    flags,
    hearings,
    limits,
    mending,
    notices,
    place,
    tasks,
    tickets,
    whistles,
)

bp = Blueprint("field", __name__, url_prefix="/field")
bp.register_blueprint(blown.bp)
bp.register_blueprint(flags.bp)
bp.register_blueprint(hearings.bp)
bp.register_blueprint(limits.bp)
bp.register_blueprint(mending.bp)
bp.register_blueprint(place.bp)
bp.register_blueprint(tasks.bp)
bp.register_blueprint(tickets.bp)
bp.register_blueprint(whistles.bp)
bp.register_blueprint(notices.bp)
