"""From where on a signal speaks: the ``suspicion`` section of the grid map, class by class.

The numbers below are this project's proposals, none of them is law. A map that says nothing has
these. A change of any of them is a change of rules: history is judged anew, and what was found
under the old rules stays on record with their version.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from hotline.domain.limits import Limit, LimitKind

# Grows when the code of a signal changes what it says of the same facts.
CODE_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on the signals speak, for one class of demand.

    Attributes:
        photo_bits: two photos are one picture up to so many of 256 bits apart (PDQ).
        one_repair_days: a photo may serve several tickets of one class and grid for so long.
        deadline_percent: the last stretch of a limit, in percent of its length.
        deadline_closings: how many closings an account must have before it is compared.
        deadline_peers: how many closings its peers must have for a comparison.
        deadline_chance: an excess counts when chance alone gives it in at most so many of 1,000.
        thin_characters: a result with fewer characters is thin.
        bulk_closings: so many closings of different matters …
        bulk_minutes: … within so many minutes are a bulk.
        reading_speed: characters that a person reads and writes in a second, generously.
        near_metres: two places are one up to this distance.
        usual_returns: a class that a grid reports so often in 30 days comes back by itself.
        area_wide: so many like demands of a town on one day have a cause of their own.
    """

    photo_bits: int = 31
    one_repair_days: int = 3
    deadline_percent: int = 5
    deadline_closings: int = 10
    deadline_peers: int = 20
    deadline_chance: int = 10
    thin_characters: int = 20
    bulk_closings: int = 5
    bulk_minutes: int = 10
    reading_speed: int = 12
    near_metres: int = 50
    usual_returns: int = 3
    area_wide: int = 10


@dataclass(frozen=True, slots=True)
class SuspicionRules:
    """The whole section: thresholds for most classes, for single ones, and the two limits.

    Attributes:
        thresholds: for every class that has none of its own.
        by_class: what single classes set differently, by class and name.
        answer: how long the unit has to answer a flag.
        rule: how long the supervisor then has to rule.
    """

    thresholds: Thresholds
    by_class: Mapping[str, Mapping[str, int]]
    answer: Limit
    rule: Limit

    def for_class(self, code: str | None) -> Thresholds:
        """Return the thresholds of a class."""
        return replace(self.thresholds, **self.by_class.get(code or "", {}))

    @property
    def version(self) -> str:
        """What names these rules in rows: a change of code or of a threshold makes a new one."""
        content: Mapping[str, Any] = {
            "code": CODE_VERSION,
            "thresholds": asdict(self.thresholds),
            "by_class": {code: dict(own) for code, own in self.by_class.items()},
        }
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return f"{CODE_VERSION}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


DEFAULT: Final = SuspicionRules(
    Thresholds(),
    MappingProxyType({}),
    answer=Limit(LimitKind.WORKING_DAYS, 3),
    rule=Limit(LimitKind.WORKING_DAYS, 5),
)
