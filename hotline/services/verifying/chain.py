"""Who had a part in handling a ticket: nobody of them asks its caller, or verifies it."""

from hotline.store.models import Ticket
from hotline.work import Work


def took_part(work: Work, ticket: Ticket) -> bool:
    """Whether whoever acts submitted the result, or belongs to the unit that has the power."""
    return work.actor.staff_id in {ticket.submitted_by, ticket.officer_id} or (
        ticket.unit is not None and work.actor.unit == ticket.unit
    )
