"""What goes wrong between a carrier and its customers: by seed, so that it goes wrong again."""

from dataclasses import dataclass, field
from random import Random


@dataclass(slots=True)
class Faults:
    """Shares between 0 and 1 of what goes wrong; all zero is a good day.

    ``repeat``: webhooks that come twice (the second answer counts). ``reorder``: callbacks that
    are held back until the next one of the same call or message has gone. ``lose``: callbacks
    that never go. ``delay_s``: the longest delay of a callback, in scaled seconds. ``busy``:
    requests answered 429. ``undelivered``: messages that end so with 30003.
    """

    seed: int = 0
    repeat: float = 0.0
    reorder: float = 0.0
    lose: float = 0.0
    delay_s: float = 0.0
    busy: float = 0.0
    undelivered: float = 0.0
    dice: Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Take dice of its own."""
        self.dice = Random(self.seed)  # noqa: S311 - chance, not secrets

    def hits(self, share: float) -> bool:
        """Throw the dice once; a share of zero never touches them."""
        return share > 0 and self.dice.uniform(0, 1) < share

    def delay(self) -> float:
        """Return how long this callback is late, in scaled seconds."""
        return self.dice.uniform(0, self.delay_s) if self.delay_s else 0.0
