"""Claims of closure in the sample county: made, judged, and read back."""

from sqlmodel import Session, col, select

from hotline.domain.closing import ResultKind
from hotline.in_force import InForce
from hotline.services.handling import closing, photos, tickets
from hotline.store.models import FlagRow, Submission, SuspicionRow
from tests.county import County
from tests.pictures import file_of, picture
from workers import suspicion
from workers.runtime import Runtime

LONG = "主管道接口漏水，已更换接口并恢复供水，逐户查看水压正常。"


def parts(county: County) -> Runtime:
    """Return the county as a worker has it."""
    return Runtime(county.settings, county.engine, InForce(county.engine, county.kit))


def signed(county: County, words: str | None = None, **more) -> str:
    """Take a demand in and let its officer sign for it."""
    number = county.demand(**({"words": words} if words else {}), **more)
    with county.work(county.officer_of(number)) as work:
        tickets.accept(work, work.ticket(number))
    return number


def claim(county: County, number: str, *pictures: bytes, text: str = LONG, visit=True) -> None:
    """Let the officer stand on site and submit a result with these photos."""
    contents = pictures or (file_of(picture(int(number) % 2**31)),)
    with county.work(county.officer_of(number)) as work:
        ticket = work.ticket(number)
        if visit:
            tickets.check_in(work, ticket, None, place_note="村委会门前")
        kept = photos.keep(work, ticket, "result", contents, at_most=9)
        closing.submit(work, ticket, closing.Result(ResultKind.ACTED, text, kept))


def judge(county: County) -> int:
    """Let the worker judge what waits."""
    return suspicion.judge_waiting(parts(county))


def signs(county: County, number: str) -> list[str]:
    """Return the signals that have spoken about a ticket."""
    return [row.signal.value for row in _rows(county, number, SuspicionRow)]


def flag(county: County, number: str) -> FlagRow | None:
    """Return the newest flag of a ticket."""
    found = _rows(county, number, FlagRow)
    return found[-1] if found else None


def claims(county: County, number: str) -> list[Submission]:
    """Return the claims of a ticket."""
    return _rows(county, number, Submission)


def _rows(county: County, number: str, table):
    with Session(county.engine) as session:
        of_ticket = col(table.ticket_id) == county.ticket(number).id
        return list(session.exec(select(table).where(of_ticket).order_by(table.round)))
