"""The carrier's own clock, and how fast its people live."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


@dataclass(slots=True)
class Clock:
    """Wall time plus ``offset``, which follows ``hotline demo forward``."""

    offset: timedelta = timedelta()

    def now(self) -> datetime:
        """Return the carrier's time: the outside world does not ask our database."""
        # A company abroad has a clock of its own: hotline.clock is the one of the product.
        seconds, rest = divmod(time.time_ns(), 1_000_000_000)
        wall = datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=rest // 1000)
        return wall + self.offset


@dataclass(frozen=True, slots=True)
class Pace:
    """Real time for records, scaled time for waiting.

    At ``speed`` 50 a pause of 5 s takes 0.1 s, and 0.1 s in a queue counts as 5 s.
    """

    speed: float = 1.0
    clock: Clock = field(default_factory=Clock)

    def now(self) -> datetime:
        """Return the carrier's time."""
        return self.clock.now()

    def real(self, seconds: float) -> float:
        """Return how long ``seconds`` of a script really take."""
        return seconds / self.speed

    def told(self, since: float) -> int:
        """Whole seconds, as the carrier tells them, since a reading of `time.monotonic`."""
        return int((time.monotonic() - since) * self.speed)
