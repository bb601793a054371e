"""Tell what happened (``/demand``): one short form, then the number, the code, what is missing."""

import hmac
from collections.abc import Mapping, Sequence
from typing import Annotated, Final
from uuid import UUID, uuid4

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hotline.channels.signatures import PROBE_HEADER, probe_mark
from hotline.domain.errors import InvalidError, SlowDownError
from hotline.domain.grid.model import Line
from hotline.domain.intake import MAX_WORDS
from hotline.domain.tickets import Shield
from hotline.services.reception import codes, intake, web_demand
from hotline.store import tickets as ticket_rows
from hotline.web import origin
from hotline.web.blanks import BLANK
from hotline.web.doors import understood, visit
from hotline.web.i18n import chosen_language, gettext
from hotline.web.i18n import lazy_gettext as _
from hotline.web.parts import parts, racing, work_as
from hotline.web.words.map import named
from hotline.work import CITIZEN

bp = Blueprint("demand", __name__, url_prefix="/demand")
_LONGEST_PLACE: Final = 120

FAULTS: Final[Mapping[str, str]] = {
    "words": _("请写明发生了什么事，最多 1800 字。"),
    "where": _("地点最多 120 字。"),
    "number": _("请填写能联系到您的电话；不愿留电话，请选“匿名”。"),
    "name": _("称呼最多 40 字。"),
}


class DemandForm(BaseModel):
    """What a citizen writes."""

    model_config = ConfigDict(str_strip_whitespace=True)

    key: UUID
    words: str = Field(min_length=1, max_length=MAX_WORDS - 200)
    where: str = Field(default="", max_length=_LONGEST_PLACE)
    number: str = Field(default="", max_length=40)
    name: str = Field(default="", max_length=40)
    shield: Annotated[Shield | None, BLANK] = None
    line: str = Field(default="", max_length=20)

    def demand(self) -> intake.Demand:
        """Return it as a demand: the place first, as people say it.

        Raises:
            InvalidError: no telephone, or none that can be rung, and not anonymous.
        """
        number = None
        if self.shield is not Shield.ANONYMOUS:
            number = origin.telephone(self.number)
            if number is None:
                raise InvalidError(fields=["number"])
        words = web_demand.joined(self.where, self.words)
        lines = {line.number for line in parts().kit.maps.current.lines}
        return intake.Demand(
            "web",
            number,
            words,
            name=self.name or None,
            shield=self.shield,
            line=self.line if self.line in lines else None,
            synthetic=_is_probe(str(self.key)),
        )


def _is_probe(form_key: str) -> bool:
    """Whether this form was sent by our own prober, who shares a secret with us."""
    secret, mark = parts().kit.probe_key, request.headers.get(PROBE_HEADER, "")
    return secret is not None and hmac.compare_digest(
        mark.encode(), probe_mark(secret, form_key).encode()
    )


@bp.get("/")
def form() -> str:
    """Show the form, with a key of its own."""
    return _form({"key": str(uuid4())})


@bp.post("/")
def send() -> ResponseReturnValue:
    """Make the ticket; the same form again gets the same number and code."""
    typed = request.form.to_dict()
    try:
        sent = DemandForm.model_validate(typed)
        demand = sent.demand()
    except ValidationError as error:
        wrong = {str(part["loc"][0]) for part in error.errors() if part["loc"]}
        if "key" in wrong:
            typed["key"] = str(uuid4())
        return _form(typed, [name for name in FAULTS if name in wrong]), 422
    except InvalidError:
        return _form(typed, ["number"]), 422
    try:
        taken = _take(sent, demand)
    except SlowDownError as error:
        page = _form(typed, slow=int(str(error.facts["retry_after_s"])) // 60)
        return page, SlowDownError.http_status
    return _receipt(taken)


def _take(sent: DemandForm, demand: intake.Demand) -> web_demand.Taken:
    files = [file for file in request.files.getlist("photos") if file.filename]
    pictures = [file.read() for file in files]
    found: list[web_demand.Taken] = []

    def attempt() -> str:
        with work_as(CITIZEN) as work:
            found.append(
                web_demand.take(
                    work,
                    str(sent.key),
                    demand,
                    sent.model_dump(mode="json"),
                    pictures,
                    address=origin.address(),
                    at_most=parts().photos_per_command,
                )
            )
        return ""

    racing(attempt)
    return found[-1]


def _receipt(taken: web_demand.Taken) -> ResponseReturnValue:
    """Show number and code, what was understood, and ask once for what is missing."""
    with work_as(CITIZEN) as work:
        ticket = ticket_rows.find(work.session, taken.number)
        if ticket is None:
            raise LookupError("a ticket that was just made")
        grid_map = work.kit.maps.get(work.session, ticket.map_version)
        page = render_template(
            "doors/receipt.html",
            taken=taken,
            ticket=ticket,
            map=grid_map,
            code=codes.code_of(work, ticket.id),
            asked=understood.questions(grid_map, ticket),
            form_key=uuid4(),
        )
        token = codes.visit(work, ticket)
    return visit.let_in(make_response(page), token)


def _form(typed: Mapping[str, str], wrong: list[str] | None = None, slow: int | None = None) -> str:
    return render_template(
        "doors/demand.html",
        typed=typed,
        errors=[(name, str(FAULTS[name])) for name in wrong or ()],
        slow=slow,
        lines=_lines(parts().kit.maps.current.lines),
        most_photos=parts().photos_per_command,
        most_mb=parts().kit.media.most_bytes // 10**6,
        photos_lost=any(file.filename for file in request.files.getlist("photos")),
    )


def _lines(lines: Sequence[Line]) -> list[tuple[str, str, str]]:
    """Return the lines to choose from in plain words; the first is for everybody."""
    first, *others = lines
    return [
        (first.number, gettext("一般的事"), ""),
        *(
            (line.number, web_demand.for_whom(line), named(line.name))
            if chosen_language() == "zh"
            else (line.number, line.name.en, "")
            for line in others
        ),
    ]
