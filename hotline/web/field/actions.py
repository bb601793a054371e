"""What an officer can do with a ticket: one table of commands, each with its form and service."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from hotline.domain.deferral import Plan
from hotline.domain.errors import NotFoundError
from hotline.domain.tickets import RULES, Action, Role, Shield
from hotline.services.handling import closing, final_reply, long_term, photos, returns, tickets
from hotline.services.reception import gaps
from hotline.services.whistles import course as whistle_course
from hotline.services.whistles import whistle
from hotline.store import whistles
from hotline.store.models import Ticket, Whistle
from hotline.web.field import forms
from hotline.web.i18n import lazy_gettext as _
from hotline.web.parts import parts
from hotline.work import Work


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to do: its name on pages, how it is recorded, what its form sends, who does it.

    Names on pages say what one is about to do; `words.ACTIONS` says what was done.
    """

    title: str
    action: Action
    form: type[forms.Sent]
    do: Callable[[Work, Ticket, Any, datetime | None], object]


def _accept(work: Work, ticket: Ticket, _sent: forms.Sent, done_at: datetime | None) -> None:
    tickets.accept(work, ticket, done_at=done_at)


def _contact(work: Work, ticket: Ticket, sent: forms.Contacted, done_at: datetime | None) -> None:
    tickets.contact(work, ticket, sent.outcome, note=sent.text, done_at=done_at)


def _check_in(work: Work, ticket: Ticket, sent: forms.Standing, done_at: datetime | None) -> None:
    tickets.check_in(work, ticket, sent.position, place_note=sent.place_note, done_at=done_at)


def _whistle(work: Work, ticket: Ticket, sent: forms.Blown, done_at: datetime | None) -> None:
    whistle.blow(work, ticket, sent.kind, sent.units, sent.text, terms=sent.terms, done_at=done_at)


def _gone(work: Work, ticket: Ticket, sent: forms.OfWhistle, done_at: datetime | None) -> None:
    whistle_course.danger_gone(work, ticket, _blown(work, ticket, sent), done_at=done_at)


def _end(work: Work, ticket: Ticket, sent: forms.OfWhistle, done_at: datetime | None) -> None:
    whistle_course.end(work, ticket, _blown(work, ticket, sent), done_at=done_at)


def _blown(work: Work, ticket: Ticket, sent: forms.OfWhistle) -> Whistle:
    row = whistles.whistle(work.session, sent.whistle)
    if row is None or row.ticket_id != ticket.id:
        raise NotFoundError(whistle=sent.whistle)
    return row


def _submit(work: Work, ticket: Ticket, sent: forms.Claimed, done_at: datetime | None) -> None:
    at_most = parts().photos_per_command
    kept = photos.keep(work, ticket, "result", sent.photos, at_most=at_most)
    result = closing.Result(sent.kind, sent.text, kept, sent.promised_on)
    closing.submit(work, ticket, result, done_at=done_at)


def _return(work: Work, ticket: Ticket, sent: forms.Returned, done_at: datetime | None) -> None:
    at_most = parts().photos_per_command
    kept = photos.keep(work, ticket, "return", sent.photos, at_most=at_most)
    proof = returns.Proof(sent.dispute, sent.text, kept)
    returns.send_back(work, ticket, proof, done_at=done_at)


def _extend(work: Work, ticket: Ticket, sent: forms.Written, done_at: datetime | None) -> None:
    tickets.ask_for_time(work, ticket, sent.text, done_at=done_at)


def _defer(work: Work, ticket: Ticket, sent: forms.Planned, done_at: datetime | None) -> None:
    plan = Plan(sent.text, sent.leader, sent.milestones)
    long_term.propose(work, ticket, plan, done_at=done_at)


def _milestone(work: Work, ticket: Ticket, sent: forms.Met, done_at: datetime | None) -> None:
    at_most = parts().photos_per_command
    kept = photos.keep(work, ticket, "result", sent.photos, at_most=at_most)
    long_term.milestone_done(work, ticket, sent.milestone, sent.text, kept, done_at=done_at)


def _resume(work: Work, ticket: Ticket, sent: forms.Written, done_at: datetime | None) -> None:
    long_term.resume(work, ticket, sent.text, done_at=done_at)


def _conclude(work: Work, ticket: Ticket, sent: forms.Proved, done_at: datetime | None) -> None:
    at_most = parts().photos_per_command
    kept = photos.keep(work, ticket, "result", sent.photos, at_most=at_most)
    final_reply.propose(work, ticket, sent.text, kept, done_at=done_at)


def _note(work: Work, ticket: Ticket, sent: forms.Written, done_at: datetime | None) -> None:
    tickets.note(work, ticket, sent.text, done_at=done_at)


def _filled(work: Work, ticket: Ticket, sent: forms.Filled, done_at: datetime | None) -> None:
    gaps.came(work, ticket, sent.gap, done_at=done_at)


def _relay(work: Work, ticket: Ticket, sent: forms.Written, done_at: datetime | None) -> None:
    tickets.relay(work, ticket, sent.text, done_at=done_at)


# By the name that stands in the address, in the order in which pages offer them.
COMMANDS: Final[Mapping[str, Command]] = {
    "accept": Command(_("签收工单"), Action.ACCEPT, forms.Sent, _accept),
    "contact": Command(_("打电话给来电人"), Action.CONTACT, forms.Contacted, _contact),
    "relay": Command(_("请热线转达来电人"), Action.NOTE, forms.Written, _relay),
    "check-in": Command(_("到场签到"), Action.CHECK_IN, forms.Standing, _check_in),
    "whistle": Command(_("吹哨叫人"), Action.WHISTLE, forms.Blown, _whistle),
    "danger-gone": Command(_("险情已解除"), Action.DANGER_GONE, forms.OfWhistle, _gone),
    "end-whistle": Command(_("结束这一哨"), Action.END_WHISTLE, forms.OfWhistle, _end),
    "gap-filled": Command(_("材料补齐了"), Action.GAP_FILLED, forms.Filled, _filled),
    "submit": Command(_("填报办理结果"), Action.SUBMIT, forms.Claimed, _submit),
    "extend": Command(_("要更多时间"), Action.EXTEND, forms.Written, _extend),
    "milestone": Command(_("报告节点完成"), Action.MILESTONE, forms.Met, _milestone),
    "resume": Command(_("结束挂账，恢复办理"), Action.RESUME, forms.Written, _resume),
    "defer": Command(_("申请挂账"), Action.DEFER, forms.Planned, _defer),
    "conclude": Command(_("提出最终答复"), Action.CONCLUDE, forms.Proved, _conclude),
    "return": Command(_("退回工单"), Action.RETURN, forms.Returned, _return),
    "note": Command(_("写备注"), Action.NOTE, forms.Written, _note),
}


def possible(ticket: Ticket) -> list[str]:
    """Return the names of the commands that an officer may give now, by the table of rules."""
    return [
        name
        for name, command in COMMANDS.items()
        if (rule := RULES.get((ticket.status, command.action))) and Role.OFFICER in rule.by
        if name not in _unfit(ticket)
    ]


def _unfit(ticket: Ticket) -> set[str]:
    """Return what does not fit how far the caller wished to stay unknown."""
    if ticket.confidential:
        return {"contact"}
    return {"relay", "contact"} if ticket.shield == Shield.ANONYMOUS else {"relay"}
