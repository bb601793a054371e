"""What whistles say of towns and of units: a town's rate in its band, a unit's record of a year."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from hotline.clock import COUNTY_ZONE
from hotline.domain.clashes import Call, Lane, clashes, lanes
from hotline.domain.errors import InvalidError
from hotline.domain.grid.model import UnitKind, WhistleBand
from hotline.domain.shares import Rate
from hotline.domain.whistle import PartyState
from hotline.domain.whistle_rates import Standing, standing
from hotline.services.handling import timing
from hotline.store import whistle_figures as figures
from hotline.store.models import Ticket, Whistle, WhistleParty
from hotline.store.paging import Page
from hotline.store.whistle_figures import UnitYear
from hotline.work import Work

# A town's rate looks at the tickets of so many days: enough for thirty in a small town.
LOOKS_BACK: Final = timedelta(days=90)
_FIRST_YEAR: Final = 2020


@dataclass(frozen=True, slots=True)
class TownRate:
    """A town's whistle rate of the last months, and where it lies beside the map's band."""

    town: str
    rate: Rate
    standing: Standing


def band(work: Work) -> WhistleBand:
    """Return the band of the map in force."""
    return work.kit.maps.current.whistle_band


def town_rates(work: Work, town: str | None = None) -> list[TownRate]:
    """Return the rates of every town, or of one, in the order of the map: it is no table of ranks.

    Args:
        work: any.
        town: only this one's; it is there even if nothing was dispatched.
    """
    found = {
        count.town: Rate(count.whistled, count.dispatched)
        for count in figures.by_town(work.session, work.now - LOOKS_BACK, work.now, town)
    }
    towns = [
        unit.id
        for unit in work.kit.maps.current.units.values()
        if unit.kind is UnitKind.TOWN and town in {None, unit.id}
    ]
    rates = ((name, found.get(name, Rate(0, 0))) for name in towns)
    return [TownRate(name, rate, standing(rate, band(work))) for name, rate in rates]


def this_year(work: Work) -> int:
    """Return the county's year."""
    return work.now.astimezone(COUNTY_ZONE).year


def unit_years(work: Work, year: int, unit: str | None = None) -> list[UnitYear]:
    """Return the records of a year of every unit that was called in it, or of one.

    Raises:
        InvalidError: a year that was never counted.
    """
    return figures.unit_years(work.session, *_year(work, year), work.now, unit)


@dataclass(frozen=True, slots=True)
class Blemish:
    """A call that a unit refused, with its words, or that it acknowledged in vain."""

    party: WhistleParty
    whistle: Whistle
    ticket: Ticket
    reason: str


def blemishes(work: Work, unit: str, year: int, *, at: str = "") -> Page[Blemish]:
    """Return a page of what stands against a unit in a year; nothing of it goes away."""
    page = figures.blemishes(work.session, unit, *_year(work, year), at=at)
    said = figures.refusals_of(work.session, {ticket.id for _, _, ticket in page})
    reasons = {party: text.body for party, text in said.items()}
    rows = [
        Blemish(party, whistle, ticket, reasons.get(str(party.id), ""))
        for party, whistle, ticket in page
    ]
    return Page(rows, earlier=page.earlier, later=page.later)


def _year(work: Work, year: int) -> tuple[datetime, datetime]:
    if not _FIRST_YEAR <= year <= this_year(work):
        raise InvalidError(fields=["year"])
    begins = datetime.combine(date(year, 1, 1), time(), COUNTY_ZONE)
    return begins, datetime.combine(date(year + 1, 1, 1), time(), COUNTY_ZONE)


@dataclass(frozen=True, slots=True)
class Clash:
    """One open call of a unit, with its whistle and ticket."""

    party: WhistleParty
    whistle: Whistle
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class Diary:
    """The open calls on whoever acts, as far as they take time.

    Attributes:
        clashes: by call, those elsewhere in overlapping hours.
        lanes: the hours of every call, the earliest first.
    """

    clashes: dict[str, list[Clash]]
    lanes: list[tuple[Lane, Clash]]


def diary_of(work: Work) -> Diary:
    """Return when and where whoever acts is wanted, and which of that clashes; one query."""
    rows = figures.calls_of(work.session, work.actor.unit, work.actor.posts)
    by_id = {party.id: Clash(party, whistle, ticket) for party, whistle, ticket in rows}
    calls = [
        Call(
            party=clash.party.id,
            place=clash.ticket.grid,
            state=PartyState(clash.party.state),
            sounded_at=clash.party.sounded_at,
            arrive_by=_arrive_by(work, clash),
            arrived_at=clash.party.arrived_at,
            slot=_slot(clash.whistle),
        )
        for clash in by_id.values()
    ]
    found = clashes(calls, work.now)
    return Diary(
        {str(party): [by_id[other] for other in others] for party, others in found.items()},
        [(lane, by_id[lane.call.party]) for lane in lanes(calls, work.now)],
    )


def _slot(whistle: Whistle) -> tuple[datetime, datetime] | None:
    if whistle.slot_from is None or whistle.slot_until is None:
        return None
    return whistle.slot_from, whistle.slot_until


def _arrive_by(work: Work, clash: Clash) -> datetime | None:
    if clash.party.state == PartyState.ACKNOWLEDGED or clash.party.arrive_by is None:
        return clash.party.due_at or clash.party.arrive_by
    kind = timing.map_of(work, clash.ticket).whistles.get(clash.whistle.kind)
    if kind is None:
        return clash.party.arrive_by
    return timing.deadline(work, clash.party.sounded_at, kind.arrive).at
