"""Who works where: posts, stand-ins, leave and duty lists, for whoever looks after people."""

from flask import Blueprint

from hotline.web.people import duty_lists, gaps, log, persons, posts, units

bp = Blueprint("people", __name__, url_prefix="/people")
for part in (units, posts, persons, gaps, duty_lists, log):
    bp.register_blueprint(part.bp)
