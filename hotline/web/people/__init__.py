"""Who works where: posts, stand-ins, leave and duty lists, for whoever looks after people."""

from flask import Blueprint

from hotline.web.people import log, persons, posts, units

bp = Blueprint("people", __name__, url_prefix="/people")
for part in (units, posts, persons, log):
    bp.register_blueprint(part.bp)
