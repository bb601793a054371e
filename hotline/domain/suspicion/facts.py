"""What signals may know of one claim of closure, and no more than could be known at its instant.

Whoever collects facts may collect too many: `Facts.as_of` cuts off what came after, and every
signal but those of outcome is given only that.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Likeness(StrEnum):
    """How two photos are one picture."""

    SAME_FILE = "same_file"  # byte for byte
    SAME_PICTURE = "same_picture"  # compressed or scaled anew
    MIRRORED = "mirrored"
    CROPPED = "cropped"


class Share(NamedTuple):
    """How many of how many."""

    hits: int
    total: int


class Compared(NamedTuple):
    """Of one class: how many closings fell in the last stretch of their limit, ours and others'."""

    own: Share
    peers: Share


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of closure as it was submitted.

    Attributes:
        round: counts the claims of its ticket from 1.
        at: when it arrived here.
        done_at: when it was written, as the device says; ``at`` where it says nothing.
        class_code: of the ticket; with ``grid`` it tells what matter this is.
        words: characters of what the caller said.
        written: characters of the result.
        photos: the ids of those it carries.
        visited: whether somebody checked in on site, where the class demands it.
        limit_from, due_at: the unit's limit that was running, if one was.
    """

    id: str
    ticket: str
    round: int
    at: datetime
    done_at: datetime
    class_code: str | None
    grid: str | None
    words: int
    written: int
    photos: tuple[str, ...]
    visited: bool
    limit_from: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PhotoTwin:
    """A photo of this claim, and an earlier photo that is the same picture.

    Attributes:
        photo, other: the two photos' ids; ``at`` is when the earlier one arrived.
        other_ticket: the ticket of the earlier one.
        bits: how far apart they are, of 256 (PDQ); 0 for one file.
        same_matter: the other ticket has the same class and grid, or was merged with this one.
    """

    photo: str
    other: str
    other_ticket: str
    at: datetime
    likeness: Likeness
    bits: int
    same_matter: bool


@dataclass(frozen=True, slots=True)
class Return:
    """A later ticket about the same class and grid (or of the same caller).

    Attributes:
        metres: between the places where people stood for both; ``None`` where one is unknown.
        same_caller: the same number called about the same class.
        like_that_day: other demands of its class in its town on its day.
    """

    ticket: str
    number: str
    at: datetime
    metres: int | None
    same_caller: bool
    like_that_day: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one claim.

    Attributes:
        claim: what is judged.
        twins: its photos' earlier twins.
        closings: the same account's claims shortly before, itself included, oldest first.
        compared: for each class that the account has closed in, up to then: its late closings
            beside those of others. Class by class, because some classes take all their time.
        usual: demands of this class from this grid in the 30 days before the ticket.
        returns: what came back after the claim; only signals of outcome see it.
    """

    claim: Claim
    twins: tuple[PhotoTwin, ...] = ()
    closings: tuple[Claim, ...] = ()
    compared: tuple[Compared, ...] = ()
    usual: int = 0
    returns: tuple[Return, ...] = ()

    def as_of(self) -> "Facts":
        """Return what could be known when the claim arrived: nothing that came after."""
        at = self.claim.at
        return replace(
            self,
            twins=tuple(twin for twin in self.twins if twin.at <= at),
            closings=tuple(closing for closing in self.closings if closing.at <= at),
            returns=(),
        )
