"""Why a demand is not taken up (不予受理): published reasons, each leading to a lawful route."""

from enum import StrEnum


class RejectReason(StrEnum):
    """Why the hotline may not handle a demand. Values are stored and hashed."""

    COURT = "court"  # a court or an arbitration has it, or must have it
    PETITION = "petition"  # it has been settled by the three steps of petitioning
    DISCIPLINE = "discipline"  # it is about discipline or supervision of officials
    POLICE = "police"  # it is a matter of the police
    ELSEWHERE = "elsewhere"  # it is another county's
    SECRET = "secret"  # noqa: S105  state or trade secrets, privacy of others
    SETTLED = "settled"  # a final answer was given, and nothing is new
    NO_MATTER = "no_matter"  # there is no matter in it that anybody could handle
