"""How long what is kept: one period for each kind of data, counted from the end of what it was for.

What hangs on a ticket is counted from the ticket's end, so that an open or disputed ticket keeps
everything (legal hold). The ledger and the access log are never erased: they hold ids, codes and
hashes, no person's data. The periods are defaults of ours; a county sets its own.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """A kind of data with a period of its own. Values are stored, and are names of settings."""

    RECORDINGS = "recordings"  # the sound of calls
    PHOTOS = "photos"  # originals and small copies
    IDENTITY = "identity"  # number, name, address, and what was taken out of the words
    WORDS = "words"  # what was said and written on a ticket
    # Parameters of what was sent; which webhook got which answer; hashes of commands.
    MESSAGES = "messages"
    CALLS = "calls"  # talks with the machine, and their numbers
    SIGN_INS = "sign_ins"  # attempts to sign in, and devices that were


# Days. Sign-ins: network logs are kept for six months at least (网络安全法, article 21).
DEFAULT_DAYS: Final[Mapping[Kind, int]] = {
    Kind.RECORDINGS: 365,
    Kind.PHOTOS: 3 * 365,
    Kind.IDENTITY: 2 * 365,
    Kind.WORDS: 5 * 365,
    Kind.MESSAGES: 180,
    Kind.CALLS: 180,
    Kind.SIGN_INS: 190,
}
# The kinds that hang on a ticket and are counted from its end.
OF_TICKETS: Final = (Kind.RECORDINGS, Kind.PHOTOS, Kind.IDENTITY, Kind.WORDS, Kind.MESSAGES)


def periods(days: Mapping[str, int]) -> dict[Kind, timedelta]:
    """Return the period of every kind: the defaults, changed by a county's own.

    Raises:
        ValueError: no such kind.
    """
    own = {Kind(name): number for name, number in days.items()}
    return {kind: timedelta(days=own.get(kind, usual)) for kind, usual in DEFAULT_DAYS.items()}
