"""A rotation of keys: killed and resumed, everything ends under the new keys and is still found."""

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from hotline import boot
from hotline.services.proof import identity
from hotline.services.upkeep import resealing
from hotline.store import tickets as ticket_rows
from tests.county import CALLER, County
from tests.web import nights


def rotated(county: County, *, old: bool) -> County:
    """The county after a restart with new keys in front, or with the new ones alone."""
    made = getattr(rotated, "made", None) or (Fernet.generate_key().decode(), "a new look-up key")
    rotated.made = made  # type: ignore[attr-defined]
    identity_key, lookup_key = (SecretStr(one) for one in made)
    before = county.settings
    settings = before.model_copy(
        update={
            "identity_keys": (identity_key, *(before.identity_keys if old else ())),
            "lookup_keys": (lookup_key, *(before.lookup_keys if old else ())),
        }
    )
    return County(settings, county.engine, boot.build_kit(settings, county.engine))


def left(county: County) -> dict[str, int]:
    with county.work() as work:
        return {kind: old for kind, _total, old in resealing.left(work)}


def steps(county: County, most: int = 1000, batch: int = 100) -> int:
    """Seal batches anew, at most so many; return how many there were."""
    for done in range(most):
        with county.work() as work:
            if resealing.go_on(work, batch) is None:
                return done
    return most


def killed(county: County) -> None:
    """Somebody kills the rotation in the middle of a batch."""
    with pytest.raises(KeyboardInterrupt), county.work() as work:
        resealing.go_on(work, 2)
        raise KeyboardInterrupt


def test_a_killed_rotation_goes_on_and_nothing_needs_the_old_keys_afterwards(county):
    number = nights.a_night(county)
    others = [county.demand(number=f"+86139111122{n:02d}") for n in range(4)]
    during = rotated(county, old=True)
    assert left(during)["identity"] == 5
    assert left(during)["media"] >= 1

    steps(during, 2, batch=2)
    killed(during)
    during.demand(number="+8613911112299")
    steps(during)

    assert set(left(during).values()) == {0}
    after = rotated(county, old=False)
    with after.work(after.actor("operator1")) as work:
        for each, caller in ((number, CALLER), (others[0], "+8613911112200")):
            ticket = ticket_rows.find(work.session, each)
            assert identity.view(work, ticket, "call_caller").number == caller
        mine = ticket_rows.open_of_number(work.session, work.kit.keys.lookups("+8613911112203"))
    assert [ticket.number for ticket in mine] == [others[3]]


def test_done_is_done_and_another_key_begins_anew(county):
    county.demand()
    during = rotated(county, old=True)
    assert steps(during) > 0
    assert steps(during) == 0

    more = (SecretStr("yet another look-up key"), *during.settings.lookup_keys)
    settings = during.settings.model_copy(update={"lookup_keys": more})
    again = County(settings, county.engine, boot.build_kit(settings, county.engine))
    assert again.kit.keys.ring != during.kit.keys.ring
    assert steps(again) > 0
