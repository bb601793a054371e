"""The text that is hashed: the same facts give the same text, for ever, in any program."""

import json
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from types import MappingProxyType
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.domain import ledger
from hotline.domain.supervision import Alert
from hotline.domain.tickets import Action

KEYS = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(Action)
INSTANTS = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))]))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.text(st.characters(codec="utf-8"), max_size=8)
    | st.uuids()
    | INSTANTS
    | st.sampled_from(Action)
    | st.sampled_from(Alert),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner)
        | st.dictionaries(KEYS, inner, max_size=3)
        | st.dictionaries(KEYS, inner, max_size=3).map(MappingProxyType)
    ),
    max_leaves=12,
)


def rule(value: object) -> object:
    """Return a value as the rule of `docs/decisions` has it, with nothing but Python's own JSON."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z".zfill(27)
    if isinstance(value, Enum):
        return rule(value.value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, dict | MappingProxyType):
        return {str(key): rule(item) for key, item in value.items()}
    return [rule(item) for item in value] if isinstance(value, list | tuple) else value


@settings(max_examples=50, deadline=None)
@given(facts=st.dictionaries(KEYS, VALUES, max_size=4))
def test_facts_are_hashed_as_sorted_json_without_spaces_in_utf8(facts):
    text = json.dumps(rule(facts), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    assert ledger.canonical(facts) == text


@pytest.mark.parametrize(
    "value",
    [1.5, [1.5], {"deep": ({"er": 1.5},)}, MappingProxyType({"er": 1.5}), datetime(2026, 1, 1)],  # noqa: DTZ001
)
def test_what_has_no_one_form_is_refused(value):
    with pytest.raises(TypeError):
        ledger.canonical({"value": value})


def test_a_body_of_the_first_days_still_has_its_hash():
    body = {
        "ticket": UUID(int=7),
        "seq": 1,
        "at": datetime(2026, 11, 3, 8, 0, 0, tzinfo=timezone(timedelta(hours=8))),
        "action": Action.RECEIVE,
        "data": {"words": '停水\n了\x01"', "told": [], "grade": None, "urgent": True},
    }

    text = ledger.canonical(body)

    assert text == (
        '{"action":"receive","at":"2026-11-03T00:00:00.000000Z","data":{"grade":null,"told":[],'
        '"urgent":true,"words":"停水\\n了\\u0001\\""},"seq":1,'
        '"ticket":"00000000-0000-0000-0000-000000000007"}'
    )
    assert ledger.chained(ledger.GENESIS, text) == (
        "07958f9a80fcf3b103f74e7669cae49362465f9d24a96d3499362c3d4d576514"
    )
