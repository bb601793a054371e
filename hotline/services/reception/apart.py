"""Keep who somebody is apart from what they said, from the first word on (design §6)."""

from collections.abc import Sequence
from uuid import UUID

from hotline.domain.intake import FoundNumber, NumberKind, mask_numbers
from hotline.domain.tickets import Shield
from hotline.keys import Keys
from hotline.store import tickets as ticket_rows
from hotline.store.models import Ticket
from hotline.work import Work


def identity_row(
    keys: Keys,
    ticket_id: UUID,
    found: Sequence[FoundNumber],
    *,
    number: str | None,
    name: str | None,
) -> dict[str, object]:
    """Return the row of a new ticket's identity, sealed; the number is found by its keyed hash.

    Args:
        keys: the keyring.
        ticket_id: whose.
        found: what was taken out of the words, in order.
        number: the telephone, in E.164.
        name: as it was given; else the one that the words state.
    """
    name = name or _first_name(found)
    address = _address(found)
    return {
        "ticket_id": ticket_id,
        "number_sealed": keys.seal(number) if number else None,
        "number_hash": keys.lookup(number) if number else None,
        "name_sealed": keys.seal(name) if name else None,
        "address_sealed": keys.seal(address) if address else None,
        "found_sealed": keys.seal("\n".join(one.value for one in found)) if found else None,
    }


def take_out(work: Work, ticket: Ticket, words: str) -> str:
    """Return later words of a ticket without what tells who somebody is, which is kept apart.

    Args:
        work: the command.
        ticket: locked.
        words: cleaned.
    """
    identity = ticket_rows.identity(work.session, ticket.id)
    keys = work.kit.keys
    sealed = identity.found_sealed if identity is not None else None
    before = keys.open(sealed).split("\n") if sealed else []
    masked, found = mask_numbers(words, before=len(before))
    if found and identity is not None and ticket.shield != Shield.ANONYMOUS:
        identity.found_sealed = keys.seal("\n".join([*before, *(one.value for one in found)]))
        name, address = _first_name(found), _address(found)
        if name and identity.name_sealed is None:
            identity.name_sealed = keys.seal(name)
        if address and identity.address_sealed is None:
            identity.address_sealed = keys.seal(address)
    return masked


def _first_name(found: Sequence[FoundNumber]) -> str | None:
    return next((one.value for one in found if one.kind is NumberKind.NAME), None)


def _address(found: Sequence[FoundNumber]) -> str | None:
    return " ".join(one.value for one in found if one.kind is NumberKind.DOOR) or None
