"""A caller tells the machine to take a demand back: from the number that it came from, by keys."""

from hotline.channels import voice
from hotline.domain.errors import NotFoundError, RefusedError
from hotline.domain.intake import wants_withdrawal, yes_no
from hotline.domain.tickets import ENDS
from hotline.services.reception import withdrawal
from hotline.store import calls as rows
from hotline.store import tickets as ticket_rows
from hotline.store.models import Call
from hotline.work import Work


def offer(work: Work, call: Call, speech: str, base: str) -> str | None:
    """Ask which demand is meant, one after the other, the newest first.

    Args:
        work: in the role of the citizen.
        call: locked; nothing has come of it yet.
        speech: what the caller said.
        base: the public address of the voice webhooks.

    Returns:
        The question; ``None``: the caller wants something else, or has nothing to take back.
    """
    if call.ticket_id is not None or call.number_hash is None or not wants_withdrawal(speech):
        return None
    mine = ticket_rows.open_of_number(work.session, [call.number_hash])
    numbers = [
        ticket.number
        for ticket in mine
        if withdrawal.may(ticket, "call") and ticket.status not in ENDS
    ]
    return _ask(call, numbers, base)


def answered(work: Work, sid: str, speech: str, digits: str, base: str) -> str:
    """One withdraws; anything else leaves the demand as it is and goes on to the next one.

    Raises:
        NotFoundError: no such call, or it was not asked.
    """
    call = rows.lock(work.session, sid)
    asked = list(call.talk.get("withdraw", [])) if call is not None else []
    if call is None or not asked:
        raise NotFoundError(what="call", sid=sid)
    number, *others = (str(one) for one in asked)
    if yes_no(speech, digits) is not True:
        return _ask(call, others, base) or voice.listen(voice.NOT_WITHDRAWN, f"{base}/said?turn=n")
    call.talk = {name: value for name, value in call.talk.items() if name != "withdraw"}
    call.changed_at = work.now
    ticket = work.ticket(number)
    call.ticket_id = ticket.id
    spoken = voice.spoken_number(number)
    try:
        withdrawal.withdraw(work, ticket, "call", call=sid)
    except RefusedError:
        return voice.listen(voice.NOT_WITHDRAWN, f"{base}/said?turn=n")
    return voice.say_and_hang_up(voice.WITHDRAWN.format(number=spoken))


def _ask(call: Call, numbers: list[str], base: str) -> str | None:
    """Ask for the first of the numbers; remember all of them."""
    call.talk = dict(call.talk) | {"withdraw": numbers}
    if not numbers:
        return None
    prompt = voice.WITHDRAW.format(number=voice.spoken_number(numbers[0]))
    return voice.listen(prompt, f"{base}/withdraw?number={len(numbers)}")
