"""Signals of group ``media``: what the photos of a claim say."""

from datetime import timedelta
from typing import Final

from hotline.domain.suspicion.facts import Facts, Likeness, PhotoTwin
from hotline.domain.suspicion.frame import Group, Row, Signal, Suspicion
from hotline.domain.suspicion.thresholds import Thresholds

# Turning or cropping a picture takes a hand, sending the same file again takes a mistake.
_STRENGTH: Final = {
    Likeness.CROPPED: 95,
    Likeness.MIRRORED: 95,
    Likeness.SAME_PICTURE: 90,
    Likeness.SAME_FILE: 90,
}


def reused_photo(facts: Facts, limits: Thresholds) -> Suspicion | None:
    """A photo of the claim was there before: on another ticket, or on this one (8, starred).

    Innocent, and left alone: a photo that one claim carries twice, and one repair that several
    callers asked for (the same class and grid, or merged tickets, within ``one_repair_days``). On
    the same ticket there is no such reading: before is not after, and what did not convince the
    caller is no new proof.
    """
    claim = facts.claim
    lasts = timedelta(days=limits.one_repair_days)

    def counts(twin: PhotoTwin) -> bool:
        if twin.other in claim.photos:
            return False
        if twin.likeness is not Likeness.SAME_FILE and twin.bits > limits.photo_bits:
            return False
        if twin.other_ticket == claim.ticket:
            return True
        return not (twin.same_matter and claim.at - twin.at <= lasts)

    found = sorted((twin for twin in facts.twins if counts(twin)), key=lambda twin: twin.at)
    if not found:
        return None
    own = any(twin.other_ticket == claim.ticket for twin in found)
    rows = tuple(
        Row(
            "photo",
            twin.photo,
            twin.at,
            (
                ("other", twin.other),
                ("ticket", twin.other_ticket),
                ("likeness", twin.likeness.value),
                ("bits", twin.bits),
            ),
        )
        for twin in found
    )
    strength = max(_STRENGTH[twin.likeness] for twin in found)
    reason = "before_is_shown" if own else "wrong_file"
    return Suspicion(Signal.REUSED_PHOTO, Group.MEDIA, strength, rows, reason)
