"""Whether a number could ring police, fire, ambulance or traffic police, however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.channels.carrier import EmergencyNumberError, is_emergency, refuse_emergency
from hotline.channels.twilio import e164

EMERGENCY = st.sampled_from(["110", "119", "120", "122"])
PREFIX = st.sampled_from(["", "86", "+86", "0086", "tel:", "sip:", "024", "+8624", "tel:+86"])
NOISE = st.sampled_from([" ", "-", ".", "(", ")", "\u3000", ""])
SUFFIX = st.sampled_from(["", ";ext=5", "@carrier.example", ",1", " ext 5", "#"])


@given(EMERGENCY, PREFIX, st.lists(NOISE, min_size=4, max_size=4), SUFFIX, st.booleans())
def test_formatting_hides_no_emergency_number(number, prefix, noise, suffix, full_width):
    if full_width:
        number = "".join(chr(ord(sign) + 0xFEE0) for sign in number)
    spread = "".join(space + sign for space, sign in zip(noise, number, strict=False)) + noise[-1]

    assert is_emergency(prefix + spread + suffix)


@given(st.integers(min_value=10**9, max_value=10**10 - 1))
def test_a_mobile_number_is_never_taken_for_one(rest):
    assert not is_emergency(f"+861{rest}")
    assert not is_emergency(f"1{rest}")


@pytest.mark.parametrize("number", ["12345", "10086", "114", "024-87654321", "+862487654321"])
def test_other_numbers_may_be_dialled(number):
    assert not is_emergency(number)
    refuse_emergency(number, production=False)


def test_production_dials_them():
    refuse_emergency("110", production=True)
    with pytest.raises(EmergencyNumberError):
        refuse_emergency("110", production=False)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("13900000001", "+8613900000001"),
        ("139 0000 0001", "+8613900000001"),
        ("+86 139-0000-0001", "+8613900000001"),
        ("024-87654321", "+862487654321"),
    ],
)
def test_numbers_are_written_in_one_way(written, number):
    assert e164(written) == number
