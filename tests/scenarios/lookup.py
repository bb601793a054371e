"""Find what became of a caller."""

from sqlmodel import Session

from hotline.store import tickets as ticket_rows
from hotline.store.models import Ticket
from tests.live import Live


def tickets_of(night: Live, number: str) -> list[Ticket]:
    """Return the tickets of one telephone."""
    with Session(night.county.engine) as session:
        return ticket_rows.open_of_number(session, night.county.kit.keys.lookups(number))


def one_ticket(night: Live, number: str) -> Ticket:
    """Return the only ticket of a telephone, waiting for it."""
    [ticket] = night.wait_until(lambda: tickets_of(night, number))
    return ticket
