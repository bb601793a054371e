"""The citizen's doors: tell what happened, see where it stands. No account, no script needed."""

from flask import Blueprint

from hotline.web.doors import case, demand, terminal

bp = Blueprint("doors", __name__)
for part in (demand, case, terminal):
    bp.register_blueprint(part.bp)
