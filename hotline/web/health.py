"""Whether this process lives, and whether it can serve."""

import sqlalchemy as sa
from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from hotline.web.parts import parts

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def alive() -> Response:
    """Say that the process answers; asks nothing of the database."""
    return jsonify(alive=True)


@bp.get("/readyz")
def ready() -> ResponseReturnValue:
    """Say whether the database answers; 503 where it does not."""
    try:
        with parts().engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
    except sa.exc.SQLAlchemyError:
        return jsonify(ready=False), 503
    return jsonify(ready=True)
