"""Build the web application: the only module that sees every part."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from flask import Flask
from pydantic import SecretStr

from config import Settings, settings_or_exit
from hotline import beating, boot, log
from hotline.domain import retention
from hotline.in_force import InForce
from hotline.services.reception import groups
from hotline.services.reception.messages import Message
from hotline.web import (
    blueprints,
    compress,
    errors,
    filters,
    headers,
    i18n,
    navigation,
    paging,
    parts,
    static_files,
)
from hotline.web.doors import words as door_words
from hotline.web.gathering import Gathering
from hotline.web.words import calendar as calendar_words
from hotline.web.words import event as event_words
from hotline.web.words import map as map_words
from hotline.web.words import rate as rate_words
from hotline.web.words import shared as words
from hotline.web.words import staff as staff_words
from hotline.work import CITIZEN, open_work

# What the application is made of, in this order: words come before those that add to them.
_PARTS: Final = (
    i18n,
    filters,
    static_files,
    compress,
    headers,
    navigation,
    paging,
    errors,
    map_words,
    rate_words,
    words,
    staff_words,
    calendar_words,
    event_words,
    door_words,
)


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application, connected to nothing yet but its database.

    Args:
        settings: read from the environment when not given.

    Raises:
        SystemExit: the settings in the environment are wrong; it says every fault in a line.
        SetupError: the database or the map is not fit to start with.
    """
    settings = settings or settings_or_exit()
    log.configure(as_json=settings.log_json)
    engine = boot.build_engine(settings)
    boot.refuse_unsafe(settings, engine)
    app = Flask("hotline.web", static_folder=None)
    # Photos arrive together; Flask refuses a larger body before anything reads it.
    app.config["MAX_CONTENT_LENGTH"] = (
        settings.upload_limit_mib * settings.photos_per_command * 2**20
    )
    app.config["MAX_FORM_MEMORY_SIZE"] = 256 * 2**10
    kit = boot.build_kit(settings, engine)
    kit.maps.router.warm()

    def take_in(
        group: Sequence[Message], more: Callable[[], Sequence[Message]]
    ) -> list[str | None]:
        with open_work(engine, group[0].kit, CITIZEN) as work:
            return groups.together(work, group, more)

    app.extensions["hotline"] = parts.Parts(
        engine=engine,
        in_force=InForce(engine, kit),
        carrier_tokens=tuple(token.get_secret_value() for token in settings.carrier_tokens),
        sign_in_lasts=timedelta(hours=settings.sign_in_hours),
        secure_cookies=settings.secure_cookies,
        photos_per_command=settings.photos_per_command,
        kept_for=retention.periods(settings.retention_days),
        messages_in=Gathering(take_in),
        metrics_token=_plain(settings.metrics_token),
    )
    for part in _PARTS:
        part.init_app(app)
    # After the request has its id, so that a refusal can be told apart in the log.
    app.before_request(parts.refuse_foreign)
    blueprints.register(app)
    return app


def _plain(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret is not None else None


def served() -> Flask:
    """Return the application of a server's process: it takes up a new map by itself.

    Raises:
        SystemExit: the settings in the environment are wrong; it says every fault in a line.
        SetupError: the database or the map is not fit to start with.
    """
    settings = settings_or_exit()
    app = create_app(settings)
    built = app.extensions["hotline"]
    built.in_force.watch()
    beating.start(built.engine, built.in_force, lambda: boot.build_redis(settings))
    boot.settle()
    return app
