"""What a caller must still be asked: all of it at one moment, nothing that was said already."""

import pytest

from hotline.domain.grid.model import DemandKind, Particular
from hotline.domain.missing import missing
from hotline.map_file.reading import read_grid
from tests.prepared import ROOT

MAP = read_grid(ROOT / "grid_map.yaml")
WATER = MAP.clazz("utilities/water")


def asked(words: str, clazz=WATER, *, has_place: bool = True, has_contact: bool = True):
    return missing(clazz, words, has_place=has_place, has_contact=has_contact)


def test_place_matter_and_contact_come_first_whatever_it_is_about():
    assert asked("喂", None, has_place=False, has_contact=False) == (
        Particular.PLACE,
        Particular.MATTER,
        Particular.CONTACT,
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("从昨天晚上开始停水", Particular.SINCE),
        ("停水三天了", Particular.SINCE),
        ("全村都没水", Particular.EXTENT),
        ("我们这十几户都停了", Particular.EXTENT),
        ("三组桥头那里停水", Particular.SPOT),
    ],
)
def test_what_was_said_is_not_asked_again(words, said):
    assert said in asked("停水了")
    assert said not in asked(words)


def test_a_class_asks_what_the_map_says_of_it_and_not_what_its_kind_would():
    rubbish, wages = MAP.clazz("environment/rubbish"), MAP.clazz("labour/wages")

    assert rubbish.kind is wages.kind is DemandKind.COMPLAINT
    assert asked("没人收", rubbish) == (Particular.SPOT, Particular.SINCE)
    assert asked("不给钱", wages) == (Particular.WHOM, Particular.SINCE, Particular.EVIDENCE)


def test_a_question_about_policy_wants_nothing_besides():
    [question, *_] = [c for c in MAP.classes.values() if c.kind is DemandKind.CONSULTATION]

    assert set(asked("怎么办理", question)) <= {Particular.SPOT}


def test_complaints_and_reports_are_asked_about_whom_since_when_and_what_proves_it():
    for code in ("labour/wages", "market/food"):
        assert set(asked("要投诉", MAP.clazz(code))) == {
            Particular.WHOM,
            Particular.SINCE,
            Particular.EVIDENCE,
        }
